"""Where an article stands, for the desk."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, TaskState

from articles.models import Article, public_now

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
