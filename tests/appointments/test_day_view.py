"""The day of an office from the appointment book: who comes when, what is free, and who may see it."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.appointment_book import Visit
from appointments.desk.days import breaks, crowded, free, next_five_minutes
from appointments.models import CloseReason, Closure, Office, OpeningHours, Status, VisitKind
from common.models import AuditEntry
from tests.appointments.at_desk import (
    LIST,
    SCRIPT,
    TUESDAY_AT_TEN,
    act_on,
    entries,
    names,
    page_of,
    plain,
    queries,
    rows,
    words,
)
from tests.appointments.reading import read
from tests.conftest import NEW_YORK, write

DAY = f"{LIST}day/"
WEEK = f"{DAY}week/"
TUESDAY = f"{DAY}?day=2026-12-01&office=toms-river"
MOST_QUERIES = 12

pytestmark = pytest.mark.usefixtures("monday", "practice")


@pytest.fixture
def desk(toms_river_desk):
    return Actor(toms_river_desk)


@pytest.fixture
def toms_river(practice):
    return Office.objects.get(slug="toms-river")


@pytest.fixture
def booked(make_request, desk):
    """Books a visit on Tuesday, December 1."""

    def book(hour: int, minute: int = 0, *, name: str = "Harold Sample", kind: str = "", note: str = "", **given):
        inquiry = make_request(patient_name=name, **given)
        actions.book(
            inquiry=inquiry,
            actor=desk,
            at=at(hour, minute),
            kind=VisitKind.objects.filter(name=kind).first(),
            note=note,
            although_taken=True,
        )
        return inquiry

    return book


def at(hour, minute=0):
    return datetime(2026, 12, 1, hour, minute, tzinfo=NEW_YORK)


def table(browser, address=TUESDAY):
    """The rows, with plain spaces."""
    return rows(browser.get(address)).replace("\xa0", " ")


def text(answer):
    return words(answer).replace("\xa0", " ")


# --- What it says ---


def test_day_says_who_comes_when_and_how_to_reach_them(booked, tess):
    booked(10, kind="Follow-up", note="Bring orthotics", email="")

    said = table(tess)

    assert "10 am–10:15 am Harold Sample 09/14/1954 (age 72) (732) 555-0142 Heel pain Follow-up, 15 min" in said
    assert "Bring orthotics Booked" in said


def test_day_names_what_is_free_between_the_visits(booked, tess):
    booked(10)
    booked(11, 15)

    said = table(tess)

    assert said.startswith("9 am–10 am Free, 1 h 10 am–10:30 am")
    assert "10:30 am–11:15 am Free, 45 min 11:15 am–11:45 am" in said
    assert said.endswith("11:45 am–5 pm Free, 5 h 15 min")


def test_day_says_how_much_there_is(booked, tess, make_request, desk):
    booked(10)
    actions.propose(inquiry=make_request(), actor=desk, times=[at(13), at(14)])

    said = text(tess.get(TUESDAY))

    assert "Toms River: 9 am–5 pm. 1 visit, 2 times offered. 6 h 30 min free." in said


def test_day_tells_urgent_interpreter_and_language(booked, tess):
    inquiry = booked(10, flags=["fever"])
    contact = {**inquiry.contact, "language": "es", "interpreter": True}
    write(type(inquiry).objects.filter(pk=inquiry.pk), contact=contact)

    said = table(tess)

    assert "Urgent: " in said
    assert "Speaks Spanish Interpreter" in said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("offered", "Offered until"),
        ("booked", "Booked"),
        ("moving", "Wants another time"),
        ("came", "Came"),
        ("missed", "Did not come"),
        ("not settled", "Not settled yet"),
        ("coming", "Will come"),
    ],
)
def test_day_tells_what_has_become_of_each(make_request, toms_river_desk, desk, signed_in, monday, state, said):
    inquiry = make_request()
    if state == "offered":
        actions.propose(inquiry=inquiry, actor=desk, times=[TUESDAY_AT_TEN])
    else:
        actions.book(inquiry=inquiry, actor=desk, at=TUESDAY_AT_TEN)
    match state:
        case "moving":
            write(type(inquiry).objects.filter(pk=inquiry.pk), status=Status.MOVING)
        case "came":
            actions.close(inquiry=inquiry, actor=desk, reason=CloseReason.COMPLETED)
        case "missed":
            Visit.objects.update(state=Visit.State.MISSED)
        case "not settled":
            monday.move_to(at(11))
        case "coming":
            write(type(inquiry).objects.filter(pk=inquiry.pk), coming_at=at(9))

    assert said in table(signed_in(toms_river_desk))


def test_offer_that_has_run_out_is_not_there(make_request, desk, toms_river_desk, signed_in, monday):
    actions.propose(inquiry=make_request(), actor=desk, times=[TUESDAY_AT_TEN])
    monday.move_to(datetime(2026, 11, 30, 9, tzinfo=NEW_YORK))

    assert "Harold" not in table(signed_in(toms_river_desk))


def test_visit_called_off_is_not_there(booked, desk, tess):
    actions.cancel(inquiry=booked(10), actor=Actor())

    assert "Harold" not in table(tess)


def test_more_at_once_than_places_is_marked(booked, tess, toms_river):
    booked(10, name="Ann Archer")
    booked(10, 15, name="Ben Baker")
    booked(14, name="Cy Cook")

    assert table(tess).count("2 at once") == 2

    toms_river.visits_at_once = 2
    toms_river.save()
    assert "at once" not in table(tess)


def test_two_places_are_counted(booked, tess, toms_river):
    toms_river.visits_at_once = 2
    toms_river.save()
    booked(10)

    assert "10 am–10:30 am Free, 30 min (1 place)" in table(tess)
    assert "9 am–10 am Free, 1 h (2 places)" in table(tess)


def test_closed_day_says_why(tess, toms_river):
    Closure.objects.create(
        office=toms_river, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2), reason="Staff training"
    )

    assert "Closed: Staff training." in text(tess.get(TUESDAY))
    assert "Thanksgiving" in text(tess.get(f"{DAY}?day=2026-11-26"))
    assert "Closed on Saturdays." in text(tess.get(f"{DAY}?day=2026-11-28"))


def test_visit_on_a_day_closed_since_is_marked(booked, tess, toms_river):
    booked(10)
    Closure.objects.create(
        office=toms_river, first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), reason="Staff training"
    )

    assert "Office closed then" in table(tess)


def test_lunch_break_is_named_as_closed(tess, toms_river):
    OpeningHours.objects.filter(office=toms_river, weekday=1).update(closes=time(12))
    OpeningHours.objects.create(office=toms_river, weekday=1, opens=time(13), closes=time(17))

    assert table(tess) == "9 am–noon Free, 3 h noon–1 pm Closed 1 pm–5 pm Free, 4 h"


def test_today_offers_nothing_that_is_over(tess):
    assert table(tess, DAY) == "10:15 am–5 pm Free, 6 h 45 min"
    assert "Free" not in table(tess, f"{DAY}?day=2026-11-20")


def test_what_a_patient_wrote_is_shown_as_text(booked, tess):
    booked(10, name=SCRIPT, note=SCRIPT)

    assert SCRIPT not in tess.get(TUESDAY).content.decode()


# --- Which day, which office ---


def test_day_is_today_unless_another_is_asked_for(tess):
    assert "Monday, November 23" in text(tess.get(DAY))


@pytest.mark.parametrize("asked", ["", "tomorrow", "2026-13-45", "0001-01-01", "9999-12-31", "\x00", "9" * 500])
def test_day_that_is_none_is_today(tess, asked):
    answer = tess.get(DAY, {"day": asked})

    assert answer.status_code == 200
    assert "Monday, November 23" in text(answer)


def test_days_before_and_after_and_today_are_a_link_away(tess):
    page = tess.get(TUESDAY).content.decode()

    for on in ("2026-11-30", "2026-12-02", "2026-11-23"):
        assert f'href="?day={on}&amp;office=toms-river"' in page


def test_manager_switches_between_her_offices(mona):
    page = mona.get(TUESDAY).content.decode()

    assert 'href="?day=2026-12-01&amp;office=belleville"' in page


def test_desk_of_one_office_needs_no_switch(tess):
    assert 'class="switch"' not in tess.get(TUESDAY).content.decode()


def test_day_is_a_link_in_the_navigation_with_two_keys(tess):
    page = tess.get(LIST).content.decode()

    assert re.search(rf'href="{DAY}"\s+data-key="d"', page)
    assert "g d The day’s visits" in words(tess.get(LIST))


# --- Who sees it ---


def test_day_of_another_office_is_not_shown(booked, bella):
    booked(10)

    page = text(bella.get(TUESDAY))

    assert "Harold" not in page
    assert "Belleville" in page


def test_visit_kept_at_an_office_is_not_shown_once_the_request_is_another_s(booked, desk, tess, toms_river_desk):
    inquiry = booked(10)
    Visit.objects.update(state=Visit.State.MISSED)
    there = Office.objects.get(slug="belleville")
    actions.send_to_office(inquiry=inquiry, actor=desk, office=there, reason="Nearer")

    assert "Harold" not in table(tess)


def test_day_opens_for_nobody_without_the_right(client, administrator, signed_in):
    assert client.get(TUESDAY).status_code == 302
    assert signed_in(administrator).get(TUESDAY).status_code == 404
    assert signed_in(administrator).get(WEEK).status_code == 404


def test_who_works_at_no_office_is_told_so(toms_river_desk, signed_in):
    toms_river_desk.offices.clear()

    for address in (DAY, WEEK):
        assert "You are not on the staff of an office yet." in text(signed_in(toms_river_desk).get(address))


@pytest.mark.parametrize("address", [DAY, WEEK])
def test_day_takes_no_post(tess, address):
    assert tess.post(address).status_code == 405


def test_look_at_a_day_is_audited_like_a_list(booked, tess):
    first, second = booked(10), booked(11)

    tess.get(TUESDAY)

    record = ", ".join(sorted([first.reference, second.reference]))
    assert entries(action="list") == [("tess", record, "toms-river", "127.0.0.1")]


def test_week_names_nobody_and_is_not_audited(booked, tess):
    booked(10)

    assert "Harold" not in text(tess.get(WEEK))
    assert not AuditEntry.objects.filter(action="list").exists()


# --- Who would like to come earlier ---


@pytest.fixture
def waits(make_request, desk):
    """Has a visit on Wednesday, and asked to be called if something opens."""

    def wait(name: str, time_of_day: str = "any", *, days: tuple[str, ...] = ("1",), office: str = "toms-river"):
        inquiry = make_request(patient_name=name, days=[*days], time_of_day=time_of_day, office=office)
        wednesday = datetime(2026, 12, 2, 9, 0, tzinfo=NEW_YORK)
        actions.book(inquiry=inquiry, actor=desk, at=wednesday, although_taken=True)
        actions.want_earlier(inquiry=inquiry, actor=Actor(), wanted=True)
        return inquiry

    return wait


def test_who_wants_an_earlier_time_stands_under_the_day_with_the_first_that_suits(booked, waits, tess):
    booked(9)
    early, late = waits("Mornings Only", "morning"), waits("Afternoons Only", "afternoon")
    waits("Fridays Only", days=("4",))
    sooner = waits("Has Eleven", "afternoon")
    actions.book(inquiry=sooner, actor=Actor(), at=at(11))
    actions.want_earlier(inquiry=sooner, actor=Actor(), wanted=True)
    waits("Other Office", office="belleville")

    page = tess.get(TUESDAY)

    links = read(page).find(id="takers-title").find_parent("section").select("li a")
    assert [link["href"] for link in links] == [
        f"{page_of(early)}?open=book&at=2026-12-01T09:30#book",
        f"{page_of(late)}?open=book&at=2026-12-01T12:00#book",
    ]
    assert AuditEntry.objects.filter(action="list", record__contains=late.reference).exists()


@pytest.mark.thorough
def test_nobody_is_named_under_a_full_day_or_one_that_is_closed_or_after_the_visit(booked, waits, tess, toms_river):
    waits("Would Like To")
    for day in ("2026-12-02", "2026-12-05"):
        assert "Would Like To" not in text(tess.get(f"{DAY}?day={day}&office=toms-river")).partition("come earlier")[2]
    toms_river.visits_at_once = 1
    toms_river.save()
    for hour in range(9, 17):
        for minute in (0, 30):
            booked(hour, minute)

    assert "Nothing free" in text(tess.get(TUESDAY))
    assert "Would Like To" not in text(tess.get(TUESDAY))


# --- Its price ---


@pytest.mark.thorough
@pytest.mark.parametrize("address", [TUESDAY, f"{WEEK}?day=2026-12-01"])
@pytest.mark.parametrize("who", ["tess", "mona"])
def test_day_costs_the_same_queries_whatever_its_length(booked, waits, request, who, address):
    browser = request.getfixturevalue(who)
    booked(9, kind="Follow-up")
    waits("Wants Earlier")
    short = queries(browser, address)
    for number in range(20):
        booked(9 + number // 4, number % 4 * 15, kind="Follow-up")

    assert queries(browser, address) == short <= MOST_QUERIES


# --- The week ---


def test_week_tells_hours_visits_and_what_is_free(booked, tess):
    booked(10)

    said = table(tess, f"{WEEK}?day=2026-12-03")

    assert "Tuesday, December 1 9 am–5 pm 1 visit 7 h 30 min free" in said
    assert "Saturday, December 5 Closed on Saturdays 0 visits" in said
    assert names(tess.get(f"{WEEK}?day=2026-12-03"))[0].startswith("Monday")


def test_week_leads_to_its_days_and_to_the_weeks_beside(tess):
    page = tess.get(f"{WEEK}?day=2026-12-03").content.decode()

    assert f'href="{DAY}?day=2026-12-01&amp;office=toms-river"' in page
    assert 'href="?day=2026-11-26&amp;office=toms-river"' in page
    assert 'href="?day=2026-12-10&amp;office=toms-river"' in page


# --- Beside Book and Propose ---


def test_beside_a_form_the_day_is_a_short_list(booked, waiting, tess):
    booked(10, name="Ann Archer")

    answer = tess.get(TUESDAY, headers={"X-Of": str(waiting.pk)})

    page = answer.content.decode()
    assert "<html" not in page
    assert "10 am–10:30 am Ann A. Booked" in plain(page).replace("\xa0", " ")
    assert 'data-at="2026-12-01T10:30"' in page
    assert "Archer" not in page


def test_own_times_are_marked_beside_the_form(booked, tess):
    own = booked(10)

    page = tess.get(TUESDAY, headers={"X-Of": str(own.pk)}).content.decode()

    assert 'aria-current="true"' in page
    assert "This patient" in page


def test_forms_lead_to_the_day_without_a_script(waiting, tess):
    page = tess.get(page_of(waiting)).content.decode()

    assert page.count(f'href="{DAY}?office=toms-river"') == 2


def test_address_of_the_day_beside_a_form_names_no_request(waiting, tess):
    page = tess.get(page_of(waiting)).content.decode()

    assert f'data-day="{DAY}?office=toms-river"' in page


def test_warning_of_a_taken_time_leads_to_the_typed_day(booked, waiting, tess):
    booked(10, name="Ann Archer")

    page = tess.post(act_on(waiting, "book"), {"book-at": "2026-12-01T10:00"}).content.decode()

    assert f'href="{DAY}?office=toms-river&amp;day=2026-12-01"' in page


# --- What is free: values in, values out ---


def visit(number, start, minutes, state="booked"):
    begins = TUESDAY_AT_TEN + timedelta(minutes=start)
    return Visit(
        pk=number, request_id=number, state=state, starts_at=begins, ends_at=begins + timedelta(minutes=minutes)
    )


SPAN = (TUESDAY_AT_TEN, TUESDAY_AT_TEN + timedelta(hours=2))


@pytest.mark.parametrize(
    ("visits", "places", "found"),
    [
        ([], 1, [(0, 120, 1)]),
        ([visit(1, 0, 120)], 1, []),
        ([visit(1, -30, 60)], 1, [(30, 120, 1)]),
        ([visit(1, 100, 60)], 1, [(0, 100, 1)]),
        ([visit(1, 30, 30), visit(2, 60, 30)], 1, [(0, 30, 1), (90, 120, 1)]),
        ([visit(1, 30, 30), visit(2, 60, 30)], 2, [(0, 30, 2), (30, 90, 1), (90, 120, 2)]),
        ([visit(1, 30, 30), visit(2, 40, 30)], 1, [(0, 30, 1), (70, 120, 1)]),
        ([visit(1, 200, 30)], 1, [(0, 120, 1)]),
    ],
)
def test_what_is_free_is_counted_by_place(visits, places, found):
    stretches = free([SPAN], visits, places, TUESDAY_AT_TEN - timedelta(days=1))

    told = [
        ((each.start - TUESDAY_AT_TEN).seconds // 60, (each.end - TUESDAY_AT_TEN).seconds // 60, each.places)
        for each in stretches
    ]
    assert told == found


def test_nothing_is_free_once_it_is_over():
    assert free([SPAN], [], 1, SPAN[1]) == []


def test_break_is_between_two_spans():
    later = (SPAN[1] + timedelta(hours=1), SPAN[1] + timedelta(hours=2))

    assert [(each.start, each.end) for each in breaks([SPAN, later])] == [(SPAN[1], later[0])]


def test_crowd_is_counted_where_it_is():
    visits = [visit(1, 0, 30), visit(2, 15, 30), visit(3, 45, 30)]

    assert crowded(visits, 1) == {1: 2, 2: 2}


@pytest.mark.parametrize(("minute", "rounded"), [(0, 0), (1, 5), (12, 15), (58, 60)])
def test_next_visit_begins_at_a_round_time(minute, rounded):
    now = TUESDAY_AT_TEN + timedelta(minutes=minute)

    assert next_five_minutes(now) == TUESDAY_AT_TEN + timedelta(minutes=rounded)


def test_manager_sees_both_offices_one_at_a_time(booked, make_request, mona, belleville_desk):
    booked(10)
    there = make_request(office="belleville", patient_name="Bea Belle")
    actions.book(inquiry=there, actor=Actor(belleville_desk), at=TUESDAY_AT_TEN)

    assert "Harold" in table(mona)
    assert "Bea Belle" not in table(mona)
    assert "Bea Belle" in table(mona, f"{DAY}?day=2026-12-01&office=belleville")
