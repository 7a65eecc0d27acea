"""The lists of the desk: the stages, and what is to be looked at in any of them."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from appointments.models import OPEN, TO_CALL, Status


class Tab(TextChoices):
    """The lists of the desk."""

    CALL = "call", _("Needs a call")
    NEWS = "news", _("News")
    WAITING = "waiting", _("Waiting on patient")
    BOOKED = "booked", _("Booked")
    CLOSED = "closed", _("Closed")
    HELD = "quarantine", _("Quarantine")
    ASKED = "questions", _("Questions")


# Which requests each of them holds.
HOLDS: dict[str, Q] = {
    Tab.CALL: Q(status__in=TO_CALL),
    Tab.NEWS: Q(news_at__isnull=False),
    Tab.WAITING: Q(status__in=(Status.CONTACTED, Status.PROPOSED)),
    Tab.BOOKED: Q(status=Status.BOOKED),
    Tab.CLOSED: Q(status=Status.CLOSED),
    Tab.HELD: Q(status=Status.HELD),
    Tab.ASKED: Q(needs_manager=True, status__in=(Status.HELD, *OPEN)),
}
GROWING = (Tab.BOOKED, Tab.CLOSED)  # stages without an end
MANAGERS = (Tab.ASKED,)  # shown to who answers
