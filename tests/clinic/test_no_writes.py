"""A database that takes no writes (its disk is full): whoever watches is told, and nobody hears of another reason."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection

from clinic.web import health
from common.rate_limit import take_place_for
from tests.conftest import Browser

PASSWORD = "a long enough password"


@pytest.fixture
def no_writes(practice: None) -> Iterator[None]:
    """From here to the end of the test the database only reads."""
    off, on = {
        "sqlite": ("PRAGMA query_only=ON", "PRAGMA query_only=OFF"),
        "postgresql": ("SAVEPOINT writes; SET LOCAL transaction_read_only=on", "ROLLBACK TO SAVEPOINT writes"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(off)
        yield
        cursor.execute(on)


@pytest.fixture
def browser() -> Browser:
    found = Browser()
    found.raise_request_exception = False
    return found


@pytest.fixture(autouse=True)
def nothing_written_yet(monkeypatch):
    monkeypatch.setattr(health, "_written_at", float("-inf"))


def test_readyz_says_so(browser, no_writes):
    answer = browser.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"database takes no writes: disk full?")


def test_readyz_is_well_while_there_is_room(browser, practice):
    assert browser.get("/readyz").status_code == 200


def test_readyz_writes_no_more_often_than_it_must(browser, practice, monkeypatch):
    written = []
    monkeypatch.setattr(cache, "set", lambda *args: written.append(args))

    for _time in range(5):
        browser.get("/readyz")

    assert len(written) == 1


def test_sign_in_is_an_error_and_no_lock(browser, manager, no_writes):
    answer = browser.post("/accounts/login/", {"login": "mona", "password": PASSWORD})

    assert answer.status_code == 503
    assert "tel:+17325579900" in answer.content.decode()
    assert "too many" not in answer.content.decode().lower()


def test_limit_of_a_visitor_is_an_error_and_not_reached(no_writes):
    with pytest.raises(DatabaseError):
        take_place_for("somebody", "question", most=3, seconds=60)


def test_race_for_a_place_is_still_no_error(practice):
    assert cache.add("place", 1)
    assert not cache.add("place", 1)


def test_limit_of_the_sign_in_is_told_on_a_page_of_ours(browser, practice):
    for _try in range(31):
        answer = browser.post("/accounts/login/", {"login": "x", "password": "y"})

    assert answer.status_code == 429
    assert "There were too many tries from your internet connection" in answer.content.decode()
