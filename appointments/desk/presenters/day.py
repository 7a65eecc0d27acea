"""A day of the appointment book in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.appointment_book import minutes_of, short_name
from appointments.desk import days
from appointments.desk.presenters import safety
from appointments.desk.presenters.clocks import when
from appointments.desk.presenters.contact import language_notes
from appointments.desk.presenters.facts import born
from appointments.desk.presenters.history import visit_in_words
from appointments.desk.presenters.pills import Pill
from appointments.models import Status, Visit
from appointments.offices import OfficeFacts
from common.times import clock, duration, local

State = Visit.State


@dataclass(frozen=True)
class Gap:
    """No visit: free, or closed between the hours."""

    stretch: days.Stretch
    places: int  # of the office

    is_gap = True

    @property
    def start(self) -> datetime:
        return self.stretch.start

    @property
    def time(self) -> str:
        """From and to."""
        return _from_to(self.stretch.start, self.stretch.end)

    @property
    def is_free(self) -> bool:
        return self.stretch.places > 0

    @property
    def words(self) -> str:
        """ "Free, 45 min"."""
        if not self.is_free:
            return _("Closed")
        free = _("Free, %(time)s") % {"time": duration(self.stretch.minutes)}
        if self.places == 1:
            return free
        left = ngettext("%(count)d place", "%(count)d places", self.stretch.places) % {"count": self.stretch.places}
        return f"{free} ({left})"

    @property
    def typed(self) -> str:
        """When it begins, as the forms take it."""
        return f"{local(self.stretch.start):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True)
class Row:
    """A visit. `at_once`: how many go on meanwhile, if that is too many. of: the request that is looked at."""

    visit: Visit
    now: datetime
    at_once: int = 0
    trouble: str = ""
    of: int | None = None

    is_gap = False

    @property
    def start(self) -> datetime:
        return self.visit.starts_at

    @property
    def inquiry(self) -> Any:
        return self.visit.request

    @property
    def time(self) -> str:
        """From and to."""
        return _from_to(self.visit.starts_at, self.visit.ends_at)

    @property
    def name(self) -> str:
        """ "Harold S." """
        return short_name(self.inquiry)

    @property
    def is_own(self) -> bool:
        """Whether it is of the request that is looked at."""
        return self.inquiry.pk == self.of

    @property
    def born(self) -> str | None:
        """Date of birth and age."""
        return born(self.inquiry)

    @property
    def what(self) -> str:
        """The kind of visit, how long, and with whom."""
        kind = self.inquiry.visit_kind
        return visit_in_words(kind.name if kind else "", minutes_of(self.inquiry), self.inquiry.visit_with)

    @property
    def flags(self) -> list[Pill]:
        """What to know before the patient is here."""
        inquiry = self.inquiry
        signs = safety.flags(inquiry)
        urgent = _("Urgent: %(flags)s") % {"flags": signs} if signs else _("Urgent")
        pills = [Pill(urgent, icon="warning", look="flag")] if inquiry.urgent or not inquiry.safety else []
        return [*pills, *(Pill(words, "wait") for words in language_notes(inquiry))]

    @cached_property
    def state(self) -> Pill:
        """What has become of it."""
        match self.visit.state:
            case State.HELD if self.visit.until:
                return Pill(_("Offered until %(time)s") % {"time": when(self.visit.until, self.now)}, "wait", "clock")
            case State.CAME:
                return Pill(_("Came"), "booked", "check")
            case State.MISSED:
                return Pill(_("Did not come"), "failed", "cross")
        if self.inquiry.status == Status.MOVING:
            return Pill(_("Wants another time"), "soon", "swap")
        if self.visit.ends_at <= self.now:
            return Pill(_("Not settled yet"), "soon", "info")
        return Pill(_("Will come") if self.inquiry.coming_at else _("Booked"), "booked", "calendar")

    @property
    def marks(self) -> list[Pill]:
        """What is wrong with it."""
        over = _("%(count)d at once") % {"count": self.at_once}
        return [
            *([Pill(over, "late", "warning")] if self.at_once else []),
            *([Pill(self.trouble, "late", "warning")] if self.trouble else []),
        ]


@dataclass(frozen=True)
class DayPresenter:
    """What stands in the book of an office for a day, and what is free."""

    office: OfficeFacts
    on: date
    visits: Sequence[Visit]
    now: datetime
    of: int | None = None
    spans: Sequence[tuple[datetime, datetime]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", self.office.schedule.spans(self.on))

    @cached_property
    def hours(self) -> str:
        """When the office is open: "9 am–12 pm, 1 pm–5 pm"; else why not."""
        if self.spans:
            return ", ".join(_from_to(opens, closes) for opens, closes in self.spans)
        _hours, reason = self.office.schedule.hours(self.on)
        if reason:
            return _("Closed: %(reason)s") % {"reason": reason}
        return _("Closed on %(weekday)s") % {"weekday": date_format(self.on, "l") + "s"}

    @property
    def is_closed(self) -> bool:
        """All day."""
        return not self.spans

    @cached_property
    def _taking(self) -> list[Visit]:
        return days.that_take_time(self.visits)

    @cached_property
    def free(self) -> list[days.Stretch]:
        """What is still to come of it, of places where nobody is."""
        since = days.next_five_minutes(self.now)
        return days.free(self.spans, self._taking, self.office.visits_at_once, since)

    @cached_property
    def entries(self) -> list[Row | Gap]:
        """Visits and what is between them, in order."""
        crowded: Mapping[int, int] = days.crowded(self._taking, self.office.visits_at_once)
        rows = [
            Row(visit, self.now, crowded.get(visit.pk, 0), self._trouble_with(visit), self.of) for visit in self.visits
        ]
        gaps = [Gap(stretch, self.office.visits_at_once) for stretch in (*self.free, *days.breaks(self.spans))]
        return sorted([*rows, *gaps], key=lambda entry: (entry.start, entry.is_gap))

    def _trouble_with(self, visit: Visit) -> str:
        if visit.state not in Visit.LIVE or visit.ends_at <= self.now:
            return ""
        return self.office.trouble_with(visit.starts_at, minutes_of(visit.request))

    @property
    def counted(self) -> str:
        """ "4 visits, 1 time offered"."""
        held = sum(visit.state == State.HELD for visit in self.visits)
        booked = len(self.visits) - held
        words = [ngettext("%(count)d visit", "%(count)d visits", booked) % {"count": booked}]
        if held:
            words.append(ngettext("%(count)d time offered", "%(count)d times offered", held) % {"count": held})
        return ", ".join(words)

    @property
    def free_in_words(self) -> str:
        """ "3 h 30 min free"; "" on a day that is over or closed."""
        minutes = sum(stretch.minutes for stretch in self.free)
        if minutes:
            return _("%(time)s free") % {"time": duration(minutes)}
        return _("Nothing free") if any(closes > self.now for _opens, closes in self.spans) else ""

    @property
    def is_today(self) -> bool:
        return self.on == local(self.now).date()


def week_of(office: OfficeFacts, on: date, visits: Sequence[Visit], now: datetime) -> list[DayPresenter]:
    """The seven days of its week, from Monday on. visits: those of all of them."""
    monday = on - timedelta(days=on.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    return [
        DayPresenter(office, day, [visit for visit in visits if local(visit.starts_at).date() == day], now)
        for day in week
    ]


def _from_to(start: datetime, end: datetime) -> str:
    return f"{clock(start)}–{clock(end)}"
