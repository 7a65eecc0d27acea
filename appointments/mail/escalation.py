"""Nothing slips: reminders of requests nobody has opened or called in time, of visits nobody has settled, and the daily
summary.

Each reminder is one mail per deadline: a constraint of the database keeps out a second one, whoever is at work. Only
opening minutes count, so nobody is reminded on a Sunday of what came in on Saturday.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from appointments.mail import outbox
from appointments.mail.compose import digest_counts
from appointments.mail.lateness import (
    TO_BE_CALLED,
    manager_should_know,
    manager_should_know_of_visit,
    office_should_know,
    visit_should_be_settled,
)
from appointments.models import AppointmentRequest, Mail, Office, RequestQuerySet, Status
from appointments.offices import directory, facts_of, practice
from common import audit

OLDEST_VISIT = timedelta(days=14)  # that anybody is reminded of
Due = Callable[[AppointmentRequest, datetime], bool]


def remind_offices() -> int:
    """Tell each office of requests that nobody opened, or called in time, and of visits nobody settled by the end of
    the next business day. Returns how many mails.
    """
    now = timezone.now()
    long_ago = now - timedelta(minutes=practice().unopened_minutes)
    unopened = Q(opened_at=None, first_called_at=None, created_at__lte=long_ago)
    told = ~Q(office__notice_email="")
    waiting = _to_be_called().filter(told, Q(call_by__lte=now) | unopened)
    unsettled = _to_be_settled(now).filter(told)
    sent = _remind(Mail.Kind.LATE_OFFICE, waiting, office_should_know)
    return sent + _remind(Mail.Kind.LATE_OFFICE, unsettled, visit_should_be_settled, about="booked_for")


def remind_manager() -> int:
    """Tell the manager of requests that stay overdue, and of visits that stay unsettled. Returns how many mails."""
    if not practice().manager_email:
        return 0
    now = timezone.now()
    overdue = _to_be_called().filter(call_by__lte=now - timedelta(minutes=practice().escalate_minutes))
    sent = _remind(Mail.Kind.LATE_MANAGER, overdue, manager_should_know)
    return sent + _remind(Mail.Kind.LATE_MANAGER, _to_be_settled(now), manager_should_know_of_visit, about="booked_for")


def _to_be_called() -> RequestQuerySet:
    return AppointmentRequest.objects.filter(status__in=TO_BE_CALLED)


def _to_be_settled(now: datetime) -> RequestQuerySet:
    """Older ones stand in the list alone: an office that begins to settle its visits is not flooded with mails."""
    return AppointmentRequest.objects.visits_to_settle(now).filter(booked_for__gt=now - OLDEST_VISIT)


def _remind(kind: Mail.Kind, waiting: RequestQuerySet, due: Due, *, about: str = "call_by") -> int:
    """One mail for each request that is due and has had none for its deadline. about: the column of that."""
    reminded = Mail.objects.filter(request=OuterRef("pk"), kind=kind, deadline=OuterRef(about))
    candidates = waiting.filter(~Exists(reminded)).order_by(about)
    sent = 0
    for pk in list(candidates.values_list("pk", flat=True)):
        with transaction.atomic():
            inquiry = waiting.select_for_update(of=("self",)).select_related("office").filter(pk=pk).first()
            if inquiry is None or not due(inquiry, timezone.now()):
                continue
            deadline = getattr(inquiry, about)
            if inquiry.mails.filter(kind=kind, deadline=deadline).exists():
                continue  # another worker was quicker
            if inquiry.status == Status.HELD and _told_of_quarantine(kind, inquiry.office):
                continue
            outbox.queue(kind, inquiry, inquiry.office, deadline=deadline)
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
    if (
        office is None
        or not office.notice_email
        or Mail.objects.filter(kind=Mail.Kind.DIGEST, office=office, deadline=midnight).exists()
    ):
        return False
    if not any(digest_counts(facts_of(office)).values()):
        return False
    outbox.queue(Mail.Kind.DIGEST, None, office, deadline=midnight)
    audit.record(actor="worker", action=f"mail {Mail.Kind.DIGEST}", office=office.slug)
    return True
