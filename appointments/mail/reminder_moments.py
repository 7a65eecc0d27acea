"""When a patient is reminded of a visit: in the morning, so many days before."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from appointments.models import AppointmentRequest, Mail
from appointments.offices import practice
from appointments.vocabulary import Reminders
from common.times import local

MORNING = time(9)
EVENING = time(20)  # nobody is woken; what is not sent by then waits for the next morning
KINDS: dict[str, Mail.Kind] = {
    Reminders.NEUTRAL: Mail.Kind.VISIT_SOON,
    Reminders.WITH_TIME: Mail.Kind.VISIT_SOON_AT,
}


def moments(visit: datetime) -> list[datetime]:
    """When to remind of it, in order."""
    settings = practice()
    days = {settings.first_reminder_days, settings.second_reminder_days} - {0}
    mornings = (datetime.combine(local(visit).date() - timedelta(days=before), MORNING) for before in days)
    return sorted(timezone.make_aware(morning) for morning in mornings)


def moment_due(inquiry: AppointmentRequest, now: datetime) -> datetime | None:
    """The last moment that has come at which a patient with a booked visit is reminded; None while there is none, at
    night, and without an address.
    """
    if not inquiry.booked_for or not inquiry.email or not MORNING <= local(now).time() < EVENING:
        return None
    return max((moment for moment in moments(inquiry.booked_for) if moment <= now), default=None)
