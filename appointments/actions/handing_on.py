"""The desk hands a request on: to another office, a colleague, the manager."""

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, back_to_desk, finish, lock
from appointments.mail import outbox
from appointments.models import AppointmentRequest, Event, Mail, Office, Status
from appointments.offices import facts_now
from common.models import User


@transaction.atomic
def send_to_office(*, request: AppointmentRequest, actor: Actor, office: Office, reason: str) -> None:
    """Hand the request to another office's desk: its clock starts now, and it is told by mail. Raises WrongMove.

    What this office agreed on or offered is off; that desk calls the patient.
    """
    request = lock(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so it stays with its office."))
    if request.office_id == office.pk:
        raise WrongMove(_("This request is with that office already."))
    if why_not := facts_now(office.pk).why_not:
        raise WrongMove(_("%(why_not)s The request stays here.") % {"why_not": why_not})
    before = request.office
    request.office = office
    request.check_office = False
    request.assigned_to = None
    if request.status != Status.HELD:
        back_to_desk(request)
        request.booked_for = None
        outbox.queue(Mail.Kind.OFFICE_NOTICE, request, office)
    facts = {"from": before.name, "to": office.name}
    finish(request, actor, Event.Kind.REROUTED, note=reason, facts=facts)


@transaction.atomic
def assign(*, request: AppointmentRequest, actor: Actor, to: User | None) -> None:
    """Make it somebody's job, or nobody's. Raises WrongMove for who does not work at the office."""
    request = lock(request, actor)
    if to and not AppointmentRequest.objects.visible_to(to).filter(pk=request.pk).exists():
        raise WrongMove(_("%(name)s does not work this office’s requests.") % {"name": to})
    request.assigned_to = to
    finish(request, actor, Event.Kind.ASSIGNED, facts={"to": str(to) if to else ""})


@transaction.atomic
def ask_manager(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """Mark it for a manager, with the question. Raises WrongMove."""
    request = lock(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again before you ask about it."))
    request.needs_manager = True
    finish(request, actor, Event.Kind.ASKED, note=note)


@transaction.atomic
def answer_desk(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """A manager's answer takes the mark away. Raises WrongMove."""
    request = lock(request, actor)
    if not request.needs_manager:
        raise WrongMove(_("Nothing was asked of the manager, or it has been answered."))
    request.needs_manager = False
    finish(request, actor, Event.Kind.ANSWERED, note=note)
