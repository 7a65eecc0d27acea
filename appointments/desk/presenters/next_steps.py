"""The next step as a button."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest, Status


@dataclass(frozen=True)
class NextStep:
    """It opens the inquiry's page at the right panel, and changes nothing by itself."""

    label: str
    icon: str
    panel: str = "next"

    @property
    def address(self) -> str:
        """What follows the page's address and its query. The panels that are folded up are opened by the server.

        The next step itself is just below who the patient is, the number, and what can't wait: these stay in sight.
        """
        return "#caller" if self.panel == "next" else f"&open={self.panel}#{self.panel}"


def next_step(inquiry: AppointmentRequest, now: datetime, *, called: bool, first: str) -> NextStep:
    """The one thing to do next. first: what it is called to get in touch for the first time."""
    match inquiry.status:
        case Status.HELD:
            return NextStep(_("Check"), "info")
        case Status.CLOSED:
            return NextStep(_("Reopen"), "swap", "reopen")
        case Status.BOOKED if inquiry.booked_for and inquiry.booked_for < now:
            return NextStep(_("Settle"), "check")
        case Status.BOOKED:
            return NextStep(_("See visit"), "calendar")
        case Status.PROPOSED if inquiry.email:
            return NextStep(_("Remind"), "mail")
        case Status.PROPOSED:
            return NextStep(_("Call"), "phone")
        case Status.CONTACTED if not (inquiry.call_after and inquiry.call_after > now):
            return NextStep(_("Call"), "phone")
    if inquiry.call_after and inquiry.call_after > now:
        return NextStep(_("Call later"), "clock")
    if inquiry.check_office and not called:
        return NextStep(_("Check office"), "swap", "send")
    return NextStep(_("Call again") if called else first, "phone")
