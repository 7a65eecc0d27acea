"""Whoever changes an office or its people is told first which visits and requests that touches.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5 on weekdays.
"""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from appointments import actions, offices
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Closure, Office, OpeningHours, PracticeSettings, Status
from common import clock
from common.models import User
from tests.appointments.at_desk import LIST, TUESDAY_AT_TEN, entries, everything, hold, page_of, rows, words
from tests.appointments.test_settings_admin import SETTINGS, fields_of, office_page, person_page
from tests.conftest import MONDAY, NEW_YORK

pytestmark = pytest.mark.usefixtures("practice", "monday")

CLOSURE = {"closures-0-first_day": "2026-12-01", "closures-0-last_day": "2026-12-02", "closures-0-reason": "Painting"}
ASKED = "Before this is saved"
STAYS = "It stays booked, with a mark, until somebody moves it or calls it off:"


@pytest.fixture
def toms_river() -> Office:
    return Office.objects.get(slug="toms-river")


@pytest.fixture
def ada(administrator, signed_in):
    """The administrator's browser, who sees no requests."""
    return signed_in(administrator)


@pytest.fixture
def booked(waiting, manager) -> AppointmentRequest:
    """A visit at Toms River, on Tuesday, December 1 at 10 am."""
    actions.book(inquiry=waiting, actor=Actor(manager), at=TUESDAY_AT_TEN)
    waiting.refresh_from_db()
    return waiting


def change(browser, url: str, **changes):
    """Change some fields of a page and press Save; returns the answer."""
    data = fields_of(browser.get(url))
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return browser.post(url, data)


def token_in(answer) -> str:
    return re.search(r'name="confirmed" id="confirmed" value="(\w+)"', answer.content.decode()).group(1)


def confirm(browser, url: str, answer, **more):
    """Tick the box on the page that came back, and press Save."""
    return browser.post(url, {**fields_of(answer), "confirmed": token_in(answer), **more})


# --- An office ---


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (CLOSURE, ""),
        ({**CLOSURE, "closures-0-opens": "11:00", "closures-0-closes": "17:00"}, ""),
        ({**CLOSURE, "closures-0-opens": "09:00", "closures-0-closes": "10:15"}, ""),
        ({"hours-1-DELETE": "on"}, ""),
        ({"hours-1-opens": "11:00"}, ""),
        ({"hours-1-closes": "10:15"}, ""),
        ({"takes_requests": None}, "Toms River takes no requests: that is switched off."),
        ({"not_taking_until": "2026-12-24"}, ""),
    ],
)
def test_visit_that_a_change_of_the_office_touches_is_told_before_it_is_saved(booked, mona, toms_river, changes, why):
    answer = change(mona, office_page(toms_river), **changes)

    assert answer.status_code == 200
    assert ASKED in words(answer)
    assert f"1 visit is booked for then. {STAYS} {booked.reference}: Tuesday, December 1 at 10 am" in words(answer)
    assert f'<a href="{page_of(booked)}">' in answer.content.decode()
    toms_river.refresh_from_db()
    assert (toms_river.takes_requests, toms_river.not_taking_until) == (True, None)
    assert not Closure.objects.exists()
    assert OpeningHours.objects.filter(office=toms_river, opens="09:00", closes="17:00").count() == 5
    assert entries(action="settings changed") == []


def test_holidays_that_are_kept_after_all_touch_visits(waiting, manager, mona, toms_river):
    Office.objects.filter(pk=toms_river.pk).update(keeps_holidays=False)
    offices.forget()
    actions.book(inquiry=waiting, actor=Actor(manager), at=datetime(2026, 11, 26, 10, tzinfo=NEW_YORK))

    assert waiting.reference in words(change(mona, office_page(toms_river), keeps_holidays="on"))


def test_nothing_that_was_typed_is_lost_by_the_question(booked, mona, toms_river):
    answer = change(mona, office_page(toms_river), parking="Behind the building", **CLOSURE)

    assert {**CLOSURE, "parking": "Behind the building"}.items() <= fields_of(answer).items()
    assert "Nothing has been saved yet." in words(answer)


@pytest.mark.thorough
def test_change_is_saved_once_the_box_is_ticked_and_the_visit_is_marked(booked, mona, toms_river):
    answer = change(mona, office_page(toms_river), **CLOSURE)

    assert confirm(mona, office_page(toms_river), answer).status_code == 302

    assert Closure.objects.get().reason == "Painting"
    assert len(entries(action="settings changed")) == 1
    assert "Office closed then" in rows(mona.get(f"{LIST}?tab=booked"))
    assert "Office closed then" in words(mona.get(page_of(booked)))


@pytest.mark.thorough
def test_mark_is_gone_once_the_visit_is_moved(booked, mona, manager, toms_river):
    Closure.objects.create(office=toms_river, first_day="2026-12-01", last_day="2026-12-02", reason="Painting")
    assert "Office closed then" in rows(mona.get(f"{LIST}?tab=booked"))

    actions.book(inquiry=booked, actor=Actor(manager), at=TUESDAY_AT_TEN + timedelta(days=2))

    assert "Office closed then" not in rows(mona.get(f"{LIST}?tab=booked"))
    assert "Office closed then" not in words(mona.get(page_of(booked)))


def test_visit_at_an_office_that_takes_no_requests_is_marked(booked, mona, toms_river):
    toms_river.not_taking_until = "2026-12-24"
    toms_river.save()

    assert "Office takes no requests then" in rows(mona.get(f"{LIST}?tab=booked"))


def test_visit_that_is_over_is_not_marked(booked, mona, toms_river, monday):
    Closure.objects.create(office=toms_river, first_day="2026-12-01", last_day="2026-12-02", reason="Painting")
    monday.move_to(TUESDAY_AT_TEN + timedelta(days=3))

    assert "Office closed then" not in rows(mona.get(f"{LIST}?tab=booked"))


@pytest.mark.thorough
def test_tick_for_something_else_does_not_count(booked, make_request, mona, manager, toms_river):
    answer = change(mona, office_page(toms_river), **CLOSURE)
    another = make_request()
    actions.book(inquiry=another, actor=Actor(manager), at=TUESDAY_AT_TEN, although_taken=True)

    again = confirm(mona, office_page(toms_river), answer)

    assert again.status_code == 200
    assert f"{another.reference}: Tuesday, December 1 at 10 am" in words(again)
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"parking": "Behind the building"},
        {**CLOSURE, "closures-0-first_day": "2026-12-03", "closures-0-last_day": "2026-12-03"},
        {**CLOSURE, "closures-0-opens": "09:00", "closures-0-closes": "10:30"},
        {"hours-1-opens": "08:00"},
    ],
)
def test_change_that_touches_nothing_is_saved_at_once(booked, mona, toms_river, changes):
    assert change(mona, office_page(toms_river), **changes).status_code == 302


def test_change_of_an_office_asks_about_its_own_visits_only(booked, mona):
    assert change(mona, office_page(Office.objects.get(slug="belleville")), **CLOSURE).status_code == 302


def test_times_on_offer_are_told(waiting, manager, mona, toms_river):
    actions.propose(inquiry=waiting, actor=Actor(manager), times=[TUESDAY_AT_TEN])

    answer = change(mona, office_page(toms_river), **CLOSURE)

    told = "1 patient has been offered a time then, which is taken back. If no other is left, call again:"
    assert f"{told} {waiting.reference}" in words(answer)


@pytest.mark.thorough
def test_promise_that_moves_is_told(waiting, mona, toms_river):
    closed = {**CLOSURE, "closures-0-first_day": "2026-11-23", "closures-0-last_day": "2026-11-24"}

    answer = change(mona, office_page(toms_river), **closed)

    assert "1 patient will be called later than promised." in words(answer)
    assert waiting.reference in words(answer)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"takes_requests": None}, "Toms River takes no requests: that is switched off."),
        ({"not_taking_until": "2026-12-24"}, "Toms River takes no requests until Thursday, December 24."),
        ({"notice_email": ""}, "Toms River takes no requests until it has an e-mail address for notices."),
        (
            {f"hours-{number}-DELETE": "on" for number in range(5)},
            "Toms River takes no requests until it has opening hours.",
        ),
    ],
)
def test_requests_of_an_office_that_takes_no_more_are_told(waiting, make_request, mona, toms_river, changes, why):
    held = make_request()
    hold(held)

    answer = change(mona, office_page(toms_river), **changes)

    told = words(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{why} 2 requests stay with this office and still have to be worked:" in told
    assert waiting.reference in told
    assert held.reference in told


def test_administrator_is_told_references_and_no_times(booked, ada, toms_river):
    answer = change(ada, office_page(toms_river), **CLOSURE)

    assert booked.reference in words(answer)
    assert "at 10" not in words(answer)
    assert page_of(booked) not in answer.content.decode()
    assert "Harold" not in words(answer)


@pytest.mark.thorough
def test_hours_that_end_in_the_middle_of_a_visit_touch_it(booked, mona, toms_river):
    assert booked.reference in words(change(mona, office_page(toms_river), **{"hours-1-closes": "10:15"}))
    assert change(mona, office_page(toms_river), **{"hours-1-closes": "10:30"}).status_code == 302


def test_office_page_says_what_is_missing(ada, toms_river):
    toms_river.staff.clear()

    page = words(ada.get(office_page(toms_river)))

    assert "Toms River takes no requests until it has somebody on its staff who works requests." in page
    assert "Toms River takes no requests until it has" in words(ada.get("/admin/appointments/office/"))


def test_new_office_takes_no_requests_before_it_has_what_that_needs(ada, client):
    data = fields_of(ada.get("/admin/appointments/office/add/"))
    where = {
        "street": "1 Main",
        "city": "Brick",
        "state": "NJ",
        "zip_code": "08723",
        "latitude": "40",
        "longitude": "-74",
    }
    third = {**where, "name": "Third", "slug": "third", "letter": "X", "phone": "(732) 555-0155"}

    assert ada.post("/admin/appointments/office/add/", {**data, **third}).status_code == 302

    assert offices.decide_office("08723").skipped == ("third",)


# --- A person ---


@pytest.fixture
def alone(toms_river, toms_river_desk) -> User:
    """Tess is the last one at Toms River."""
    toms_river.staff.set([toms_river_desk])
    return toms_river_desk


@pytest.mark.parametrize("door", ["may not sign in", "no office", "other office", "other work"])
def test_whose_leaving_leaves_requests_to_nobody_is_told_first(waiting, alone, ada, door):
    before = list(alone.offices.all()), list(alone.groups.all())
    belleville = Office.objects.get(slug="belleville")
    changes = {
        "may not sign in": {"is_active": None},
        "no office": {"offices": [], "groups": [str(Group.objects.get(name="Administrator").pk)]},
        "other office": {"offices": [str(belleville.pk)]},
        "other work": {"groups": [str(Group.objects.get(name="Administrator").pk)]},
    }[door]

    answer = change(ada, person_page(alone), **changes)

    said = "Nobody will see the requests of the Toms River office, so it will take no more. Now there is 1:"
    assert f"{said} {waiting.reference}" in words(answer)
    alone.refresh_from_db()
    assert alone.is_active
    assert (list(alone.offices.all()), list(alone.groups.all())) == before
    assert confirm(ada, person_page(alone), answer).status_code == 302
    assert not Office.objects.staffed().filter(slug="toms-river").exists()


def test_last_person_of_an_office_without_requests_is_asked_about_too(alone, ada):
    assert "so it will take no more. Now there are 0:" in words(change(ada, person_page(alone), is_active=None))


def test_person_with_colleagues_and_nothing_assigned_leaves_without_a_question(waiting, toms_river_desk, ada):
    assert change(ada, person_page(toms_river_desk), is_active=None).status_code == 302


def test_requests_of_who_leaves_become_nobodys_after_the_question(booked, manager, toms_river_desk, ada, mona):
    actions.assign(inquiry=booked, actor=Actor(manager), to=toms_river_desk)

    answer = change(ada, person_page(toms_river_desk), is_active=None)

    assert f"1 request is assigned to tess, and will be assigned to nobody: {booked.reference}" in words(answer)
    booked.refresh_from_db()
    assert booked.assigned_to == toms_river_desk
    confirm(ada, person_page(toms_river_desk), answer)
    booked.refresh_from_db()
    assert booked.assigned_to is None
    assert entries(action="request assigned")[-1][:2] == ("ada", booked.reference)
    assert "Harold Sample" in rows(mona.get(f"{LIST}?tab=booked&who=nobody"))


def test_closed_requests_keep_whose_they_were(waiting, manager, toms_river_desk, ada):
    actions.assign(inquiry=waiting, actor=Actor(manager), to=toms_river_desk)
    actions.close(inquiry=waiting, actor=Actor(manager), reason="declined")

    assert change(ada, person_page(toms_river_desk), is_active=None).status_code == 302

    waiting.refresh_from_db()
    assert waiting.assigned_to == toms_river_desk


def test_person_who_leaves_stays_signed_in_until_it_is_confirmed(alone, ada, signed_in):
    desk = signed_in(alone)

    change(ada, person_page(alone), is_active=None)

    assert desk.get(LIST).status_code == 200


# --- How long requests are kept ---


@pytest.fixture
def old(waiting, manager) -> AppointmentRequest:
    """A request that was closed 400 days ago, its mails delivered."""
    actions.close(inquiry=waiting, actor=Actor(manager), reason="declined")
    waiting.mails.update(sent_at=MONDAY)
    AppointmentRequest.objects.filter(pk=waiting.pk).update(closed_at=MONDAY - timedelta(days=400))
    return waiting


def test_shorter_time_says_how_many_requests_it_deletes_before_it_is_saved(old, ada):
    answer = change(ada, f"{SETTINGS}1/change/", keep_closed_days="365")

    assert "With 365 days, 1 request is deleted within a day, and nobody can bring it back." in words(answer)
    assert PracticeSettings.objects.get().keep_closed_days == 2557
    assert confirm(ada, f"{SETTINGS}1/change/", answer).status_code == 302
    assert PracticeSettings.objects.get().keep_closed_days == 365


def test_shorter_time_is_asked_about_even_when_nothing_is_that_old(ada):
    assert "With 365 days, 0 requests are deleted" in words(change(ada, f"{SETTINGS}1/change/", keep_closed_days="365"))


def test_shorter_time_that_would_delete_much_says_who_else_is_asked(old, ada, monkeypatch):
    monkeypatch.setattr(clock, "MUCH", 0)

    page = words(change(ada, f"{SETTINGS}1/change/", keep_closed_days="365"))

    assert "nothing is deleted until a person confirms it on the server" in page
    assert "is deleted within a day" not in page


def test_longer_time_is_not_asked_about(old, ada):
    assert change(ada, f"{SETTINGS}1/change/", keep_closed_days="3000").status_code == 302


def test_question_changes_nothing_and_reads_like_people_write(booked, mona, toms_river):
    before = everything()

    answer = change(mona, office_page(toms_river), **CLOSURE)

    assert everything() == before
    assert html.unescape(answer.content.decode()).count(ASKED) == 1
    assert booked.status == Status.BOOKED
