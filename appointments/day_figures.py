"""What the dashboard counts: for each office and day, what became of the requests sent that day, in numbers.

The dashboard reads these and not the requests, so it costs the same however many there are, and the numbers stay when
requests are deleted. A request counts once: on the day it was sent, on the practice's clock, and for the office that
has it now. So one that was sent on to another office counts there, in all numbers, as "rerouted", with its ZIP code if
routing had chosen the office (a patient's own choice is no fault of routing, and no override would change it).
What is in quarantine or was closed as spam counts as "held" and in no other number. Visits count on their own day, and
for the office they were at.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import ceil
from typing import Any, Self

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from appointments.models import (
    AppointmentRequest,
    CloseReason,
    DayFigures,
    Event,
    Office,
    RequestQuerySet,
    Status,
    Visit,
)
from appointments.offices.routing import Rule
from common.encrypted_fields import Sealed, Unreadable
from common.models import WorkerBeat

STILL_BOOKED = (Status.BOOKED, Status.MOVING)  # a visit that is to be moved stands until it is
CHUNK = 2_000  # requests read at a time
# An event carries the moment its transaction began, and is seen when that ended: look back a little further.
OVERLAP = timedelta(minutes=2)
COUNTED = (
    *("pk", "reference", "office_id", "kind", "status", "urgent", "close_reason", "created_at", "first_called_at"),
    *("first_call_minutes", "promised_by", "source_article", "channel", "moved"),
)


@dataclass
class Figures:
    """Numbers of some requests; they add up."""

    visits: int = 0
    messages: int = 0
    urgent: int = 0
    in_time: int = 0  # first called by when the patient was promised
    late: int = 0  # called after that
    uncalled: int = 0  # not called, or not yet
    rerouted: int = 0
    held: int = 0
    came: int = 0  # to a visit of that day
    missed: int = 0
    minutes: Counter[str] = field(default_factory=Counter)  # opening minutes from sent to first call -> requests
    outcomes: Counter[str] = field(default_factory=Counter)  # "open", "booked" or a `CloseReason`
    articles: Counter[str] = field(default_factory=Counter)  # slug of the article they came from, "" for none
    channels: Counter[str] = field(default_factory=Counter)  # by which door they came
    zips: Counter[str] = field(default_factory=Counter)  # of what routing had sent to another office

    __hash__ = object.__hash__  # those that are read only are kept by what they are, not by what they say

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From what `as_stored` made, also from an older one that lacks a number."""
        values: dict[str, Any] = {
            name: Counter(value) if isinstance(value, dict) else value for name, value in stored.items()
        }
        return cls(**values)

    def as_stored(self) -> dict[str, Any]:
        """For JSON, without what is zero."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name))}

    def add(self, other: "Figures") -> None:
        """Count those, too."""
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, part.name, mine + theirs)

    @property
    def received(self) -> int:
        """All but spam."""
        return self.visits + self.messages

    def percentile(self, percent: int) -> int | None:
        """Opening minutes to the first call that so many percent of those called did not exceed (nearest rank)."""
        rank = ceil(self.minutes.total() * percent / 100)
        for minutes, count in sorted((int(minutes), count) for minutes, count in self.minutes.items()):
            rank -= count
            if rank <= 0:
                return minutes
        return None


@lru_cache(maxsize=200)
def total(many: tuple[Figures, ...]) -> Figures:
    """All of them together; to read, not to change. Kept in the process, for the same days are asked for again."""
    found = Figures()
    for figures in many:
        found.add(figures)
    return found


# --- Counting ---


def count_touched() -> int:
    """Count again each day to whose requests or visits something has happened since the last time. Returns how many
    days.

    The first time it counts all there are, which takes about a minute for a million requests.
    """
    now = timezone.now()
    beat = WorkerBeat.objects.filter(pk=1).first()
    touched = AppointmentRequest.objects.order_by()
    if beat and beat.figures_until:
        # Every change of a request writes an event.
        recent = Event.objects.filter(at__gte=beat.figures_until - OVERLAP)
        touched = touched.filter(pk__in=recent.order_by().values("request"))
    visits = Visit.objects.order_by().filter(request__in=touched)
    sent_on, visits_on = (
        rows.annotate(day=TruncDate(moment)).values_list("day", flat=True).distinct()
        for rows, moment in ((touched, "created_at"), (visits, "starts_at"))
    )
    days = {day for day in (*sent_on, *visits_on) if day}
    refresh(sorted(days))
    WorkerBeat.objects.update_or_create(
        pk=1, defaults={"figures_until": now}, create_defaults={"figures_until": now, "at": now}
    )
    return len(days)


def refresh(days: Iterable[date]) -> None:
    """Count the requests of these days again. A few queries a day."""
    for day in days:
        _refresh_day(day)


@transaction.atomic
def _refresh_day(day: date) -> None:
    # Locked before the requests are read: two that count at once do so one after the other.
    rows = {row.office_id: row for row in DayFigures.objects.select_for_update().filter(day=day)}
    start, end = (timezone.make_aware(datetime.combine(on, time())) for on in (day, day + timedelta(days=1)))
    counted = _count(
        AppointmentRequest.objects.filter(created_at__gte=start, created_at__lt=end),
        # By office, as the index has them.
        Visit.objects.filter(office__in=Office.objects.values("pk"), starts_at__gte=start, starts_at__lt=end),
    )
    for office in rows.keys() | {office for office, _day in counted}:
        facts = counted.get((office, day), Figures()).as_stored()
        if office not in rows:
            DayFigures.objects.update_or_create(office_id=office, day=day, defaults={"facts": facts})
        elif rows[office].facts != facts:
            rows[office].facts = facts
            rows[office].save(update_fields=["facts"])


@transaction.atomic
def keep(requests: RequestQuerySet) -> list[date]:
    """Write down the numbers of requests that are about to be deleted. Returns their days.

    The caller deletes them and then counts those days again, in the same transaction.
    """
    counted = _count(requests, Visit.objects.filter(request__in=requests))
    for (office, day), figures in counted.items():
        row, _made = DayFigures.objects.select_for_update().get_or_create(
            office_id=office, day=day, defaults={"facts": {}}
        )
        if isinstance(row.gone, Unreadable):
            continue  # not written over: the day lacks these, until what stands there is restored
        kept = Figures.read(row.gone)
        kept.add(figures)
        row.gone = kept.as_stored()
        row.save(update_fields=["gone"])
    return sorted({day for _office, day in counted})


def _count(requests: RequestQuerySet, visits: QuerySet[Visit]) -> dict[tuple[int, date], Figures]:
    """The figures of each office and day. Decrypts one column, and two more of what was sent on."""
    found: dict[tuple[int, date], Figures] = defaultdict(Figures)
    sent_on = Event.objects.filter(request=OuterRef("pk"), kind=Event.Kind.REROUTED)
    rows = requests.annotate(moved=Exists(sent_on)).order_by().values_list(*COUNTED, named=True)
    moved: dict[int, Figures] = {}
    for row in rows.iterator(CHUNK):
        figures = found[row.office_id, timezone.localdate(row.created_at)]
        if row.status == Status.HELD or row.close_reason == CloseReason.SPAM:
            figures.held += 1
            continue
        _count_one(figures, row)
        if row.moved and row.kind == AppointmentRequest.Kind.VISIT:
            moved[row.pk] = figures
    for inquiry in _routed(moved):
        if (
            inquiry.routing and inquiry.routing["office"] != inquiry.office.slug
        ):  # else it came back, or the step was undone
            moved[inquiry.pk].rerouted += 1
            if inquiry.routing["rule"] != Rule.CHOSEN:
                moved[inquiry.pk].zips[inquiry.zip_code or ""] += 1
    over = visits.filter(state__in=(Visit.State.CAME, Visit.State.MISSED)).order_by()
    for office, at, state in over.values_list("office", "starts_at", "state").iterator(CHUNK):
        figures = found[office, timezone.localdate(at)]
        figures.came += state == Visit.State.CAME
        figures.missed += state == Visit.State.MISSED
    return found


def _routed(pks: Iterable[int]) -> RequestQuerySet:
    """What routing had decided for them, and where they are."""
    rows = AppointmentRequest.objects.filter(pk__in=list(pks)).select_related("office").order_by()
    return rows.only("reference", "routing", "zip_code", "office__slug")


def _count_one(figures: Figures, row: Any) -> None:
    if row.kind == AppointmentRequest.Kind.MESSAGE:
        figures.messages += 1
    else:
        figures.visits += 1
        article = row.source_article
        figures.articles[(article and article.open(row.reference, pk=row.pk)) or ""] += 1
    figures.channels[row.channel] += 1
    figures.urgent += row.urgent
    if row.first_called_at is None:
        figures.uncalled += 1
    else:
        figures.minutes[str(row.first_call_minutes)] += 1
        if row.first_called_at <= row.promised_by:
            figures.in_time += 1
        else:
            figures.late += 1
    figures.outcomes[row.close_reason or ("booked" if row.status in STILL_BOOKED else "open")] += 1


# --- Reading ---


def by_office_and_day(offices: Iterable[int], since: date, until: date) -> dict[tuple[int, date], Figures]:
    """Of these offices (numbers) on the days from `since` to `until`, both included. One query."""
    rows = DayFigures.objects.filter(office__in=list(offices), day__gte=since, day__lte=until).order_by("day")
    stored = rows.values_list("office_id", "day", "pk", Cast("facts", TextField()), Cast("gone", TextField()))
    return {(office, day): _opened(*row) for row in stored for office, day in [row[:2]]}


@lru_cache(maxsize=800)
def _opened(office: int, day: date, pk: int, *stored: str) -> Figures:
    """The numbers of a day; to read, not to change. Kept in the process, since days that are over hardly change. What
    can't be read counts as nothing.
    """
    found = Figures()
    for name, text in zip(("facts", "gone"), stored, strict=True):
        if text:
            sealed = Sealed(DayFigures._meta.get_field(name), text)  # type: ignore[arg-type]
            found.add(Figures.read(sealed.open(office, day, pk=pk) or {}))
    return found
