"""The desk takes its last step back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import appointment_book
from appointments.actions.moves import MOMENTS, UNDO_SECONDS, Actor, WrongMove, finish, lock, set_fact
from appointments.models import OPEN, AppointmentRequest, Event
from common.models import User

GIVE_TIMES = (Event.Kind.PROPOSED, Event.Kind.BOOKED, Event.Kind.UNDONE)
FROM_ISO: dict[str, Callable[[str], date]] = {
    **dict.fromkeys(MOMENTS, datetime.fromisoformat),
    "birth_date": date.fromisoformat,
}


def can_undo(inquiry: AppointmentRequest, user: User, last: Event | None) -> bool:
    """Whether `user` may take back the last step: their own, within a minute, and nothing mailed since."""
    if last is None or last.by_id != user.pk or not last.before:
        return False
    if timezone.now() - last.at > timedelta(seconds=UNDO_SECONDS):
        return False
    return not any(mail.tries for mail in inquiry.mails.all() if mail.created_at >= last.at)


@transaction.atomic
def undo(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Put the request back to what it was before the last step; mails still waiting are dropped. Raises WrongMove."""
    appointment_book.hold()
    inquiry = lock(inquiry, actor)
    last = inquiry.events.order_by("pk").last()
    waiting = list(inquiry.mails.select_for_update().filter(created_at__gte=last.at)) if last else []
    if last is None or actor.user is None or not can_undo(inquiry, actor.user, last):
        raise WrongMove(_("The last step can’t be undone any more."))
    if inquiry.status in OPEN and inquiry.duplicates.filter(closed_at__gte=last.at).exists():
        raise WrongMove(_("Meanwhile another request was closed in favor of this one, so this one has to go on."))
    for mail in waiting:
        mail.delete()
    for name, value in last.before["work"].items():
        set_fact(inquiry, name, FROM_ISO[name](value) if value and name in FROM_ISO else value)
    for at, others in appointment_book.taken_anew(inquiry):
        given = Event.objects.filter(kind__in=GIVE_TIMES, at__gte=last.at)
        if given.filter(request__in=[visit.request_id for visit in others]).exists():
            raise WrongMove(
                _("%(who_has)s So this step can’t be undone.") % {"who_has": appointment_book.who_has(at, others)}
            )
    finish(inquiry, actor, Event.Kind.UNDONE, facts={"undone": last.kind, "event": last.pk}, undoable=False)
