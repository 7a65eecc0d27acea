"""Where to turn at this moment. A phone helps only while somebody answers it: the clock decides what comes first."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest
from appointments.offices import OfficeFacts, directory
from appointments.vocabulary import Level


@dataclass(frozen=True)
class Care:
    """What to do now. `kind`: "911", "emergency", "call", or "closed" where no office is open to be called.

    offices: those that are open first.
    """

    kind: str
    offices: tuple[OfficeFacts, ...]

    @property
    def title(self) -> str:
        """What the page says first."""
        number = {"number": settings.EMERGENCY_NUMBER}
        return {
            "911": _("Call %(number)s now") % number,
            "emergency": _("Call %(number)s or go to an emergency room") % number,
            "call": _("Please call us now"),
            "closed": _("Go to urgent care or an emergency room now"),
        }[self.kind]

    @property
    def urgent_care_url(self) -> str:
        """The way to an urgent care clinic, in the map service that DIRECTIONS_URL names. A link only."""
        return settings.DIRECTIONS_URL.format(address=quote(_("urgent care")))


def care_for(level: Level, *, only_911: bool = False) -> Care:
    """For something urgent. `only_911`: no other way is as good."""
    offices = tuple(sorted(directory(), key=lambda facts: facts.open_state.state != "open"))
    if only_911:
        return Care("911", offices)
    if level == Level.EMERGENCY:
        return Care("emergency", offices)
    return Care("call" if somebody_answers() else "closed", offices)


def care_of(inquiry: AppointmentRequest) -> Care | None:
    """For a request whose patient told us of something urgent; None for others."""
    level = Level(inquiry.safety.get("level", Level.ROUTINE))
    return care_for(level, only_911=inquiry.safety["only_911"]) if level.is_urgent else None


def somebody_answers() -> bool:
    """Whether an office is open at this moment."""
    now = timezone.now()
    return any(facts.schedule.is_open(now) for facts in directory())
