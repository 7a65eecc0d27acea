"""Counting in opening hours: nights, weekends, lunch, holidays, closures, and the two nights the clock jumps.

The office is open Monday to Friday from 9 to 5 unless a test says otherwise; all times are New York's.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments.offices.deadlines import (
    NeverOpen,
    OtherDays,
    Schedule,
    add_open_minutes,
    end_of_next_business_day,
    holidays_ahead,
    next_opening,
    open_minutes_between,
)

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = ((time(9), time(17)),)
WITH_LUNCH = ((time(9), time(12)), (time(13), time(17)))
ALL_NIGHT = ((time(0), time(6)),)
MORNING = ((time(9), time(12)),)

SPRING_FORWARD = (date(2026, 3, 8), date(2027, 3, 14))  # 2 am becomes 3 am
FALL_BACK = (date(2026, 11, 1), date(2027, 11, 7))  # 2 am becomes 1 am


def at(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026) -> datetime:
    """A moment on New York's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


def on(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of `day` on New York's clock."""
    return datetime.combine(day, time(hour, minute), NEW_YORK)


def weekdays(
    hours=NINE_TO_FIVE, *, saturday=(), sunday=(), other=(), keeps_holidays=True, open_holidays=()
) -> Schedule:
    """An office with the same hours from Monday to Friday."""
    rows = tuple(OtherDays(*row) for row in other)
    return Schedule((hours,) * 5 + (saturday, sunday), rows, NEW_YORK, keeps_holidays, open_holidays)


def every_day(hours) -> Schedule:
    """An office with the same hours on all seven days, holidays too."""
    return weekdays(hours, saturday=hours, sunday=hours, keeps_holidays=False)


NEVER_OPEN = weekdays(())


# --- adding minutes ---


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        pytest.param(at(11, 23, 10, 12), 240, at(11, 23, 14, 12), id="within the day"),
        pytest.param(at(11, 23, 16), 60, at(11, 23, 17), id="to the minute of closing"),
        pytest.param(at(11, 23, 16), 61, at(11, 24, 9, 1), id="over the night"),
        pytest.param(at(11, 23, 16), 9 * 60, at(11, 24, 17), id="a whole day on the way"),
        pytest.param(at(11, 23, 3), 30, at(11, 23, 9, 30), id="before opening"),
        pytest.param(at(11, 23, 17), 30, at(11, 24, 9, 30), id="at closing"),
        pytest.param(at(11, 23, 22), 30, at(11, 24, 9, 30), id="in the evening"),
        pytest.param(at(11, 20, 16, 30), 60, at(11, 23, 9, 30), id="over the weekend"),
        pytest.param(at(11, 21, 11), 240, at(11, 23, 13), id="on a Saturday"),
        pytest.param(at(11, 25, 16, 30), 60, at(11, 27, 9, 30), id="over Thanksgiving"),
        pytest.param(at(11, 26, 10), 60, at(11, 27, 10), id="on Thanksgiving"),
        pytest.param(at(12, 31, 16, 30), 60, at(1, 4, 9, 30, year=2027), id="over New Year and its weekend"),
        pytest.param(at(7, 2, 16, 30), 60, at(7, 6, 9, 30), id="over the Friday on which July 4 is kept"),
        pytest.param(at(11, 23, 10, 12), 0, at(11, 23, 10, 12), id="no minutes, open"),
        pytest.param(at(11, 21, 11), 0, at(11, 23, 9), id="no minutes, closed"),
    ],
)
def test_add_open_minutes_counts_only_while_the_office_is_open(start, minutes, due):
    assert add_open_minutes(start, minutes, weekdays()) == due


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        pytest.param(at(11, 23, 11, 30), 30, at(11, 23, 12), id="to the minute lunch begins"),
        pytest.param(at(11, 23, 11, 30), 60, at(11, 23, 13, 30), id="over lunch"),
        pytest.param(at(11, 23, 12, 15), 60, at(11, 23, 14), id="during lunch"),
        pytest.param(at(11, 23, 11), 6 * 60, at(11, 24, 10), id="over lunch and night"),
    ],
)
def test_add_open_minutes_stands_still_over_lunch(start, minutes, due):
    assert add_open_minutes(start, minutes, weekdays(WITH_LUNCH)) == due


def test_add_open_minutes_counts_on_saturday_when_the_office_is_open_then():
    office = weekdays(saturday=MORNING)

    assert add_open_minutes(at(11, 20, 16), 120, office) == at(11, 21, 10)


def test_add_open_minutes_counts_on_thanksgiving_when_the_office_keeps_no_holidays():
    office = weekdays(keeps_holidays=False)

    assert add_open_minutes(at(11, 25, 16, 30), 60, office) == at(11, 26, 9, 30)


def test_add_open_minutes_skips_the_offices_own_closure():
    office = weekdays(other=[(date(2026, 11, 24), date(2026, 11, 25), "Moving")])

    assert add_open_minutes(at(11, 23, 16), 120, office) == at(11, 27, 10)


def test_add_open_minutes_takes_a_start_in_any_zone():
    start = datetime(2026, 11, 24, 2, tzinfo=UTC)  # Monday, 9 pm in New York

    assert add_open_minutes(start, 30, weekdays()) == at(11, 24, 9, 30)


def test_add_open_minutes_never_open_raises():
    with pytest.raises(NeverOpen):
        add_open_minutes(at(11, 23, 10), 60, NEVER_OPEN)


def test_add_open_minutes_closed_for_years_raises():
    office = weekdays(other=[(date(2026, 1, 1), date(2030, 12, 31), "Closed until further notice")])

    with pytest.raises(NeverOpen):
        add_open_minutes(at(11, 23, 10), 60, office)


# --- the two nights a year when the clock jumps ---


@pytest.mark.parametrize("zone", [UTC, NEW_YORK], ids=["UTC", "New York"])
@pytest.mark.parametrize("day", SPRING_FORWARD)
def test_add_open_minutes_in_a_night_that_loses_an_hour(day, zone):
    start = on(day, 1).astimezone(zone)

    assert add_open_minutes(start, 120, every_day(ALL_NIGHT)) == on(day, 4)


@pytest.mark.parametrize("zone", [UTC, NEW_YORK], ids=["UTC", "New York"])
@pytest.mark.parametrize("day", FALL_BACK)
def test_add_open_minutes_in_a_night_that_gains_an_hour(day, zone):
    start, second_one_am = on(day, 0, 30).astimezone(zone), on(day, 1).replace(fold=1)

    due = add_open_minutes(start, 90, every_day(ALL_NIGHT))

    assert due.astimezone(UTC) == second_one_am.astimezone(UTC)


@pytest.mark.parametrize("zone", [UTC, NEW_YORK], ids=["UTC", "New York"])
@pytest.mark.parametrize(
    ("day", "hours"),
    [*((day, 2) for day in SPRING_FORWARD), *((day, 4) for day in FALL_BACK), (date(2026, 11, 2), 3)],
)
def test_open_minutes_between_one_and_four_at_night(day, hours, zone):
    start, end = on(day, 1).astimezone(zone), on(day, 4).astimezone(zone)

    assert open_minutes_between(start, end, every_day(ALL_NIGHT)) == hours * 60


@pytest.mark.parametrize(
    ("day", "hours"),
    [*((day, 5) for day in SPRING_FORWARD), *((day, 7) for day in FALL_BACK), (date(2026, 11, 2), 6)],
)
def test_open_minutes_of_an_office_open_from_midnight_to_six(day, hours):
    assert open_minutes_between(on(day, 0), on(day, 8), every_day(ALL_NIGHT)) == hours * 60


@pytest.mark.parametrize("day", [*SPRING_FORWARD, *FALL_BACK])
def test_opening_at_nine_is_nine_on_the_wall_also_on_the_day_the_clock_jumps(day):
    assert next_opening(on(day, 0, 30), every_day(NINE_TO_FIVE)) == on(day, 9)
    assert open_minutes_between(on(day, 0), on(day, 23), every_day(NINE_TO_FIVE)) == 8 * 60


@pytest.mark.parametrize("day", SPRING_FORWARD)
def test_open_minutes_of_hours_that_fall_into_the_lost_hour_are_never_negative(day):
    office = every_day(((time(2, 30), time(3)), (time(9), time(17))))

    assert open_minutes_between(on(day, 0), on(day, 23), office) == 8 * 60


@pytest.mark.parametrize(
    ("friday", "monday"),
    [((2026, 3, 6), (2026, 3, 9)), ((2026, 10, 30), (2026, 11, 2)), ((2027, 3, 12), (2027, 3, 15))],
)
def test_add_open_minutes_over_the_weekend_the_clock_jumps(friday, monday):
    start, due = on(date(*friday), 16, 30), on(date(*monday), 9, 30)

    assert add_open_minutes(start, 60, weekdays()) == due


# --- the end of the next business day ---


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(at(11, 23, 10, 12), at(11, 24, 17), id="Monday"),
        pytest.param(at(11, 23, 23, 59), at(11, 24, 17), id="Monday, a minute before midnight"),
        pytest.param(at(11, 24, 0, 1), at(11, 25, 17), id="Tuesday, a minute after midnight"),
        pytest.param(at(11, 20, 10), at(11, 23, 17), id="Friday"),
        pytest.param(at(11, 21, 10), at(11, 23, 17), id="Saturday"),
        pytest.param(at(11, 25, 10), at(11, 27, 17), id="the day before Thanksgiving"),
        pytest.param(at(11, 26, 10), at(11, 27, 17), id="Thanksgiving"),
        pytest.param(at(12, 24, 10), at(12, 28, 17), id="Christmas Eve, a Thursday"),
        pytest.param(at(10, 30, 10), at(11, 2, 17), id="the Friday before the clocks go back"),
        pytest.param(at(3, 12, 10, year=2027), at(3, 15, 17, year=2027), id="the Friday before they go forward"),
    ],
)
def test_end_of_next_business_day(start, end):
    assert end_of_next_business_day(start, weekdays()) == end


def test_end_of_next_business_day_reads_the_day_on_the_offices_clock():
    start = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday in London, still Monday evening in New York

    assert end_of_next_business_day(start, weekdays()) == at(11, 24, 17)


def test_end_of_next_business_day_with_lunch_is_the_evening():
    assert end_of_next_business_day(at(11, 23, 10), weekdays(WITH_LUNCH)) == at(11, 24, 17)


def test_end_of_next_business_day_can_be_saturday_noon():
    assert end_of_next_business_day(at(11, 20, 10), weekdays(saturday=MORNING)) == at(11, 21, 12)


def test_end_of_next_business_day_skips_the_offices_own_closure():
    office = weekdays(other=[(date(2026, 11, 24), date(2026, 11, 24), "Staff training")])

    assert end_of_next_business_day(at(11, 23, 10), office) == at(11, 25, 17)


def test_end_of_next_business_day_never_open_raises():
    with pytest.raises(NeverOpen):
        end_of_next_business_day(at(11, 23, 10), NEVER_OPEN)


# --- minutes between two moments ---


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        pytest.param(at(11, 23, 10), at(11, 23, 10, 45), 45, id="within the day"),
        pytest.param(at(11, 23, 16), at(11, 24, 10), 120, id="over the night"),
        pytest.param(at(11, 20, 16), at(11, 23, 10), 120, id="over the weekend"),
        pytest.param(at(11, 25, 16), at(11, 27, 10), 120, id="over Thanksgiving"),
        pytest.param(at(11, 23, 0), at(11, 30, 0), 4 * 8 * 60, id="the week of Thanksgiving"),
        pytest.param(at(11, 21, 9), at(11, 22, 17), 0, id="a weekend"),
        pytest.param(at(11, 23, 17), at(11, 24, 9), 0, id="a night"),
        pytest.param(at(11, 23, 10), at(11, 23, 10), 0, id="no time at all"),
        pytest.param(at(11, 24, 10), at(11, 23, 10), 0, id="backwards"),
    ],
)
def test_open_minutes_between(start, end, minutes):
    assert open_minutes_between(start, end, weekdays()) == minutes


def test_open_minutes_between_leaves_out_lunch():
    assert open_minutes_between(at(11, 23, 9), at(11, 23, 17), weekdays(WITH_LUNCH)) == 7 * 60


def test_open_minutes_between_leaves_out_the_offices_own_closure():
    office = weekdays(other=[(date(2026, 11, 24), date(2026, 11, 24), "Staff training")])

    assert open_minutes_between(at(11, 23, 16), at(11, 25, 10), office) == 120


def test_open_minutes_between_counts_whole_minutes_only():
    start = at(11, 23, 10)

    assert open_minutes_between(start, start.replace(minute=1, second=59), weekdays()) == 1


def test_open_minutes_between_never_open_is_none():
    assert open_minutes_between(at(11, 23, 10), at(12, 23, 10), NEVER_OPEN) == 0


# --- the next opening ---


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        pytest.param(at(11, 23, 10, 12), at(11, 23, 10, 12), id="open now"),
        pytest.param(at(11, 23, 9), at(11, 23, 9), id="just opening"),
        pytest.param(at(11, 23, 17), at(11, 24, 9), id="just closing"),
        pytest.param(at(11, 23, 4), at(11, 23, 9), id="before opening"),
        pytest.param(at(11, 20, 18), at(11, 23, 9), id="Friday evening"),
        pytest.param(at(11, 25, 18), at(11, 27, 9), id="the evening before Thanksgiving"),
        pytest.param(at(10, 31, 12), at(11, 2, 9), id="the weekend the clocks go back"),
    ],
)
def test_next_opening(moment, opens):
    assert next_opening(moment, weekdays()) == opens


def test_next_opening_during_lunch_is_after_lunch():
    assert next_opening(at(11, 23, 12, 20), weekdays(WITH_LUNCH)) == at(11, 23, 13)


def test_next_opening_never_open_raises():
    with pytest.raises(NeverOpen):
        next_opening(at(11, 23, 10), NEVER_OPEN)


# --- open or closed ---


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param(at(11, 23, 8, 59), False, id="a minute before opening"),
        pytest.param(at(11, 23, 9), True, id="opening"),
        pytest.param(at(11, 23, 12, 30), False, id="lunch"),
        pytest.param(at(11, 23, 16, 59), True, id="the last minute"),
        pytest.param(at(11, 23, 17), False, id="closing"),
        pytest.param(at(11, 22, 10), False, id="Sunday"),
        pytest.param(at(11, 26, 10), False, id="Thanksgiving"),
    ],
)
def test_office_is_open(moment, is_open):
    assert weekdays(WITH_LUNCH).is_open(moment) is is_open


# --- days that are otherwise ---

CHRISTMAS_EVE = date(2026, 12, 24)


def test_day_with_hours_of_its_own_is_open_for_those_only():
    office = weekdays(other=[(CHRISTMAS_EVE, CHRISTMAS_EVE, "Christmas Eve", time(9), time(12))])

    assert office.is_open(at(12, 24, 11, 59))
    assert not office.is_open(at(12, 24, 12))
    assert not office.is_open(at(12, 24, 11, 45), minutes=30)
    assert office.hours(CHRISTMAS_EVE) == (MORNING, "Christmas Eve")
    assert add_open_minutes(at(12, 24, 11), 90, office) == at(12, 28, 9, 30)
    assert end_of_next_business_day(at(12, 23, 10), office) == at(12, 24, 12)


def test_two_rows_of_a_day_are_two_spans():
    rows = [(CHRISTMAS_EVE, CHRISTMAS_EVE, "Eve", time(opens), time(closes)) for opens, closes in ((13, 15), (9, 12))]

    assert open_minutes_between(at(12, 24, 0), at(12, 25, 0), weekdays(other=rows)) == 5 * 60
    assert next_opening(at(12, 24, 12, 30), weekdays(other=rows)) == at(12, 24, 13)
    assert end_of_next_business_day(at(12, 23, 10), weekdays(other=rows)) == at(12, 24, 15)


def test_row_that_closes_a_day_beats_one_with_hours():
    rows = [(CHRISTMAS_EVE, CHRISTMAS_EVE, "Eve", time(9), time(12)), (CHRISTMAS_EVE, CHRISTMAS_EVE, "Snow")]

    assert weekdays(other=rows).spans(CHRISTMAS_EVE) == []


def test_day_with_hours_of_its_own_beats_the_holiday_and_the_weekend():
    thanksgiving, saturday = date(2026, 11, 26), date(2026, 11, 28)
    office = weekdays(other=[(day, day, "Foot clinic", time(9), time(12)) for day in (thanksgiving, saturday)])

    assert office.is_open(on(thanksgiving, 10))
    assert office.is_open(on(saturday, 10))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 7, 3), "Independence Day (observed)"),
        (date(2027, 12, 31), "New Year's Day (observed)"),
        (date(2026, 11, 23), ""),
        (date(2026, 11, 22), ""),  # a Sunday is nothing special
    ],
)
def test_hours_say_which_holiday(day, reason):
    assert weekdays().hours(day)[1] == reason


def test_practices_own_reason_comes_before_the_holidays():
    office = weekdays(other=[(date(2026, 11, 26), date(2026, 11, 27), "Long weekend")])

    assert office.hours(date(2026, 11, 26)) == ((), "Long weekend")
    assert office.hours(date(2026, 11, 27)) == ((), "Long weekend")
    assert office.hours(date(2026, 11, 28)) == ((), "")


def test_holiday_is_a_day_like_others_where_none_is_kept():
    assert weekdays(keeps_holidays=False).hours(date(2026, 11, 26)) == (NINE_TO_FIVE, "")


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2026, 10, 12), True, id="Columbus Day"),
        pytest.param(date(2027, 12, 31), True, id="New Year, observed on a Friday"),
        pytest.param(date(2027, 1, 1), True, id="New Year"),
        pytest.param(date(2026, 11, 26), False, id="Thanksgiving, which is kept"),
        pytest.param(date(2027, 12, 24), False, id="Christmas, observed, which is kept"),
    ],
)
def test_each_holiday_can_be_kept_or_not_also_when_it_is_observed_on_another_day(day, is_open):
    office = weekdays(open_holidays=("Columbus Day", "New Year's Day"))

    assert bool(office.spans(day)) is is_open


def test_special_days_are_those_that_differ_from_the_week():
    office = weekdays(
        other=[
            (date(2026, 11, 27), date(2026, 11, 29), "Long weekend"),
            (date(2026, 12, 5), date(2026, 12, 5), "Foot clinic", time(9), time(12)),
        ]
    )

    assert list(office.special_days(date(2026, 11, 23), date(2026, 12, 6))) == [
        (date(2026, 11, 26), (), "Thanksgiving Day"),
        (date(2026, 11, 27), (), "Long weekend"),
        (date(2026, 12, 5), MORNING, "Foot clinic"),
    ]


def test_holidays_ahead_are_named_once_with_the_day_on_which_each_is_kept_next():
    ahead = holidays_ahead(date(2027, 6, 1))

    assert list(ahead.items())[:2] == [
        ("Juneteenth National Independence Day", date(2027, 6, 18)),
        ("Independence Day", date(2027, 7, 4)),
    ]
    assert len(ahead) == 11


# --- whatever the schedule: looking at the clock every five minutes says the same ---

NIGHTS = (*SPRING_FORWARD, *FALL_BACK, date(2027, 12, 31), date(2026, 12, 24))
# Hours that begin or end while the clock jumps are told above: there the wall says too little.
QUARTERS = [time(hour, minute) for hour in range(24) if hour not in (1, 2) for minute in (0, 15, 30, 45)]


def hours_by_chance(dice: random.Random) -> tuple[tuple[time, time], ...]:
    """Up to three spans of a day, in order, some at night."""
    moments = sorted(dice.sample(QUARTERS, 2 * dice.randint(0, 3)))
    return tuple(zip(moments[::2], moments[1::2], strict=True))


def schedule_by_chance(dice: random.Random, day: date) -> Schedule:
    """Other days may be anywhere near `day`, closed or with hours of their own."""
    rows = []
    for ahead in dice.sample(range(-2, 4), 3):
        first = day + timedelta(days=ahead)
        rows += [OtherDays(first, first, "Other", *span) for span in hours_by_chance(dice) or ((None, None),)]
    week = tuple(hours_by_chance(dice) for _day in range(7))
    names = dice.sample(["New Year's Day", "Christmas Day"], dice.randint(0, 2))
    return Schedule(week, tuple(rows), NEW_YORK, dice.random() < 0.7, tuple(names))


def is_open_by_the_wall(office: Schedule, at: datetime) -> bool:
    """Told from the clock and the calendar on the wall alone."""
    wall = at.astimezone(NEW_YORK)
    spans = office.week[wall.weekday()]
    holiday = HOLIDAYS.get(wall.date())
    if office.keeps_holidays and holiday and holiday not in office.open_holidays:
        spans = ()
    if rows := [row for row in office.exceptions if row.first == wall.date()]:
        spans = [(row.opens, row.closes) for row in rows if row.opens is not None]
    return any(opens <= wall.time() < closes for opens, closes in spans)


HOLIDAYS = {
    date(2026, 11, 11): "Veterans Day",
    date(2027, 11, 11): "Veterans Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 12, 31): "New Year's Day",
    date(2028, 1, 1): "New Year's Day",
}


@pytest.mark.parametrize("seed", range(60))
def test_counting_says_the_same_as_looking_at_the_clock(seed):
    dice = random.Random(seed)
    day = dice.choice(NIGHTS)
    office = schedule_by_chance(dice, day)
    start = on(day - timedelta(days=1), dice.randint(0, 23), dice.choice(range(0, 60, 5))).astimezone(UTC)
    steps = [start + timedelta(minutes=5 * step) for step in range(dice.randint(200, 12 * 72))]

    is_open = [at for at in steps if is_open_by_the_wall(office, at)]

    assert [at for at in steps if office.is_open(at)] == is_open
    assert open_minutes_between(start, steps[-1] + timedelta(minutes=5), office) == 5 * len(is_open)
    if is_open:
        assert next_opening(start, office) == is_open[0]
        assert add_open_minutes(start, 5 * len(is_open), office) == is_open[-1] + timedelta(minutes=5)
