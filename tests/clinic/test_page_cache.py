"""The kept pages in front of Django."""

import gzip

import brotli
import pytest
import time_machine
from django.db import OperationalError

from articles.models import Article
from clinic.web.page_cache import PageCache, forget

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
        self.query = environ["QUERY_STRING"]
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
    monkeypatch.setattr("clinic.web.page_cache.monotonic", lambda: 1e12)
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


def test_query_that_says_nothing_to_the_page_is_no_way_around_it(django, visitor):
    visitor.get()
    _status, headers, _body = visitor.get(QUERY_STRING="utm_source=letter&fbclid=1", HTTP_ACCEPT_ENCODING="br")

    assert django.asked == 1
    assert headers["content-encoding"] == "br"


def test_page_is_made_without_what_says_nothing_to_it(django, visitor):
    visitor.get(QUERY_STRING="utm_source=<b>&area=heel")
    assert django.query == "area=heel"
    visitor.get(QUERY_STRING="utm_source=<b>")
    assert django.query == ""


def test_part_of_a_public_page_is_compressed_and_not_kept(django, visitor):
    for _time in range(2):
        _status, headers, _body = visitor.get(QUERY_STRING="area=heel", HTTP_ACCEPT_ENCODING="br")
        assert headers["content-encoding"] == "br"

    assert django.asked == 2
    assert visitor.cache.pages == {}


def test_query_of_a_page_that_is_not_public_arrives_whole(django, visitor):
    visitor.get("/conditions/search/", QUERY_STRING="q=heel&utm_source=a")

    assert django.query == "q=heel&utm_source=a"


def test_hosts_and_schemes_are_kept_apart(django, visitor):
    visitor.get()
    visitor.get(HTTP_HOST="evil.example")
    visitor.get(**{"wsgi.url_scheme": "https"})

    assert django.asked == 3


def test_two_hosts_of_ours_have_pages_of_their_own(django, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    visitor = Visitor(django)

    visitor.get()
    visitor.get(HTTP_HOST="other.example")
    visitor.get(HTTP_HOST="other.example")

    assert django.asked == 2


def test_old_page_is_shown_while_django_fails(django, visitor, monkeypatch):
    visitor.get()
    monkeypatch.setattr("clinic.web.page_cache.monotonic", lambda: 1e12)
    django.status = "500 Internal Server Error"

    assert visitor.get()[0] == "200 OK"
    assert visitor.get("/never-seen/")[0] == "500 Internal Server Error"


@pytest.mark.parametrize("status", ["410 Gone", "404 Not Found", "301 Moved Permanently"])
def test_withdrawn_page_does_not_come_back_while_django_fails(django, visitor, monkeypatch, status):
    visitor.get()
    monkeypatch.setattr("clinic.web.page_cache.monotonic", lambda: 1e12)
    django.status = status
    assert visitor.get()[0] == status

    django.status = "503 Service Unavailable"

    assert visitor.get()[0] == "503 Service Unavailable"


def test_page_withdrawn_before_anybody_asked_again_does_not_come_back_while_django_fails(django, visitor):
    visitor.get()
    with time_machine.travel("2041-01-01"):
        forget()  # as withdrawing it does

    django.status = "503 Service Unavailable"

    assert visitor.get()[0] == "503 Service Unavailable"


def test_kept_page_survives_a_failure_that_comes_twice(django, visitor, monkeypatch):
    visitor.get()
    monkeypatch.setattr("clinic.web.page_cache.monotonic", lambda: 1e12)
    django.status = "503 Service Unavailable"

    assert [visitor.get()[0] for _time in range(2)] == ["200 OK", "200 OK"]


def test_withdrawn_article_stays_withdrawn_while_the_database_is_away(article, client, monkeypatch):
    """The whole way: the real site behind the cache."""
    client.raise_request_exception = False

    def site(environ, start_response):
        answer = client.get(environ["PATH_INFO"])
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]

    visitor, address = Visitor(site), f"/conditions/{article.slug}/"
    assert visitor.get(address)[0] == "200 OK"
    article.unpublish()
    forget()

    def fail(*args):
        raise OperationalError

    monkeypatch.setattr(Article.objects.__class__, "get_queryset", fail)
    status, _headers, body = visitor.get(address)

    assert status.startswith("5")
    assert article.title.encode() not in body


@pytest.mark.parametrize("host", ["testserver:9999", "evil.example", "TESTSERVER.evil.example", ""])
def test_page_for_a_host_that_is_not_ours_is_not_kept(visitor, host):
    visitor.get(HTTP_HOST=host)

    assert not visitor.cache.pages


def test_spelling_of_the_host_makes_no_second_page(django, visitor):
    visitor.get()
    visitor.get(HTTP_HOST="TestServer")

    assert (django.asked, len(visitor.cache.pages)) == (1, 1)


def test_claims_about_the_scheme_make_no_second_page_without_a_proxy(django, visitor):
    for number in range(5):
        visitor.get(HTTP_X_FORWARDED_PROTO=f"made-up-{number}")

    assert (django.asked, len(visitor.cache.pages)) == (1, 1)


def test_scheme_that_the_proxy_tells_keeps_pages_apart(django, visitor, settings):
    settings.TRUSTED_PROXY_HOPS = 1
    for scheme in ("https", "http", "made-up", "https"):
        visitor.get(HTTP_X_FORWARDED_PROTO=scheme)

    assert (django.asked, len(visitor.cache.pages)) == (2, 2)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0, gzip;q=0", None),
        ("gzip, br;q=0.5", "br"),
        ("BR", "br"),
        ("vibrant", None),
        ("", None),
    ],
)
def test_page_comes_in_an_encoding_that_the_visitor_takes(visitor, accepted, encoding):
    _status, headers, _body = visitor.get(HTTP_ACCEPT_ENCODING=accepted)

    assert headers.get("content-encoding") == encoding


def test_number_of_kept_pages_is_bounded(visitor, monkeypatch):
    monkeypatch.setattr("clinic.web.page_cache.MOST_PAGES", 3)
    for number in range(10):
        visitor.get(f"/{number}/")

    assert len(visitor.cache.pages) == 3


def test_change_of_an_article_or_office_forgets_the_pages(
    article, practice, monkeypatch, django_capture_on_commit_callbacks
):
    calls = []
    monkeypatch.setattr("clinic.web.page_cache.version_file", lambda: pytest.fail("only at commit"))
    with django_capture_on_commit_callbacks() as callbacks:
        article.save()
    calls.extend(callbacks)

    assert [callback.__name__ for callback in calls] == ["tell"]


def test_only_public_pages_call_themselves_public(client, library):
    for url in ("/", "/conditions/", "/conditions/heel-pain/", "/offices/", "/offices/toms-river/", "/privacy/"):
        assert set(client.get(url)["Cache-Control"].split(", ")) == {"max-age=0", "public", "s-maxage=60"}
    for url in ("/appointments/new/", "/accounts/login/", "/admin/", "/cms/", "/nowhere/", "/appointments/sent/X/"):
        assert "public" not in client.get(url).headers.get("Cache-Control", "")
