"""The desk takes its last step back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import MOMENTS, UNDO_SECONDS, Actor, WrongMove, finish, lock
from appointments.models import OPEN, AppointmentRequest, Event
from common.models import User


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
        setattr(inquiry, name, datetime.fromisoformat(value) if value and name in MOMENTS else value)
    finish(inquiry, actor, Event.Kind.UNDONE, facts={"undone": last.kind, "event": last.pk}, undoable=False)
