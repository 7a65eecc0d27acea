"""Whether the server's clock can be trusted: what is deleted once its time is over does not come back.

The worker's heartbeat keeps the last moment at which the clock was plausible: no more than FAR after the one before,
and not before it. A clock that jumped by years does not become plausible by running on; a person confirms it with
`prune_audit --confirm` or `purge_requests --confirm`.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from common.models import AuditEntry, WorkerBeat
from common.times import moment

FAR = timedelta(days=7)  # a site may well be off for a few days
NEAR = timedelta(minutes=5)  # two servers, or a clock that was set right
MUCH, PERCENT = 50, 5  # more rows than both go only when a person says so

log = logging.getLogger(__name__)
_before: tuple[float, float] | None = None  # this process's monotonic clock and the server's, at the last look


class HeldBack(Exception):
    """Nothing is deleted until a person confirms it. The text, for managers, says why and how."""


def doubt() -> str:
    """Why nothing is to be deleted by this clock; "" when it can be trusted."""
    known, now = _last_trusted(), timezone.now()
    if known is None or -NEAR <= now - known <= FAR:
        return ""
    return _(
        "The server’s clock says %(now)s, but it was last known to be right at %(known)s. Nothing is deleted until "
        "that is settled. If the clock is right, confirm it on the server with “manage.py prune_audit --confirm”."
    ) % {"now": moment(now), "known": moment(known)}


def _last_trusted() -> datetime | None:
    beat = WorkerBeat.objects.filter(pk=1).first()
    if beat and beat.trusted_at:
        return beat.trusted_at
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    return max((at for at in (beat.at if beat else None, newest) if at), default=None)


def confirm() -> None:
    """A person says that the clock is right."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(
        pk=1, defaults={"trusted_at": now}, create_defaults={"at": now, "trusted_at": now}
    )


def trouble() -> str:
    """A sentence for managers when the clock is wrong, as far as the database's times can tell; else ""."""
    now = timezone.now()
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    if newest and newest > now + NEAR:
        return _(
            "The server’s clock says %(now)s, but something was written here at %(then)s: it is slow, or was fast. "
            "Mails wait until then, and deadlines are wrong. Have the server’s clock set right."
        ) % {"now": moment(now), "then": moment(newest)}
    if abs(theirs := _database_clock() - now) > NEAR:
        minutes = int(abs(theirs).total_seconds() // 60)
        return _("The clocks of the web server and of the database differ by %(minutes)d minutes.") % {
            "minutes": minutes
        }
    return doubt()


def _database_clock() -> datetime:
    """PostgreSQL has a clock of its own; SQLite uses ours."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def notice_jump() -> None:
    """Log an error if the clock was set since the last call in this process, or the machine slept."""
    global _before
    now = (time.monotonic(), time.time())
    if _before and abs(jump := (now[1] - _before[1]) - (now[0] - _before[0])) > NEAR.total_seconds():
        log.error("The server's clock has jumped by %d minutes", jump / 60)
    _before = now


def is_much(going: int, of: int) -> bool:
    """Whether so many rows are not deleted without asking."""
    return going > MUCH and going * 100 > of * PERCENT
