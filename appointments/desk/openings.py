"""Times that are free again, or still, and who would be glad of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appointments import appointment_book
from appointments.desk.presenters import wishes
from appointments.desk.presenters.day import DayPresenter
from appointments.models import STILL_BOOKED, AppointmentRequest, Event, RequestQuerySet
from appointments.models.history import taken_back
from appointments.vocabulary import ANY_DAY, TimeOfDay
from common.times import local

LOOKED_AT = 100  # of those who wait longest
SHOWN = 10
SHOWN_OF = ("reference", "patient_name", "phone", "wishes", "booked_for")  # the rest need not be decrypted
NOON = 12


@dataclass(frozen=True)
class WouldTakeIt:
    """A patient who wants to be called if something opens, and for whom this would be earlier."""

    inquiry: AppointmentRequest
    wishes: str
    offer: str  # the address of the form that books it


@dataclass(frozen=True)
class Opening:
    """A time that is free again."""

    at: datetime
    takers: list[WouldTakeIt]


def opening_of(
    inquiry: AppointmentRequest, events: Sequence[Event], visible: RequestQuerySet, now: datetime
) -> Opening | None:
    """The time that this request last gave up, if it is still to come and free; with those of the same office who wait
    for one, longest waiting first. Two queries, only where there is one.
    """
    at = _given_up(inquiry, events)
    if at is None or at <= now or (inquiry.visit_stands and inquiry.booked_for == at):
        return None
    if appointment_book.why_taken(inquiry.office, at, appointment_book.minutes_of(inquiry), besides=inquiry):
        return None
    return Opening(at, takers_of(inquiry.office_id, [at], visible))


def takers_of(office: int, free: Sequence[datetime], visible: RequestQuerySet) -> list[WouldTakeIt]:
    """Who of an office (its number) has a later visit, wants an earlier one, and can come at one of these times: each
    with the first that suits. One query; none without a time.
    """
    if not free:
        return []
    waiting = visible.filter(office=office, wants_earlier=True, status__in=STILL_BOOKED, booked_for__gt=min(free))
    longest = waiting.order_by("created_at", "pk").only(*SHOWN_OF)[:LOOKED_AT]
    first = [(one, _first_for(one, free)) for one in longest]
    return [
        WouldTakeIt(one, wishes(one), f"{one.get_absolute_url()}?open=book&at={local(at):%Y-%m-%dT%H:%M}#book")
        for one, at in first
        if at
    ][:SHOWN]


def takers_of_day(office: int, day: DayPresenter, visible: RequestQuerySet) -> list[WouldTakeIt]:
    """The same for what is free on a day: a stretch over noon is a morning's and an afternoon's. One query at most."""
    noons = [local(stretch.start).replace(hour=NOON, minute=0) for stretch in day.free]
    over_noon = [noon for stretch, noon in zip(day.free, noons, strict=True) if stretch.start < noon < stretch.end]
    return takers_of(office, sorted([*(stretch.start for stretch in day.free), *over_noon]), visible)


def _first_for(inquiry: AppointmentRequest, free: Sequence[datetime]) -> datetime | None:
    """The first of these times that is earlier than the visit, and suits."""
    earlier = (at for at in free if inquiry.booked_for and at < inquiry.booked_for)
    return next((at for at in earlier if fits(inquiry.wishes, at)), None)


def fits(wished: Any, at: datetime) -> bool:
    """Whether the patient can come then; who said nothing that can be read might."""
    if not wished:
        return True
    on_that_day = ANY_DAY in wished["days"] or str(local(at).weekday()) in wished["days"]
    half = TimeOfDay.MORNING if local(at).hour < NOON else TimeOfDay.AFTERNOON
    return on_that_day and wished["time_of_day"] in (TimeOfDay.ANY, half)


def _given_up(inquiry: AppointmentRequest, events: Sequence[Event]) -> datetime | None:
    """What was given up before it came to this office is the other one's."""
    undone = taken_back(events)
    for event in sorted(events, key=lambda event: -event.pk):
        if event.kind == Event.Kind.REROUTED and event.pk not in undone:
            return None
        given_up = event.facts.get("given_up") if event.facts and event.pk not in undone else None
        if given_up:
            return datetime.fromisoformat(given_up)
    return None
