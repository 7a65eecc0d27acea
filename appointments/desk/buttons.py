"""What the front desk can do with a request: for each action its form, when it makes sense, and what is said after it.

The changes themselves are made in `appointments.actions`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk.forms.base import DeskForm
from appointments.desk.forms.facts import CorrectForm
from appointments.desk.forms.hands import AssignForm, DuplicateForm, SendForm
from appointments.desk.forms.paperwork import ChartForm, HoldForm, InsuranceForm, LiftForm
from appointments.desk.forms.safety import AskSafetyForm
from appointments.desk.forms.times import BookForm, ProposeForm
from appointments.desk.forms.when import CallTimesForm, LaterForm
from appointments.desk.forms.wishes import EarlierForm, RemindersForm
from appointments.desk.forms.words import (
    ANSWERED,
    AnswerForm,
    AskForm,
    BackForm,
    CallForm,
    CloseForm,
    NoteForm,
    ReopenForm,
    ReplyForm,
    RoutineForm,
    UrgentForm,
)
from appointments.models import OPEN, STILL_BOOKED, TO_CALL, AppointmentRequest, CloseReason, Event, Office, Status
from appointments.offices import decide_office, office, only_office
from appointments.vocabulary import InsuranceKind, Reminders
from common.asked_once import SoToday
from common.encrypted_fields import Unreadable
from common.models import User
from common.times import moment, moment_by

Take = Callable[[AppointmentRequest, Actor, dict[str, Any]], str]

WAITING = (Status.NEW, Status.MOVING, Status.CONTACTED, Status.PROPOSED)
NOT_CLOSED = (Status.HELD, *WAITING, Status.BOOKED)
WITH_PAGE = (*WAITING, Status.BOOKED, Status.CLOSED)  # the patient can look at it


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


def _is_over(inquiry: AppointmentRequest) -> bool:
    """Whether the time of its visit has passed, and it is to be settled."""
    return inquiry.visit_stands and bool(inquiry.booked_for and inquiry.booked_for < timezone.now())


def is_manager(user: User) -> bool:
    """Who answers the desk's questions: whoever may see the dashboard."""
    return user.has_perm("appointments.view_figures")


def offered(inquiry: AppointmentRequest, user: User) -> set[str]:
    """The actions that make sense for this person now. Undoing is offered by `actions.can_undo`."""
    if not user.has_perm("appointments.change_appointmentrequest"):
        return set()
    return {name for name, action in ACTIONS.items() if name != "undo" and action.makes_sense(inquiry, user)}


def _call(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    if data["outcome"] == ANSWERED:
        spoke = Event.Kind.SPOKE
        actions.log_call(inquiry=inquiry, actor=actor, outcome=spoke, note=data["note"], answered=True)
        return _("Answered by phone, and closed.")
    outcome = Event.Kind(data["outcome"])
    actions.log_call(inquiry=inquiry, actor=actor, outcome=outcome, note=data["note"])
    return _("Written down: %(outcome)s.") % {"outcome": outcome.label}


def _reply(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.reply(inquiry=inquiry, actor=actor, text=data["text"], answered=data["answered"])
    if inquiry.email:
        words = _("Your answer is on their private page. They get an email about it in a minute.")
    else:
        words = _("Your answer is on their private page. Call too: they are not told of it by email.")
    return f"{words} {_('Message closed.')}" if data["answered"] else words


def _correct(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    wanted = data["wanted"]
    changed = actions.correct(inquiry=inquiry, actor=actor, wanted=wanted)
    if not changed:
        return _("Nothing was changed.")
    said = [_("Details corrected.")]
    if "email" in changed and wanted["email"]:
        said.append(_("The private link goes to %(email)s in a minute.") % {"email": wanted["email"]})
    if "email" in changed and inquiry.email:
        said.append(_("The link that was mailed before leads nowhere any more."))
    if "zip_code" in changed:
        said.append(_other_office(inquiry, wanted["zip_code"]))
    return " ".join(filter(None, said))


def _other_office(inquiry: AppointmentRequest, zip_code: str) -> str:
    """That by its new ZIP code it would have come to another office; "" if not, or if that is in doubt."""
    decision = decide_office(zip_code)
    nearest = office(decision.office)
    if nearest is None or nearest.pk == inquiry.office_id or decision.doubtful:
        return ""
    return _("By ZIP code %(zip)s, %(office)s is nearer: ask, and send it there if they want.") % {
        "zip": zip_code,
        "office": nearest.name,
    }


def _urgent(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.make_urgent(inquiry=inquiry, actor=actor, reason=data["reason"])
    return _("Marked as urgent.")


def _routine(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.make_not_urgent(inquiry=inquiry, actor=actor, reason=data["reason"])
    return _("Not urgent any more. What the patient told us stays on top.")


def _send_link(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.send_link(inquiry=inquiry, actor=actor)
    return _("The private link goes to the patient by email in a minute.")


def _show_code(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.show_code(inquiry=inquiry, actor=actor)
    return _("Read the address and the code to the patient.")


def _later(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.call_later(inquiry=inquiry, actor=actor, at=data["at"], note=data["note"])
    return _("To be called on %(moment)s or later.") % {"moment": moment(data["at"])}


def _times(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.correct_call_wishes(inquiry=inquiry, actor=actor, wishes=data["wishes"])
    return _("Written down when to call.")


def _propose(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    if data["now"]:
        return _book(inquiry, actor, {"at": data["times"][0], "visit": data["visit"]})
    actions.propose(inquiry=inquiry, actor=actor, times=data["times"], **data["visit"])
    if not inquiry.email:
        return _("Times written down. Tell the patient by phone.")
    return _("The times go to the patient by email in a minute.")


def _remind(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.remind(inquiry=inquiry, actor=actor)
    return _("The patient is reminded by email in a minute.")


def _book(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.book(inquiry=inquiry, actor=actor, at=data["at"], **data["visit"])
    return _("Visit booked for %(moment)s.") % {"moment": moment(data["at"])}


def _came(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.came(inquiry=inquiry, actor=actor)
    return _("Written down: the visit took place.")


def _missed(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.did_not_come(inquiry=inquiry, actor=actor)
    return _("Written down: did not come. It needs a call again.")


def _back(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.back_to_call(inquiry=inquiry, actor=actor, reason=data["reason"])
    return _("It needs a call again.")


def _earlier(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.want_earlier(inquiry=inquiry, actor=actor, wanted=data["wanted"])
    return _("They are called if something opens.") if data["wanted"] else _("They keep the visit as it is.")


def _reminders(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.set_reminders(inquiry=inquiry, actor=actor, reminders=Reminders(data["how"]))
    return _("Written down: %(how)s.") % {"how": Reminders(data["how"]).label}


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


def _check_is_manager(actor: Actor) -> None:
    if not (actor.user and is_manager(actor.user)):
        raise WrongMove(_("Only a manager can do this."))


def _answer(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    _check_is_manager(actor)
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


def _chart(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.enter_in_chart(inquiry=inquiry, actor=actor, number=data["number"])
    return _("Entered in the chart.")


def _insurance(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.write_down_insurance(inquiry=inquiry, actor=actor, kind=data["kind"], name=data["name"])
    return _("Insurance written down.")


def _estimate(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.give_estimate(inquiry=inquiry, actor=actor)
    return _("Written down: the estimate was given.")


def _network(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.tell_network(inquiry=inquiry, actor=actor)
    return _("Written down: told whether we take the plan.")


def _hold(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    _check_is_manager(actor)
    actions.put_on_hold(inquiry=inquiry, actor=actor, reason=data["reason"])
    return _("On legal hold: it is not deleted, however old it gets.")


def _lift(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    _check_is_manager(actor)
    actions.lift_hold(inquiry=inquiry, actor=actor, reason=data["reason"])
    return _("The legal hold is lifted.")


def _safety(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    so = data["so"] == SoToday.YES if data["so"] else None
    actions.ask_safety(inquiry=inquiry, actor=actor, answers=data, so=so)
    return _("The answers are written down.")


def _undo(inquiry: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.undo(inquiry=inquiry, actor=actor)
    return _("Taken back.")


def came(inquiry: AppointmentRequest) -> bool:
    """Whether the visit took place."""
    return inquiry.booked_for is not None and inquiry.close_reason == CloseReason.COMPLETED


def may_need_estimate(inquiry: AppointmentRequest) -> bool:
    """Whether an estimate is owed, or would be given to who asks."""
    kind = InsuranceKind.of(inquiry.insurance_kind)
    return kind is not None and kind.needs_estimate and inquiry.estimate_given_at is None


def may_be_told_network(inquiry: AppointmentRequest) -> bool:
    """Whether somebody is to tell the patient if this office takes the plan: not where no plan is used."""
    kind = InsuranceKind.of(inquiry.insurance_kind)
    return inquiry.network_told_at is None and (kind is None or not kind.needs_estimate)


VISITS = (AppointmentRequest.Kind.VISIT,)
# Every way to change a request, by the last part of its address.
ACTIONS: dict[str, Action] = {
    "call": Action(_call, CallForm, (*WAITING, Status.BOOKED)),
    "later": Action(_later, LaterForm, (*TO_CALL, Status.CONTACTED)),
    "times": Action(
        _times,
        CallTimesForm,
        (*WAITING, Status.BOOKED),
        condition=lambda inquiry: not isinstance(inquiry.contact, Unreadable),
    ),
    "propose": Action(_propose, ProposeForm, WAITING, VISITS, condition=lambda inquiry: not _is_over(inquiry)),
    "remind": Action(_remind, None, (Status.PROPOSED,), condition=lambda inquiry: bool(inquiry.email)),
    "book": Action(_book, BookForm, (*WAITING, Status.BOOKED), VISITS, condition=lambda inquiry: not _is_over(inquiry)),
    "came": Action(_came, None, STILL_BOOKED, condition=_is_over),
    "missed": Action(_missed, None, STILL_BOOKED, condition=_is_over),
    "back": Action(
        _back, BackForm, (Status.CONTACTED, Status.PROPOSED, Status.BOOKED), condition=lambda it: not _is_over(it)
    ),
    "earlier": Action(_earlier, EarlierForm, STILL_BOOKED, condition=lambda inquiry: inquiry.visit_stands),
    "reminders": Action(_reminders, RemindersForm, OPEN, VISITS, condition=lambda inquiry: bool(inquiry.email)),
    "send": Action(_send, SendForm, NOT_CLOSED, condition=lambda inquiry: not only_office()),
    "assign": Action(_assign, AssignForm, NOT_CLOSED),
    "note": Action(_note, NoteForm),
    "ask": Action(_ask, AskForm, NOT_CLOSED, condition=lambda inquiry: not inquiry.needs_manager),
    "answer": Action(
        _answer, AnswerForm, NOT_CLOSED, condition=lambda inquiry: inquiry.needs_manager, manager_only=True
    ),
    "reply": Action(_reply, ReplyForm, (*WAITING, Status.BOOKED)),
    "correct": Action(_correct, CorrectForm),
    "urgent": Action(_urgent, UrgentForm, NOT_CLOSED, condition=lambda inquiry: not inquiry.urgent),
    "routine": Action(_routine, RoutineForm, NOT_CLOSED, condition=lambda inquiry: inquiry.urgent),
    "send-link": Action(_send_link, None, WITH_PAGE, condition=lambda inquiry: bool(inquiry.email)),
    "show-code": Action(_show_code, None, WITH_PAGE),
    "close": Action(_close, CloseForm, NOT_CLOSED),
    "duplicate": Action(_duplicate, DuplicateForm, NOT_CLOSED),
    "reopen": Action(_reopen, ReopenForm, (Status.CLOSED,)),
    "release": Action(_release, None, (Status.HELD,)),
    "unlock": Action(_unlock, condition=lambda inquiry: inquiry.page_is_closed),
    "chart": Action(_chart, ChartForm, kinds=VISITS, condition=lambda inquiry: inquiry.visit_stands or came(inquiry)),
    "insurance": Action(_insurance, InsuranceForm, (*WAITING, Status.BOOKED), VISITS),
    "estimate": Action(_estimate, None, (*WAITING, Status.BOOKED), VISITS, may_need_estimate),
    "network": Action(_network, None, (*WAITING, Status.BOOKED), VISITS, may_be_told_network),
    "hold": Action(_hold, HoldForm, condition=lambda inquiry: not inquiry.on_legal_hold, manager_only=True),
    "lift": Action(_lift, LiftForm, condition=lambda inquiry: inquiry.on_legal_hold, manager_only=True),
    "safety": Action(_safety, AskSafetyForm, NOT_CLOSED, condition=lambda inquiry: not inquiry.safety_asked),
    "undo": Action(_undo),
}
