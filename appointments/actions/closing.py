"""The desk lets a request out of quarantine, closes it, or opens it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.call_clock import count_next_call, promise_call
from appointments.actions.moves import Actor, WrongMove, announce, finish, move, set_closed
from appointments.models import OPEN, AppointmentRequest, CloseReason, Event, Status


@transaction.atomic
def release(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Out of quarantine: the desk's clock starts now, and the mails go out. Raises WrongMove.

    A promise that could not be kept meanwhile is made anew, before the receipt says it.
    """
    inquiry = move(inquiry, actor, Status.NEW, only_from=Status.HELD)
    let_through(inquiry)
    finish(inquiry, actor, Event.Kind.RELEASED)


def let_through(inquiry: AppointmentRequest) -> None:
    """What was held needs a call, and is announced."""
    inquiry.status = Status.NEW
    count_next_call(inquiry)
    if inquiry.promised_by < timezone.now():
        promise_call(inquiry)
    inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)
    announce(inquiry)


@transaction.atomic
def close(*, inquiry: AppointmentRequest, actor: Actor, reason: CloseReason, note: str = "") -> None:
    """Nothing more is to be done. Raises WrongMove."""
    inquiry = move(inquiry, actor, Status.CLOSED)
    if reason == CloseReason.MISSED and inquiry.booked_for:
        inquiry.missed += 1
    set_closed(inquiry, reason)
    finish(inquiry, actor, Event.Kind.CLOSED, note=note, facts={"reason": reason})


@transaction.atomic
def close_as_spam(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """It looked like spam, and is. Raises WrongMove if it is in quarantine no more."""
    inquiry = move(inquiry, actor, Status.CLOSED, only_from=Status.HELD)
    set_closed(inquiry, CloseReason.SPAM)
    finish(inquiry, actor, Event.Kind.CLOSED, facts={"reason": CloseReason.SPAM})


@transaction.atomic
def mark_duplicate(*, inquiry: AppointmentRequest, actor: Actor, of: AppointmentRequest) -> None:
    """Close it in favor of another request, which is open and so goes on. Raises WrongMove."""
    pair = AppointmentRequest.objects.select_for_update().filter(pk__in=(inquiry.pk, of.pk)).order_by("pk")
    of = next((row for row in pair if row.pk == of.pk), of)  # both at once, lest each is closed in favor of the other
    if of.pk == inquiry.pk or of.duplicate_of_id == inquiry.pk:
        raise WrongMove(_("A request can’t be the duplicate of itself, or of its own duplicate."))
    if why_not := why_it_does_not_go_on(of):
        raise WrongMove(why_not)
    inquiry = move(inquiry, actor, Status.CLOSED)
    inquiry.duplicate_of = of
    set_closed(inquiry, CloseReason.DUPLICATE)
    finish(inquiry, actor, Event.Kind.DUPLICATE, facts={"of": of.reference})


def why_it_does_not_go_on(inquiry: AppointmentRequest) -> str:
    """Why no other request may be closed in favor of this one, in a sentence; "" if one may."""
    if inquiry.status in OPEN:
        return ""
    reference = {"reference": inquiry.reference}
    if inquiry.status == Status.HELD:
        return _("%(reference)s is in quarantine, so nobody would call. Check it first, or keep this one.") % reference
    return _("%(reference)s is closed, so nobody would call. Open it again first, or keep this one.") % reference


@transaction.atomic
def reopen(*, inquiry: AppointmentRequest, actor: Actor, note: str) -> None:
    """A closed request needs a call after all. Raises WrongMove."""
    inquiry = move(inquiry, actor, Status.NEW, only_from=Status.CLOSED)
    inquiry.close_reason = ""
    inquiry.closed_at = inquiry.booked_for = inquiry.duplicate_of = None
    count_next_call(inquiry)
    finish(inquiry, actor, Event.Kind.REOPENED, note=note)
