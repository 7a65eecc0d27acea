"""The traps for machines, and how often one visitor may send."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from common.networks import connection_of
from common.rate_limit import take_place
from common.spam_traps import STAMP_SECONDS, TOO_FAST_SECONDS, TrapsForm, new_stamp, stamp_age


def sent(stamp, topic=""):
    form = TrapsForm({"stamp": stamp, "topic": topic})
    form.is_valid()
    return form


@pytest.fixture
def stamp(monday):
    """A stamp from a form that was shown a minute ago."""
    stamp = new_stamp()
    monday.shift(timedelta(minutes=1))
    return stamp


def test_person_is_not_suspected(stamp):
    form = sent(stamp)

    assert form.is_valid()
    assert not form.suspected


@pytest.mark.parametrize("topic", ["https://pills.example", "\x00"])
def test_who_fills_in_the_hidden_box_is_suspected(stamp, topic):
    assert sent(stamp, topic).suspected


@pytest.mark.parametrize(("seconds", "suspected"), [(TOO_FAST_SECONDS - 1, True), (TOO_FAST_SECONDS, False)])
def test_who_is_faster_than_people_is_suspected(monday, seconds, suspected):
    stamp = new_stamp()
    monday.shift(timedelta(seconds=seconds))

    assert sent(stamp).suspected is suspected


@pytest.mark.parametrize(("more", "valid"), [(0, True), (1, False)])
def test_stamp_is_good_for_two_hours(monday, more, valid):
    stamp = new_stamp()
    monday.shift(timedelta(seconds=STAMP_SECONDS + more))

    assert sent(stamp).is_valid() is valid


@pytest.mark.parametrize("broken", ["", "x", "\x00", "00-1795446720:forged", "é" * 4000])
def test_form_without_a_stamp_of_ours_is_shown_again_with_a_fresh_one(monday, broken):
    form = sent(broken)

    assert form.has_error("__all__", "expired")
    assert stamp_age(form["stamp"].value()) == 0


def test_form_that_was_open_too_long_can_be_sent_again_at_once(monday):
    stamp = new_stamp()
    monday.shift(timedelta(hours=3))
    again = sent(sent(stamp)["stamp"].value())

    assert again.is_valid()
    assert not again.suspected


def test_form_shown_again_for_another_mistake_keeps_its_stamp(stamp):
    assert sent(stamp)["stamp"].value() == stamp


def test_second_click_has_the_same_digest_and_another_showing_has_not(stamp):
    assert sent(stamp).once("Hello") == sent(stamp).once("Hello")
    assert len({sent(stamp).once("Hello"), sent(stamp).once("Hi"), sent(new_stamp()).once("Hello")}) == 3


def visit(address, purpose="test"):
    return take_place(RequestFactory().get("/", REMOTE_ADDR=address), purpose, most=2, seconds=60)


def test_visitor_may_do_it_so_often_and_then_again_later(db, monday):
    assert [visit("192.0.2.7") for _turn in range(3)] == [True, True, False]

    monday.shift(timedelta(seconds=61))

    assert visit("192.0.2.7")


def test_others_and_other_purposes_are_counted_apart(db):
    assert [visit("192.0.2.7") for _turn in range(3)][-1] is False

    assert visit("192.0.2.8")
    assert visit("192.0.2.7", "another")


def test_household_with_many_v6_addresses_is_one_visitor(db):
    assert [visit(f"2001:db8:0:1::{host}") for host in (1, 2, 3)] == [True, True, False]
    assert visit("2001:db8:0:2::1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.10", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::5", "2001:db8::ffff:5", True),
        ("2001:db8:0:0:1::", "2001:DB8::1", True),
        ("2001:db8::5", "2001:db8:1::5", False),
        ("2001:db8:0:1::5", "2001:db8:0:10::5", False),
        ("", "192.0.2.1", False),
        ("", "::", False),
        ("192.0.2.1", "unknown", False),
    ],
)
def test_connection_is_one_address_or_one_household_of_ipv6(one, other, same):
    assert (connection_of(one) == connection_of(other)) is same


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2.7:443", "::ffff:192.0.2.7"])
def test_odd_address_is_counted_too(db, address):
    assert [visit(address) for _turn in range(3)] == [True, True, False]


def test_address_itself_is_not_stored(db):
    visit("192.0.2.7")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM shared_cache")
        rows = cursor.fetchall()
    assert any("rate-" in key for key, _value in rows)
    assert "192.0.2.7" not in str(rows)
