"""When a call, or a visit that nobody has settled, is late enough to be told of. Only opening minutes count."""

from datetime import datetime

from appointments.models import TO_CALL, AppointmentRequest, Status
from appointments.offices import facts_of, practice
from appointments.offices.deadlines import open_minutes_between
from appointments.offices.promises import promise

TO_BE_CALLED = (*TO_CALL, Status.CONTACTED, Status.HELD)


def office_should_know(inquiry: AppointmentRequest, now: datetime) -> bool:
    """Overdue, or unopened for too long, in opening minutes."""
    if inquiry.call_by <= now:
        return True
    if inquiry.opened_at or inquiry.first_called_at:
        return False
    waited = open_minutes_between(inquiry.created_at, now, facts_of(inquiry.office).schedule)
    return waited >= practice().unopened_minutes


def manager_should_know(inquiry: AppointmentRequest, now: datetime) -> bool:
    """Overdue for too long, in opening minutes."""
    return _is_late(inquiry, inquiry.call_by, now)


def visit_should_be_settled(inquiry: AppointmentRequest, now: datetime) -> bool:
    """The business day after the visit is over, too."""
    return _settle_by(inquiry) <= now


def manager_should_know_of_visit(inquiry: AppointmentRequest, now: datetime) -> bool:
    """That, and it has been so for too long, in opening minutes."""
    return _is_late(inquiry, _settle_by(inquiry), now)


def _settle_by(inquiry: AppointmentRequest) -> datetime:
    assert inquiry.booked_for  # noqa: S101  # says so to the type checker
    return promise(facts_of(inquiry.office).schedule, urgent=False, start=inquiry.booked_for)


def _is_late(inquiry: AppointmentRequest, since: datetime, now: datetime) -> bool:
    late = open_minutes_between(since, now, facts_of(inquiry.office).schedule)
    return since <= now and late >= practice().escalate_minutes
