"""By when somebody calls, and what the patient is told of it: counted in the office's hours of this moment."""

from datetime import datetime

from django.utils import timezone

from appointments.call_wishes import CallWishes, is_whole_day
from appointments.models import TO_CALL, AppointmentRequest, Status
from appointments.offices import facts_now
from appointments.offices.deadlines import Schedule, open_minutes_between
from appointments.offices.promises import call_deadline, end_of_day, promise


def count_next_call(inquiry: AppointmentRequest, schedule: Schedule | None = None) -> None:
    """The next call is due, counted from now, or from when the patient may be called."""
    now = timezone.now()
    inquiry.call_from = max(now, inquiry.call_after or now)
    inquiry.call_by = deadline_of(inquiry, schedule)


def promise_call(inquiry: AppointmentRequest) -> None:
    """Count the next call, and say by when to the patient: counted from the same moment."""
    schedule = _hours_of(inquiry)
    count_next_call(inquiry, schedule)
    inquiry.promised_by = promise_of(inquiry, schedule, inquiry.call_from or timezone.now())
    inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)  # overdue before the patient waits in vain


def _hours_of(inquiry: AppointmentRequest) -> Schedule:
    return facts_now(inquiry.office_id).schedule


def count_anew(inquiry: AppointmentRequest) -> None:
    """The next call waits for another time, and what is promised with it while nobody has called."""
    if inquiry.is_promised:
        promise_call(inquiry)
    else:
        count_next_call(inquiry)


def take_call_wishes(inquiry: AppointmentRequest) -> None:
    """What the patient said of when to call, where the clock and the list can read it. What is urgent does not wait
    for it.
    """
    wishes = CallWishes.of({} if inquiry.urgent else inquiry.contact)
    inquiry.call_times, inquiry.call_after = wishes.bits, wishes.after(timezone.now())


def new_call_wishes(inquiry: AppointmentRequest, before: CallWishes) -> None:
    """The patient wishes to be called at other times than before. With another first day the call is counted anew, and
    what is promised for as long as nobody has called.
    """
    wishes, agreed = CallWishes.of(inquiry.contact), inquiry.call_after
    if wishes == before:
        return
    take_call_wishes(inquiry)
    if wishes.not_before == before.not_before or inquiry.urgent:
        inquiry.call_after = agreed
    elif inquiry.status in (*TO_CALL, Status.CONTACTED):
        count_anew(inquiry)


def deadline_of(
    inquiry: AppointmentRequest, schedule: Schedule | None = None, start: datetime | None = None
) -> datetime:
    """By when to call, counted in the office's hours from `call_from` on: a follow-up by the end of the next business
    day, else by the desk's usual clock. Who is to be called at a certain time is called on that day.
    """
    schedule = schedule or _hours_of(inquiry)
    start = start or inquiry.call_from or inquiry.created_at
    if start == inquiry.call_after:
        return min(call_deadline(schedule, urgent=inquiry.urgent, start=start), end_of_day(schedule, start))
    if inquiry.status == Status.CONTACTED:
        return promise(schedule, urgent=False, start=start)
    return call_deadline(schedule, urgent=inquiry.urgent, start=start)


def promise_of(inquiry: AppointmentRequest, schedule: Schedule, start: datetime) -> datetime:
    """By when the patient is told that the first call comes, counted from `start` on; on the day of a time that the
    desk has set.
    """
    if start == inquiry.call_after and not is_whole_day(start):
        return end_of_day(schedule, start)
    return promise(schedule, urgent=inquiry.urgent and inquiry.safety_asked, start=start)


def count_first_contact(inquiry: AppointmentRequest) -> None:
    """The patient is spoken with, or called, for the first time."""
    if inquiry.first_called_at is None:
        now = timezone.now()
        inquiry.first_called_at = now
        inquiry.first_call_minutes = open_minutes_between(inquiry.created_at, now, _hours_of(inquiry))
