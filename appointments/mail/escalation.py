"""Nothing slips: reminders of requests nobody has opened or called in time, and the daily summary.

Each reminder is one mail per deadline: a constraint of the database keeps out a second one, whoever is at work. Only
opening minutes count, so nobody is reminded on a Sunday of what came in on Saturday.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from appointments.mail import outbox
from appointments.mail.compose import digest_counts
from appointments.models import AppointmentRequest, Mail, Office, Status
from appointments.offices import directory, facts_of, practice
from appointments.offices.deadlines import open_minutes_between
from common import audit

TO_BE_CALLED = (Status.NEW, Status.HELD)


def remind_offices() -> int:
    """Tell each office of requests that nobody opened, or called in time. Returns how many mails."""
    now = timezone.now()
    long_ago = now - timedelta(minutes=practice().unopened_minutes)
    unopened = Q(opened_at=None, first_called_at=None, created_at__lte=long_ago)
    waiting = AppointmentRequest.objects.filter(Q(call_by__lte=now) | unopened)
    return _remind(Mail.Kind.LATE_OFFICE, waiting, _office_should_know)


def remind_manager() -> int:
    """Tell the manager of requests that stay overdue. Returns how many mails."""
    now = timezone.now()
    overdue = AppointmentRequest.objects.filter(call_by__lte=now - timedelta(minutes=practice().escalate_minutes))
    return _remind(Mail.Kind.LATE_MANAGER, overdue, _manager_should_know)


def _office_should_know(inquiry: AppointmentRequest, now: datetime) -> bool:
    """Overdue, or unopened for too long, in opening minutes."""
    if inquiry.call_by <= now:
        return True
    if inquiry.opened_at or inquiry.first_called_at:
        return False
    waited = open_minutes_between(inquiry.created_at, now, facts_of(inquiry.office).schedule)
    return waited >= practice().unopened_minutes


def _manager_should_know(inquiry: AppointmentRequest, now: datetime) -> bool:
    """Overdue for too long, in opening minutes."""
    late = open_minutes_between(inquiry.call_by, now, facts_of(inquiry.office).schedule)
    return inquiry.call_by <= now and late >= practice().escalate_minutes


def _remind(
    kind: Mail.Kind, waiting: QuerySet[AppointmentRequest], due: Callable[[AppointmentRequest, datetime], bool]
) -> int:
    """One mail for each request that is due and has had none for its deadline."""
    reminded = Mail.objects.filter(request=OuterRef("pk"), kind=kind, deadline=OuterRef("call_by"))
    candidates = waiting.filter(~Exists(reminded), status__in=TO_BE_CALLED).order_by("call_by")
    sent = 0
    for pk in list(candidates.values_list("pk", flat=True)):
        with transaction.atomic():
            rows = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("office")
            inquiry = rows.filter(pk=pk, status__in=TO_BE_CALLED).first()
            if inquiry is None or not due(inquiry, timezone.now()):
                continue
            if inquiry.mails.filter(kind=kind, deadline=inquiry.call_by).exists():
                continue  # another worker was quicker
            if inquiry.status == Status.HELD and _told_of_quarantine(kind, inquiry.office):
                continue
            outbox.queue(kind, inquiry, inquiry.office, deadline=inquiry.call_by)
            audit.record(actor="worker", action=f"mail {kind}", record=inquiry.reference, office=inquiry.office.slug)
            sent += 1
    return sent


def _told_of_quarantine(kind: Mail.Kind, office: Office) -> bool:
    """Whether a mail today led to the quarantine already: a flood of spam must not become a flood of reminders."""
    since = timezone.now() - timedelta(days=1)
    return Mail.objects.filter(kind=kind, office=office, request__status=Status.HELD, created_at__gt=since).exists()


def send_digests() -> int:
    """The daily summary of each office that is open today, once its time has come. Returns how many mails."""
    at = practice().digest_at
    now = timezone.localtime()
    if at is None or now.time() < at:
        return 0
    midnight = datetime.combine(now.date(), time(), ZoneInfo(settings.TIME_ZONE))
    return sum(_send_digest(office.pk, midnight) for office in directory() if office.schedule.spans(now.date()))


@transaction.atomic
def _send_digest(office_pk: int, midnight: datetime) -> bool:
    """Whether there was something to say, and it had not been said."""
    office = Office.objects.select_for_update().filter(pk=office_pk).first()
    if office is None or Mail.objects.filter(kind=Mail.Kind.DIGEST, office=office, deadline=midnight).exists():
        return False
    if not any(digest_counts(facts_of(office)).values()):
        return False
    outbox.queue(Mail.Kind.DIGEST, None, office, deadline=midnight)
    audit.record(actor="worker", action=f"mail {Mail.Kind.DIGEST}", office=office.slug)
    return True
