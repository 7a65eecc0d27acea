"""Deleting a draft at the desk, and bringing it back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.snippets.views import snippets

from articles import deleting
from articles.models import Article, DeletedDraft
from articles.models.deleted import KEPT
from common.models import User

RIGHT = "articles.change_article"
MOST_SHOWN = 200


class ArticlePolicy(ModelPermissionPolicy):
    """Who writes articles deletes what readers never saw: of the rest, nobody has the right."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """For deleting, that of whoever writes; which article, says the other question."""
        return bool(super().user_has_permission(user, "change" if action == "delete" else action))

    def user_has_permission_for_instance(self, user: User, action: str, instance: Model) -> bool:
        if action == "delete" and isinstance(instance, Article):
            return deleting.why_not_delete(instance, user) is None
        return bool(super().user_has_permission_for_instance(user, action, instance))


class ArticleDeleteView(snippets.DeleteView):
    """Asks once, and says that it can come back."""

    confirmation_message = _("It goes to “Deleted drafts”, and can be brought back from there for 30 days.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """With a word why, to who may not."""
        if reason := deleting.why_not_delete(self.object, _let_in(request)):
            messages.error(request, reason)
            return redirect(Article.snippet_viewset.get_url_name("edit"), self.object.pk)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def delete_action(self) -> None:
        deleting.put_away(self.object, self.request.user)

    def get_success_message(self) -> SafeString:
        """With the way back."""
        return format_html(
            '{} <a href="{}">{}</a>',
            _("“%(title)s” is deleted.") % {"title": self.object},
            reverse("deleted_drafts"),
            _("Deleted drafts: bring it back"),
        )


@require_safe
def deleted_drafts(request: HttpRequest) -> HttpResponse:
    """What can still be brought back."""
    _let_in(request)
    rows = DeletedDraft.objects.select_related("deleted_by").defer("rows", "links")[:MOST_SHOWN]
    listed = [(row, row.deleted_at + KEPT) for row in rows]
    return render(request, "articles/cms/deleted_drafts.html", {"rows": listed, "days": KEPT.days})


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """As it was."""
    user = _let_in(request)
    article = deleting.bring_back(get_object_or_404(DeletedDraft, pk=pk), user)
    messages.success(request, _("“%(title)s” is back.") % {"title": article})
    return redirect(Article.snippet_viewset.get_url_name("edit"), article.pk)


def _let_in(request: HttpRequest) -> User:
    """Who writes articles. Raises PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(RIGHT):
        raise PermissionDenied
    return user
