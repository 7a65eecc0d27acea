"""What is to be known of a visit: that it is to be moved, was missed, is sure, or could be earlier."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.desk.presenters.clocks import when
from appointments.desk.presenters.pills import Pill
from appointments.models import OPEN, AppointmentRequest, Status


def notes(inquiry: AppointmentRequest, now: datetime) -> list[Pill]:
    """In a list, and at the top of its page."""
    pills = []
    if inquiry.booked_for and inquiry.visit_stands:
        if inquiry.status == Status.MOVING:
            pills.append(Pill(_("Wants another time"), "soon", "swap"))
        if inquiry.booked_for > now:
            pills += _of_what_is_to_come(inquiry, inquiry.booked_for, now)
        elif inquiry.status != Status.BOOKED:
            was = _("Visit was %(time)s: to be settled")
            pills.append(Pill(was % {"time": when(inquiry.booked_for, now)}, "late", "calendar"))
    if inquiry.missed and inquiry.status in OPEN:
        missed = ngettext("Did not come", "Did not come %(count)d times", inquiry.missed) % {"count": inquiry.missed}
        pills.append(Pill(missed, "soon", "warning"))
    return pills


def _of_what_is_to_come(inquiry: AppointmentRequest, visit: datetime, now: datetime) -> list[Pill]:
    pills = []
    if inquiry.status != Status.BOOKED:
        pills.append(Pill(_("Still booked: %(time)s") % {"time": when(visit, now)}, "booked", "calendar"))
    if inquiry.coming_at:
        pills.append(Pill(_("Will come"), "booked", "check"))
    if inquiry.wants_earlier:
        pills.append(Pill(_("Call if something opens"), "wait", "clock"))
    return pills
