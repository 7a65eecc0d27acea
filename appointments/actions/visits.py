"""The desk offers times, and books the visit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import appointment_book
from appointments.actions.call_clock import count_first_contact
from appointments.actions.moves import (
    Actor,
    TimeTaken,
    WrongMove,
    check_it_is_for_a_visit,
    check_it_is_settled,
    finish,
    lock,
    mail_patient,
    move,
    set_booked,
)
from appointments.models import AppointmentRequest, Event, Mail, Status, Visit, VisitKind
from appointments.offices import facts_of, practice
from appointments.offices.deadlines import NeverOpen, add_open_minutes
from common.encrypted_fields import Unreadable


@transaction.atomic
def propose(
    *,
    inquiry: AppointmentRequest,
    actor: Actor,
    times: Sequence[datetime],
    kind: VisitKind | None = None,
    with_whom: str = "",
    note: str = "",
    although_taken: bool = False,
) -> None:
    """Offer times to pick from on the patient's own page, held until `choose_by`. Raises WrongMove; TimeTaken unless
    the desk offers them although others have them.
    """
    appointment_book.hold()
    inquiry = move(inquiry, actor, Status.PROPOSED)
    check_it_is_settled(inquiry)
    check_it_is_for_a_visit(inquiry)
    last = max(times)
    schedule = facts_of(inquiry.office).schedule
    try:
        inquiry.choose_by = min(add_open_minutes(timezone.now(), practice().choose_minutes, schedule), last)
    except NeverOpen:
        inquiry.choose_by = last
    inquiry.offered_times = [at.isoformat() for at in sorted(times)]
    inquiry.check_office = False
    details = _describe(inquiry, kind, with_whom, note)
    if not although_taken:
        _check_times(inquiry)
    mail_patient(Mail.Kind.OFFER, inquiry)
    minutes = appointment_book.minutes_of(inquiry)
    facts = {"times": inquiry.offered_times, **details}
    if closed := [at.isoformat() for at in times if not schedule.is_open(at, minutes)]:
        facts["although_closed"] = closed
    finish(inquiry, actor, Event.Kind.PROPOSED, note=note, facts=facts)


@transaction.atomic
def remind(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Send the offer of times again. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status != Status.PROPOSED or not inquiry.email:
        raise WrongMove(_("There is no offer that could be mailed again."))
    mail_patient(Mail.Kind.OFFER, inquiry)
    finish(inquiry, actor, Event.Kind.REMINDED)


@transaction.atomic
def book(
    *,
    inquiry: AppointmentRequest,
    actor: Actor,
    at: datetime,
    kind: VisitKind | None = None,
    with_whom: str = "",
    note: str = "",
    although_taken: bool = False,
) -> None:
    """Book the visit, or move a booked one. Raises WrongMove; TimeTaken unless the desk books it although others have
    that time.
    """
    appointment_book.hold()
    inquiry = move(inquiry, actor, Status.BOOKED)
    check_it_is_settled(inquiry)
    check_it_is_for_a_visit(inquiry)
    count_first_contact(inquiry)
    set_booked(inquiry, at)
    details = _describe(inquiry, kind, with_whom, note)
    if not although_taken:
        _check_times(inquiry)
    mail_patient(Mail.Kind.BOOKED, inquiry)
    finish(inquiry, actor, Event.Kind.BOOKED, note=note, facts={"booked_for": at, **details})


def _describe(inquiry: AppointmentRequest, kind: VisitKind | None, with_whom: str, note: str) -> dict[str, Any]:
    """What the visit will be. Its length is settled now, whatever becomes of the kind. Returns it for the history."""
    inquiry.visit_kind = kind
    inquiry.visit_minutes = kind.minutes if kind else practice().visit_minutes
    inquiry.visit_with = with_whom
    if note or not isinstance(inquiry.visit_note, Unreadable):  # what can't be read is not written over with nothing
        inquiry.visit_note = note
    if not kind and not with_whom:
        return {}
    return {"visit": kind.name if kind else "", "minutes": inquiry.visit_minutes, "with": with_whom}


def _check_times(inquiry: AppointmentRequest) -> None:
    """Raises TimeTaken."""
    if taken := appointment_book.taken_anew(inquiry):
        raise TimeTaken(" ".join(say_taken(at, others) for at, others in taken))


def say_taken(at: datetime, others: Sequence[Visit]) -> str:
    """Who has that time, and what to do."""
    return f"{appointment_book.who_has(at, others)} " + _("Choose another time, or tick the box to go on anyway.")
