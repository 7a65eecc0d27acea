"""Pages at the desk."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.desk import comparing, editor
from articles.desk.passed_dates import DatedForm
from articles.desk.typed_before import TypedBefore
from articles.models import SitePage
from articles.models.site_pages import ROLES


def standing(page: SitePage) -> str | Promise:
    """Whether readers see it, in words for the list."""
    if not page.live:
        return gettext_lazy("Not public")
    if not page.is_public():
        return gettext_lazy("Expired")
    if page.is_unchecked:
        return gettext_lazy("Public, a draft to be checked by counsel")
    if page.sample or page.has_placeholders():
        return gettext_lazy("Public, with things to fill in")
    return gettext_lazy("Public")


class SitePageCreateView(TypedBefore, editor.PlainPanels, snippets.CreateView):
    """A new page is a draft first: what it is settles who may publish it."""

    def get_available_actions(self) -> list[str]:
        """All but publishing."""
        return [action for action in super().get_available_actions() if action != "publish"]


class SitePageEditView(TypedBefore, editor.PlainPanels, editor.InReview):
    """Refuses who may not publish, and a page that is not ready."""


class SitePageViewSet(SnippetViewSet):
    """Pages as a menu item of their own, below the articles."""

    model = SitePage
    icon = "clipboard-list"
    menu_label = gettext_lazy("Pages")
    menu_order = 110
    add_to_admin_menu = True
    search_fields = ("title", "slug")
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList(SitePage.panels, base_form_class=DatedForm)
    list_display = [
        "title",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("role", label=gettext_lazy("What it is for"), accessor=lambda page: _role(page)),
        Column("standing", label=gettext_lazy("Status"), accessor=standing),
        UpdatedAtColumn(label=gettext_lazy("Last edited")),
    ]
    add_view_class = SitePageCreateView
    edit_view_class = SitePageEditView
    revisions_compare_view_class = comparing.CompareView
    workflow_action_view_class = editor.WorkflowActionView


def _role(page: SitePage) -> str | Promise:
    return ROLES[page.role].title if page.role in ROLES else ""
