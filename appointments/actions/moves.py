"""What every action stands on: the locked row, the move, its event and its audit entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.mail import outbox
from appointments.models import MOVES, AppointmentRequest, CloseReason, Event, Mail, Status
from appointments.offices import facts_of
from appointments.offices.promises import call_deadline
from common import audit
from common.encrypted_fields import Unreadable
from common.models import User

UNDO_SECONDS = 60  # how long a step can be taken back; mails to the patient wait as long
# What an action may change in a request; a step that is undone puts them back.
WORK_FIELDS = (
    "status",
    "close_reason",
    "office_id",
    "check_office",
    "assigned_to_id",
    "needs_manager",
    "duplicate_of_id",
    "call_by",
    "first_called_at",
    "first_call_minutes",
    "choose_by",
    "offered_times",
    "booked_for",
    "closed_at",
)
MOMENTS = ("call_by", "first_called_at", "choose_by", "booked_for", "closed_at")


class WrongMove(Exception):
    """The request is not, or no longer, where the action could be taken. The text says so to whoever tried."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where, for the history and the audit."""

    user: User | None = None
    address: str = ""
    seen: int | None = None  # the last event on the page they act from; None: they acted without looking
    worker: bool = False

    @property
    def name(self) -> str:
        """As the audit writes it."""
        if self.worker:
            return "worker"
        return self.user.get_username() if self.user else "patient"


def announce(inquiry: AppointmentRequest) -> None:
    """The first mails."""
    outbox.queue(Mail.Kind.OFFICE_NOTICE, inquiry, inquiry.office)
    if inquiry.email:
        outbox.queue(Mail.Kind.RECEIPT, inquiry, inquiry.office)


def next_call(inquiry: AppointmentRequest) -> datetime:
    """By when to call, counted from now."""
    return call_deadline(facts_of(inquiry.office).schedule, urgent=inquiry.urgent, start=timezone.now())


def check_it_is_for_a_visit(inquiry: AppointmentRequest) -> None:
    if inquiry.is_message:
        raise WrongMove(_("This is a message, not a request for a visit. Answer it, then close it."))


def back_to_desk(inquiry: AppointmentRequest) -> None:
    """Needs a call again."""
    inquiry.status = Status.NEW
    _withdraw_offer(inquiry)
    inquiry.call_by = next_call(inquiry)


def _withdraw_offer(inquiry: AppointmentRequest) -> None:
    """No time is on offer any more. Times that can't be read stay as they are: nobody can choose them."""
    inquiry.choose_by = None
    if inquiry.offered_times:
        inquiry.offered_times = []


def set_booked(inquiry: AppointmentRequest, at: datetime) -> None:
    inquiry.booked_for = at
    inquiry.check_office = False
    _withdraw_offer(inquiry)


def set_closed(inquiry: AppointmentRequest, reason: CloseReason) -> None:
    inquiry.close_reason = reason
    inquiry.closed_at = timezone.now()
    inquiry.needs_manager = False


def mail_patient(kind: Mail.Kind, inquiry: AppointmentRequest) -> None:
    """To who asked for mail; it waits until the step can't be undone any more."""
    if inquiry.email:
        outbox.queue(kind, inquiry, inquiry.office, wait=timedelta(seconds=UNDO_SECONDS))


def tell_both(kind: Mail.Kind, inquiry: AppointmentRequest) -> None:
    """What the patient did, to the office, and for the patient's own mailbox."""
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    if inquiry.email:
        outbox.queue(kind, inquiry, inquiry.office)


def lock(inquiry: AppointmentRequest, actor: Actor) -> AppointmentRequest:
    """The row as it is now, held against other writers until the transaction ends.

    Raises WrongMove if something has happened since the actor looked: a colleague's action, or a second click.
    """
    locked = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("office").get(pk=inquiry.pk)
    if actor.seen is not None:
        last = locked.events.order_by("pk").last()
        if last and last.pk != actor.seen:
            raise WrongMove(
                _("Meanwhile: “%(event)s” (%(who)s). Look at the history, then do it again if it is still right.")
                % {"event": Event.Kind(last.kind).label, "who": _("you") if last.by == actor.user else last.doer}
            )
    locked.before_action = _work_of(locked)
    locked.acted_at = timezone.now()
    return locked


def _work_of(inquiry: AppointmentRequest) -> dict[str, Any]:
    return {name: getattr(inquiry, name) for name in WORK_FIELDS}


def move(
    inquiry: AppointmentRequest, actor: Actor, status: Status, *, only_from: Status | None = None
) -> AppointmentRequest:
    """The locked row, moved. Raises WrongMove with what it is now."""
    inquiry = lock(inquiry, actor)
    if status not in MOVES[inquiry.status] or only_from not in (None, inquiry.status):
        raise WrongMove(
            _("This request is “%(now)s” by now, so it can’t become “%(wanted)s”.")
            % {"now": Status(inquiry.status).label, "wanted": status.label}
        )
    if inquiry.status == Status.PROPOSED:
        _withdraw_offer(inquiry)
    inquiry.status = status
    return inquiry


def finish(
    inquiry: AppointmentRequest,
    actor: Actor,
    kind: Event.Kind,
    *,
    note: str = "",
    facts: dict[str, Any] | None = None,
    undoable: bool = True,
) -> None:
    """Write the changed row, its event and its audit entry. A step of the desk can be undone for a minute."""
    inquiry.save(update_fields=WORK_FIELDS)
    now = _work_of(inquiry)
    changed = {name: value for name, value in (inquiry.before_action or {}).items() if value != now[name]}
    lost = any(isinstance(value, Unreadable) for value in changed.values())  # nobody could put it back
    Event.objects.create(
        request=inquiry,
        kind=kind,
        at=inquiry.acted_at,  # before the mails of this step, so that undoing it finds them
        by=actor.user,
        note=note,
        facts=facts or {},
        before={"work": changed} if actor.user and undoable and not lost else {},
    )
    write_audit(inquiry, actor, f"request {kind}")


def write_audit(inquiry: AppointmentRequest, actor: Actor, action: str) -> None:
    address = actor.address if actor.user else audit.connection_key(actor.address)
    audit.record(actor=actor.name, action=action, record=inquiry.reference, office=inquiry.office.slug, address=address)
