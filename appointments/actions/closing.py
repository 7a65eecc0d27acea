"""The desk lets a request out of quarantine, closes it, or opens it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, announce, finish, move, next_call, set_closed
from appointments.models import OPEN, AppointmentRequest, CloseReason, Event, Status
from appointments.offices import facts_of
from appointments.offices.promises import promise


@transaction.atomic
def release(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Out of quarantine: the desk's clock starts now, and the mails go out. Raises WrongMove.

    A promise that could not be kept meanwhile is made anew, before the receipt says it.
    """
    inquiry = move(inquiry, actor, Status.NEW, only_from=Status.HELD)
    inquiry.call_by = next_call(inquiry)
    now = timezone.now()
    if inquiry.promised_by < now:
        inquiry.promised_by = promise(facts_of(inquiry.office).schedule, urgent=inquiry.urgent, start=now)
        inquiry.save(update_fields=["promised_by"])
    inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)
    announce(inquiry)
    finish(inquiry, actor, Event.Kind.RELEASED)


@transaction.atomic
def close(*, inquiry: AppointmentRequest, actor: Actor, reason: CloseReason, note: str = "") -> None:
    """Nothing more is to be done. Raises WrongMove."""
    inquiry = move(inquiry, actor, Status.CLOSED)
    set_closed(inquiry, reason)
    finish(inquiry, actor, Event.Kind.CLOSED, note=note, facts={"reason": reason})


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
    inquiry.call_by = next_call(inquiry)
    finish(inquiry, actor, Event.Kind.REOPENED, note=note)
