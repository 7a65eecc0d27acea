"""Patients who asked for it are reminded of their visit, by mail to them alone.

Each moment is one mail: a constraint of the database keeps out a second one, whoever is at work.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from appointments.mail import outbox
from appointments.mail.reminder_moments import KINDS, moment_due
from appointments.models import AppointmentRequest, Event, Mail, RequestQuerySet, Status
from appointments.offices import practice
from common import audit

# After one of these the patient knows: what should have reminded of it before is not sent any more.
TOLD_BY = (Event.Kind.BOOKED, Event.Kind.CHOSEN, Event.Kind.COMING, Event.Kind.REMINDERS)


def remind_patients() -> int:
    """Owe the reminders whose moment has come. Returns how many."""
    now = timezone.now()
    farthest = timedelta(days=max(practice().first_reminder_days, practice().second_reminder_days) + 1)
    soon = AppointmentRequest.objects.filter(
        status=Status.BOOKED, reminders__in=KINDS, booked_for__gt=now, booked_for__lte=now + farthest
    )
    return sum(_remind(soon, pk) for pk in _not_reminded(soon, now))


def _not_reminded(soon: RequestQuerySet, now: datetime) -> list[int]:
    """Two queries, however many there are."""
    waiting = list(soon.order_by("booked_for").only("status", "reminders", "booked_for", "email"))
    mails = Mail.objects.filter(request__in=waiting, kind__in=KINDS.values())
    reminded = set(mails.values_list("request", "deadline"))
    due = ((inquiry.pk, moment_due(inquiry, now)) for inquiry in waiting)
    return [pk for pk, moment in due if moment and (pk, moment) not in reminded]


@transaction.atomic
def _remind(soon: RequestQuerySet, pk: int) -> bool:
    """Whether it is owed now: nobody was quicker, nothing has changed, and the patient was not told later than that."""
    inquiry = soon.select_for_update(of=("self",)).select_related("office").filter(pk=pk).first()
    if inquiry is None or (moment := moment_due(inquiry, timezone.now())) is None:
        return False
    if inquiry.mails.filter(kind__in=KINDS.values(), deadline=moment).exists():
        return False
    if inquiry.events.filter(kind__in=TOLD_BY, at__gte=moment).exists():
        return False
    kind = KINDS[inquiry.reminders]
    outbox.queue(kind, inquiry, inquiry.office, deadline=moment)
    audit.record(actor="worker", action=f"mail {kind}", record=inquiry.reference, office=inquiry.office.slug)
    return True
