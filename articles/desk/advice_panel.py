"""The panel of advice beside the editor."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Locale

from articles.desk.advice import advise
from articles.models import Article

MOST_SHOWN = 8  # long sentences; more would not be read


class AdvicePanel(BaseSidePanel):
    """The panel beside the editor. It fills itself with what `advice` answers."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle plain language")
        icon_name = "glasses"
        has_counter = False

    name = "plain-language"
    title = _("Plain language")
    template_name = "articles/cms/advice_panel.html"
    order = 350

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        locale = self.object.locale if self.object.locale_id else Locale.get_default()
        address = f"{reverse('article_advice')}?locale={locale.language_code}"
        ratings_url = self.object.latest_revision_id and reverse("article_ratings", args=[self.object.pk])
        return {**super().get_context_data(parent_context), "address": address, "ratings_url": ratings_url}


@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """A piece of HTML for the panel, about the form as it stands. Nothing is kept."""
    if not (request.user.has_perm("articles.change_article") or request.user.has_perm("articles.add_article")):
        raise PermissionDenied
    locale = Locale.objects.filter(language_code=request.GET.get("locale", "")).first() or Locale.get_default()
    form_class = Article.snippet_viewset.get_edit_handler().get_form_class()
    form = form_class(request.POST, instance=Article(locale=locale), for_user=request.user)
    fields = {name: form[name].value() or "" for name in ("summary", "description", "areas", "lay_names")}
    body = form.fields["body"].widget.value_from_datadict(request.POST, request.FILES, "body").get_prep_value()
    return render(request, "articles/cms/advice.html", {"advice": advise(fields, body, locale), "most": MOST_SHOWN})
