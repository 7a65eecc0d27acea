"""By when a good-faith estimate is owed, around weekends, holidays and the nights when the clock jumps."""

from datetime import date

import pytest

from appointments.offices.estimates import business_days_after, estimate_due, is_business_day

# Thanksgiving is Thursday, November 26, 2026; the clock goes back on November 1 and forward on March 14, 2027.
DUE = {
    "two business days ahead: none": ("2026-11-16", "2026-11-18", None),
    "three ahead: the next one": ("2026-11-16", "2026-11-19", "2026-11-17"),
    "nine ahead: the next one": ("2026-11-02", "2026-11-16", "2026-11-03"),  # Veterans Day is none of them
    "ten ahead: the third one": ("2026-11-02", "2026-11-17", "2026-11-05"),
    "same day: none": ("2026-11-16", "2026-11-16", None),
    "booked on a Friday for Wednesday": ("2026-11-13", "2026-11-18", "2026-11-16"),
    "booked on a Friday for Tuesday: two ahead": ("2026-11-13", "2026-11-17", None),
    "booked on a Saturday for Wednesday: two ahead": ("2026-11-14", "2026-11-18", None),
    "booked on a Saturday for Thursday": ("2026-11-14", "2026-11-19", "2026-11-16"),
    "visit on a Saturday": ("2026-11-18", "2026-11-21", "2026-11-19"),
    "over Thanksgiving: two ahead": ("2026-11-24", "2026-11-27", None),
    "over Thanksgiving and the weekend": ("2026-11-24", "2026-11-30", "2026-11-25"),
    "booked the day before Thanksgiving": ("2026-11-25", "2026-12-01", "2026-11-27"),
    "booked on Thanksgiving": ("2026-11-26", "2026-12-02", "2026-11-27"),
    "over New Year": ("2026-12-30", "2027-01-05", "2026-12-31"),
    "three days reach over the weekend": ("2026-11-05", "2026-12-01", "2026-11-10"),
    "over the end of summer time": ("2026-10-30", "2026-11-04", "2026-11-02"),
    "over the beginning of summer time": ("2027-03-12", "2027-03-17", "2027-03-15"),
    "two years ahead": ("2026-11-23", "2028-11-20", "2026-11-27"),
}


@pytest.mark.parametrize(("booked", "visit", "due"), DUE.values(), ids=DUE)
def test_estimate_is_due_so_many_business_days_after_booking(booked, visit, due):
    booked_on = date.fromisoformat(booked)

    found = estimate_due(booked_on=booked_on, visit_on=date.fromisoformat(visit), known_on=booked_on)

    assert found == (due and date.fromisoformat(due))


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ("2026-11-16", "2026-11-17"),
        ("2026-11-20", "2026-11-23"),
        ("2026-11-24", "2026-11-24"),  # on the day of the visit at the latest
        ("2026-11-25", None),  # the visit is over
    ],
)
def test_what_the_desk_learns_later_counts_from_then(known, due):
    found = estimate_due(booked_on=date(2026, 11, 13), visit_on=date(2026, 11, 24), known_on=date.fromisoformat(known))

    assert found == (due and date.fromisoformat(due))


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-11-26", "2026-07-03", "2027-01-01"])
def test_weekends_and_federal_holidays_are_no_business_days(day):
    assert not is_business_day(date.fromisoformat(day))


def test_day_after_thanksgiving_is_a_business_day():
    assert business_days_after(date(2026, 11, 25), 1) == date(2026, 11, 27)
