"""The list of articles: where each stands, and what to do about it."""

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, UpdatedAtColumn
from wagtail.snippets.views import snippets

from articles.desk.bulk import ACTIONS
from articles.desk.choosing import SEVERAL_LANGUAGES
from articles.desk.columns import NextReviewColumn, StatusColumn
from articles.desk.filters import ArticleFilters
from articles.desk.start_from_text import header_button
from articles.desk.statuses import with_status
from articles.models import Article


class KeysFirst(WagtailPaginator):
    """Finds out which articles are on a page by their keys, and only then reads those: quick with thousands."""

    def page(self, number: int | str) -> "Page[Article]":
        """The articles in their order."""
        page = super().page(number)
        keys = list(page.object_list.values_list("pk", flat=True))
        rows = self.object_list.order_by().in_bulk(keys)
        page.object_list = [rows[key] for key in keys if key in rows]
        return page


class ArticleIndexView(snippets.IndexView):
    """All articles. As many queries for a page of them, however many there are."""

    filterset_class = ArticleFilters
    paginator_class = KeysFirst
    default_ordering = "title"

    def get_base_queryset(self) -> QuerySet[Article]:
        """Without the texts, which the list does not show."""
        articles: QuerySet[Article] = super().get_base_queryset()
        return with_status(articles).select_related("reviewer", "locale").defer("body", "latest_revision__content")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what can be done to several at once: not deleting."""
        return {**super().get_context_data(**kwargs), "bulk_actions": ACTIONS}

    def get_delete_url(self, instance: Article) -> None:
        """In the editor, where it can be seen what it is."""

    @cached_property
    def header_buttons(self) -> list[Any]:
        """A new article can begin with a text that is there already."""
        buttons: list[Any] = super().header_buttons
        return [*buttons, header_button()] if self.user_has_permission("add") else buttons

    @cached_property
    def columns(self) -> list[Column]:
        """Who can't publish has nothing to do to several at once."""
        columns = super().columns
        if self.user_has_permission("publish"):
            return columns
        return [column for column in columns if not isinstance(column, BulkActionsCheckboxColumn)]

    @cached_property
    def list_display(self) -> list[Any]:
        """What is asked for most, from left to right."""
        return [
            "title",
            StatusColumn("status", label=_("Status"), sort_key="status"),
            *([Column("locale", label=_("Language"), sort_key="locale")] if SEVERAL_LANGUAGES else []),
            Column("areas_in_words", label=_("Part of the foot")),
            Column("reviewer", label=_("Reviewer"), sort_key="reviewer__name"),
            NextReviewColumn("next_review", label=_("Next review"), sort_key="next_review"),
            UpdatedAtColumn(label=_("Last edited"), sort_key="latest_revision_id"),  # in the same order, and indexed
        ]
