"""The editors' desk: what Wagtail's admin shows, and what it hides."""

import wagtail.hooks
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.models import Article, MissedSearch, Reviewer
from clinic.common.models import User

# Wagtail's own entries for things that this site does not have.
HIDDEN_MENU_ITEMS = {"explorer", "documents", "help", "snippets", "reports"}


class ArticleViewSet(SnippetViewSet):
    """Articles as a menu item of their own."""

    model = Article
    icon = "doc-full"
    menu_label = _("Articles")
    menu_order = 100
    add_to_admin_menu = True
    list_display = ("title", "medical_name", "next_review")
    search_fields = ("title", "medical_name", "lay_names")
    copy_view_enabled = False


class ReviewerViewSet(SnippetViewSet):
    """Who may stand on a page as its reviewer."""

    model = Reviewer
    icon = "user"
    menu_label = _("Reviewers")
    menu_order = 300
    add_to_admin_menu = True


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, changes or deletes, not even an administrator."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Only to look, with the right to."""
        return action == "view" and super().user_has_permission(user, action)


class MissedSearchViewSet(ModelViewSet):
    """What readers searched for and did not find."""

    model = MissedSearch
    icon = "search"
    menu_label = _("Searched, not found")
    menu_order = 200
    add_to_admin_menu = True
    list_display = ("words", "count", "last_at")
    ordering = ("-count", "-last_at")
    list_per_page = 50
    form_fields = ()
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = LookOnly(MissedSearch)


@wagtail.hooks.register("register_admin_viewset")
def missed_searches() -> MissedSearchViewSet:
    """At /cms/missedsearch/."""
    return MissedSearchViewSet()


register_snippet(ArticleViewSet)
register_snippet(ReviewerViewSet)


@wagtail.hooks.register("construct_main_menu")
def hide_unused(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """No page tree, no documents."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_MENU_ITEMS]


@wagtail.hooks.register("construct_homepage_summary_items")
def no_counts(request: HttpRequest, summary_items: list[object]) -> None:
    """The counts are of pages and documents, which this site does not have."""
    summary_items.clear()
