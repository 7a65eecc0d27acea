"""What every page says of an office, made from its rows."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from functools import cached_property
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.offices.deadlines import NeverOpen, OtherDays, Schedule, next_opening
from appointments.offices.open_now import OpenState, open_state
from common.phones import phone_in_words
from common.times import day

Rows = dict[str, list[dict[str, Any]]]
# What a new practice starts with, and what is promised by while an office has no hours of its own.
PLACEHOLDER_WEEK = (((time_of_day(9), time_of_day(17)),),) * 5 + ((), ())


@dataclass(frozen=True)
class OfficeFacts:
    """What pages, routing and mails need to know of an office."""

    pk: int
    name: str
    slug: str
    letter: str
    color: str
    street: str
    city: str
    state: str
    zip_code: str
    phone: str
    notice_email: str
    latitude: float
    longitude: float
    position: int
    getting_here: str
    parking: str
    access: str
    sketch_side: str
    sketch_main_road: str
    sketch_building: str
    sketch_parking: str
    sketch_note: str
    visits_at_once: int
    sends_texts: bool
    calls_from: str
    no_facilities: bool
    hours_confirmed: bool
    takes_requests: bool
    not_taking_until: date | None
    staffed: bool  # somebody works its requests
    has_hours: bool  # of its own; the schedule of one without is a placeholder
    schedule: Schedule

    @property
    def title(self) -> str:
        """ "Toms River Office"."""
        return _("%(name)s Office") % {"name": self.name}

    @property
    def street_name(self) -> str:
        """The street without house number and building, for the sketch: "Commons Way"."""
        return re.sub(r"^[\d-]+\w?\s+", "", self.street.partition(",")[0].strip())

    @property
    def directions_url(self) -> str:
        """The way there, in the map service that DIRECTIONS_URL names. A link only; nothing is loaded from it."""
        address = f"{self.street}, {self.city}, {self.state} {self.zip_code}"
        return settings.DIRECTIONS_URL.format(address=quote(address))

    @cached_property
    def phone_in_words(self) -> str:
        """ "(732) 557-9900" for US numbers, international form for others."""
        return phone_in_words(self.phone)

    @property
    def calls_from_in_words(self) -> str:
        """The number that a patient's phone shows when the office calls."""
        return phone_in_words(self.calls_from or self.phone)

    @property
    def open_state(self) -> OpenState:
        """Open or closed at this moment, in words."""
        return open_state(self.schedule, timezone.now())

    @property
    def missing(self) -> list[str]:
        """What an office needs before anybody may write to it, and this one has not, in words."""
        needed = {
            _("somebody on its staff who works requests"): self.staffed,
            _("opening hours"): self.has_hours and self.opens_again,
            _("an e-mail address for notices"): bool(self.notice_email),
        }
        return [words for words, there in needed.items() if not there]

    @property
    def why_not(self) -> str:
        """Why requests may not be routed here today, in a sentence for staff; "" if they may."""
        if missing := self.missing:
            return _("%(office)s takes no requests until it has %(missing)s.") % {
                "office": self.name,
                "missing": _(" and ").join(missing),
            }
        if not self.takes_requests:
            return _("%(office)s takes no requests: that is switched off.") % {"office": self.name}
        if self.is_away(timezone.localdate()):
            return _("%(office)s takes no requests until %(day)s.") % {
                "office": self.name,
                "day": day(self.not_taking_until),  # type: ignore[arg-type]
            }
        return ""

    @property
    def taking_requests(self) -> bool:
        """Whether requests may be routed here today."""
        return not self.why_not

    def is_away(self, on: date) -> bool:
        """Whether it takes no requests on that day, because somebody has said so."""
        return not self.takes_requests or bool(self.not_taking_until and on < self.not_taking_until)

    def trouble_with(self, visit: datetime, minutes: int) -> str:
        """Why a visit of that length can't be kept as it is, in words for a pill; "" if it can."""
        if not self.schedule.is_open(visit, minutes):
            return _("Office closed then")
        if self.is_away(timezone.localdate(visit)):
            return _("Office takes no requests then")
        return ""

    @property
    def opens_again(self) -> bool:
        """Whether it is open now or within the next year."""
        try:
            next_opening(timezone.now(), self.schedule)
        except NeverOpen:
            return False
        return True


OFFICE_COLUMNS = (
    "id",
    *(name for name in OfficeFacts.__dataclass_fields__ if name not in ("pk", "has_hours", "schedule")),
    "keeps_holidays",
    "open_holidays",
)


def facts_from(rows: Rows) -> tuple[OfficeFacts, ...]:
    week: dict[int, dict[int, list[tuple[time_of_day, time_of_day]]]] = defaultdict(lambda: defaultdict(list))
    for hours in rows["hours"]:
        week[hours["office_id"]][hours["weekday"]].append((hours["opens"], hours["closes"]))
    exceptions = defaultdict(list)
    for row in rows["closures"]:
        days = OtherDays(row["first_day"], row["last_day"], row["reason"], row["opens"], row["closes"])
        exceptions[row["office_id"]].append(days)
    zone = ZoneInfo(settings.TIME_ZONE)
    offices = []
    for row in rows["offices"]:
        facts = dict(row)
        pk = facts["pk"] = facts.pop("id")
        usual = tuple(tuple(week[pk][weekday]) for weekday in range(7)) if pk in week else PLACEHOLDER_WEEK
        kept = facts.pop("keeps_holidays"), tuple(facts.pop("open_holidays"))
        schedule = Schedule(usual, tuple(exceptions[pk]), zone, *kept)
        offices.append(OfficeFacts(**facts, has_hours=pk in week, schedule=schedule))
    return tuple(offices)
