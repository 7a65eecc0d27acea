"""Each request has a number that a caller can say; it stands on log lines, error pages and in X-Request-Id."""

import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

number: ContextVar[str] = ContextVar("number", default="")


def request_number(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a number that can be said by phone: "4f2a-91cc"."""

    def middleware(request: HttpRequest) -> HttpResponse:
        letters = secrets.token_hex(4)
        token = number.set(f"{letters[:4]}-{letters[4:]}")
        try:
            response = get_response(request)
            if response.status_code >= 400:
                response.headers["X-Request-Id"] = number.get()
            return response
        finally:
            number.reset(token)

    return middleware
