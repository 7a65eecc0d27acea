"""By when an office should call, and by when the patient is told it will."""

from datetime import datetime, timedelta

from appointments.offices.cache import practice
from appointments.offices.deadlines import NeverOpen, Schedule, add_open_minutes, end_of_next_business_day


def call_deadline(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """When the desk should have called. An office that never opens gets a day."""
    minutes = practice().call_by_urgent_minutes if urgent else practice().call_by_minutes
    try:
        return add_open_minutes(start, minutes, schedule)
    except NeverOpen:
        return start + timedelta(days=1)


def end_of_day(schedule: Schedule, at: datetime) -> datetime:
    """When the office closes on the day of `at`; the end of the next day that it opens, if it does not open then."""
    later = [closes for _opens, closes in schedule.spans(at.astimezone(schedule.zone).date()) if closes > at]
    return later[-1] if later else promise(schedule, urgent=False, start=at)


def promise(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """By when the patient is told they will be called. An office that never opens gets three days."""
    try:
        if urgent:
            return add_open_minutes(start, practice().promise_urgent_minutes, schedule)
        return end_of_next_business_day(start, schedule)
    except NeverOpen:
        return start + timedelta(days=3)
