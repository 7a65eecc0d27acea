"""Who has called so far, and when to try again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.desk.presenters.clocks import when
from appointments.models import AppointmentRequest, CloseReason, Event, Status
from appointments.models.history import taken_back
from common.times import local, recent

ENOUGH_TRIES = 3  # after so many calls without an answer another way is suggested
NOON = 12


def calls_in(events: Sequence[Event]) -> list[Event]:
    """The calls that count: without those that were taken back. `events` may leave out other kinds, but not UNDONE."""
    undone = taken_back(events)
    return [event for event in events if event.kind in Event.CALLS and event.pk not in undone]


def contact_so_far(inquiry: AppointmentRequest, calls: Sequence[Event]) -> str:
    """The last call, and how many there were: "No answer, today, 11 am (2 calls)". A visit that was booked without one
    was agreed on all the same.
    """
    if not calls and inquiry.first_called_at:
        return _("Spoken with when it was booked, %(time)s") % {"time": recent(inquiry.first_called_at)}
    if not calls:
        return _("Not called yet")
    last = calls[-1]
    words = f"{Event.Kind(last.kind).label}, {recent(last.at)}"
    return f"{words} ({_('%(count)d calls') % {'count': len(calls)}})" if len(calls) > 1 else words


def next_try(inquiry: AppointmentRequest, calls: Sequence[Event], now: datetime) -> str:
    """After calls that reached nobody: when to try again, at another time of day than before if there was one only."""
    missed = _missed_in_a_row(calls)
    if not missed or inquiry.status != Status.NEW:
        return ""
    count = len(missed)
    tries = ngettext("%(count)d try without an answer.", "%(count)d tries without an answer.", count) % {"count": count}
    if count >= ENOUGH_TRIES:
        other = _("Send times by email") if inquiry.email else _("Try one last time")
        return f"{tries} " + _("%(other)s, or close it as “%(reason)s”.") % {
            "other": other,
            "reason": CloseReason.NO_ANSWER.label,
        }
    by = _("Try again by %(time)s.") % {"time": when(inquiry.call_by, now)}
    if inquiry.call_by < now:
        by = _("Try again now.")
    halves = {local(call.at).hour < NOON for call in missed}
    if len(halves) == 1 and not inquiry.urgent:
        return f"{tries} {by} {_other_half(now, inquiry.call_by, before_noon=halves.pop())}".strip()
    return f"{tries} {by}"


def _missed_in_a_row(calls: Sequence[Event]) -> list[Event]:
    missed: list[Event] = []
    for call in reversed(calls):
        if call.kind == Event.Kind.SPOKE:
            break
        missed.append(call)
    return missed


def _other_half(now: datetime, call_by: datetime, *, before_noon: bool) -> str:
    """That the other half of the day may be luckier, unless it has begun, or comes too late."""
    here = local(now)
    begins = local(now + timedelta(days=0 if before_noon else 1)).replace(hour=NOON if before_noon else 0, minute=0)
    if (here.hour < NOON) != before_noon or call_by <= begins:
        return ""
    if before_noon:
        return _("So far only in the morning: an afternoon may be better.")
    return _("So far only in the afternoon: a morning may be better.")
