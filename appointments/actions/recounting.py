"""Hours or the practice's minutes have changed: what follows from them is counted anew, in the same transaction.

What an office has told a patient stays true: their page says the new time, and who would be called later than they
were told gets a mail. Nothing becomes overdue by it: a deadline comes earlier only as far as a request that came in at
this moment would have no later one. What was overdue while the office was open stays so.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from appointments.actions.call_clock import deadline_of, promise_of
from appointments.actions.moves import Actor, back_to_desk, changes_in, finish, hold, mail_patient
from appointments.appointment_book import minutes_of
from appointments.models import AppointmentRequest, Event, Mail, Status
from appointments.offices import OfficeFacts, practice
from appointments.offices.deadlines import NeverOpen, Schedule, add_open_minutes, next_opening

COUNTED = (Status.HELD, Status.NEW, Status.MOVING, Status.CONTACTED, Status.PROPOSED)


@dataclass(frozen=True)
class Recounted:
    """The requests whose deadlines moved, and those of them whose patients were told of something better before."""

    moved: list[AppointmentRequest]
    worse: list[AppointmentRequest]

    @property
    def later(self) -> list[AppointmentRequest]:
        """Of these, those who are called later: the others' offered times are off."""
        return [inquiry for inquiry in self.worse if "status" not in changes_in(inquiry)]

    @property
    def mailed(self) -> int:
        """How many of them get a mail."""
        return sum(bool(inquiry.email) for inquiry in self.worse)


@transaction.atomic
def recount(*, actor: Actor, offices: Iterable[OfficeFacts], before: Schedule | None = None) -> Recounted:
    """Count the deadlines of open requests by the hours of `offices` and the settings as they are now.

    before: the one office's hours until now; offered times that were in them and are not any more are taken back, and
    an offer without any left goes back to the desk. An office that never opens again keeps its deadlines: there is
    nothing to count them in.
    """
    recounted = Recounted([], [])
    for office in offices:
        if not office.opens_again:
            continue
        rows = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("office")
        for inquiry in rows.filter(office=office.pk, status__in=COUNTED).order_by("pk"):
            hold(inquiry)
            told = inquiry.told_by
            facts = _count(inquiry, office.schedule, before)
            changes = changes_in(inquiry)
            if not changes:
                continue
            recounted.moved.append(inquiry)
            if inquiry.status != Status.HELD and ("withdrawn" in facts or inquiry.told_by > told):
                facts["worse"] = True
                recounted.worse.append(inquiry)
                if not inquiry.mails.filter(kind=Mail.Kind.PATIENT_NEWS, sent_at=None).exists():
                    mail_patient(Mail.Kind.PATIENT_NEWS, inquiry)
            now = {name: getattr(inquiry, name) for name in DEADLINES & changes.keys()}
            facts |= {name: [changes[name], at] for name, at in now.items()}
            finish(inquiry, actor, Event.Kind.RECOUNTED, facts=facts, undoable=False)
    return recounted


DEADLINES = {"call_by", "promised_by", "choose_by"}


def _count(inquiry: AppointmentRequest, schedule: Schedule, before: Schedule | None) -> dict[str, object]:
    """Set the deadlines. Returns which offered times are off, for the history."""
    now = timezone.now()
    if inquiry.status == Status.PROPOSED:
        return _count_offer(inquiry, schedule, before, now)
    kept = inquiry.call_by <= inquiry.promised_by
    start = inquiry.call_from or inquiry.created_at
    by, fresh = (deadline_of(inquiry, schedule, each) for each in (start, max(start, now)))
    inquiry.call_by = _fair(inquiry.call_by, by, fresh, schedule, now)
    if inquiry.is_promised:
        waited_for = inquiry.call_after if inquiry.call_after == inquiry.call_from else None
        start = waited_for or inquiry.created_at
        by, fresh = (promise_of(inquiry, schedule, each) for each in (start, max(start, now)))
        inquiry.promised_by = _fair(inquiry.promised_by, by, fresh, schedule, now)
        if kept:
            inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)
    return {}


def _fair(old: datetime, counted: datetime, fresh: datetime, schedule: Schedule, now: datetime) -> datetime:
    """The deadline as counted, where that can be kept.

    fresh: the deadline of what would come in now.
    """
    by = counted if counted >= old else max(counted, min(old, fresh))
    if by > now and next_opening(now, schedule) >= by:
        return fresh  # counted from who knows when, and now in a closed time
    return by


def _count_offer(
    inquiry: AppointmentRequest, schedule: Schedule, before: Schedule | None, now: datetime
) -> dict[str, object]:
    """Times that are off are taken back; patients may choose as long as they were told, or longer."""
    minutes = minutes_of(inquiry)
    offered = {text: datetime.fromisoformat(text) for text in inquiry.offered_times or ()}
    off = [
        text
        for text, at in offered.items()
        if before and at > now and before.is_open(at, minutes) and not schedule.is_open(at, minutes)
    ]
    left = [at for text, at in offered.items() if text not in off and at > now]
    if off and not left:
        back_to_desk(inquiry)
        return {"withdrawn": off}
    if off:
        inquiry.offered_times = [text for text in offered if text not in off]
    proposed = inquiry.events.filter(kind=Event.Kind.PROPOSED).order_by("pk").last()
    if proposed and left and inquiry.choose_by:
        until = inquiry.choose_by
        with suppress(NeverOpen):
            until = max(until, add_open_minutes(proposed.at, practice().choose_minutes, schedule))
        inquiry.choose_by = min(until, max(left))
    return {"off": off} if off else {}
