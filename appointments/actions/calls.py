"""The desk opens a request, calls, and writes down what came of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, finish, lock, next_call
from appointments.models import AppointmentRequest, Event, Status
from appointments.offices import facts_of
from appointments.offices.deadlines import open_minutes_between
from appointments.offices.promises import promise


@transaction.atomic
def open_request(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Somebody of the desk looks at it for the first time. Later ones change nothing."""
    if inquiry.opened_at is None:
        locked = AppointmentRequest.objects.select_for_update().get(pk=inquiry.pk)
        if locked.opened_at is None:
            now = timezone.now()
            AppointmentRequest.objects.filter(pk=inquiry.pk).update(opened_at=now)
            Event.objects.create(request=inquiry, kind=Event.Kind.OPENED, at=now, by=actor.user)


@transaction.atomic
def log_call(*, inquiry: AppointmentRequest, actor: Actor, outcome: Event.Kind, note: str = "") -> None:
    """A call was made. Spoken with: followed up by the end of the next business day. Missed: the next try is due
    by the desk's usual clock. Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status in (Status.CLOSED, Status.HELD):
        raise WrongMove(_("This request is closed or in quarantine, so no call was written down."))
    now = timezone.now()
    schedule = facts_of(inquiry.office).schedule
    if inquiry.first_called_at is None:
        inquiry.first_called_at = now
        inquiry.first_call_minutes = open_minutes_between(inquiry.created_at, now, schedule)
    if outcome == Event.Kind.SPOKE and inquiry.status == Status.NEW:
        inquiry.status = Status.CONTACTED
    if inquiry.status == Status.NEW:
        inquiry.call_by = next_call(inquiry)
    elif inquiry.status == Status.CONTACTED:
        inquiry.call_by = promise(schedule, urgent=False, start=now)
    finish(inquiry, actor, outcome, note=note)


@transaction.atomic
def add_note(*, inquiry: AppointmentRequest, actor: Actor, note: str) -> None:
    """Write a note into the history; possible at any time."""
    finish(lock(inquiry, actor), actor, Event.Kind.NOTE, note=note)
