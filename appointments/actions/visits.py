"""The desk offers times, and books the visit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import (
    Actor,
    WrongMove,
    check_it_is_for_a_visit,
    finish,
    lock,
    mail_patient,
    move,
    set_booked,
)
from appointments.models import AppointmentRequest, Event, Mail, Status
from appointments.offices import facts_of, practice
from appointments.offices.deadlines import NeverOpen, add_open_minutes


@transaction.atomic
def propose(*, request: AppointmentRequest, actor: Actor, times: Sequence[datetime]) -> None:
    """Offer times to pick from on the patient's own page, until `choose_by`. Raises WrongMove."""
    request = move(request, actor, Status.PROPOSED)
    check_it_is_for_a_visit(request)
    last = max(times)
    schedule = facts_of(request.office).schedule
    try:
        request.choose_by = min(add_open_minutes(timezone.now(), practice().choose_minutes, schedule), last)
    except NeverOpen:
        request.choose_by = last
    request.offered_times = [at.isoformat() for at in sorted(times)]
    request.check_office = False
    mail_patient(Mail.Kind.OFFER, request)
    finish(request, actor, Event.Kind.PROPOSED, facts={"times": request.offered_times})


@transaction.atomic
def remind(*, request: AppointmentRequest, actor: Actor) -> None:
    """Send the offer of times again. Raises WrongMove."""
    request = lock(request, actor)
    if request.status != Status.PROPOSED or not request.email:
        raise WrongMove(_("There is no offer that could be mailed again."))
    mail_patient(Mail.Kind.OFFER, request)
    finish(request, actor, Event.Kind.REMINDED)


@transaction.atomic
def book(*, request: AppointmentRequest, actor: Actor, at: datetime, note: str = "") -> None:
    """Book the visit, or move a booked one. Raises WrongMove."""
    request = move(request, actor, Status.BOOKED)
    check_it_is_for_a_visit(request)
    set_booked(request, at)
    mail_patient(Mail.Kind.BOOKED, request)
    finish(request, actor, Event.Kind.BOOKED, note=note, facts={"booked_for": at})
