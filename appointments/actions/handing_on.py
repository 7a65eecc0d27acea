"""The desk hands a request on: to another office, a colleague, the manager."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.moves import (
    UNDO_SECONDS,
    Actor,
    WrongMove,
    back_to_desk,
    check_it_is_settled,
    finish,
    give_up_visit,
    lock,
)
from appointments.mail import outbox
from appointments.models import AppointmentRequest, Event, Mail, Office, Status
from appointments.offices import facts_now
from common.models import User


@transaction.atomic
def send_to_office(*, inquiry: AppointmentRequest, actor: Actor, office: Office, reason: str) -> None:
    """Hand the request to another office's desk: its clock starts now, and it is told by mail. Raises WrongMove.

    What this office agreed on or offered is off, and the patient is told of a visit that is; that desk calls them. No
    mail goes out before the step can't be undone any more.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so it stays with its office."))
    if inquiry.office_id == office.pk:
        raise WrongMove(_("This request is with that office already."))
    if why_not := facts_now(office.pk).why_not:
        raise WrongMove(_("%(why_not)s The request stays here.") % {"why_not": why_not})
    check_it_is_settled(inquiry)
    before = inquiry.office
    inquiry.office = office
    inquiry.check_office = False
    inquiry.assigned_to = None
    inquiry.network_told_at = None  # the other office has a list of its own
    if inquiry.status != Status.HELD:
        give_up_visit(inquiry)
        back_to_desk(inquiry)
        outbox.queue(Mail.Kind.OFFICE_NOTICE, inquiry, office, wait=timedelta(seconds=UNDO_SECONDS))
    facts = {"from": before.name, "to": office.name, "from_office": before.pk}
    finish(inquiry, actor, Event.Kind.REROUTED, note=reason, facts=facts)


@transaction.atomic
def assign(*, inquiry: AppointmentRequest, actor: Actor, to: User | None) -> None:
    """Make it somebody's job, or nobody's. Raises WrongMove for who does not work at the office."""
    inquiry = lock(inquiry, actor)
    if to and not AppointmentRequest.objects.visible_to(to).filter(pk=inquiry.pk).exists():
        raise WrongMove(_("%(name)s does not work this office’s requests.") % {"name": to})
    inquiry.assigned_to = to
    finish(inquiry, actor, Event.Kind.ASSIGNED, facts={"to": str(to) if to else ""})


@transaction.atomic
def ask_manager(*, inquiry: AppointmentRequest, actor: Actor, note: str) -> None:
    """Mark it for a manager, with the question, and tell them by mail in a minute. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again before you ask about it."))
    inquiry.needs_manager = True
    outbox.queue(Mail.Kind.MANAGER_ASKED, inquiry, inquiry.office, wait=timedelta(seconds=UNDO_SECONDS))
    finish(inquiry, actor, Event.Kind.ASKED, note=note)


@transaction.atomic
def answer_desk(*, inquiry: AppointmentRequest, actor: Actor, note: str) -> None:
    """A manager's answer takes the mark away. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if not inquiry.needs_manager:
        raise WrongMove(_("Nothing was asked of the manager, or it has been answered."))
    inquiry.needs_manager = False
    finish(inquiry, actor, Event.Kind.ANSWERED, note=note)
