"""Articles whose day has come: made public, or taken off the site. The worker asks every few seconds.

What was approved and still can't go public is called off and told at the editors' desk, not tried again and again;
the others go on.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.log_actions import log as log_action
from wagtail.models import ModelLogEntry, Revision

from articles.models import Article
from articles.reviewing import rules

CALLED_OFF = "articles.called_off"  # in Wagtail's log, with the revision it was about
log = logging.getLogger("articles.schedule")


def publish_scheduled() -> None:
    """What Wagtail's command of this name does, each article for itself."""
    now = timezone.now()
    for article in Article.objects.filter(live=True, expire_at__lt=now):
        article.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        _forget_days(article, now)
    for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        try:
            revision.publish(log_action="wagtail.publish.scheduled")
        except rules.NotAllowed as refusal:
            _call_off(revision, str(refusal))
        except Exception:
            log.exception("An article could not be published on its day")


def why_called_off(revisions: Iterable[int | None]) -> dict[int | None, str]:
    """The reasons, by revision, of those that could not be published on their day. One query."""
    entries = ModelLogEntry.objects.filter(action=CALLED_OFF, revision_id__in=list(revisions)).order_by("pk")
    return {entry.revision_id: entry.data["why"] for entry in entries}


def _forget_days(article: Article, now: datetime) -> None:
    """They have done what they were for; in a later version they would take the article off again."""
    article.go_live_at = article.expire_at = None
    article.save(update_fields=["go_live_at", "expire_at"])
    if revision := article.latest_revision:
        for name in ("go_live_at", "expire_at"):
            if (day := parse_datetime(revision.content.get(name) or "")) and day < now:
                revision.content[name] = None
        revision.save(update_fields=["content"])


@transaction.atomic
def _call_off(revision: Revision, why: str) -> None:
    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])
    log_action(instance=revision.content_object, action=CALLED_OFF, revision=revision, data={"why": why})
