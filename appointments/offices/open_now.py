"""Whether an office is open at this moment, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.offices.deadlines import NeverOpen, Schedule, next_opening
from common.times import clock, day


@dataclass(frozen=True)
class OpenState:
    """Whether an office is open, for the pill: `state` is "open" or "shut", `words` say it."""

    state: str
    words: str


def open_state(schedule: Schedule, now: datetime) -> OpenState:
    """The pill of an office: "Open now until 5 pm", "Closed now. Opens Monday at 9 am"."""
    for opens, closes in schedule.spans(now.astimezone(schedule.zone).date()):
        if opens <= now < closes:
            return OpenState("open", _("Open now until %(time)s") % {"time": clock(closes)})
    try:
        opens = next_opening(now, schedule)
    except NeverOpen:
        return OpenState("shut", _("Closed now"))
    today = now.astimezone(schedule.zone).date()
    days = (opens.astimezone(schedule.zone).date() - today).days
    if days == 0:
        words = _("Closed now. Opens at %(time)s")
    elif days == 1:
        words = _("Closed now. Opens tomorrow at %(time)s")
    else:
        words = _("Closed now. Opens %(day)s at %(time)s")
    return OpenState("shut", words % {"time": clock(opens), "day": day(opens)})
