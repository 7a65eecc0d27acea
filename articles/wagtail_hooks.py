"""The editors' desk: what Wagtail's admin shows, and what it hides."""

from typing import Any

import wagtail.hooks
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.models import Article, MissedSearch, ReaderQuestion, Reviewer
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


class ModerationForm(WagtailAdminModelForm):
    """What moderators write. Whoever publishes is put down as the one who answered."""

    def clean(self) -> dict[str, Any]:
        """Only a reviewer may publish; settled here, before the question's own rules are checked."""
        data: dict[str, Any] = super().clean()
        self.instance.status = data.get("status", self.instance.status)
        self.instance.set_publisher(self.for_user)
        return data


class NobodyAdds(ModelPermissionPolicy):
    """Readers ask; the desk does not."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whatever their rights say, but for adding."""
        return action != "add" and super().user_has_permission(user, action)


class ReaderQuestionViewSet(ModelViewSet):
    """Readers' questions, newest first, to be reworded, answered, published or refused."""

    model = ReaderQuestion
    icon = "help"
    menu_label = _("Questions")
    menu_order = 150
    add_to_admin_menu = True
    list_display = ("excerpt", "article", "status", "asked_at")
    list_filter = ("status",)
    ordering = ("-asked_at", "-pk")
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldPanel("article", read_only=True),
            FieldPanel("asked_at", read_only=True),
            FieldPanel("text"),
            FieldPanel("answer"),
            FieldPanel("status"),
            FieldPanel("answered_by", read_only=True),
        ],
        base_form_class=ModerationForm,
    )
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = NobodyAdds(ReaderQuestion)


@wagtail.hooks.register("register_admin_viewset")
def reader_questions() -> ReaderQuestionViewSet:
    """At /cms/readerquestion/."""
    return ReaderQuestionViewSet()


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
