"""Counting how often articles are opened, in front of Django, without a trace of readers."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError
from django.utils import timezone

from articles.models import DailyReads
from articles.public import reads
from articles.public.reads import FLUSH_SECONDS, READ, Reads
from clinic.web.page_cache import PageCache

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0, s-maxage=60")]


def times(article, day=None):
    found = DailyReads.objects.filter(article=article, day=day or timezone.localdate()).first()
    return found.count if found else 0


def counted(path="/conditions/heel-pain/", method="GET", agent=BROWSER, status="200 OK", rounds=1, about=7):
    """What the page cache counts of some visits."""
    seen = []

    def django(environ, start_response):
        if about:
            environ[READ] = about
        start_response(status, list(PUBLIC))
        return [b"page"]

    cache = PageCache(django, lambda pk, by: seen.append((pk, by)), READ)
    request = {"REQUEST_METHOD": method, "HTTP_HOST": "testserver", "PATH_INFO": path, "QUERY_STRING": ""}
    environ = {**request, "HTTP_USER_AGENT": agent}
    for _round in range(rounds):
        b"".join(cache(environ, lambda *_args: lambda _data: None))
    return seen


def test_every_answer_is_counted_kept_or_not():
    assert counted(rounds=3) == [(7, BROWSER)] * 3


def test_only_reading_an_article_counts():
    assert counted(method="HEAD") == []
    assert counted(status="404 Not Found") == []
    assert counted(about=None) == []


def test_view_says_which_article_it_was(client, article):
    response = client.get("/conditions/heel-pain/")

    assert response.wsgi_request.META[READ] == article.pk
    assert READ not in response.headers


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "curl/8", "Mozilla/5.0 (compatible; bingbot/2.0)"])
def test_robots_that_say_so_are_left_out(article, agent):
    counter = Reads()
    counter.count(article.pk, agent)
    counter.flush()

    assert times(article) == 0


def test_numbers_of_several_rounds_add_up(article):
    counter = Reads()
    for _round in range(2):
        for _time in range(3):
            counter.count(article.pk, BROWSER)
        counter.flush()

    assert times(article) == 6


def test_counting_starts_a_flush_now_and_then(monkeypatch, article):
    started = []
    now = [0.0]
    monkeypatch.setattr(reads, "monotonic", lambda: now[0])
    counter = Reads(started.append)
    counter.count(article.pk, BROWSER)
    now[0] = FLUSH_SECONDS + 1
    for _time in range(5):
        counter.count(article.pk, BROWSER)

    assert len(started) == 1


def test_nothing_is_lost_while_the_database_is_away(article, monkeypatch):
    counter = Reads()
    counter.count(article.pk, BROWSER)

    def away(_numbers):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(reads, "_add", away)
        counter.flush()
    counter.flush()

    assert times(article) == 1


def test_deleted_article_and_old_days_are_dropped(article):
    DailyReads.objects.create(article=article, day=timezone.localdate() - timedelta(days=401), count=1)
    counter = Reads()
    counter.count(999_999, BROWSER)
    counter.count(article.pk, BROWSER)
    counter.flush()

    assert [row.article_id for row in DailyReads.objects.all()] == [article.pk]


def test_many_threads_lose_no_count(article):
    counter = Reads()
    threads = [Thread(target=lambda: [counter.count(article.pk, BROWSER) for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counter.flush()

    assert times(article) == 4000
