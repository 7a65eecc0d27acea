"""The desk says what became of a visit, or gives one up."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import appointment_book
from appointments.actions.call_clock import count_next_call
from appointments.actions.moves import (
    Actor,
    WrongMove,
    back_to_desk,
    check_it_is_settled,
    finish,
    give_up_visit,
    lock,
    mail_patient,
    move,
    set_closed,
    visit_before,
)
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Status


@transaction.atomic
def came(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The visit took place, so the request is closed. Raises WrongMove."""
    inquiry = _lock_what_is_over(inquiry, actor)
    inquiry.status = Status.CLOSED
    set_closed(inquiry, CloseReason.COMPLETED)
    finish(inquiry, actor, Event.Kind.CLOSED, facts={"reason": CloseReason.COMPLETED})


@transaction.atomic
def did_not_come(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient missed the visit: call to find another time. Times that are on offer stay so. Raises WrongMove."""
    inquiry = _lock_what_is_over(inquiry, actor)
    appointment_book.write_down_missed(inquiry)
    missed = inquiry.booked_for
    inquiry.missed += 1
    inquiry.booked_for = inquiry.coming_at = None
    if inquiry.status != Status.PROPOSED:
        inquiry.status = Status.NEW
        count_next_call(inquiry)
    finish(inquiry, actor, Event.Kind.MISSED, facts={"booked_for": missed})


def _lock_what_is_over(inquiry: AppointmentRequest, actor: Actor) -> AppointmentRequest:
    inquiry = lock(inquiry, actor)
    visit = visit_before(inquiry)
    if visit is None:
        raise WrongMove(_("There is no booked visit to settle."))
    if visit > timezone.now():
        raise WrongMove(_("The time of the visit has not come yet."))
    return inquiry


@transaction.atomic
def back_to_call(*, inquiry: AppointmentRequest, actor: Actor, reason: str) -> None:
    """It needs a call after all. A booked visit is given up; an offer is taken back, and the visit that was to be moved
    stands. The patient is told of either. Raises WrongMove.
    """
    inquiry = move(inquiry, actor, Status.NEW)
    check_it_is_settled(inquiry)
    match (inquiry.before_action or {})["status"]:
        case Status.HELD | Status.MOVING | Status.CLOSED:
            raise WrongMove(_("It can’t go back to “needs a call” from here."))
        case Status.BOOKED:
            give_up_visit(inquiry)
        case Status.PROPOSED:
            mail_patient(Mail.Kind.PATIENT_NEWS, inquiry)
    back_to_desk(inquiry)
    finish(inquiry, actor, Event.Kind.BACK, note=reason)
