"""Published pages, kept compressed in the process and served before Django is asked.

A page is kept when its view calls it public (`Cache-Control: public`), for as long as it says, and until something
is published: every process looks at the time of one file, which `forget` touches; `clinic/web/changes.py`
touches it on every server. If Django fails, a page that has grown old is still better than an error, as long as
nothing was published or withdrawn since. Nothing that varies by visitor ever gets in: a response with a cookie, or a
request for a host that is not ours, passes by. Of a query string only what the view reads counts
(`public_page(reads=...)`): it is left out where it says nothing to the page, and else nothing is kept.
"""

import gzip
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import monotonic, time_ns
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.urls import Resolver404, resolve

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MOST_PAGES = 2000
SMALLEST_COMPRESSED = 500  # bytes; below that it saves nothing
DROPPED = {"content-length", "etag", "vary", "date"}
LOOK_SECONDS = 0.05  # between two looks at the file's time


@dataclass(frozen=True)
class Answer:
    """A page in one encoding, ready to be sent."""

    etag: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Page:
    """A response in its encodings: keyed by "br", "gzip" and "" for plain."""

    answers: dict[str, Answer]
    good_until: float
    version: int
    article_id: int | None = None  # whose reads are counted


_seen: tuple[str, float, int] = ("", 0.0, 0)  # the file, until when its time need not be looked at, its time


def version_file() -> Path:
    """Its time says when something was last published."""
    return Path(settings.VAR_DIR) / "pages-changed"


def forget(**kwargs: object) -> None:
    """Every process of this server renders its pages anew: this one at once, the others within LOOK_SECONDS."""
    global _seen
    file = version_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    now = time_ns()
    os.utime(file, ns=(now, now))  # to itself the system gives the same time for some milliseconds
    _seen = ("", 0.0, 0)


def _version() -> int:
    global _seen
    folder, until, version = _seen
    now = monotonic()
    if now < until and folder == str(settings.VAR_DIR):
        return version
    try:
        version = version_file().stat().st_mtime_ns
    except OSError:
        version = 0
    _seen = (str(settings.VAR_DIR), now + LOOK_SECONDS, version)
    return version


class PageCache:
    """A WSGI application in front of another."""

    def __init__(
        self,
        application: Application,
        count_read: Callable[[int, str], None] = lambda _pk, _agent: None,
        read: str = "",
        record: Callable[[str, bytes], None] = lambda _path, _body: None,
    ) -> None:
        """`record` hears of each page that is made. `read` is the name under which a view says, in the environment,
        what of it is to be counted as read.
        """
        self.application = application
        self.read = read
        self.count_read = count_read
        self.record = record
        self.hosts = known_hosts()
        self.pages: OrderedDict[tuple[str, str, str], Page] = OrderedDict()
        self.lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from the kept pages, or ask Django and keep what it says is public."""
        files = environ.get("PATH_INFO", "").startswith((settings.STATIC_URL, settings.MEDIA_URL))
        host = environ.get("HTTP_HOST", "").lower()
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or files or host not in self.hosts:
            return self.application(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        if query and (query := _read_of(environ["PATH_INFO"], query)) is None:
            return self.application(environ, start_response)
        key = (_scheme(environ), host, environ["PATH_INFO"])
        page = None if query else self.pages.get(key)
        version = _version()
        if page and page.version == version and monotonic() < page.good_until:
            return self._show(page, environ, start_response)
        answer: list[Any] = []

        def remember(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            answer[:] = [status, headers]
            return lambda _data: None

        inner = {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": query}
        chunks = self.application(inner, remember)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        status, headers = answer
        failed = status.startswith("5")
        if page and failed and page.version == version:
            return self._show(page, environ, start_response)
        age = _public_age(status, headers)
        if age is None:
            if not failed:  # withdrawn, moved, or no longer for everybody: it must not come back with the next failure
                self.pages.pop(key, None)
            start_response(status, headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        page = _make(headers, body, monotonic() + age, version, inner.get(self.read))
        if not query:
            self._keep(key, page, body)
        return self._show(page, environ, start_response)

    def _keep(self, key: tuple[str, str, str], page: Page, body: bytes) -> None:
        if dict(page.answers[""].headers).get("Content-Type", "").startswith("text/html"):
            self.record(key[2], body)
        with self.lock:
            self.pages[key] = page
            self.pages.move_to_end(key)
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)

    def _show(self, page: Page, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with a page; an article's is counted as read."""
        if page.article_id and environ["REQUEST_METHOD"] == "GET":
            self.count_read(page.article_id, environ.get("HTTP_USER_AGENT", ""))
        return _answer(page, environ, start_response)


def known_hosts() -> frozenset[str]:
    """The values of the Host header whose pages are kept: others would only push pages out, or get into them."""
    ports = {urlsplit(settings.BASE_URL).port, *((settings.PORT,) if settings.DEMO else ())} - {None}
    names = [host.lower() for host in settings.ALLOWED_HOSTS]
    return frozenset([*names, *(f"{name}:{port}" for name in names for port in ports)])


def _scheme(environ: dict[str, Any]) -> str:
    """As Django sees it."""
    if not settings.TRUSTED_PROXY_HOPS:
        return str(environ.get("wsgi.url_scheme", ""))
    return "https" if environ.get("HTTP_X_FORWARDED_PROTO", "").split(",")[0].strip() == "https" else "http"


def _read_of(path: str, query: str) -> str | None:
    """What of a query string the page there reads, sorted; None where no public page is."""
    try:
        reads = getattr(resolve(path).func, "reads", None)
    except Resolver404:
        return None
    if reads is None:
        return None
    return urlencode(sorted(pair for pair in parse_qsl(query) if pair[0] in reads))


@lru_cache(maxsize=256)
def _takes(accepted: str) -> frozenset[str]:
    """The encodings of an Accept-Encoding header, without those that it refuses by q=0 (RFC 9110, 12.5.3)."""
    choices = [choice.partition(";") for choice in accepted.lower().split(",")]
    return frozenset(
        name.strip() for name, _semicolon, weight in choices if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    )


def _public_age(status: str, headers: Headers) -> int | None:
    """For how many seconds a response may be kept; None if it may not."""
    names = {name.lower(): value for name, value in headers}
    match = re.search(r"s-maxage=(\d+)", names.get("cache-control", ""))
    if not status.startswith("200") or "set-cookie" in names or "public" not in names.get("cache-control", ""):
        return None
    return int(match[1]) if match else None


def _make(headers: Headers, body: bytes, good_until: float, version: int, article_id: int | None) -> Page:
    """A page to keep, compressed once."""
    bodies = {"": body}
    if len(body) >= SMALLEST_COMPRESSED:
        bodies["br"] = brotli.compress(body, quality=5)
        bodies["gzip"] = gzip.compress(body, compresslevel=6, mtime=0)
    digest = blake2b(body, digest_size=12).hexdigest()
    kept = [*((name, value) for name, value in headers if name.lower() not in DROPPED), ("Vary", "Accept-Encoding")]
    answers = {}
    for encoding, packed in bodies.items():
        etag = f'"{digest}{encoding and "-" + encoding}"'
        more = [("ETag", etag), *([("Content-Encoding", encoding)] if encoding else [])]
        answers[encoding] = Answer(etag, [*kept, *more, ("Content-Length", str(len(packed)))], packed)
    return Page(answers, good_until, version, article_id)


def _answer(page: Page, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The page in the best encoding the visitor takes; 304 if they have it."""
    accepted = _takes(environ.get("HTTP_ACCEPT_ENCODING", ""))
    answers = page.answers
    found = answers[
        "br" if "br" in accepted and "br" in answers else "gzip" if "gzip" in accepted and "gzip" in answers else ""
    ]
    if found.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        about_body = ("content-type", "content-encoding", "content-length")
        start_response("304 Not Modified", [pair for pair in found.headers if pair[0].lower() not in about_body])
        return []
    start_response("200 OK", [*found.headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]
