"""Nobody fills the database with forms that they only start; people behind one address still get through."""

import pytest

from appointments import drafts
from appointments.models import Draft
from tests.appointments.reading import words
from tests.conftest import ABOUT_YOU, SAFETY, Browser, post_steps

FIRST = "/appointments/new/"
REFUSED = "Too many forms were started from your internet connection"

pytestmark = pytest.mark.usefixtures("practice")


def start(address: str = "192.0.2.1", **answers):
    return Browser(REMOTE_ADDR=address).post(FIRST, {**SAFETY, **answers})


@pytest.fixture
def two_at_most(settings):
    settings.MOST_DRAFTS_PER_ADDRESS = 2


def test_more_forms_than_a_house_needs_are_refused_with_the_phones(two_at_most):
    answers = [start() for _time in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert REFUSED in words(answers[-1])
    assert "tel:+17325579900" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "600"
    assert Draft.objects.count() == 2


def test_what_was_typed_stays_on_the_page(two_at_most):
    start()
    start()

    page = start().content.decode()

    assert page.count(" checked") == 2  # none of the signs, none of the conditions


def test_form_that_was_started_goes_on(two_at_most):
    browser = Browser(REMOTE_ADDR="192.0.2.1")
    browser.post(FIRST, SAFETY)
    start()
    assert start().status_code == 429

    assert browser.post("/appointments/new/about-you/", ABOUT_YOU).status_code == 302
    assert post_steps(browser).status_code == 302


def test_other_connections_are_not_kept(two_at_most):
    for _time in range(3):
        start()

    assert start("198.51.100.7").status_code == 302


def test_who_must_be_told_to_call_is_told(two_at_most):
    for _time in range(3):
        start()

    urgent = start(flags=["fever"])

    assert urgent["Location"] == "/appointments/new/call-now/"


@pytest.mark.thorough
def test_library_with_many_visitors_gets_through(settings):
    assert [start().status_code for _visitor in range(40)] == [302] * 40


@pytest.mark.thorough
def test_three_hundred_posts_do_not_make_three_hundred_rows():
    for _time in range(110):
        start()

    assert Draft.objects.count() == 100


def test_there_is_a_limit_for_all_together(monkeypatch, caplog):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)

    answers = [start(f"192.0.2.{number}").status_code for number in range(4)]

    assert answers == [302, 302, 302, 429]
    assert "somebody floods the request form" in caplog.text


def test_next_ten_minutes_begin_anew(two_at_most, monday):
    for _time in range(3):
        start()
    monday.shift(601)

    assert start().status_code == 302


def test_who_cannot_wait_reads_where_to_turn_first(two_at_most, monday):
    chest = {"flags": ["chest"], "conditions": ["none"]}
    for _time in range(2):
        Browser(REMOTE_ADDR="192.0.2.1").post(FIRST, chest)

    page = Browser(REMOTE_ADDR="192.0.2.1").post(FIRST, chest)

    assert page.status_code == 429
    assert "Call 911 now. Too many forms" in page.content.decode()
