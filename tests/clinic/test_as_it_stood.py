"""What public pages showed at any moment: written down when it changes, shown for any moment, forgotten in time."""

import random
from datetime import datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import DatabaseError

from appointments import offices
from appointments.models import Office, SafetyCheck
from appointments.warning_signs import current
from articles.models import Article
from clinic.web.page_cache import PageCache
from clinic.web.page_recorder import Recorder
from common import page_record
from common.models import AuditEntry, PageBody, PagePart, PageShown
from tests.conftest import MONDAY, NEW_YORK

PAGE = "/conditions/heel-pain/"
THEN = MONDAY - timedelta(days=1)


def body(*changed: str, lines: int = 400) -> bytes:
    """A page of some lines, a few of which are others than usual."""
    return "".join(f"{text}\n" for text in [*(f"line {number}" for number in range(lines)), *changed]).encode()


def soup(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


# --- By content ---


@pytest.mark.parametrize("page", [b"", b"one line", b"a\r\nb\n\n", body(), bytes(range(256)) * 9])
def test_parts_are_the_page(page):
    assert b"".join(page_record.cut(page)) == page


def test_change_moves_no_other_cut():
    lines = body().splitlines(keepends=True)
    changed = b"".join([*lines[:200], b"something new\n", *lines[201:]])

    assert len(set(page_record.cut(changed)) - set(page_record.cut(body()))) <= 2


def test_unchanged_page_is_kept_once_and_a_small_change_is_small(db):
    assert page_record.keep(PAGE, body(), MONDAY)
    assert not page_record.keep(PAGE, body(), MONDAY + timedelta(hours=1))
    parts = PagePart.objects.count()

    assert page_record.keep(PAGE, body("new"), MONDAY + timedelta(hours=2))
    assert page_record.keep(PAGE, body(), MONDAY + timedelta(hours=3))  # as it was before

    assert PagePart.objects.count() <= parts + 2
    assert (PageBody.objects.count(), PageShown.objects.count()) == (2, 3)


def test_page_is_shown_as_it_stood_and_from_when_until_when(db):
    page_record.keep(PAGE, body("one"), MONDAY)
    page_record.keep(PAGE, body("two"), MONDAY + timedelta(days=2))
    page_record.keep("/", body("three"), MONDAY)

    assert page_record.shown(PAGE, MONDAY - timedelta(seconds=1)) is None
    first = page_record.shown(PAGE, MONDAY + timedelta(days=1))
    assert (first.html, first.since, first.until) == (body("one"), MONDAY, MONDAY + timedelta(days=2))
    last = page_record.shown(PAGE, MONDAY + timedelta(days=2))
    assert (last.html, last.until) == (body("two"), None)
    assert page_record.digest_of(last.html) == last.digest


def test_what_is_older_than_three_years_goes_but_not_what_was_still_shown_then(db, settings, monday):
    settings.PAGES_KEPT_DAYS = 100
    for days, words in ((300, "one"), (200, "two"), (50, "three")):
        page_record.keep(PAGE, body(words), MONDAY - timedelta(days=days))

    assert page_record.forget_old() == 1

    assert page_record.shown(PAGE, MONDAY - timedelta(days=250)) is None
    assert page_record.shown(PAGE, MONDAY - timedelta(days=100)).html == body("two")
    assert page_record.shown(PAGE, MONDAY).html == body("three")
    assert PageBody.objects.count() == 2
    assert page_record.forget_old() == 0


# --- Where pages are made ---


@pytest.fixture
def recorder():
    """Writes at once."""
    return Recorder(start=lambda work: work())


def cache_in_front(pages, recorder):
    """The page cache before an application that answers from a dictionary of (status, type, cache, body)."""

    def application(environ, start_response):
        status, kind, caching, page = pages[environ["PATH_INFO"]]
        start_response(status, [("Content-Type", kind), ("Cache-Control", caching)])
        return [page]

    return PageCache(application, record=recorder.note)


def ask(cache, path, **more):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": "testserver", **more}
    cache({"wsgi.url_scheme": "https", **environ}, lambda *_answer: None)


def test_public_pages_are_written_down_and_nothing_else(db, recorder):
    html, public = "text/html; charset=utf-8", "public, s-maxage=60"
    cache = cache_in_front(
        {
            "/": ("200 OK", html, public, b"home"),
            "/private/": ("200 OK", html, "private, s-maxage=60", b"secret"),
            "/gone/": ("404 Not Found", html, public, b"gone"),
            "/feed.xml": ("200 OK", "application/xml", public, b"<x/>"),
        },
        recorder,
    )
    for path in ("/", "/private/", "/gone/", "/feed.xml"):
        ask(cache, path)
    ask(cache, "/", QUERY_STRING="utm=1")
    ask(cache, "/", HTTP_HOST="evil.example")

    assert page_record.paths() == ["/"]


def test_two_processes_write_a_change_once(db):
    for _process in range(2):
        Recorder(start=lambda work: work()).note(PAGE, body())

    assert PageShown.objects.count() == 1


def test_unchanged_page_asks_the_database_nothing(db, recorder, django_assert_num_queries):
    recorder.note(PAGE, body())

    with django_assert_num_queries(0):
        recorder.note(PAGE, body())


def test_database_that_takes_nothing_costs_no_page_and_is_tried_again(db, recorder, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(PageShown.objects, "create", _fail)
        recorder.note(PAGE, body())
    assert not PageShown.objects.exists()

    recorder.note(PAGE, body())

    assert PageShown.objects.count() == 1


def _fail(**fields):
    raise DatabaseError


# --- Who looks ---


@pytest.fixture
def kept(library):
    page_record.keep(PAGE, b"<h1>Then</h1><script>alert(1)</script>", THEN)


def test_manager_chooses_page_and_moment(monday, kept, manager, signed_in):
    browser = signed_in(manager)

    page = soup(browser.get("/admin/as-it-stood/", {"page": PAGE, "at": "2026-11-23T09:00"}))

    assert "It stands so since" in page.get_text()
    answer = browser.get(page.find("a", string="Open the page of then")["href"])
    assert answer.content == b"<h1>Then</h1><script>alert(1)</script>"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    early = browser.get("/admin/as-it-stood/", {"page": PAGE, "at": "2020-01-01T09:00"})
    assert "Nothing of this page had been written down by then." in soup(early).get_text()


@pytest.mark.parametrize(
    "query", ["", "?page=/&at=x", "?page=/conditions/heel-pain/&at=99999999999999", "?page=/no/&at=1"]
)
def test_nonsense_shows_nothing(kept, manager, signed_in, query):
    assert signed_in(manager).get(f"/admin/as-it-stood/page/{query}").status_code == 404
    assert signed_in(manager).get("/admin/as-it-stood/?page=/no/&at=soon").status_code == 200


def test_front_desk_chooses_no_moment(kept, toms_river_desk, signed_in):
    assert signed_in(toms_river_desk).get("/admin/as-it-stood/").status_code == 403


def test_desk_sees_what_the_patient_of_a_request_saw_and_the_look_is_audited(
    monday, kept, make_request, toms_river_desk, belleville_desk, signed_in
):
    inquiry = make_request()
    inquiry.source_article = "heel-pain"
    inquiry.save()
    address = f"/admin/as-it-stood/request/{inquiry.pk}/"

    page = soup(signed_in(toms_river_desk).get(address))

    text = " ".join(page.get_text().split())
    assert "Whoever sent it was told: we call you by" in text
    assert page.find("a", string="Article: heel-pain")["href"].startswith("/admin/as-it-stood/page/?page=/conditions/")
    assert "Notice of Privacy Practices: not written down by then" in text
    assert SafetyCheck.objects.latest().flags.first().question in text
    assert AuditEntry.objects.filter(actor="tess", action="view", record=inquiry.reference).exists()
    assert signed_in(belleville_desk).get(address).status_code == 404
    told = signed_in(toms_river_desk).get(f"/admin/appointments/appointmentrequest/{inquiry.pk}/change/")
    assert address in told.content.decode()


# --- A year ---


@pytest.mark.slow
def test_two_hundred_moments_of_a_year_are_shown_as_they_were(library, client, recorder):
    """Random changes of a year, and visits in between; what visitors got is kept by the test in its own way."""
    luck = random.Random(16)
    start = datetime(2026, 1, 5, 8, tzinfo=NEW_YORK)
    visited = [PAGE, "/conditions/gout/", "/", "/offices/toms-river/", "/notice-of-privacy-practices/"]
    seen: dict[str, list[tuple[datetime, bytes]]] = {path: [] for path in visited}
    now = start
    for step in range(300):
        now += timedelta(minutes=luck.randrange(60, 3000))
        with time_machine.travel(now, tick=False):
            match luck.randrange(6):
                case 0:
                    Article.objects.filter(slug="heel-pain").update(summary=f"Words of step {step}.")
                case 1:
                    Office.objects.filter(slug="toms-river").update(parking=f"Lot {step}")
                case 2:
                    SafetyCheck.objects.latest().flags.filter(position=1).update(home=f"Sign {step}")
            _forget_all()
            for path in luck.sample(visited, 3):
                page = client.get(path).content
                recorder.note(path, page)
                seen[path].append((now, page))
    for _moment in range(200):
        at = start + (now - start) * luck.random()
        path = luck.choice(visited)
        before = [page for moment, page in seen[path] if moment <= at]
        found = page_record.shown(path, at)

        assert (found.html if found else None) == (before[-1] if before else None)
    stored = sum(len(bytes(part.data)) for part in PagePart.objects.all()) + sum(
        len(page.parts) for page in PageBody.objects.all()
    )
    print(f"{PageShown.objects.count()} changes, {stored / PageShown.objects.count():,.0f} bytes each")
    assert stored / PageShown.objects.count() < 4_000


def _forget_all() -> None:
    """As `update` tells nobody."""
    offices.forget()
    current.forget()
