"""With keys that don't fit the database nothing is written: a page with the phones instead. Public pages are shown."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from clinic.operations import keys
from clinic.web.errors import cannot_write

# Where something is written even by looking: into the audit, a draft, a session.
WRITING = ("/accounts/", "/admin/", "/appointments/", "/cms/", "/desk/")
SAFE = ("GET", "HEAD", "OPTIONS")


def write_guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:

    def middleware(request: HttpRequest) -> HttpResponse:
        reading = request.method in SAFE and not request.path.startswith(WRITING)
        return get_response(request) if reading or keys.fit() else cannot_write(request)

    return middleware
