"""The offices that every page shows, and the pages when the database is away."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import OperationalError, connection
from django.utils import timezone

from appointments import offices
from appointments.models import Closure, Office, OpeningHours
from appointments.offices import cache
from appointments.offices.deadlines import open_minutes_between
from tests.conftest import MONDAY, NEW_YORK


def toms_river():
    return Office.objects.get(slug="toms-river")


@pytest.fixture
def broken_database(practice, monkeypatch):
    """The offices were read once; now every query fails."""
    offices.forget()
    offices.directory()

    def fail(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", fail)
        patch.setattr(connection, "cursor", fail)
        yield


def test_directory_takes_eight_queries_and_then_none(practice, django_assert_num_queries):
    offices.forget()

    with django_assert_num_queries(8):  # people, plans and hospitals among them
        first = offices.directory()
    with django_assert_num_queries(0):
        assert offices.directory() is first
    assert [office.title for office in first] == ["Toms River Office", "Belleville Office"]


def test_change_shows_at_once(practice):
    offices.directory()

    office = Office.objects.get(slug="belleville")
    office.phone = "+19735550100"
    office.save()

    assert offices.office("belleville").phone_in_words.replace("\xa0", " ") == "(973) 555-0100"


def test_directory_outlives_the_database(broken_database):
    offices.forget()

    found = offices.directory()

    assert [office.phone for office in found] == ["+17325579900", "+19734503035"]
    assert found[0].schedule.week[0][0][0].hour == 9


def test_copy_keeps_closures_and_dates(practice, monkeypatch):
    today = timezone.localdate()
    office = Office.objects.get(slug="belleville")
    office.not_taking_until = today + timedelta(days=3)
    office.save()
    Closure.objects.create(office=office, first_day=today, last_day=today, reason="Snow")
    before = offices.directory()
    monkeypatch.setattr(cache, "_read_rows", lambda: (_ for _ in ()).throw(OperationalError("gone")))
    offices.forget()

    after = offices.directory()

    assert after == before
    assert after[1].schedule.hours(today) == ((), "Snow")
    assert not after[1].taking_requests


@pytest.mark.parametrize(
    "url", ["/conditions/heel-pain/", "/appointments/new/", "/", "/admin/", "/appointments/check/"]
)
def test_pages_without_a_database_say_so_and_show_the_phones(client, broken_database, url):
    client.raise_request_exception = False
    client.cookies["__Host-request-draft"] = "x"

    response = client.get(url)

    if url == "/admin/":
        assert response.status_code in (302, 503)
        return
    assert response.status_code == 503
    page = response.content.decode().replace("\xa0", " ")
    assert "(732) 557-9900" in page
    assert "(973) 450-3035" in page
    assert "Sorry, something went wrong" in page


def test_health_says_process_and_database_apart(client, broken_database):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_office_page_marks_today(client, practice, monday):
    page = client.get("/offices/toms-river/").content.decode()

    assert "Monday (today)" in page
    assert "not confirmed yet" in page


def special_of(client):
    """The rows of the table of days with other hours, and the notes above it."""
    page = BeautifulSoup(client.get("/offices/toms-river/").content, "html.parser")
    rows = page.find("h2", string="Days with other hours").find_next("tbody").select("tr")
    cells = [[cell.text.replace("\xa0", " ") for cell in row.select("th, td")] for row in rows]
    notes = [p.get_text(" ", strip=True) for p in page.select("p.alert") if "Please note" in p.text]
    return cells, " ".join(notes).replace("\xa0", " ")


def test_closed_days_without_an_open_one_between_are_one_line(client, practice, monday):
    for first, last in (("2026-12-14", "2026-12-22"), ("2026-12-28", "2026-12-28")):
        Closure.objects.create(office=toms_river(), first_day=first, last_day=last, reason="We are moving")

    rows, _note = special_of(client)

    assert rows == [
        ["Thursday, November 26", "Closed (Thanksgiving Day)"],
        ["Monday, December 14 to Tuesday, December 22", "Closed (We are moving)"],
        ["Friday, December 25", "Closed (Christmas Day)"],
        ["Monday, December 28", "Closed (We are moving)"],
        ["Friday, January 1, 2027", "Closed (New Year’s Day)"],
        ["Monday, January 18, 2027", "Closed (Martin Luther King Jr. Day)"],
    ]


EVE = {"first_day": "2026-12-24", "last_day": "2026-12-24", "reason": "Christmas Eve"}


def test_day_with_hours_of_its_own_is_told_in_words(client, practice, monday):
    Closure.objects.create(office=toms_river(), **EVE, opens="09:00", closes="12:00")
    Closure.objects.create(office=toms_river(), **EVE, opens="13:00", closes="15:30")

    assert ["Thursday, December 24", "9 am to noon, 1 pm to 3:30 pm (Christmas Eve)"] in special_of(client)[0]


def test_office_page_warns_of_a_short_day_two_weeks_before(client, practice, monday):
    Closure.objects.create(office=toms_river(), **EVE, opens="09:00", closes="12:00")
    monday.move_to("2026-12-14 15:00Z")

    assert special_of(client)[1] == (
        "Please note: on Thursday, December 24 we are open 9 am to noon. "
        "Please note: we are closed Friday, December 25. We open again on Monday, December 28 at 9 am."
    )


def test_short_day_is_told_on_the_day_itself(client, practice, monday):
    Closure.objects.create(office=toms_river(), **EVE, opens="09:00", closes="12:00")
    monday.move_to("2026-12-24 15:00Z")

    page = BeautifulSoup(client.get("/offices/toms-river/").content, "html.parser")

    assert page.select_one("span.tag").text == "Open now until noon"
    assert page.select_one("tr.today td").text.replace("\xa0", " ") == "9 am to noon (Christmas Eve)"
    monday.move_to("2026-12-24 18:00Z")
    assert "Closed now. Opens Monday, December 28 at 9 am" in page_text(client, "/")


def page_text(client, url):
    return BeautifulSoup(client.get(url).content, "html.parser").get_text(" ").replace("\xa0", " ")


def test_holiday_that_is_not_kept_is_a_day_like_others(client, practice, monday):
    Office.objects.filter(slug="toms-river").update(open_holidays=["Thanksgiving Day"])
    offices.forget()

    assert not [row for row in special_of(client)[0] if "Thanksgiving" in row[1]]
    assert special_of(client)[1] == ""


def test_day_that_is_over_still_counts_for_who_looks_back(practice, monday):
    Closure.objects.create(office=toms_river(), first_day="2026-11-20", last_day="2026-11-20", reason="Painting")

    schedule = offices.office("toms-river").schedule

    assert open_minutes_between(datetime(2026, 11, 19, 16, tzinfo=NEW_YORK), MONDAY, schedule) == 60 + 72


def test_copy_from_before_days_had_hours_can_be_read(practice, monkeypatch, monday):
    Closure.objects.create(office=toms_river(), **EVE)
    offices.forget()
    before = offices.directory()
    rows = json.loads(cache._file().read_text())
    for row in rows["offices"]:
        del row["open_holidays"]
    for row in rows["closures"]:
        del row["opens"], row["closes"]
    cache._file().write_text(json.dumps(rows))
    monkeypatch.setattr(cache, "_read_rows", lambda: (_ for _ in ()).throw(OperationalError("gone")))
    monkeypatch.setattr(cache, "_kept", None)

    assert offices.directory() == before


def test_office_page_warns_of_the_next_closed_day(client, practice, monday):
    assert special_of(client)[1] == (
        "Please note: we are closed Thursday, November 26. We open again on Friday, November 27 at 9 am."
    )


def test_warning_counts_neighboring_closures_and_the_weekend_together(client, practice, monday):
    Closure.objects.create(
        office=toms_river(), first_day="2026-11-27", last_day="2026-11-27", reason="Day after Thanksgiving"
    )

    assert special_of(client)[1] == (
        "Please note: we are closed Thursday, November 26 to Friday, November 27. "
        "We open again on Monday, November 30 at 9 am."
    )


def test_closure_of_months_is_told_with_its_end(client, practice, monday):
    Closure.objects.create(office=toms_river(), first_day="2026-11-24", last_day="2027-03-31", reason="Flood")

    assert special_of(client)[1] == (
        "Please note: we are closed Tuesday, November 24 to Wednesday, March 31, 2027. "
        "We open again on Thursday, April 1, 2027 at 9 am."
    )


def test_office_closed_for_good_promises_no_opening(client, practice, monday):
    Closure.objects.create(office=toms_river(), first_day="2026-11-01", last_day="2036-01-01", reason="Closed")

    assert special_of(client)[1] == ""


def test_closure_more_than_two_weeks_away_is_no_warning(client, practice, monday):
    monday.move_to("2026-12-01 15:00Z")

    assert special_of(client)[1] == ""


def test_office_without_hours_is_promised_by_the_placeholder_week(practice):
    OpeningHours.objects.filter(office__slug="belleville").delete()
    offices.forget()

    assert offices.office("belleville").schedule.week == offices.PLACEHOLDER_WEEK


def test_office_page_tells_the_way_only_where_the_practice_has_filled_it_in(client, practice):
    assert "Getting here" not in client.get("/offices/belleville/").content.decode()
    office = Office.objects.get(slug="belleville")
    office.getting_here = "Turn left.\r\n\r\nThe door is <b>blue</b>."
    office.access = "A ramp by the door"
    office.save()

    page = client.get("/offices/belleville/").content.decode()

    assert page.count("<li>Turn left.</li>") == 1
    assert "<li>The door is &lt;b&gt;blue&lt;/b&gt;.</li>" in page
    assert "<li>A ramp by the door</li>" in page
    assert "destination=1%20Clara%20Maas%20Drive%2C%20Belleville%2C%20NJ%2007109" in page


def sketch_of(client, **fields):
    """The sketch after a change, or None."""
    office = toms_river()
    for name, value in fields.items():
        setattr(office, name, value)
    office.save()
    return BeautifulSoup(client.get("/offices/toms-river/").content, "html.parser").select_one("figure.sketch")


def test_office_page_draws_no_way_nobody_has_told(client, practice):
    assert sketch_of(client, sketch_side="") is None


def test_starter_sketch_says_that_it_has_to_be_checked(client, practice):
    sketch = sketch_of(client)

    assert "[main road]" in sketch.svg["aria-label"]
    assert "The practice still has to check" in sketch.figcaption.text


@pytest.mark.parametrize(
    ("side", "parking", "words"),
    [
        ("left", "", "Our building is on the left. Look for Building 1."),
        ("left", "front", "Our building is on the left. Look for Building 1. Parking is in front of it."),
        ("right", "beside", "Our building is on the right. Look for Building 1. Parking is beside it."),
        ("right", "behind", "Our building is on the right. Look for Building 1. Parking is behind it."),
    ],
)
def test_sketch_says_in_words_what_it_shows(client, practice, side, parking, words):
    svg = sketch_of(client, sketch_side=side, sketch_parking=parking, sketch_main_road="Route 9").svg

    assert svg["role"] == "img"
    assert svg["aria-label"] == f"Turn from Route 9 onto Commons Way. {words}"
    assert [text.text for text in svg.select("text")] == [
        "Route 9", "Commons Way", *(["P"] if parking else []), "Building 1", "Our office"
    ]  # fmt: skip


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("parking", ["front", "beside", "behind"])
def test_sketch_draws_building_and_parking_on_our_side_and_apart(client, practice, side, parking):
    svg = sketch_of(client, sketch_side=side, sketch_parking=parking).svg
    lot, building = [tuple(map(int, g["transform"][10:-1].split())) for g in svg.select("g")]
    lot_width, lot_height = (56, 100) if parking == "beside" else (156, 38)

    street_top, street_bottom = (162, 196) if side == "left" else (84, 118)
    for top, height in ((lot[1], lot_height), (building[1], 100)):
        assert (top > 0 and top + height < street_top) if side == "left" else (street_bottom < top < 280 - height)
    assert (
        building[0] + 156 < lot[0] < 360 - lot_width or lot[1] + lot_height < building[1] or building[1] + 100 < lot[1]
    )
    if parking != "beside":
        assert (abs(lot[1] - street_top) < abs(building[1] - street_top)) is (parking == "front")


def test_hostile_words_stay_words_in_the_sketch(client, practice):
    hostile = '"><script>alert(1)</script>'
    sketch = sketch_of(client, sketch_main_road=hostile, sketch_building=hostile, sketch_note=hostile)

    assert hostile in sketch.svg["aria-label"]
    assert hostile in sketch.figcaption.text
    assert not sketch.select("script")


@pytest.mark.parametrize(
    ("street", "name"),
    [
        ("664 Commons Way, Building 1", "Commons Way"),
        ("1 Clara Maas Drive", "Clara Maas Drive"),
        ("12-14B 3rd Street", "3rd Street"),
        ("Broadway", "Broadway"),
    ],
)
def test_street_of_an_address_is_without_number_and_building(practice, street, name):
    assert replace(offices.office("toms-river"), street=street).street_name == name


def test_office_page_has_cards_of_the_others_alone(client, practice):
    """It is about the one already."""
    page = BeautifulSoup(client.get("/offices/belleville/").content, "html.parser")

    assert [card.h3.text for card in page.select(".band .office")] == ["Toms River Office"]


def test_office_page_on_a_holiday_says_closed_in_the_row_of_today(client, practice):
    with time_machine.travel(datetime(2026, 11, 26, 10, 12, tzinfo=NEW_YORK), tick=False):
        offices.forget()
        page = BeautifulSoup(client.get("/offices/belleville/").content, "html.parser")

    row = page.select_one("tr.today")
    assert row.get_text(" ", strip=True) == "Thursday (today) Closed (Thanksgiving Day)"
    assert page.select_one(".tag").text.startswith("Closed now. Opens tomorrow")


def test_office_page_speaks_of_no_email(client, practice):
    """It gives no address to write to."""
    assert "by email" not in client.get("/offices/belleville/").content.decode()


def test_unknown_office_is_not_found(client, practice):
    assert client.get("/offices/newark/").status_code == 404


def test_who_works_at_an_office_is_asked_once_and_again_after_a_change(
    practice, toms_river_desk, django_assert_num_queries
):
    toms_river = Office.objects.get(slug="toms-river")
    known = offices.colleagues([toms_river.pk])  # with what else is kept of the offices
    before = {pk: name for pk, name in known.items() if pk != toms_river_desk.pk}

    with django_assert_num_queries(0):
        assert offices.colleagues([toms_river.pk]) == {**before, toms_river_desk.pk: "tess"}

    toms_river.staff.remove(toms_river_desk)
    assert offices.colleagues([toms_river.pk]) == before
