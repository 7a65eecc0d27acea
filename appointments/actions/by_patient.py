"""What the patient does on their private page."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import search_keys
from appointments.actions.moves import Actor, WrongMove, back_to_desk, finish, lock, set_booked, set_closed, tell_both
from appointments.mail import outbox
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Status
from appointments.offices import facts_of


@transaction.atomic
def choose_time(*, inquiry: AppointmentRequest, actor: Actor, at: datetime) -> None:
    """Pick one of the offered times. Raises WrongMove, with the reason in the patient's words."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.BOOKED and inquiry.booked_for == at:
        return  # a second click
    if inquiry.status != Status.PROPOSED or at.isoformat() not in inquiry.offered_times:
        raise WrongMove(_("That time is not on offer any more."))
    if at <= timezone.now():
        raise WrongMove(_("That time has passed. Please choose another one, or call us."))
    if not facts_of(inquiry.office).schedule.is_open(at):
        raise WrongMove(_("The office has since closed for that time. Please choose another one, or call us."))
    inquiry.status = Status.BOOKED
    set_booked(inquiry, at)
    tell_both(Mail.Kind.BOOKED, inquiry)
    finish(inquiry, actor, Event.Kind.CHOSEN, facts={"booked_for": at})


@transaction.atomic
def no_time_suits(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """None of the offered times: the desk calls again. A second click changes nothing. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status != Status.PROPOSED:
        if inquiry.events.order_by("pk").last().kind == Event.Kind.NONE_SUITS:  # type: ignore[union-attr]
            return
        raise WrongMove(_("These times are not on offer any more."))
    back_to_desk(inquiry)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.NONE_SUITS)


@transaction.atomic
def change_contact(
    *, inquiry: AppointmentRequest, actor: Actor, phone: str, contact: dict[str, Any], wishes: dict[str, Any]
) -> None:
    """The patient can be reached in another way, or at other times. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed."))
    wanted = {"phone": phone, "contact": contact, "wishes": wishes}
    changed = [name for name, value in wanted.items() if getattr(inquiry, name) != value]
    if not changed:
        return
    inquiry.phone, inquiry.contact, inquiry.wishes = phone, contact, wishes
    if inquiry.patient_name:
        inquiry.person_key = search_keys.person_key(phone, inquiry.patient_name)
    inquiry.save(update_fields=["phone", "contact", "wishes", "person_key"])
    search_keys.add(inquiry)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.CHANGED, facts={"changed": changed})


@transaction.atomic
def cancel(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient does not want the visit. A second click changes nothing. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.close_reason == CloseReason.CANCELLED:
        return
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed already."))
    inquiry.status = Status.CLOSED
    set_closed(inquiry, CloseReason.CANCELLED)
    tell_both(Mail.Kind.CANCELLED, inquiry)
    finish(inquiry, actor, Event.Kind.CANCELLED)
