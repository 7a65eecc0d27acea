"""The stages of the desk's lists."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from appointments.models import Status


class Tab(TextChoices):
    """The lists of the desk, by stage."""

    CALL = "call", _("Needs a call")
    WAITING = "waiting", _("Waiting on patient")
    BOOKED = "booked", _("Booked")
    CLOSED = "closed", _("Closed")
    HELD = "quarantine", _("Quarantine")


TAB_STATUSES: dict[str, tuple[Status, ...]] = {
    Tab.CALL: (Status.NEW,),
    Tab.WAITING: (Status.CONTACTED, Status.PROPOSED),
    Tab.BOOKED: (Status.BOOKED,),
    Tab.CLOSED: (Status.CLOSED,),
    Tab.HELD: (Status.HELD,),
}
GROWING = (Tab.BOOKED, Tab.CLOSED)  # stages without an end
