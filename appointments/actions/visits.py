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
def propose(*, inquiry: AppointmentRequest, actor: Actor, times: Sequence[datetime]) -> None:
    """Offer times to pick from on the patient's own page, until `choose_by`. Raises WrongMove."""
    inquiry = move(inquiry, actor, Status.PROPOSED)
    check_it_is_for_a_visit(inquiry)
    last = max(times)
    schedule = facts_of(inquiry.office).schedule
    try:
        inquiry.choose_by = min(add_open_minutes(timezone.now(), practice().choose_minutes, schedule), last)
    except NeverOpen:
        inquiry.choose_by = last
    inquiry.offered_times = [at.isoformat() for at in sorted(times)]
    inquiry.check_office = False
    mail_patient(Mail.Kind.OFFER, inquiry)
    finish(inquiry, actor, Event.Kind.PROPOSED, facts={"times": inquiry.offered_times})


@transaction.atomic
def remind(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Send the offer of times again. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status != Status.PROPOSED or not inquiry.email:
        raise WrongMove(_("There is no offer that could be mailed again."))
    mail_patient(Mail.Kind.OFFER, inquiry)
    finish(inquiry, actor, Event.Kind.REMINDED)


@transaction.atomic
def book(*, inquiry: AppointmentRequest, actor: Actor, at: datetime, note: str = "") -> None:
    """Book the visit, or move a booked one. Raises WrongMove."""
    inquiry = move(inquiry, actor, Status.BOOKED)
    check_it_is_for_a_visit(inquiry)
    set_booked(inquiry, at)
    mail_patient(Mail.Kind.BOOKED, inquiry)
    finish(inquiry, actor, Event.Kind.BOOKED, note=note, facts={"booked_for": at})
