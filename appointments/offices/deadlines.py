"""Counting in an office's opening hours. Pure: values in, values out; no clock, no database.

Spans are half-open `[opens, closes)` and in UTC, so that an hour is an hour on the two nights a year when
the local clock jumps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

FEDERAL_HOLIDAYS = holidays.country_holidays("US")
LOOK_AHEAD_DAYS = 400  # an office that opens on none of them counts as never open

Span = tuple[datetime, datetime]


class NeverOpen(Exception):
    """The office has no opening hours within the next year, so nothing can be counted in them."""


@dataclass(frozen=True)
class Schedule:
    """When an office is open.

    week: for each weekday, Monday first, its (opens, closes) pairs in local time, in order.
    closures: (first day, last day, reason), both days included.
    """

    week: tuple[tuple[tuple[time, time], ...], ...]
    closures: tuple[tuple[date, date, str], ...]
    zone: ZoneInfo
    keeps_holidays: bool = True

    def closed_for(self, day: date) -> str:
        """Why the office is closed all day, or "" on an ordinary day."""
        for first, last, reason in self.closures:
            if first <= day <= last:
                return reason
        return FEDERAL_HOLIDAYS.get(day, "") if self.keeps_holidays else ""

    def spans(self, day: date) -> list[Span]:
        """The office's open spans on a local day."""
        if self.closed_for(day):
            return []
        return [
            (start, end)
            for opens, closes in self.week[day.weekday()]
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
