"""Until when something is to be done."""

from datetime import datetime

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.appointment_book import minutes_of
from appointments.desk.presenters.pills import Pill
from appointments.models import TO_CALL, AppointmentRequest, CloseReason, Status
from appointments.offices import facts_of
from appointments.offices.deadlines import open_minutes_between
from common.times import clock, duration, local

DUE_SOON_MINUTES = 60


def clock_of(inquiry: AppointmentRequest, now: datetime) -> Pill:
    """How it stands against the clock; what is overdue is counted in the office's opening hours."""
    match inquiry.status:
        case Status.NEW | Status.MOVING | Status.CONTACTED | Status.PROPOSED:
            return _deadline(inquiry, now)
        case Status.BOOKED if inquiry.booked_for:
            if inquiry.booked_for < now:
                return _pill("soon", _("Was %(time)s") % {"time": when(inquiry.booked_for, now)})
            return _pill("booked", when(inquiry.booked_for, now))
        case Status.CLOSED:
            return Pill(str(CloseReason(inquiry.close_reason).label))
    return Pill(str(Status(inquiry.status).label))


def _pill(state: str, words: str) -> Pill:
    return Pill(words, state, "clock")


def _deadline(inquiry: AppointmentRequest, now: datetime) -> Pill:
    schedule = facts_of(inquiry.office).schedule
    due = inquiry.choose_by or inquiry.call_by
    if due < now:
        late = open_minutes_between(due, now, schedule)
        return _pill("late", _("Overdue %(time)s") % {"time": duration(late)} if late else _("Overdue"))
    if inquiry.status in TO_CALL:
        left = open_minutes_between(now, due, schedule)
        if left <= DUE_SOON_MINUTES and local(due).date() == local(now).date():
            return _pill("soon", _("Due in %(time)s") % {"time": duration(left)} if left else _("Due now"))
        return _pill("due", _("Due %(time)s") % {"time": when(due, now)})
    words = _("May choose until %(time)s") if inquiry.status == Status.PROPOSED else _("Follow up by %(time)s")
    return _pill("due", words % {"time": when(due, now)})


def when(at: datetime, now: datetime) -> str:
    """ "2:31 pm" today, "Tue, 2:31 pm" in the next six days, else "Tue, Dec 1, 2:31 pm", with the year in another."""
    if local(at).date() == local(now).date():
        return clock(at)
    return f"{day_from(at, now)}, {clock(at)}".replace(" ", "\N{NO-BREAK SPACE}")


def day_from(at: datetime, now: datetime) -> str:
    """ "Tue" in the next six days, else "Tue, Dec 1", with the year in another."""
    days = (local(at).date() - local(now).date()).days
    pattern = _("D, M j") if local(at).year == local(now).year else _("D, M j, Y")
    if 0 < days < len(WEEKDAYS_ABBR):
        pattern = _("D")
    return date_format(local(at), pattern).replace(" ", "\N{NO-BREAK SPACE}")


def trouble_of(inquiry: AppointmentRequest, now: datetime) -> Pill | None:
    """Why a booked visit can't be kept as it is: the office has since closed for that time."""
    if not inquiry.visit_stands or not inquiry.booked_for or inquiry.booked_for < now:
        return None
    words = facts_of(inquiry.office).trouble_with(inquiry.booked_for, minutes_of(inquiry))
    return Pill(words, "late", "warning") if words else None
