"""Browsers in which a person has signed in before: strangers' wrong passwords don't shut them out.

Wrong passwords are counted for a name, so that nobody can go on guessing from ever new addresses. That alone would let
anybody keep a front desk out all day. So a browser that has been all the way in as this person, second factor included,
carries a signed cookie, and has a count of its own. The cookie opens nothing: it is good for five tries, as a name is.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

from common.crypto import digest

SALT = "clinic.known_browsers"  # in cookies, so it stays
DAYS = 180
MOST_PEOPLE = 8  # who share a desk's computer; the one who was here longest ago is forgotten


def name_of(request: HttpRequest, username: str) -> str:
    """A name for this browser as this person's; "" for one that has not been in as them."""
    return _people(request).get(_person(username), "")


def signed_in(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: object) -> None:
    """A receiver of `user_logged_in`: the answer to this request brings the cookie."""
    if request is not None:
        request.came_in_as = user.get_username()  # type: ignore[attr-defined]


def remember(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives the cookie to who has just signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        username = getattr(request, "came_in_as", "")
        if username:
            people = _people(request)
            name = people.pop(_person(username), "") or secrets.token_urlsafe(12)
            people = {**dict(list(people.items())[-(MOST_PEOPLE - 1) :]), _person(username): name}
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE,
                signing.dumps(people, salt=SALT),
                max_age=DAYS * 24 * 60 * 60,
                httponly=True,
                secure=not settings.DEMO,
                samesite="Lax",
            )
        return response

    return middleware


def _person(username: str) -> str:
    """Stands for them in the cookie, which names nobody."""
    return digest("known browser", username.lower())[:16]


def _people(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt=SALT, max_age=DAYS * 24 * 60 * 60
        )
    except signing.BadSignature:
        return {}
    return dict(found)
