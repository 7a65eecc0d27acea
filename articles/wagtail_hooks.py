"""The editors' desk: what Wagtail's admin shows, and what it hides."""

from typing import Any
from urllib.parse import urlencode

import wagtail.hooks
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from articles import schedule
from articles.desk import advice, bulk, editor, home, links, listing, pictures
from articles.importing.drafts import LOG_ACTION
from articles.models import Article, MissedAddress, MissedSearch, OldAddress, ReaderQuestion, Reviewer
from articles.public import old_addresses
from articles.reviewing import rules
from common.models import User

# Wagtail's own entries for things that this site does not have.
HIDDEN_MENU_ITEMS = {"explorer", "help", "snippets", "reports"}


class ArticleViewSet(SnippetViewSet):
    """Articles as a menu item of their own."""

    model = Article
    icon = "doc-full"
    menu_label = _("Articles")
    menu_order = 100
    add_to_admin_menu = True
    search_fields = ("title", "medical_name", "lay_names", "slug")
    search_backend_name = None  # a word in a name is enough; what readers search with knows more than the desk needs
    copy_view_enabled = False
    index_view_class = listing.ArticleIndexView
    add_view_class = editor.ArticleCreateView
    edit_view_class = editor.ArticleEditView
    revisions_compare_view_class = editor.CompareView
    workflow_action_view_class = editor.WorkflowActionView


class NobodyDeletes(ModelPermissionPolicy):
    """Old versions of articles name their reviewers, and could not be read without them."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whatever their rights say, but for deleting."""
        return action != "delete" and super().user_has_permission(user, action)


class ReviewerViewSet(SnippetViewSet):
    """Who may stand on a page as its reviewer."""

    model = Reviewer
    icon = "user"
    menu_label = _("Reviewers")
    menu_order = 300
    add_to_admin_menu = True
    permission_policy = NobodyDeletes(Reviewer)


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


class OldAddressForm(WagtailAdminModelForm):
    """An old address as an editor writes it, or copies it from a browser."""

    def clean_path(self) -> str:
        """As the table keeps it, so that the same address is not added twice."""
        try:
            return old_addresses.canonical(self.cleaned_data["path"])
        except ValueError as problem:
            raise ValidationError(_("Start with a slash: “/heel-pain/”.")) from problem

    def clean(self) -> dict[str, Any]:
        """It must be able to work."""
        data: dict[str, Any] = super().clean()
        if "path" in data:
            old_addresses.check(data["path"], data.get("article"))
        return data

    def save(self, commit: bool = True) -> OldAddress:
        """What an editor has looked at is the editor's."""
        self.instance.added_by = OldAddress.AddedBy.HAND
        old: OldAddress = super().save(commit)
        old_addresses.led_by_hand(old)
        return old


class OldAddressIndex(generic.IndexView):
    """The list, with what each address leads to."""

    def get_base_queryset(self) -> QuerySet[OldAddress]:
        """One query for all."""
        rows: QuerySet[OldAddress] = super().get_base_queryset()
        return rows.select_related("article")


class OldAddressCreate(generic.CreateView):
    """A new one; from the list of pages not found it comes with the address, and the article that may be meant."""

    def get_initial(self) -> dict[str, Any]:
        """What the form begins with."""
        path = self.request.GET.get("path", "")
        meant = old_addresses.like(path)[:1] if path else []
        article = Article.objects.published().in_language().filter(slug__in=[document.slug for document in meant])
        return {**super().get_initial(), "path": path, "article": article.first()}


class OldAddressViewSet(ModelViewSet):
    """Addresses that articles once had, here or on the site before."""

    model = OldAddress
    icon = "redirect"
    menu_label = _("Old addresses")
    menu_order = 210
    add_to_admin_menu = True
    list_display = (
        "path",
        Column("article", label=_("Leads to"), accessor=lambda old: Truncator(old.article or "").chars(40)),
        "effect",
        "added_by",
        "created_at",
    )
    list_filter = ("added_by",)
    search_fields = ("path", "about")
    search_backend_name = None
    ordering = ("-created_at", "path")
    list_per_page = 50
    index_view_class = OldAddressIndex
    add_view_class = OldAddressCreate
    edit_handler = ObjectList([FieldPanel("path"), FieldPanel("article")], base_form_class=OldAddressForm)
    add_to_reference_index = False
    copy_view_enabled = False


class MissedAddressViewSet(ModelViewSet):
    """Pages that people asked for and that are not there; one click makes an old address of one."""

    model = MissedAddress
    icon = "warning"
    menu_label = _("Pages not found")
    menu_order = 220
    add_to_admin_menu = True
    list_display = (
        "path",
        "count",
        "last_at",
        TitleColumn(
            "lead",
            label=_("What to do"),
            accessor=lambda missed: _("Lead it to an article"),
            get_url=lambda missed: f"{reverse('oldaddress:add')}?{urlencode({'path': missed.path})}",
        ),
    )
    ordering = ("-count", "-last_at")
    list_per_page = 50
    form_fields = ()
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = LookOnly(MissedAddress)


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


@wagtail.hooks.register("register_admin_viewset")
def old_addresses_menu() -> OldAddressViewSet:
    """At /cms/oldaddress/."""
    return OldAddressViewSet()


@wagtail.hooks.register("register_admin_viewset")
def missed_addresses() -> MissedAddressViewSet:
    """At /cms/missedaddress/."""
    return MissedAddressViewSet()


register_snippet(ArticleViewSet)
register_snippet(ReviewerViewSet)


@wagtail.hooks.register("construct_main_menu")
def hide_unused(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """No page tree."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_MENU_ITEMS]


@wagtail.hooks.register("construct_homepage_panels")
def own_panels(request: HttpRequest, panels: list[Any]) -> None:
    """What waits for whom, instead of Wagtail's panels about pages."""
    panels[:] = home.panels_for(request.user)


@wagtail.hooks.register("register_admin_search_area")
def search_articles() -> SearchArea:
    """The search above the menu."""
    return SearchArea(_("Articles"), reverse("wagtailsnippets_articles_article:list"), name="articles", order=1)


@wagtail.hooks.register("construct_search")
def search_nothing_else(request: HttpRequest, search_areas: list[SearchArea]) -> None:
    """Nor pages and users."""
    search_areas[:] = [area for area in search_areas if area.name == "articles"]


@wagtail.hooks.register("register_admin_urls")
def own_addresses() -> list[URLPattern]:
    """Beside those of the view sets."""
    return [
        path("articles/advice/", advice.advice, name="article_advice"),
        path("articles/link/", links.choose, name="article_link"),
    ]


@wagtail.hooks.register("construct_admin_api")
def no_documents(router: WagtailAPIRouter) -> None:
    """Nothing in the place of Wagtail's documents."""
    router.register_endpoint("documents", pictures.NoDocuments)


@wagtail.hooks.register("insert_global_admin_css")
def own_look() -> SafeString:
    """The practice's colors."""
    return format_html('<link rel="stylesheet" href="{}">', static("articles/cms/desk.css"))


@wagtail.hooks.register("insert_editor_js")
def own_script() -> SafeString:
    """The panel of advice."""
    return format_html('<script src="{}" defer></script>', static("articles/cms/advice.js"))


@wagtail.hooks.register("register_rich_text_features", order=10)  # after Wagtail's own
def link_to_articles(features: FeatureRegistry) -> None:
    """Links are chosen among articles."""
    links.register(features)


for action in bulk.ACTIONS:
    wagtail.hooks.register("register_bulk_action", action)
wagtail.hooks.register("construct_snippet_action_menu", editor.keep_publishing_to_reviewers)
wagtail.hooks.register("before_bulk_action", pictures.keep_what_is_shown)


@wagtail.hooks.register("register_snippet_action_menu_item")
def small_correction(model: type[Model]) -> ActionMenuItem | None:
    """For articles."""
    return editor.CorrectMenuItem() if model is Article else None


@wagtail.hooks.register("register_log_actions")
def own_log_actions(actions: LogActionRegistry) -> None:
    """What the history says of a review, and of a correction without one."""

    class ByName(LogFormatter):
        """With the name that stood behind it."""

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """For the history."""
            return f"{self.label} ({log_entry.data.get('by', '')})"

    @actions.register_action(rules.APPROVED)
    class Approved(ByName):
        label = _("Medical review: approved")

    @actions.register_action(rules.CORRECTED)
    class Corrected(ByName):
        label = _("Small correction, not reviewed")

    @actions.register_action(schedule.CALLED_OFF)
    class CalledOff(LogFormatter):
        label = _("Not published on its day")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """With the reason."""
            return f"{self.label}: {log_entry.data.get('why', '')}"


@wagtail.hooks.register("register_log_actions")
def import_log_action(actions: LogActionRegistry) -> None:
    """What the history says of an imported article: where it came from, and what an editor should look at."""

    @actions.register_action(LOG_ACTION)
    class Imported(LogFormatter):
        label = _("Imported as a draft")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """Source, author and date as the source has them; then the notes."""
            data = log_entry.data
            known = [data.get(name, "") for name in ("source", "author", "date")]
            return " · ".join([f"{self.label}: " + ", ".join(filter(None, known)), *data.get("notes", [])])


@wagtail.hooks.register("register_permissions")
def right_to_correct() -> QuerySet[Permission]:
    """Can be granted to a group."""
    return Permission.objects.filter(content_type__app_label="articles", codename="correct_article")
