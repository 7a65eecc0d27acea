"""Deleting what the practice need not keep any longer: closed requests, `keep_closed_days` after they were closed.

A request goes with everything that hangs on it: history, mails, search keys, who looked at it. What stays is the audit
(references, never names) and the figures of its day. Open requests and ones with a mail still to be delivered stay. A
later request that was marked as a duplicate of a deleted one stays and names it no more. What is on legal hold stays,
and with it all that was put together with it as duplicates.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import day_figures
from appointments.models import AppointmentRequest, Mail, RequestQuerySet, Status
from appointments.offices import practice
from common import audit, clock

CHUNK = 30  # requests in one transaction; their references fit into one audit entry


def cut(days: int | None = None) -> datetime:
    """What was closed before this moment need not be kept, if requests are kept for so many days, else as settled."""
    return timezone.now() - timedelta(days=practice().keep_closed_days if days is None else days)


def old_requests(before: datetime) -> RequestQuerySet:
    """Closed before that moment, with no mail still owed, and bound to nothing that is on legal hold."""
    owed = Mail.objects.owed().filter(request=OuterRef("pk"))
    closed = AppointmentRequest.objects.filter(status=Status.CLOSED, closed_at__lt=before)
    return closed.filter(~Exists(owed), on_legal_hold=False).exclude(pk__in=_bound()).order_by("closed_at", "pk")


def _bound() -> set[int]:
    """The numbers of what is on legal hold, of what it is a duplicate of, of its duplicates, and so on."""
    bound: set[int] = set()
    found = set(AppointmentRequest.objects.filter(on_legal_hold=True).values_list("pk", flat=True))
    while found:
        bound |= found
        pairs = AppointmentRequest.objects.filter(Q(pk__in=found) | Q(duplicate_of__in=found))
        found = {pk for pair in pairs.values_list("pk", "duplicate_of") for pk in pair if pk} - bound
    return bound


def on_hold() -> int:
    """How many closed requests stay for a legal hold, however old."""
    return AppointmentRequest.objects.filter(pk__in=_bound(), status=Status.CLOSED).count()


def held_back(days: int | None = None) -> str:
    """A sentence for managers if too many are due to be deleted without asking; else "". `days`: as `cut`."""
    going = old_requests(cut(days)).count()
    if going <= clock.MUCH:
        return ""
    closed = AppointmentRequest.objects.filter(status=Status.CLOSED).count()
    if not clock.is_much(going, closed):
        return ""
    return _(
        "%(going)d of %(all)d closed requests are old enough to be deleted: so many that nothing is deleted until a "
        "person confirms it on the server with “manage.py purge_requests --confirm”."
    ) % {"going": going, "all": closed}


def purge(*, confirmed: bool = False) -> int:
    """Delete them, and summaries of the time before. Returns how many requests went.

    Raises HeldBack unless somebody has confirmed it.
    """
    if not confirmed and (why := clock.doubt() or held_back()):
        raise clock.HeldBack(why)
    before = cut()
    gone = 0
    while some := _purge_some(before):
        gone += some
    Mail.objects.filter(request=None, sent_at__lt=before).delete()
    return gone


@transaction.atomic
def _purge_some(before: datetime) -> int:
    rows = list(old_requests(before).select_for_update(of=("self",)).select_related("office")[:CHUNK])
    if not rows:
        return 0
    going = AppointmentRequest.objects.filter(pk__in=[inquiry.pk for inquiry in rows])
    days = day_figures.keep(going)
    going.delete()
    day_figures.refresh(days)
    references = ", ".join(inquiry.reference for inquiry in rows)
    audit.record(actor="worker", action="requests purged", record=f"{len(rows)}: {references}")
    return len(rows)
