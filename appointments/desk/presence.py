"""Who has a request on the screen."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest, Presence
from common.models import User

PRESENT_SECONDS = 45  # two signs of life may get lost


def look(inquiry: AppointmentRequest, user: User) -> str:
    """Note that this person has it open; returns who else has, in a sentence, or ""."""
    now = timezone.now()
    since = now - timedelta(seconds=PRESENT_SECONDS)
    Presence.objects.bulk_create(
        [Presence(request=inquiry, user=user, at=now)],
        update_conflicts=True,
        unique_fields=["request", "user"],
        update_fields=["at"],
    )
    others = Presence.objects.filter(request=inquiry, at__gte=since).exclude(user=user).select_related("user")
    names = [str(presence.user) for presence in others.order_by("user__username")]
    if not names:
        return ""
    if len(names) == 1:
        return _("%(name)s is looking at this too.") % {"name": names[0]}
    return _("%(names)s and %(name)s are looking at this too.") % {"names": ", ".join(names[:-1]), "name": names[-1]}


def forget_what_was_left(user: User) -> None:
    """Delete where this person has been and is no more."""
    since = timezone.now() - timedelta(seconds=PRESENT_SECONDS)
    Presence.objects.filter(user=user, at__lt=since).delete()
