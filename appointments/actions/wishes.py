"""What a patient wishes of a booked visit: another time, an earlier one, to be reminded, or just to come.

The patient says it on the private page, or on the phone to the desk.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.call_clock import count_next_call
from appointments.actions.moves import Actor, WrongMove, finish, lock, set_booked
from appointments.mail import outbox
from appointments.models import AppointmentRequest, Event, Mail, Status
from appointments.vocabulary import Reminders


@transaction.atomic
def ask_to_move(*, inquiry: AppointmentRequest, actor: Actor, wishes: dict[str, Any], note: str = "") -> None:
    """Another time is wanted, or a new one after a missed visit: the desk calls. A visit stands until they have agreed.
    A second click changes nothing. Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.MOVING:
        return
    if inquiry.status == Status.BOOKED:
        inquiry.status = Status.MOVING
        inquiry.coming_at = None
    elif not (inquiry.status == Status.NEW and inquiry.missed):
        raise WrongMove(_("There is no booked visit here to move. Please call us."))
    elif inquiry.events.order_by("pk").last().kind == Event.Kind.WANTS_MOVE:  # type: ignore[union-attr]
        return
    inquiry.wishes = {**inquiry.wishes, **wishes}
    inquiry.save(update_fields=["wishes"])
    count_next_call(inquiry)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.WANTS_MOVE, note=note)


@transaction.atomic
def will_come(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient comes to the visit as it is booked; one that was to be moved is kept. A second click changes nothing.
    Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if not (inquiry.visit_stands and inquiry.booked_for and inquiry.booked_for > timezone.now()):
        raise WrongMove(_("There is no visit to come to. Please call us."))
    kept = inquiry.status != Status.BOOKED
    if inquiry.coming_at and not kept:
        return
    inquiry.status = Status.BOOKED
    set_booked(inquiry, inquiry.booked_for)
    inquiry.coming_at = timezone.now()
    if kept:
        outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.COMING, facts={"kept": kept})


@transaction.atomic
def want_earlier(*, inquiry: AppointmentRequest, actor: Actor, wanted: bool) -> None:
    """Call me if something opens earlier; or no longer. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if wanted == inquiry.wants_earlier:
        return
    if not inquiry.visit_stands:
        raise WrongMove(_("There is no booked visit that could be earlier."))
    inquiry.wants_earlier = wanted
    finish(inquiry, actor, Event.Kind.EARLIER, facts={"wanted": wanted})


@transaction.atomic
def set_reminders(*, inquiry: AppointmentRequest, actor: Actor, reminders: Reminders) -> None:
    """How the patient is reminded of visits by mail. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if reminders == inquiry.reminders:
        return
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed."))
    if reminders and not inquiry.email:
        raise WrongMove(_("There is no email address to send reminders to."))
    inquiry.reminders = reminders
    finish(inquiry, actor, Event.Kind.REMINDERS, facts={"reminders": reminders})
