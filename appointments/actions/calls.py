"""The desk opens a request, calls or writes, and writes down what came of it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.call_clock import count_anew, count_first_contact, count_next_call, new_call_wishes
from appointments.actions.correcting import put_right
from appointments.actions.moves import Actor, WrongMove, finish, lock, mail_patient, set_closed
from appointments.call_wishes import CallWishes
from appointments.models import TO_CALL, AppointmentRequest, CloseReason, Event, Mail, Status
from appointments.offices import facts_of
from appointments.vocabulary import BestWay
from common.encrypted_fields import Unreadable
from common.phones import takes_texts


@transaction.atomic
def open_request(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Somebody of the desk looks at it: for the first time, or at what is new from the patient."""
    if inquiry.news_at:
        AppointmentRequest.objects.filter(pk=inquiry.pk).update(news_at=None)
    if inquiry.opened_at is None:
        locked = AppointmentRequest.objects.select_for_update().get(pk=inquiry.pk)
        if locked.opened_at is None:
            now = timezone.now()
            AppointmentRequest.objects.filter(pk=inquiry.pk).update(opened_at=now)
            Event.objects.create(request=inquiry, kind=Event.Kind.OPENED, at=now, by=actor.user)


@transaction.atomic
def log_call(
    *, inquiry: AppointmentRequest, actor: Actor, outcome: Event.Kind, note: str = "", answered: bool = False
) -> None:
    """A call was made, or a text sent. Spoken with: followed up by the end of the next business day. Missed: the next
    try is due by the desk's usual clock. Raises WrongMove.

    answered: that was all that a message had asked, so it is closed.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status in (Status.CLOSED, Status.HELD):
        raise WrongMove(_("This request is closed or in quarantine, so no call was written down."))
    if outcome == Event.Kind.TEXTED and not may_text(inquiry):
        raise WrongMove(_("This office sends no texts, or the patient has not asked for one."))
    _count_contact(inquiry, spoke=outcome == Event.Kind.SPOKE)
    finish(inquiry, actor, outcome, note=note, facts=_close_if(inquiry, answered=answered))


def may_text(inquiry: AppointmentRequest) -> bool:
    """Whether the patient has agreed to be texted, the office can, and the number, as it is now, takes texts."""
    wished: bool = inquiry.contact["best_way"] == BestWay.TEXT
    return wished and facts_of(inquiry.office).sends_texts and takes_texts(inquiry.phone)


@transaction.atomic
def reply(*, inquiry: AppointmentRequest, actor: Actor, text: str, answered: bool = False) -> None:
    """Answer on the patient's private page, and mail that there is an answer. Raises WrongMove.

    It counts as having got in touch where a message is answered and the patient gets to know of it. answered: that
    was all that a message had asked, so it is closed.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status in (Status.CLOSED, Status.HELD):
        raise WrongMove(_("This request is closed or in quarantine, so nothing was sent."))
    if inquiry.is_message and inquiry.email:
        _count_contact(inquiry, spoke=True)
    mail_patient(Mail.Kind.REPLY, inquiry)
    finish(inquiry, actor, Event.Kind.REPLIED, note=text, facts=_close_if(inquiry, answered=answered))


def _count_contact(inquiry: AppointmentRequest, *, spoke: bool) -> None:
    """Somebody tried to reach the patient; the next try, or the follow-up, is due."""
    count_first_contact(inquiry)
    if spoke and inquiry.status == Status.NEW:
        inquiry.status = Status.CONTACTED
    if inquiry.status in (*TO_CALL, Status.CONTACTED):
        inquiry.call_after = None
        count_next_call(inquiry)


def _close_if(inquiry: AppointmentRequest, *, answered: bool) -> dict[str, Any]:
    """What the event says of it. Raises WrongMove for what is no message."""
    if not answered:
        return {}
    if not inquiry.is_message:
        raise WrongMove(_("Only a message is closed by an answer."))
    inquiry.status = Status.CLOSED
    set_closed(inquiry, CloseReason.ANSWERED)
    return {"closed": CloseReason.ANSWERED}


@transaction.atomic
def call_later(*, inquiry: AppointmentRequest, actor: Actor, at: datetime, note: str = "") -> None:
    """The next call is to be at that time: due on that day by the desk's usual clock, and not before. While nobody has
    called, that is what the patient is promised. Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status not in (*TO_CALL, Status.CONTACTED):
        raise WrongMove(_("No call is to be made for this request now."))
    inquiry.call_after = at
    count_anew(inquiry)
    finish(inquiry, actor, Event.Kind.CALL_LATER, note=note, facts={"at": at})


@transaction.atomic
def correct_call_wishes(*, inquiry: AppointmentRequest, actor: Actor, wishes: dict[str, Any]) -> None:
    """What the patient said of when to call, as kept in `contact`; the same once more changes nothing. Raises
    WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED or isinstance(inquiry.contact, Unreadable):
        raise WrongMove(_("When to call can’t be changed here any more."))
    before = CallWishes.of(inquiry.contact)
    if CallWishes.of(wishes) == before:
        return
    changed = put_right(inquiry, {"contact": {**inquiry.contact, **wishes}})
    new_call_wishes(inquiry, before)
    finish(inquiry, actor, Event.Kind.CORRECTED, facts={"changed": changed})


@transaction.atomic
def add_note(*, inquiry: AppointmentRequest, actor: Actor, note: str) -> None:
    """Write a note into the history; possible at any time."""
    finish(lock(inquiry, actor), actor, Event.Kind.NOTE, note=note)
