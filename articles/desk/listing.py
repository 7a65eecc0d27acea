"""The list of articles: where each stands, and what to do about it."""

from datetime import timedelta
from typing import Any

import django_filters
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page
from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, UpdatedAtColumn
from wagtail.models import Locale, Revision, TaskState
from wagtail.snippets.views import snippets

from articles.desk.bulk import ACTIONS
from articles.models import Article, BodyArea, public_now

SOON_DAYS = 30

# Where an article stands, for the list: the word, and how it is colored.
STATUSES = {
    "review": (_("In review"), "soon"),
    "returned": (_("Returned with a comment"), "late"),
    "scheduled": (_("Approved, waits for its date"), "soon"),
    "changed": (_("Public, with a newer draft"), "good"),
    "public": (_("Public"), "good"),
    "expired": (_("Expired"), ""),
    "draft": (_("Draft"), ""),
}


def with_status(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Each with its `status`, a key of STATUSES, in the same query."""
    # Each is asked once and not for every article, so that thousands can be sorted and filtered by it.
    kind = ContentType.objects.get_for_model(Article)
    states = TaskState.objects.filter(workflow_state__base_content_type=kind)
    waiting = states.filter(status=TaskState.STATUS_IN_PROGRESS, workflow_state__status="in_progress")
    returned = states.filter(status=TaskState.STATUS_REJECTED, workflow_state__status="needs_changes")
    planned = Revision.objects.filter(base_content_type=kind, approved_go_live_at__isnull=False)
    return articles.annotate(
        status=Case(
            When(pk__in=_keys(waiting, "workflow_state__object_id"), then=Value("review")),
            When(pk__in=_keys(returned, "workflow_state__object_id"), then=Value("returned")),
            When(pk__in=_keys(planned, "object_id"), then=Value("scheduled")),
            When(public_now() & Q(has_unpublished_changes=True), then=Value("changed")),
            When(public_now(), then=Value("public")),
            When(Q(expired=True) | Q(live=True), then=Value("expired")),
            default=Value("draft"),
            output_field=CharField(),
        )
    )


def _keys(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    """The articles that these are about, which Wagtail names by text."""
    return rows.order_by().annotate(key=Cast(field, BigIntegerField())).values("key")


class StatusColumn(Column):
    """A word in its color."""

    cell_template_name = "articles/cms/status_cell.html"

    def get_cell_context_data(self, instance: Article, parent_context: Any) -> dict[str, Any]:
        """The word and the color."""
        word, tone = STATUSES[instance.status]
        return {**super().get_cell_context_data(instance, parent_context), "word": word, "tone": tone}


class NextReviewColumn(Column):
    """The month, and in words whether it has passed."""

    cell_template_name = "articles/cms/next_review_cell.html"

    def get_cell_context_data(self, instance: Article, parent_context: Any) -> dict[str, Any]:
        """With whether it is soon."""
        until = timezone.localdate() + timedelta(days=SOON_DAYS)
        soon = instance.next_review is not None and instance.next_review < until
        return {**super().get_cell_context_data(instance, parent_context), "article": instance, "soon": soon}


class ArticleFilters(WagtailFilterSet):
    """What the list can be narrowed to."""

    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=[(key, word) for key, (word, _tone) in STATUSES.items()]
    )
    area = django_filters.ChoiceFilter(label=_("Part of the foot"), choices=BodyArea.choices, method="in_area")
    review = django_filters.ChoiceFilter(
        label=_("Next review"),
        choices=[
            ("overdue", _("Overdue")),
            ("soon", _("Due in 30 days")),
            ("sample", _("Sample, never reviewed")),
        ],
        method="by_review",
    )
    locale = django_filters.ModelChoiceFilter(label=_("Language"), queryset=Locale.objects.all())

    class Meta:
        model = Article
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            del self.filters["locale"]

    def in_area(self, articles: QuerySet[Article], name: str, area: str) -> QuerySet[Article]:
        """The parts stand in one JSON list, in quotes."""
        return articles.annotate(areas_text=Cast(F("areas"), TextField())).filter(areas_text__contains=f'"{area}"')

    def by_review(self, articles: QuerySet[Article], name: str, state: str) -> QuerySet[Article]:
        """By where the next review stands."""
        if state == "sample":
            return articles.filter(sample=True)
        days = SOON_DAYS if state == "soon" else 0
        due = Article.objects.due_for_review(days)
        if state == "soon":
            due = due.filter(next_review__gte=timezone.localdate())
        return articles.filter(pk__in=due.order_by().values("pk"))


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
            Column("locale", label=_("Language"), sort_key="locale"),
            Column("areas_in_words", label=_("Part of the foot")),
            Column("reviewer", label=_("Reviewer"), sort_key="reviewer__name"),
            NextReviewColumn("next_review", label=_("Next review"), sort_key="next_review"),
            UpdatedAtColumn(label=_("Last edited"), sort_key="latest_revision_id"),  # in the same order, and indexed
        ]
