"""What the desk does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import (
    MOMENTS,
    UNDO_SECONDS,
    Actor,
    WrongMove,
    announce,
    back_to_desk,
    check_it_is_for_a_visit,
    finish,
    lock,
    mail_patient,
    move,
    next_call,
    set_booked,
    set_closed,
)
from appointments.mail import outbox
from appointments.models import OPEN, AppointmentRequest, CloseReason, Event, Mail, Office, Status
from appointments.offices import facts_now, facts_of, practice
from appointments.offices.deadlines import NeverOpen, add_open_minutes, open_minutes_between
from appointments.offices.promises import promise
from common.models import User


@transaction.atomic
def open_request(*, request: AppointmentRequest, actor: Actor) -> None:
    """Somebody of the desk looks at it for the first time. Later ones change nothing."""
    if request.opened_at is None:
        locked = AppointmentRequest.objects.select_for_update().get(pk=request.pk)
        if locked.opened_at is None:
            now = timezone.now()
            AppointmentRequest.objects.filter(pk=request.pk).update(opened_at=now)
            Event.objects.create(request=request, kind=Event.Kind.OPENED, at=now, by=actor.user)


@transaction.atomic
def release(*, request: AppointmentRequest, actor: Actor) -> None:
    """Out of quarantine: the desk's clock starts now, and the mails go out. Raises WrongMove.

    A promise that could not be kept meanwhile is made anew, before the receipt says it.
    """
    request = move(request, actor, Status.NEW, only_from=Status.HELD)
    request.call_by = next_call(request)
    now = timezone.now()
    if request.promised_by < now:
        request.promised_by = promise(facts_of(request.office).schedule, urgent=request.urgent, start=now)
        request.save(update_fields=["promised_by"])
    request.call_by = min(request.call_by, request.promised_by)
    announce(request)
    finish(request, actor, Event.Kind.RELEASED)


@transaction.atomic
def log_call(*, request: AppointmentRequest, actor: Actor, outcome: Event.Kind, note: str = "") -> None:
    """A call was made. Spoken with: followed up by the end of the next business day. Missed: the next try is due
    by the desk's usual clock. Raises WrongMove.
    """
    request = lock(request, actor)
    if request.status in (Status.CLOSED, Status.HELD):
        raise WrongMove(_("This request is closed or in quarantine, so no call was written down."))
    now = timezone.now()
    schedule = facts_of(request.office).schedule
    if request.first_called_at is None:
        request.first_called_at = now
        request.first_call_minutes = open_minutes_between(request.created_at, now, schedule)
    if outcome == Event.Kind.SPOKE and request.status == Status.NEW:
        request.status = Status.CONTACTED
    if request.status == Status.NEW:
        request.call_by = next_call(request)
    elif request.status == Status.CONTACTED:
        request.call_by = promise(schedule, urgent=False, start=now)
    finish(request, actor, outcome, note=note)


@transaction.atomic
def add_note(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """Write a note into the history; possible at any time."""
    finish(lock(request, actor), actor, Event.Kind.NOTE, note=note)


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


@transaction.atomic
def close(*, request: AppointmentRequest, actor: Actor, reason: CloseReason, note: str = "") -> None:
    """Nothing more is to be done. Raises WrongMove."""
    request = move(request, actor, Status.CLOSED)
    set_closed(request, reason)
    finish(request, actor, Event.Kind.CLOSED, note=note, facts={"reason": reason})


@transaction.atomic
def mark_duplicate(*, request: AppointmentRequest, actor: Actor, of: AppointmentRequest) -> None:
    """Close it in favor of another request, which is open and so goes on. Raises WrongMove."""
    pair = AppointmentRequest.objects.select_for_update().filter(pk__in=(request.pk, of.pk)).order_by("pk")
    of = next((row for row in pair if row.pk == of.pk), of)  # both at once, lest each is closed in favor of the other
    if of.pk == request.pk or of.duplicate_of_id == request.pk:
        raise WrongMove(_("A request can’t be the duplicate of itself, or of its own duplicate."))
    if why_not := why_it_does_not_go_on(of):
        raise WrongMove(why_not)
    request = move(request, actor, Status.CLOSED)
    request.duplicate_of = of
    set_closed(request, CloseReason.DUPLICATE)
    finish(request, actor, Event.Kind.DUPLICATE, facts={"of": of.reference})


def why_it_does_not_go_on(request: AppointmentRequest) -> str:
    """Why no other request may be closed in favor of this one, in a sentence; "" if one may."""
    if request.status in OPEN:
        return ""
    reference = {"reference": request.reference}
    if request.status == Status.HELD:
        return _("%(reference)s is in quarantine, so nobody would call. Check it first, or keep this one.") % reference
    return _("%(reference)s is closed, so nobody would call. Open it again first, or keep this one.") % reference


@transaction.atomic
def reopen(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """A closed request needs a call after all. Raises WrongMove."""
    request = move(request, actor, Status.NEW, only_from=Status.CLOSED)
    request.close_reason = ""
    request.closed_at = request.booked_for = request.duplicate_of = None
    request.call_by = next_call(request)
    finish(request, actor, Event.Kind.REOPENED, note=note)


@transaction.atomic
def open_page_again(*, request: AppointmentRequest, actor: Actor) -> None:
    """The private page takes second facts again, after a word with the patient. Raises WrongMove."""
    request = lock(request, actor)
    if not request.page_is_closed:
        raise WrongMove(_("The patient’s private page is not closed."))
    request.wrong_facts = 0
    request.save(update_fields=["wrong_facts"])
    finish(request, actor, Event.Kind.UNLOCKED, undoable=False)


def can_undo(request: AppointmentRequest, user: User, last: Event | None) -> bool:
    """Whether `user` may take back the last step: their own, within a minute, and nothing mailed since."""
    if last is None or last.by_id != user.pk or not last.before:
        return False
    if timezone.now() - last.at > timedelta(seconds=UNDO_SECONDS):
        return False
    return not any(mail.tries for mail in request.mails.all() if mail.created_at >= last.at)


@transaction.atomic
def undo(*, request: AppointmentRequest, actor: Actor) -> None:
    """Put the request back to what it was before the last step; mails still waiting are dropped. Raises WrongMove."""
    request = lock(request, actor)
    last = request.events.order_by("pk").last()
    waiting = list(request.mails.select_for_update().filter(created_at__gte=last.at)) if last else []
    if last is None or actor.user is None or not can_undo(request, actor.user, last):
        raise WrongMove(_("The last step can’t be undone any more."))
    if request.status in OPEN and request.duplicates.filter(closed_at__gte=last.at).exists():
        raise WrongMove(_("Meanwhile another request was closed in favor of this one, so this one has to go on."))
    for mail in waiting:
        mail.delete()
    for name, value in last.before["work"].items():
        setattr(request, name, datetime.fromisoformat(value) if value and name in MOMENTS else value)
    finish(request, actor, Event.Kind.UNDONE, facts={"undone": last.kind, "event": last.pk}, undoable=False)
