"""The editors' desk: what Wagtail's admin shows, and what it hides."""

import wagtail.hooks
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.models import Article, Reviewer

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
