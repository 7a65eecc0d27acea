"""Spam is settled in the list: a click for each, or all that are ticked, and a way back for a minute."""

import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.models import CloseReason, Event, Mail, Status
from tests.appointments.at_desk import LIST, entries, everything, hold, names, rows, words

QUARANTINE = f"{LIST}?tab=quarantine"
SETTLE = f"{LIST}quarantine/"

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def held(make_request):
    """Three in the quarantine of Toms River."""
    requests = [make_request(patient_name=f"Spam {name}") for name in ("One", "Two", "Three")]
    for request in requests:
        hold(request)
    return requests


def settle(browser, step, *requests, **more):
    return browser.post(SETTLE, {"do": step, "pk": [request.pk for request in requests], **more}, follow=True)


def state(request):
    request.refresh_from_db()
    return request.status, request.close_reason


def test_row_says_the_signs_and_has_both_buttons(held, tess):
    page = tess.get(QUARANTINE)

    assert rows(page).count("Held because of: ") == 3
    assert "Not spam : Spam One Spam : Spam One Tick : Spam One" in rows(page)


def test_spam_is_closed_by_one_click(held, tess):
    page = settle(tess, "spam", held[0])

    assert state(held[0]) == (Status.CLOSED, CloseReason.SPAM)
    assert [state(request) for request in held[1:]] == [(Status.HELD, "")] * 2
    assert "1 request closed as spam." in words(page)
    assert names(page) == ["Spam Two", "Spam Three"]
    assert entries(action="request closed") == [("tess", held[0].reference, "toms-river", "127.0.0.1")]


def test_what_is_no_spam_needs_a_call_by_one_click(held, tess):
    settle(tess, "release", held[0])

    assert state(held[0]) == (Status.NEW, "")
    assert {mail.kind for mail in held[0].mails.all()} == {Mail.Kind.OFFICE_NOTICE, Mail.Kind.RECEIPT}


def test_all_that_are_ticked_are_closed(held, tess):
    page = settle(tess, "spam", *held[:2])

    assert [state(request)[0] for request in held] == [Status.CLOSED, Status.CLOSED, Status.HELD]
    assert "2 requests closed as spam." in words(page)


def test_it_is_taken_back_for_a_minute(held, tess):
    page = settle(tess, "spam", *held[:2])
    assert "Just now: 2 requests out of the quarantine" in words(page)

    settle(tess, "undo", *held[:2])

    assert [state(request) for request in held] == [(Status.HELD, "")] * 3


def test_after_a_minute_it_stands(held, tess, monday):
    (address, _status) = settle(tess, "spam", held[0]).redirect_chain[-1]
    monday.shift(61)

    assert "Just now" not in words(tess.get(address))
    settle(tess, "undo", held[0])

    assert state(held[0])[0] == Status.CLOSED


def test_colleague_is_not_offered_to_take_it_back(held, tess, mona):
    (address, _status) = settle(tess, "spam", held[0]).redirect_chain[-1]

    assert "Just now" not in words(mona.get(address))


def test_list_stays_the_one_it_was(held, tess):
    page = settle(tess, "spam", held[0], list="tab=quarantine&office=toms-river")

    assert page.redirect_chain[-1][0].startswith(f"{QUARANTINE}&office=toms-river&done=")


@pytest.mark.parametrize("step", ["spam", "release"])
def test_what_a_colleague_has_settled_stays(held, toms_river_desk, tess, step):
    actions.release(inquiry=held[0], actor=Actor(toms_river_desk))
    actions.log_call(inquiry=held[0], actor=Actor(toms_river_desk), outcome=Event.Kind.SPOKE)

    page = settle(tess, step, *held[:2])

    assert state(held[0]) == (Status.CONTACTED, "")
    assert f"{held[0].reference}: This request is “Contacted” by now" in words(page)
    assert state(held[1])[0] != Status.HELD


@pytest.mark.parametrize("step", ["spam", "release", "undo"])
def test_other_office_settles_nothing(held, bella, step):
    before = everything()

    settle(bella, step, *held)

    assert everything() == before


@pytest.mark.parametrize(
    "sent", [{"do": "spam"}, {"do": "spam", "pk": "x"}, {"do": "spam", "pk": "9" * 30}, {"do": "delete", "pk": "1"}, {}]
)
def test_nonsense_settles_nothing(held, tess, sent):
    before = everything()

    assert tess.post(SETTLE, sent, follow=True).status_code == 200

    assert everything() == before


def test_address_alone_does_nothing(held, tess):
    before = everything()

    assert tess.get(SETTLE, {"do": "spam", "pk": held[0].pk})["Location"] == QUARANTINE

    assert everything() == before


def test_who_may_only_look_settles_nothing(held, administrator, signed_in):
    browser = signed_in(administrator)

    assert browser.post(SETTLE, {"do": "spam", "pk": held[0].pk}).status_code in (403, 404)
