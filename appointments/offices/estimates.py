"""By when a good-faith estimate of the charges is owed (45 CFR 149.610). Pure: days in, a day out.

To who has no insurance, or will not use it, an estimate is owed for a visit that is booked at least 3 business days
ahead: within 1 business day after it was booked; within 3, if it was booked at least 10 ahead. For one that is booked
later than that none is owed but on request.

The rule counts business days and leaves open whose. Counted here are Monday to Friday without federal holidays, not
the office's own hours: a patient, or who looks into it later, can't know these, and an office that is closed on
Wednesdays, or for a week in August, is given no more time for it.
"""

from datetime import date, timedelta

from appointments.offices.deadlines import FEDERAL_HOLIDAYS

AHEAD, FAR_AHEAD = 3, 10  # business days from booking to the visit
SOON, LATER = 1, 3  # business days from booking to the estimate
SATURDAY = 5


def estimate_due(*, booked_on: date, visit_on: date, known_on: date) -> date | None:
    """The last day to give the estimate; None if none is owed for having booked.

    known_on: when the desk learned who pays. What nobody knew when the visit was booked is counted from then on; it is
    due on the day of the visit at the latest.
    """
    if known_on > visit_on or not _is_ahead(AHEAD, booked_on, visit_on):
        return None
    days = LATER if _is_ahead(FAR_AHEAD, booked_on, visit_on) else SOON
    return min(business_days_after(max(booked_on, known_on), days), visit_on)


def is_business_day(day: date) -> bool:
    """Monday to Friday, and no federal holiday."""
    return day.weekday() < SATURDAY and day not in FEDERAL_HOLIDAYS


def business_days_after(day: date, count: int) -> date:
    """The business day that is so many after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def _is_ahead(count: int, booked_on: date, visit_on: date) -> bool:
    """Whether it was booked so many business days before the visit's day, or earlier: counted back from there."""
    while count:
        visit_on -= timedelta(days=1)
        count -= is_business_day(visit_on)
    return booked_on <= visit_on
