"""The medical review: who may approve which text, and what an approval writes down.

Nothing here asks what a page shows, or knows what an article is; the editors' desk and `Article.publish` both come
here.
"""

from datetime import date
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_registry
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    ModelLogEntry,
    Revision,
    RevisionMixin,
    TaskState,
    WorkflowMixin,
)

from articles.reviewing.versions import text_of, why_not_small
from common.models import User

APPROVED = "articles.review"  # in Wagtail's log, with the revision it was about
CORRECTED = "articles.correct"
MAY_CORRECT = "articles.correct_article"
STAMP = ("reviewer", "last_reviewed", "next_review", "sample")


class NotAllowed(PermissionDenied):
    """The text may not go public this way. Says why, in words for the editors' desk."""


def reviewer_of(user: User | AnonymousUser) -> Model | None:
    """The podiatrist that a user is, if any."""
    try:
        reviewer: Model | None = getattr(user, "reviewer", None)
    except ObjectDoesNotExist:
        return None
    return reviewer


def approvals(article: "Reviewed") -> QuerySet[ModelLogEntry]:
    """What the log has of them, the last one first."""
    logs: QuerySet[ModelLogEntry] = log_registry.get_logs_for_instance(article)
    return logs.filter(action=APPROVED, revision__isnull=False).order_by("-timestamp", "-pk")


def approved_revision_id(article: "Reviewed") -> int | None:
    """The version that a reviewer approved last."""
    found: int | None = approvals(article).values_list("revision_id", flat=True).first()
    return found


def writers(article: "Reviewed", until: int | None = None) -> set[int]:
    """The users who changed the text since it was approved last, up to the revision `until` (None: the latest).

    What a reviewer changes during a review that somebody else asked for is part of that review.
    """
    base = approved_revision_id(article)
    revisions = article.revisions.filter(pk__gte=base or 0).order_by("pk")
    if until is not None:
        revisions = revisions.filter(pk__lte=until)
    reviews = [
        (state.started_at, state.finished_at or timezone.now(), state.workflow_state.requested_by_id)
        for state in TaskState.objects.for_instance(article).select_related("workflow_state")
    ]
    found: set[int] = set()
    before = None
    for revision in revisions:
        text = text_of(revision.content)
        in_review = any(
            started <= revision.created_at <= finished and asked_by != revision.user_id
            for started, finished, asked_by in reviews
        )
        if revision.pk != base and text != before and revision.user_id and not in_review:
            found.add(revision.user_id)
        before = text
    return found


def why_not_approve(article: "Reviewed", user: User | AnonymousUser, until: int | None = None) -> Promise | None:
    """Why a user may not make a version public by approving it; None if they may."""
    if reviewer_of(user) is None or not user.has_perm(f"articles.publish_{article._meta.model_name}"):
        return _("Only a medical reviewer can publish an article.")
    if user.pk in writers(article, until):
        return _("You wrote a part of this text, so another medical reviewer has to approve it.")
    return None


def approve(revision: Revision, user: User) -> None:
    """Write the review into exactly the revision that goes public, and into the log.

    Raises NotAllowed.
    """
    article = cast("Reviewed", revision.content_object)
    if reason := why_not_approve(article, user, revision.pk):
        raise NotAllowed(reason)
    stamp = _stamp(user, timezone.localdate())
    revision.content.update(_as_content(stamp))
    revision.save(update_fields=["content"])
    _log(article, APPROVED, user, revision)


@transaction.atomic
def confirm(article: "Reviewed", user: User, seen: int | None) -> None:
    """A reviewer has read the public version, `seen`, and stands by it as it is. A waiting draft stays as it is.

    Raises NotAllowed, also if another version has become public in the meantime.
    """
    live = type(article)._default_manager.select_for_update().get(pk=article.pk)
    if not live.live or live.live_revision_id != seen:
        raise NotAllowed(_("Another version has become public since you opened this page. Please read it first."))
    if reason := why_not_approve(live, user, live.live_revision_id):
        raise NotAllowed(reason)
    stamp = _stamp(user, timezone.localdate())
    for name, value in stamp.items():
        setattr(live, name, value)
    live.save(update_fields=list(STAMP))
    revision = live.live_revision
    if revision:
        revision.content.update(_as_content(stamp))
        revision.save(update_fields=["content"])
    _log(live, APPROVED, user, revision)


def why_not_correct(article: "Reviewed", user: User, revision: Revision) -> Promise | None:
    """Why a version may not go public as a small correction; None if it may."""
    if not user.has_perm(MAY_CORRECT):
        return _("You do not have the right to publish small corrections.")
    if not article.live or not article.live_revision:
        return _("Only an article that is public can be corrected.")
    if article.workflow_in_progress:
        return _("This text is with the medical reviewer.")
    if revision.content.get("go_live_at"):
        return _("A correction can’t be put off to a date.")
    return why_not_small(text_of(article.live_revision.content), text_of(revision.content))


@transaction.atomic
def correct(revision: Revision, user: User) -> None:
    """Make a small correction public without a new review: the reviewer's name and dates stay what they were.

    Raises NotAllowed.
    """
    article = cast("Reviewed", revision.content_object)
    if reason := why_not_correct(article, user, revision):
        raise NotAllowed(reason)
    revision.content.update(_as_content({name: getattr(article, name) for name in STAMP}))
    revision.save(update_fields=["content"])
    article.publish_unreviewed(revision, user)
    _log(article, CORRECTED, user, revision)


class Reviewed(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin):
    """A text of which every public version was approved: what an article is to these rules."""

    class Meta:
        abstract = True

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any) -> Revision:
        """What is saved over a version that stays becomes a new one."""
        if overwrite_revision and self.stays(overwrite_revision):
            overwrite_revision = None
        kwargs["overwrite_revision"] = overwrite_revision
        saved: Revision = super().save_revision(*args, **kwargs)
        return saved

    def stays(self, revision: Revision) -> bool:
        """Whether a version is kept as it is: a reviewer was sent it, or approved it, or readers see it."""
        shown = (self.live_revision_id, approved_revision_id(self))
        return revision.pk in shown or revision.task_states.exists()

    @transaction.atomic
    def publish(self, revision: Revision, user: User | None = None, *args: Any, **kwargs: Any) -> None:
        """Publish a revision, now or at its date. Whoever does it thereby approves it: approval and publishing are
        one step, from the review and from the menu alike. Without a user it is the loader or the scheduler.

        Raises NotAllowed.
        """
        self.check_publishing(revision)
        if user is not None:
            self.release(revision, user)
        super().publish(revision, user, *args, **kwargs)

    def is_public(self) -> bool:
        """Whether readers may see it now; the same rule as `published()`."""
        return bool(self.live and (self.expire_at is None or self.expire_at > timezone.now()))

    def why_not_release(self, user: User, until: int | None = None) -> Promise | None:
        """Why a user may not make a version public; None if they may."""
        return why_not_approve(self, user, until)

    def release(self, revision: Revision, user: User) -> None:
        """Write down, in the revision that goes public, who stands by it. Raises NotAllowed."""
        approve(revision, user)

    def check_publishing(self, revision: Revision) -> None:
        """Raises NotAllowed for what stands in the way besides the review."""

    def publish_unreviewed(self, revision: Revision, user: User) -> None:
        """For `correct` alone, which has decided that it may be."""
        super().publish(revision, user, skip_permission_checks=True)


def _stamp(user: User, today: date) -> dict[str, Any]:
    months = today.month - 1 + settings.REVIEW_MONTHS
    return {
        "reviewer": reviewer_of(user),
        "last_reviewed": today,
        "next_review": date(today.year + months // 12, months % 12 + 1, 1),
        "sample": False,
    }


def _as_content(stamp: dict[str, Any]) -> dict[str, Any]:
    """As a revision keeps it: JSON."""
    reviewer = stamp["reviewer"]
    dates = {name: stamp[name] and stamp[name].isoformat() for name in ("last_reviewed", "next_review")}
    return {**stamp, **dates, "reviewer": reviewer and reviewer.pk}


def _log(article: "Reviewed", action: str, user: User, revision: Revision | None) -> None:
    reviewer = reviewer_of(user)
    log(instance=article, action=action, user=user, revision=revision, data={"by": str(reviewer or user)})
