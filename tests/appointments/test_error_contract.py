"""What holds for every form of the public site, the first time and the second, without JavaScript: the title says that
there is an error, the summary comes first, each of its links leads to the box that is wrong, what was typed is still
there, and where trying again can't help there is a way out.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse

from appointments import actions, offices, private_link
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Office
from common.spam_traps import new_stamp
from tests.appointments.reading import as_sent, filled_in, read, words
from tests.conftest import ABOUT_YOU, CONTACT, MONDAY, VISIT, Browser, contents, post_steps

pytestmark = pytest.mark.usefixtures("library", "monday")

LONG = "x" * 601
NO_SUCH_CHOICE = "by owl"
PHONES = ["tel:+17325579900", "tel:+19734503035"]
REACHED = {name: value for name, value in CONTACT.items() if name != "consent"}
MESSAGE = {
    "office": "toms-river",
    "about": "bill",
    "name": "Harold Sample",
    "phone": "(732) 555-0142",
    "email": "harold@example.com",
    "message": "Do you take my plan?",
    "best_way": "call",
}
# Each form: its address (below the private page's, if it starts with "."), what is typed, and the boxes that are wrong.
WRONG: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "safety": ("/appointments/new/", {}, ["id_flags_0"]),
    "about you": (
        "/appointments/new/about-you/",
        {**ABOUT_YOU, "visit_for": "", "birth_date_0": "13", "phone": "12", "email": "h@gmail", "zip_code": "K1A 0B1"},
        ["id_visit_for_0", "id_birth_date_0", "id_phone", "id_email", "id_zip_code"],
    ),
    "about a child": (
        "/appointments/new/about-you/",
        {**ABOUT_YOU, "visit_for": "child", "birth_date_2": "54", "birth_date_1": "32"},
        ["id_caller_name", "id_caller_relation", "id_birth_date_1", "id_birth_date_2"],
    ),
    "visit": (
        "/appointments/new/visit/",
        {**VISIT, "reason": "", "office": "", "details": LONG},
        ["id_reason", "id_details", "id_office_0"],
    ),
    "contact": (
        "/appointments/new/contact/",
        {**CONTACT, "voicemail": "", "insurance": "Medicare 1EG4-TE5-MK73"},
        ["id_voicemail_0", "id_insurance"],
    ),
    "second look": ("/appointments/new/one-question/", {}, ["id_so_0"]),
    "message": (
        "/appointments/message/",
        {**MESSAGE, "office": "", "phone": "000-000-0000", "message": LONG},
        ["id_office_0", "id_phone", "id_message"],
    ),
    "question": ("/conditions/heel-pain/question/", {"text": LONG}, ["id_text"]),
    "check on": (
        "/my/",
        {"reference": " ", "birth_date_0": "9", "birth_date_1": "14"},
        ["id_reference", "id_birth_date_2"],
    ),
    "check on in vain": ("/my/", {"reference": "GS-7K4M-96", "last_digits": "9999"}, ["id_reference"]),
    "lock": (".lock", {"birth_date_0": "9", "birth_date_1": "14"}, ["id_birth_date_2"]),
    "wrong fact": (".lock", {"last_digits": "9999"}, ["id_last_digits"]),
    "choose": (".choose/", {}, ["id_at_0"]),
    "change": (
        ".change/",
        {
            **REACHED,
            "best_way": "text",
            "phone": "732-555-0142 x12",
            "email": "harold@",
            "days": ["1"],
            "time_of_day": "any",
        },
        ["id_email", "id_best_way_0"],
    ),
    "add": (".add/", {"more": LONG}, ["id_more"]),
    "move": (".move/", {"time_of_day": "morning", "note": LONG}, ["id_days_0", "id_note"]),
    "reminders": (".reminders/", {"reminders": NO_SUCH_CHOICE}, ["id_reminders_0"]),
}


@pytest.fixture
def ready(client, article, make_request, toms_river_desk) -> Callable[[str], str]:
    """Makes a form reachable for this browser; returns its address."""

    def make(name: str) -> str:
        address = WRONG[name][0]
        if name == "question":
            article.questions_open = True
            article.save()
        if address.startswith("."):
            return _private(name, address)
        black = {"details": "My big toe has turned black since yesterday."}
        post_steps(client, **({"visit": black} if name == "second look" else {}))
        return address

    def _private(name: str, address: str) -> str:
        inquiry, desk = make_request(), Actor(user=toms_river_desk)
        page = private_link.path(inquiry)
        if name == "choose":
            actions.propose(inquiry=inquiry, actor=desk, times=[MONDAY.replace(day=30)])
        elif name in ("move", "reminders"):
            actions.book(inquiry=inquiry, actor=desk, at=MONDAY.replace(day=30))
        if address == ".lock":
            return page
        client.post(page, {"last_digits": "0142"})
        return page + address[1:]

    return make


def sent_from(response: HttpResponse) -> dict[str, Any]:
    """What a browser would send, hidden boxes and all."""
    hidden = read(response).main.form.select("input[type=hidden]")
    return {**{box["name"]: box.get("value", "") for box in hidden}, **filled_in(response)}


def assert_contract(response: HttpResponse, wrong: list[str], typed: dict[str, Any], address: str) -> None:
    page = read(response)
    assert response.status_code == 200
    assert page.title.get_text().strip().startswith("Error: ")
    summary = page.main.select_one(".problem")
    assert (summary["role"], summary["tabindex"]) == ("alert", "-1")
    assert summary.has_attr("autofocus")
    assert summary.find_next("h1")  # it comes first
    assert [link["href"] for link in summary.select("a")] == [f"#{box}" for box in wrong]
    for link in summary.select("a"):
        box = page.find(id=link["href"][1:])
        assert box["aria-invalid"] == "true"
        field = box.find_parent(class_="has-error")
        assert link.get_text() in field.select_one(".error").get_text()
        assert "this field" not in link.get_text().casefold()
    texts = page.main.select(":is(textarea, select, input:not([type=radio], [type=checkbox]))[aria-invalid]")
    assert {box["id"] for box in texts} <= set(wrong)  # nothing else looks wrong
    assert filled_in(response) == as_sent(typed)
    assert page.main.form["action"] == address  # without the fragment that a link of the summary left behind


@pytest.mark.parametrize("name", WRONG)
def test_mistake_is_told_the_first_time_and_the_second(client, ready, name):
    address = ready(name)
    _address, typed, wrong = WRONG[name]
    shown = {box: value for box, value in typed.items() if value != NO_SUCH_CHOICE}

    first = client.post(address, typed)
    second = client.post(address, {**sent_from(first), **typed})

    assert_contract(first, wrong, shown, address)
    assert_contract(second, wrong, shown, address)


# --- Where trying again may not help ---


def assert_way_out(response: HttpResponse) -> None:
    """An error from its title on, with the phones of the offices."""
    page = read(response)
    assert page.title.get_text().strip().startswith("Error: ")
    assert {*PHONES} <= {link["href"] for link in page.main.select("a[href^='tel:']")}


@pytest.mark.parametrize("name", WRONG)
def test_browser_that_keeps_no_cookie_is_told_so_and_where_to_call(ready, name):
    address = ready(name)
    strict = Browser(enforce_csrf_checks=True)

    for _time in ("first", "second"):
        strict.cookies.clear()
        response = strict.post(address, WRONG[name][1])

        assert response.status_code == 403
        assert_way_out(response)
        assert "your browser blocks cookies: allow them for this site, or call us" in words(response)


@pytest.mark.parametrize(
    ("address", "typed", "box"),
    [
        ("/appointments/new/about-you/", ABOUT_YOU, "patient_name"),
        ("/appointments/message/", MESSAGE, "message"),
        ("/conditions/heel-pain/question/", {"text": "May I swim?"}, "text"),
    ],
)
def test_what_was_typed_is_still_there_for_a_browser_without_cookies(ready, address, typed, box):
    ready("question")

    response = Browser(enforce_csrf_checks=True).post(address, typed)

    assert_nothing_is_lost(response, typed, box)


def assert_nothing_is_lost(response: HttpResponse, typed: dict[str, Any], box: str) -> None:
    """What was typed is there, beside one alert with the phones first."""
    assert filled_in(response)[box] == typed[box].replace("\N{NO-BREAK SPACE}", " ")
    alerts = read(response).main.select(".problem")
    assert [link["href"] for link in alerts[0].select("a")][:2] == PHONES
    assert len(alerts) == 1


@pytest.mark.parametrize(
    ("name", "typed", "box"),
    [
        ("second look", {"so": "yes"}, "so"),
        ("check on", {"reference": "GS-7K4M-96", "last_digits": "9999"}, "reference"),
        ("lock", {"last_digits": "9999"}, "last_digits"),
        ("choose", {"at": "none"}, "at"),
        ("change", {**REACHED, "phone": "(732) 555-0177", "days": "any", "time_of_day": "any"}, "phone"),
        ("add", {"more": "It is worse today."}, "more"),
        ("move", {"days": ["1"], "time_of_day": "morning", "note": "Not before ten"}, "note"),
        ("reminders", {"reminders": "neutral"}, "reminders"),
    ],
)
def test_form_that_is_refused_for_an_old_token_comes_back_as_it_was_typed_and_does_nothing(
    client, ready, name, typed, box
):
    address = ready(name)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    strict.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    before = contents(AppointmentRequest.objects.all())

    response = strict.post(address, {**typed, "csrfmiddlewaretoken": "b" * 32})

    assert response.status_code == 403
    assert_way_out(response)
    assert_nothing_is_lost(response, typed, box)
    assert "This is not what you gave us" not in words(response)  # a guess that nobody counts is none
    assert contents(AppointmentRequest.objects.all()) == before
    again = client.post(address, {**sent_from(response), **typed})  # from the page shown, with its token
    assert again.status_code == 302 or name in ("lock", "check on")


@pytest.mark.parametrize("name", ["lock", "check on"])
def test_too_many_tries_are_an_error_with_a_way_out(client, ready, name):
    address = ready(name)
    guess = {"last_digits": "9999"} if name == "lock" else {"reference": "GS-7K4M-96", "last_digits": "9999"}

    for _try in range(8):
        response = client.post(address, guess)

    assert response.status_code in (403, 429)
    assert_way_out(response)


def test_request_that_cannot_be_saved_is_an_error_with_a_way_out(client, monkeypatch):
    def fail(**answers: Any) -> AppointmentRequest:
        raise DatabaseError

    monkeypatch.setattr(actions, "submit", fail)
    monkeypatch.setattr(actions, "send_message", fail)
    post_steps(client)

    assert_way_out(client.post("/appointments/check/", {"stamp": new_stamp(MONDAY.timestamp() - 60)}))
    response = client.post("/appointments/message/", {**MESSAGE, "stamp": new_stamp(MONDAY.timestamp() - 60)})
    assert_way_out(response)
    assert filled_in(response)["message"] == MESSAGE["message"]


def test_request_that_nobody_would_see_is_an_error_with_a_way_out(client):
    post_steps(client)
    for office in Office.objects.all():
        office.staff.clear()
    offices.forget()

    assert_way_out(client.post("/appointments/check/"))
    assert_way_out(client.post("/appointments/message/", {**MESSAGE, "stamp": new_stamp(MONDAY.timestamp() - 60)}))
