"""The kept pages in front of Django."""

import gzip

import brotli
import pytest
import time_machine

from clinic.page_cache import PageCache, forget

PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0, s-maxage=60")]


class Django:
    """Stands for the site: counts how often it is asked."""

    def __init__(self):
        self.asked = 0
        self.status = "200 OK"
        self.headers = PUBLIC
        self.body = b"a page that is long enough to be compressed. " * 30

    def __call__(self, environ, start_response):
        self.asked += 1
        start_response(self.status, list(self.headers))
        return [self.body]


class Visitor:
    """Asks the cache, and remembers the answer."""

    def __init__(self, django):
        self.cache = PageCache(django)

    def get(self, path="/conditions/", **environ):
        answer = {}

        def start_response(status, headers, *exc_info):
            answer.update(status=status, headers={name.lower(): value for name, value in headers})
            return lambda data: None

        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": "testserver", "QUERY_STRING": "", **environ}
        body = b"".join(self.cache(environ, start_response))
        return answer["status"], answer["headers"], body


@pytest.fixture
def django():
    return Django()


@pytest.fixture
def visitor(django):
    return Visitor(django)


def test_public_page_is_rendered_once(django, visitor):
    bodies = {visitor.get()[2] for _time in range(3)}

    assert django.asked == 1
    assert bodies == {django.body}


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_page_is_compressed_for_who_takes_it(django, visitor, encoding, unpack):
    _status, headers, body = visitor.get(HTTP_ACCEPT_ENCODING=f"deflate, {encoding}")

    assert headers["content-encoding"] == encoding
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(body) < len(django.body)
    assert unpack(body) == django.body


def test_visitor_who_has_the_page_gets_304(visitor):
    etag = visitor.get()[1]["etag"]

    status, headers, body = visitor.get(HTTP_IF_NONE_MATCH=etag)

    assert (status, body) == ("304 Not Modified", b"")
    assert headers["etag"] == etag


def test_head_has_the_headers_and_no_body(django, visitor):
    status, headers, body = visitor.get(REQUEST_METHOD="HEAD")

    assert (status, body) == ("200 OK", b"")
    assert headers["content-length"] == str(len(django.body))


def test_page_is_rendered_anew_after_its_time(django, visitor, monkeypatch):
    visitor.get()
    monkeypatch.setattr("clinic.page_cache.monotonic", lambda: 1e12)
    visitor.get()

    assert django.asked == 2


def test_page_is_rendered_anew_once_something_is_published(django, visitor):
    visitor.get()
    with time_machine.travel("2040-01-01"):
        forget()
    visitor.get()

    assert django.asked == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", [("Content-Type", "text/html")]),
        ("200 OK", [("Cache-Control", "no-store, private")]),
        ("200 OK", [("Cache-Control", "private, s-maxage=60")]),
        ("200 OK", [("Cache-Control", "public, max-age=60")]),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "a=b")]),
        ("404 Not Found", PUBLIC),
        ("302 Found", PUBLIC),
    ],
)
def test_nothing_of_a_visitors_own_is_kept(django, visitor, status, headers):
    django.status, django.headers = status, headers

    assert visitor.get()[0] == visitor.get()[0] == status
    assert django.asked == 2


def test_queries_and_posts_pass_by(django, visitor):
    visitor.get()
    visitor.get(QUERY_STRING="area=heel")
    visitor.get(REQUEST_METHOD="POST")

    assert django.asked == 3


def test_hosts_and_schemes_are_kept_apart(django, visitor):
    visitor.get()
    visitor.get(HTTP_HOST="evil.example")
    visitor.get(**{"wsgi.url_scheme": "https"})

    assert django.asked == 3


def test_old_page_is_shown_while_django_fails(django, visitor, monkeypatch):
    visitor.get()
    monkeypatch.setattr("clinic.page_cache.monotonic", lambda: 1e12)
    django.status = "500 Internal Server Error"

    assert visitor.get()[0] == "200 OK"
    assert visitor.get("/never-seen/")[0] == "500 Internal Server Error"


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "301 Moved Permanently"])
def test_page_that_is_there_no_more_is_not_shown_from_the_cache(django, visitor, monkeypatch, status):
    visitor.get()
    monkeypatch.setattr("clinic.page_cache.monotonic", lambda: 1e12)
    django.status = status

    assert visitor.get()[0] == status


def test_number_of_kept_pages_is_bounded(visitor, monkeypatch):
    monkeypatch.setattr("clinic.page_cache.MOST_PAGES", 3)
    for number in range(10):
        visitor.get(f"/{number}/")

    assert len(visitor.cache.pages) == 3


def test_change_of_an_article_or_office_forgets_the_pages(
    article, practice, monkeypatch, django_capture_on_commit_callbacks
):
    calls = []
    monkeypatch.setattr("clinic.page_cache.version_file", lambda: pytest.fail("only at commit"))
    with django_capture_on_commit_callbacks() as callbacks:
        article.save()
    calls.extend(callbacks)

    assert [callback.__name__ for callback in calls] == ["forget"]


def test_only_public_pages_call_themselves_public(client, library):
    for url in ("/", "/conditions/", "/conditions/heel-pain/", "/offices/", "/offices/toms-river/", "/privacy/"):
        assert set(client.get(url)["Cache-Control"].split(", ")) == {"max-age=0", "public", "s-maxage=60"}
    for url in ("/appointments/new/", "/accounts/login/", "/admin/", "/cms/", "/nowhere/", "/appointments/sent/X/"):
        assert "public" not in client.get(url).headers.get("Cache-Control", "")
