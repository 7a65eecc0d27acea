"""Two versions of an article side by side."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.models import Revision
from wagtail.snippets.views import snippets

from articles.desk.reviewed import Text, address_name
from articles.reviewing import rules
from common.text import whole_number


def changes_url(article: Text) -> str | None:
    """The page that compares the text with the version approved last, or with what readers see; None without one."""
    before = rules.approved_revision_id(article) or ("live" if article.live else None)
    if before is None:
        return None
    return compare_url(article, str(before), "latest")


def compare_url(article: Text, before: int | str, after: int | str) -> str:
    """Two versions side by side."""
    name = address_name(article, "revisions_compare")
    return reverse(name, args=[article.pk, before, after])


class CompareView(snippets.RevisionsCompareView):
    """Any two versions of an article."""

    template_name = "articles/cms/compare.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Raises Http404 for what is no number of an article or a version: Wagtail takes it for one."""
        if any(whole_number(given) is None for given in kwargs.values() if given not in ("live", "earliest", "latest")):
            raise Http404
        super().setup(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Two versions chosen in the form have an address of their own."""
        before, after = (whole_number(request.GET.get(name, "")) for name in ("before", "after"))
        if before is not None and after is not None:
            return redirect(compare_url(self.object, *sorted((before, after))))
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With all versions to choose from, newest first."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        article = self.object
        versions = article.revisions.order_by("-pk").select_related("user").defer("content")
        chosen = {
            "before": self._number(article, self.revision_id_a),
            "after": self._number(article, self.revision_id_b),
        }
        return {
            **context,
            **chosen,
            "versions": versions,
            "public": article.live_revision_id,
            "approved": rules.approved_revision_id(article),
        }

    def _number(self, article: Text, name: str) -> int | None:
        """The revision that Wagtail means by "live", "earliest", "latest" or a number."""
        if number := whole_number(name):
            return number
        first: Revision | None = article.revisions.order_by("pk").first()
        names = {"live": article.live_revision_id, "latest": article.latest_revision_id}
        return names.get(name, first.pk if first else None)
