"""A day of an office: its visits, and what is free between them. Pure: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from appointments.appointment_book import going_on
from appointments.models import Visit
from appointments.offices.deadlines import Span


@dataclass(frozen=True)
class Stretch:
    """Time in which so many more visits can go on; with none of them, the office is closed meanwhile."""

    start: datetime
    end: datetime
    places: int

    @property
    def minutes(self) -> int:
        """Its length."""
        return int((self.end - self.start).total_seconds() // 60)


def that_take_time(visits: Sequence[Visit]) -> list[Visit]:
    """Those in whose time nobody else could come."""
    return [visit for visit in visits if visit.state != Visit.State.MISSED]


def free(spans: Sequence[Span], visits: Sequence[Visit], places: int, since: datetime) -> list[Stretch]:
    """What is free in the office's hours from then on."""
    found: list[Stretch] = []
    for opens, closes in spans:
        edges = {edge for visit in visits for edge in (visit.starts_at, visit.ends_at)}
        inside = {edge for edge in (max(opens, since), closes, *edges) if max(opens, since) <= edge <= closes}
        for start, end in pairwise(sorted(inside)):
            left = places - len(going_on(visits, start))
            if left > 0 and found and (found[-1].end, found[-1].places) == (start, left):
                found[-1] = replace(found[-1], end=end)
            elif left > 0:
                found.append(Stretch(start, end, left))
    return found


def breaks(spans: Sequence[Span]) -> list[Stretch]:
    """When the office is closed between its hours."""
    return [Stretch(closes, opens, 0) for (_opens, closes), (opens, _closes) in pairwise(spans) if closes < opens]


def crowded(visits: Sequence[Visit], places: int) -> dict[int, int]:
    """Visits (their numbers) during which more go on than the office can take, and how many do."""
    at_once = {visit.starts_at: len(going_on(visits, visit.starts_at)) for visit in visits}
    most = {
        visit.pk: max(count for at, count in at_once.items() if visit.starts_at <= at < visit.ends_at)
        for visit in visits
    }
    return {pk: count for pk, count in most.items() if count > places}


def next_five_minutes(at: datetime) -> datetime:
    """From when on a visit could begin: nobody books for 10:12."""
    return at + timedelta(minutes=-at.minute % 5, seconds=-at.second, microseconds=-at.microsecond)
