"""Counting in an office's opening hours. Pure: values in, values out; no clock, no database.

Spans are half-open `[opens, closes)` and in UTC, so that an hour is an hour on the two nights a year when
the local clock jumps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

FEDERAL_HOLIDAYS = holidays.country_holidays("US")
OBSERVED = " (observed)"  # of a holiday that is kept on a Friday or Monday, because it falls on a weekend
LOOK_AHEAD_DAYS = 400  # an office that opens on none of them counts as never open

Span = tuple[datetime, datetime]
Hours = tuple[tuple[time, time], ...]  # a day's (opens, closes) pairs in local time, in order


class NeverOpen(Exception):
    """The office has no opening hours within the next year, so nothing can be counted in them."""


class OtherDays(NamedTuple):
    """Days, both ends included, that are otherwise than the week and the holidays say: closed, or with this span."""

    first: date
    last: date
    reason: str
    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True)
class Schedule:
    """When an office is open.

    week: for each weekday, Monday first.
    exceptions: two of the same day are two spans of it, unless one of them closes it.
    open_holidays: those that are days like any other, by name; also when they are observed on another day.
    """

    week: tuple[Hours, ...]
    exceptions: tuple[OtherDays, ...]
    zone: ZoneInfo
    keeps_holidays: bool = True
    open_holidays: tuple[str, ...] = ()

    def hours(self, day: date) -> tuple[Hours, str]:
        """A day's hours, and why they are not the week's; "" if they are."""
        if own := [row for row in self.exceptions if row.first <= day <= row.last]:
            spans = [(row.opens, row.closes) for row in own if row.opens and row.closes]
            return tuple(sorted(spans)) if len(spans) == len(own) else (), own[0].reason
        if kept := self._holidays(day):
            return (), kept[0]
        return self.week[day.weekday()], ""

    def _holidays(self, day: date) -> list[str]:
        """The holidays for which the office is closed that day."""
        if not self.keeps_holidays:
            return []
        return [
            name for name in FEDERAL_HOLIDAYS.get_list(day) if name.removesuffix(OBSERVED) not in self.open_holidays
        ]

    def special_days(self, first: date, end: date) -> Iterator[tuple[date, Hours, str]]:
        """The days before `end` that are otherwise than the week says, with their hours and why."""
        for ahead in range((end - first).days):
            day = first + timedelta(days=ahead)
            hours, reason = self.hours(day)
            if reason and (hours or self.week[day.weekday()]):
                yield day, hours, reason

    def spans(self, day: date) -> list[Span]:
        """The office's open spans on a local day."""
        return [
            (start, end)
            for opens, closes in self.hours(day)[0]
            if (start := datetime.combine(day, opens, self.zone).astimezone(UTC))
            < (end := datetime.combine(day, closes, self.zone).astimezone(UTC))  # hours in the lost hour are none
        ]

    def spans_from(self, start: datetime) -> Iterator[Span]:
        """Spans that end after `start`, the first one cut to begin no earlier. Raises NeverOpen at the horizon."""
        day = start.astimezone(self.zone).date()
        start = start.astimezone(UTC)  # a zone's own arithmetic counts on its wall clock
        for _ in range(LOOK_AHEAD_DAYS):
            for opens, closes in self.spans(day):
                if closes > start:
                    yield max(opens, start), closes
            day += timedelta(days=1)
        raise NeverOpen

    def is_open(self, at: datetime, minutes: int = 0) -> bool:
        """Whether the office is open at that moment, and for so many minutes from then on."""
        end = at.astimezone(UTC) + timedelta(minutes=minutes)
        spans = self.spans(at.astimezone(self.zone).date())
        return any(opens <= at < closes and end <= closes for opens, closes in spans)


def add_open_minutes(start: datetime, minutes: int, schedule: Schedule) -> datetime:
    """The moment when the office has been open for `minutes` since `start`. Raises NeverOpen."""
    left = timedelta(minutes=minutes)
    for opens, closes in schedule.spans_from(start):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise NeverOpen


def open_minutes_between(start: datetime, end: datetime, schedule: Schedule) -> int:
    """Whole minutes the office was open from `start` to `end`; 0 when `end` is not later."""
    total = timedelta()
    if end > start:
        try:
            for opens, closes in schedule.spans_from(start):
                if opens >= end:
                    break
                total += min(closes, end) - opens
        except NeverOpen:
            pass
    return int(total.total_seconds() // 60)


def end_of_next_business_day(start: datetime, schedule: Schedule) -> datetime:
    """When the office closes on the first day after `start`'s own local day that it opens. Raises NeverOpen."""
    day = start.astimezone(schedule.zone).date()
    for _ in range(LOOK_AHEAD_DAYS):
        day += timedelta(days=1)
        if spans := schedule.spans(day):
            return spans[-1][1]
    raise NeverOpen


def next_opening(at: datetime, schedule: Schedule) -> datetime:
    """When the office next is open: `at` itself if it is open then. Raises NeverOpen."""
    return next(schedule.spans_from(at))[0]


def holidays_ahead(today: date) -> dict[str, date]:
    """The federal holidays by name, in their order, with the day from `today` on when each is kept next."""
    ahead: dict[str, date] = {}
    for days in range(LOOK_AHEAD_DAYS):
        day = today + timedelta(days=days)
        for name in FEDERAL_HOLIDAYS.get_list(day):
            ahead.setdefault(name.removesuffix(OBSERVED), day)
    return ahead
