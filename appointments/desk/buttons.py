"""What the front desk can do with a request: for each action its form, when it makes sense, and what is said after it.

The changes themselves are made in `appointments.actions`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk.forms.base import DeskForm
from appointments.desk.forms.hands import AssignForm, DuplicateForm, SendForm
from appointments.desk.forms.times import BookForm, ProposeForm
from appointments.desk.forms.words import AnswerForm, AskForm, CallForm, CloseForm, NoteForm, ReopenForm
from appointments.models import AppointmentRequest, CloseReason, Event, Office, Status
from appointments.offices import directory
from common.models import User
from common.times import moment, moment_by

Take = Callable[[AppointmentRequest, Actor, dict[str, Any]], str]

WAITING = (Status.NEW, Status.CONTACTED, Status.PROPOSED)
NOT_CLOSED = (Status.HELD, *WAITING, Status.BOOKED)


@dataclass(frozen=True)
class Action:
    """One button or form of the request's page. `take` returns what the desk is told; it raises WrongMove."""

    take: Take
    form: type[DeskForm] | None = None
    statuses: tuple[Status, ...] = tuple(Status)
    kinds: tuple[str, ...] = tuple(AppointmentRequest.Kind)
    condition: Callable[[AppointmentRequest], bool] = lambda inquiry: True
    manager_only: bool = False

    def makes_sense(self, inquiry: AppointmentRequest, user: User) -> bool:
        """Whether it is offered. What is sent all the same is refused by `appointments.actions` with a sentence."""
        return (
            inquiry.status in self.statuses
            and inquiry.kind in self.kinds
            and self.condition(inquiry)
            and (not self.manager_only or is_manager(user))
        )


def is_manager(user: User) -> bool:
    """Who answers the desk's questions: whoever may see the dashboard."""
    return user.has_perm("appointments.view_figures")


def offered(inquiry: AppointmentRequest, user: User) -> set[str]:
    """The actions that make sense for this person now. Undoing is offered by `actions.can_undo`."""
    if not user.has_perm("appointments.change_appointmentrequest"):
        return set()
    return {name for name, action in ACTIONS.items() if name != "undo" and action.makes_sense(inquiry, user)}


def _call(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    outcome = Event.Kind(data["outcome"])
    actions.log_call(inquiry=inquiry, actor=actor, outcome=outcome, note=data["note"])
    return _("Written down: %(outcome)s.") % {"outcome": outcome.label}


def _propose(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    if data["now"]:
        return _book(inquiry, actor, {"at": data["times"][0], "note": ""})
    actions.propose(inquiry=inquiry, actor=actor, times=data["times"])
    if not inquiry.email:
        return _("Times written down. Tell the patient by phone.")
    return _("The times go to the patient by email in a minute.")


def _remind(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.remind(inquiry=inquiry, actor=actor)
    return _("The patient is reminded by email in a minute.")


def _book(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.book(inquiry=inquiry, actor=actor, at=data["at"], note=data["note"])
    return _("Visit booked for %(moment)s.") % {"moment": moment(data["at"])}


def _send(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    office = Office.objects.get(pk=data["office"])
    actions.send_to_office(inquiry=inquiry, actor=actor, office=office, reason=data["reason"])
    return _("%(reference)s is with the %(office)s office now, and it gets a notice.") % {
        "reference": inquiry.reference,
        "office": office.name,
    }


def _assign(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    to = User.objects.get(pk=data["to"]) if data["to"] else None
    actions.assign(inquiry=inquiry, actor=actor, to=to)
    return _("Assigned to %(name)s.") % {"name": to} if to else _("Assigned to nobody.")


def _note(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.add_note(inquiry=inquiry, actor=actor, note=data["text"])
    return _("Note saved.")


def _ask(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.ask_manager(inquiry=inquiry, actor=actor, note=data["text"])
    return _("The manager sees your question.")


def _answer(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    if not (actor.user and is_manager(actor.user)):
        raise WrongMove(_("Only a manager can answer this."))
    actions.answer_desk(inquiry=inquiry, actor=actor, note=data["text"])
    return _("Answer saved.")


def _close(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.close(inquiry=inquiry, actor=actor, reason=CloseReason(data["reason"]), note=data["note"])
    return _("Request closed.")


def _duplicate(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.mark_duplicate(inquiry=inquiry, actor=actor, of=data["other"])
    return _("Closed as a duplicate of %(reference)s.") % {"reference": data["other"].reference}


def _reopen(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.reopen(inquiry=inquiry, actor=actor, note=data["reason"])
    return _("Opened again. It needs a call.")


def _release(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.release(inquiry=inquiry, actor=actor)
    inquiry.refresh_from_db(fields=["call_by"])
    return _("Out of quarantine. Call %(deadline)s.") % {"deadline": moment_by(inquiry.call_by)}


def _unlock(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.open_page_again(inquiry=inquiry, actor=actor)
    return _("The patient’s private page takes answers again.")


def _undo(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.undo(inquiry=inquiry, actor=actor)
    return _("Taken back.")


VISITS = (AppointmentRequest.Kind.VISIT,)
# Every way to change a request, by the last part of its address.
ACTIONS: dict[str, Action] = {
    "call": Action(_call, CallForm, (*WAITING, Status.BOOKED)),
    "propose": Action(_propose, ProposeForm, WAITING, VISITS),
    "remind": Action(_remind, None, (Status.PROPOSED,), condition=lambda inquiry: bool(inquiry.email)),
    "book": Action(_book, BookForm, (*WAITING, Status.BOOKED), VISITS),
    "send": Action(_send, SendForm, NOT_CLOSED, condition=lambda inquiry: len(directory()) > 1),
    "assign": Action(_assign, AssignForm, NOT_CLOSED),
    "note": Action(_note, NoteForm),
    "ask": Action(_ask, AskForm, NOT_CLOSED, condition=lambda inquiry: not inquiry.needs_manager),
    "answer": Action(
        _answer, AnswerForm, NOT_CLOSED, condition=lambda inquiry: inquiry.needs_manager, manager_only=True
    ),
    "close": Action(_close, CloseForm, NOT_CLOSED),
    "duplicate": Action(_duplicate, DuplicateForm, NOT_CLOSED),
    "reopen": Action(_reopen, ReopenForm, (Status.CLOSED,)),
    "release": Action(_release, None, (Status.HELD,)),
    "unlock": Action(_unlock, condition=lambda inquiry: inquiry.page_is_closed),
    "undo": Action(_undo),
}
