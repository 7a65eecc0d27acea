"""How much a visitor may send, and how many may send at once: refused before it is read, on every address.

Django compares the length only when a view looks at the form, and has no limit of its own for files. This stands in
front of it. A body without a length (chunked) is read up to the limit and handed on with its length, since Django
takes such a body for empty.

The web server hands a request on before its body is there, and gives whoever sends it slowly, or never, a thread to
wait in for as long as they like. So requests with a body never take all threads: pages and health go on. Only a proxy
that takes whole bodies in, with a time limit, keeps the forms open, too (docs/operating.md).
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler
from django.db import Error
from django.http import Http404
from django.urls import resolve
from django.utils.html import format_html, format_html_join

from common.text import whole_number

Application = Callable[..., Iterable[bytes]]
# The only addresses that take files, by name: a new one of Wagtail's takes none until it is named here.
DOORS = {
    "wagtailimages:add",
    "wagtailimages:add_multiple",
    "wagtailimages:edit",  # only to say why not
    "wagtailimages_chooser:create",
    "admin:appointments_podiatrist_add",
    "admin:appointments_podiatrist_change",
    "admin:appointments_practicesettings_change",
    "moving_in",
}
# Who may send files there, where the files are large: asked before a byte is stored.
RIGHTS = {"moving_in": "articles.add_importjob"}
PICTURES = (
    "/cms/images/",
    "/admin/appointments/podiatrist/",
    "/admin/appointments/practicesettings/",
)  # where editors and managers put them in
MOVING_IN = "/cms/moving-in/"  # where a whole site comes in
SITE_BYTES = 202 * 1024 * 1024  # two files of 100 MB, and the form around them
PICTURE_BYTES = 11 * 1024 * 1024  # Wagtail's own limit for a picture is 10 MB; the form around it needs some
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Error: {title}</title></head>
<body><h1>{title}</h1>
<p>{text}</p>
{phones}<p>In an emergency call <a href="tel:{emergency}">{emergency}</a>.</p></body></html>
"""
TOO_BUSY = (
    "Too many people are sending something right now",
    "Go back, wait a minute, and send it again: what you typed is still there.",
)
TOO_MUCH = ("That is more than this page can take", "Go back, shorten what you wrote, and send it again.")


def limit(path: str) -> int:
    """In bytes, for an address."""
    if path == MOVING_IN:
        return SITE_BYTES
    return PICTURE_BYTES if path.startswith(PICTURES) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def places(threads: int) -> int:
    """How many of so many threads requests with a body may take at once: three of four, one at least."""
    return max(1, threads * 3 // 4)


class BodyLimit:
    """A WSGI application in front of another."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.places = BoundedSemaphore(places(settings.WEB_THREADS))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """413 for a body that is too long, 503 while too many are being sent."""
        length = environ.get("CONTENT_LENGTH") or ""
        chunked = not length and bool(environ.get("HTTP_TRANSFER_ENCODING"))
        if not chunked and length in ("", "0"):
            return self.application(environ, start_response)
        if not self.places.acquire(blocking=False):
            return _refuse(start_response, "503 Service Unavailable", *TOO_BUSY)
        try:
            return self._limited(environ, start_response, length)
        finally:
            self.places.release()

    def _limited(self, environ: dict[str, Any], start_response: Callable[..., Any], length: str) -> Iterable[bytes]:
        most = limit(environ.get("PATH_INFO", ""))
        if not length:
            most = min(most, PICTURE_BYTES)  # it is held in memory; browsers tell the length of a file
            body = environ["wsgi.input"].read(most + 1)
            environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            length = environ["CONTENT_LENGTH"]
        if (size := whole_number(length)) is None or size > most:
            return _refuse(start_response, "413 Content Too Large", *TOO_MUCH)
        return self.application(environ, start_response)


def _page(title: str, text: str) -> bytes:
    """With the phones, as every page that says that something went wrong; without them while the database is away."""
    from appointments.offices import directory  # this module is read before the models are

    phones = ""
    with suppress(Error):
        offices = [(facts.phone, facts.name, facts.phone_in_words) for facts in directory()]
        items = format_html_join("", '<li><a href="tel:{}">{} {}</a></li>', offices)
        phones = format_html("<p>Or call us:</p>\n<ul>{}</ul>\n", items)
    return format_html(PAGE, title=title, text=text, phones=phones, emergency=settings.EMERGENCY_NUMBER).encode()


def _refuse(start_response: Callable[..., Any], status: str, title: str, words: str) -> Iterable[bytes]:
    text = _page(title, words)
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(text))),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ]
    start_response(status, headers)
    return [text]


class FilesAtTheEditorsDesk(FileUploadHandler):
    """Stands before Django's upload handlers: a form with a file in it is 400 anywhere but where pictures come in."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Raises BadRequest, or Http404 where there is no page, before a byte of the file is stored."""
        name = resolve(self.request.path_info).view_name if self.request else ""
        if name == "gone":
            raise Http404
        if name not in DOORS:
            raise BadRequest("This page takes no files")
        if name in RIGHTS and not (self.request and self.request.user.has_perm(RIGHTS[name])):
            raise BadRequest("You can’t send files here")
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """For the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
