"""What every action stands on: the locked row, the move, its event and its audit entry."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import appointment_book, search_keys
from appointments.actions.call_clock import count_next_call
from appointments.mail import outbox
from appointments.models import (
    MOVES,
    STILL_BOOKED,
    AppointmentRequest,
    CloseReason,
    Event,
    Mail,
    Office,
    Status,
)
from appointments.offices.estimates import estimate_due
from appointments.vocabulary import InsuranceKind
from common import audit
from common.encrypted_fields import Unreadable
from common.models import User
from common.times import local, moment

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
    "contact",
    "urgent",
    "call_by",
    "call_from",
    "call_after",
    "call_times",
    "promised_by",
    "first_called_at",
    "first_call_minutes",
    "news_at",
    "safety",
    "choose_by",
    "offered_times",
    "booked_for",
    "visit_kind_id",
    "visit_minutes",
    "visit_with",
    "visit_note",
    "wants_earlier",
    "reminders",
    "coming_at",
    "missed",
    "charted_at",
    "chart_number",
    "insurance",
    "insurance_kind",
    "estimate_by",
    "estimate_given_at",
    "network_told_at",
    "on_legal_hold",
    "closed_at",
)
MOMENTS = (
    *("call_by", "call_from", "call_after", "promised_by", "first_called_at", "news_at", "choose_by", "booked_for"),
    *("coming_at", "charted_at", "estimate_by", "estimate_given_at", "network_told_at", "closed_at"),
)


class WrongMove(Exception):
    """The request is not, or no longer, where the action could be taken. The text says so to whoever tried."""


class TimeTaken(WrongMove):
    """Others have that time; whoever goes on all the same says so."""


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


def announce(inquiry: AppointmentRequest, by: User | None = None) -> None:
    """The first mails. Whoever wrote it down at its own office needs no notice."""
    if by is None or not Office.objects.worked_by(by).filter(pk=inquiry.office_id).exists():
        outbox.queue(Mail.Kind.OFFICE_NOTICE, inquiry, inquiry.office)
    if inquiry.email:
        outbox.queue(Mail.Kind.RECEIPT, inquiry, inquiry.office)


def check_it_is_for_a_visit(inquiry: AppointmentRequest) -> None:
    if inquiry.is_message:
        raise WrongMove(_("This is a message, not a request for a visit. Answer it, then close it."))


def check_it_is_settled(inquiry: AppointmentRequest) -> None:
    """Raises WrongMove while nobody has said what became of a visit whose time has passed."""
    visit = visit_before(inquiry)
    if visit and visit < timezone.now():
        was = _("The visit of %(moment)s is over. Say first whether the patient came.")
        raise WrongMove(was % {"moment": moment(visit)})


def visit_before(inquiry: AppointmentRequest) -> datetime | None:
    """When the visit is that stood as the action began."""
    before = inquiry.before_action or {}
    return before["booked_for"] if before.get("status") in STILL_BOOKED else None


def back_to_desk(inquiry: AppointmentRequest) -> None:
    """Needs a call again. A visit that was to be moved stands until another time is agreed on; one whose time has
    passed meanwhile is still to be settled.
    """
    inquiry.status = Status.MOVING if inquiry.booked_for else Status.NEW
    _withdraw_offer(inquiry)
    count_next_call(inquiry)


def _withdraw_offer(inquiry: AppointmentRequest) -> None:
    """No time is on offer any more. Times that can't be read stay as they are: nobody can choose them."""
    inquiry.choose_by = None
    if inquiry.offered_times:
        inquiry.offered_times = []


def set_booked(inquiry: AppointmentRequest, at: datetime) -> None:
    if inquiry.booked_for != at:
        inquiry.coming_at = inquiry.charted_at = None
        if inquiry.booked_for and at < inquiry.booked_for:
            inquiry.wants_earlier = False  # it is
        inquiry.booked_for = at
        count_estimate(inquiry, booked_on=timezone.localdate())
    inquiry.check_office = False
    inquiry.call_after = None
    _withdraw_offer(inquiry)


def count_estimate(inquiry: AppointmentRequest, *, booked_on: date) -> None:
    """By when an estimate is owed: until the end of that day. One that was given stays given when the visit moves."""
    kind, due = InsuranceKind.of(inquiry.insurance_kind), None
    if inquiry.booked_for and kind and kind.needs_estimate:
        visit_on = local(inquiry.booked_for).date()
        due = estimate_due(booked_on=booked_on, visit_on=visit_on, known_on=timezone.localdate())
    inquiry.estimate_by = timezone.make_aware(datetime.combine(due, time(23, 59))) if due else None


def set_closed(inquiry: AppointmentRequest, reason: CloseReason) -> None:
    inquiry.close_reason = reason
    inquiry.closed_at = timezone.now()
    inquiry.needs_manager = False


def give_up_visit(inquiry: AppointmentRequest) -> None:
    """There is no visit any more, nor times to choose from; the patient is told that there is news."""
    if inquiry.booked_for or inquiry.status == Status.PROPOSED:
        mail_patient(Mail.Kind.PATIENT_NEWS, inquiry)
    inquiry.booked_for = inquiry.coming_at = None
    _withdraw_offer(inquiry)


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
    hold(locked)
    return locked


def hold(locked: AppointmentRequest) -> None:
    """Remember what a locked row was, and when it was changed, for `finish`."""
    locked.before_action = _work_of(locked)
    locked.acted_at = timezone.now()


def set_fact(inquiry: AppointmentRequest, name: str, value: Any) -> None:
    """Change a column beside WORK_FIELDS, so that `finish` saves it and undoing puts it back."""
    if inquiry.before_action is not None:
        inquiry.before_action.setdefault(name, getattr(inquiry, name))
    setattr(inquiry, name, value)


def _work_of(inquiry: AppointmentRequest) -> dict[str, Any]:
    return {name: getattr(inquiry, name) for name in WORK_FIELDS}


def move(
    inquiry: AppointmentRequest, actor: Actor, status: Status, *, only_from: Status | None = None
) -> AppointmentRequest:
    """The locked row, moved. Raises WrongMove with what it is now."""
    inquiry = lock(inquiry, actor)
    if status not in MOVES[inquiry.status] or only_from not in (None, inquiry.status):
        if inquiry.status == status:
            raise WrongMove(_("This request is “%(now)s” already.") % {"now": Status(inquiry.status).label})
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
    if kind in Event.NEWS and not actor.user:
        inquiry.news_at = inquiry.acted_at
    inquiry.save(update_fields={*WORK_FIELDS, *(inquiry.before_action or ())})
    appointment_book.sync(inquiry)
    changed = changes_in(inquiry)
    lost = any(isinstance(value, Unreadable) for value in changed.values())  # nobody could put it back
    if not changed.keys().isdisjoint(search_keys.FOUND_BY):
        search_keys.add(inquiry)
    Event.objects.create(
        request=inquiry,
        kind=kind,
        at=inquiry.acted_at,  # before the mails of this step, so that undoing it finds them
        by=actor.user,
        note=note,
        facts=(facts or {}) | (_given_up(inquiry) if kind != Event.Kind.UNDONE else {}),
        before={"work": changed} if actor.user and undoable and not lost else {},
    )
    write_audit(inquiry, actor, f"request {kind}")


def changes_in(inquiry: AppointmentRequest) -> dict[str, Any]:
    """What an action has changed so far, with what it was before."""
    before = inquiry.before_action or {}
    return {name: value for name, value in before.items() if value != getattr(inquiry, name)}


def _given_up(inquiry: AppointmentRequest) -> dict[str, datetime]:
    """The time that somebody else can have from now on, if a visit to come was given up or moved."""
    before, visit = inquiry.before_action or {}, visit_before(inquiry)
    if visit is None or visit < timezone.now():
        return {}
    stands = inquiry.visit_stands and (inquiry.office_id, inquiry.booked_for) == (before["office_id"], visit)
    return {} if stands else {"given_up": visit}


def write_audit(inquiry: AppointmentRequest, actor: Actor, action: str) -> None:
    address = actor.address if actor.user else audit.connection_key(actor.address)
    audit.record(actor=actor.name, action=action, record=inquiry.reference, office=inquiry.office.slug, address=address)
