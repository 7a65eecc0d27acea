"""The desk lets a request out of quarantine, closes it, or opens it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, announce, finish, move, next_call, set_closed
from appointments.models import OPEN, AppointmentRequest, CloseReason, Event, Status
from appointments.offices import facts_of
from appointments.offices.promises import promise


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
