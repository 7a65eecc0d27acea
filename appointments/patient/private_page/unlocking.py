"""The lock of a private page: what keeps it, what opens it, and for how long."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from appointments import actions, private_link
from appointments.actions import Actor
from appointments.models import AppointmentRequest
from common.client import client_address
from common.crypto import digest
from common.rate_limit import take_place_for

TRIES = 6
TRY_SECONDS = 15 * 60
TOO_MANY = _(
    "There were too many tries. To keep private pages private, we stop here for a while. "
    "Wait 15 minutes and try again, or call us:"
)
SALT = "appointments.own_page"  # in cookies, so it stays


def is_unlocked(request: HttpRequest, inquiry: AppointmentRequest) -> bool:
    """Whether this browser has told the second fact of this page, not long ago."""
    try:
        told = signing.loads(
            request.COOKIES.get(settings.OWN_PAGE_COOKIE, ""), salt=SALT, max_age=settings.OWN_PAGE_MINUTES * 60
        )
    except signing.BadSignature:
        return False
    return bool(told == _page_and_facts(inquiry, like=told))


def _page_and_facts(inquiry: AppointmentRequest, *, like: str = "") -> str:
    """What the cookie holds: a digest of the page's address and of what opens it, so that another address, phone or
    birth date locks it again.
    """
    facts = (inquiry.link_digest, *(getattr(inquiry, name) for name in actions.SECOND_FACTS))
    return digest("own page", "\0".join(map(str, facts)), like=like)


def unlock(response: HttpResponse, inquiry: AppointmentRequest) -> None:
    """From now on, for OWN_PAGE_MINUTES."""
    response.set_cookie(
        settings.OWN_PAGE_COOKIE,
        signing.dumps(_page_and_facts(inquiry), salt=SALT),
        max_age=settings.OWN_PAGE_MINUTES * 60,
        httponly=True,
        secure=not settings.DEMO,
        samesite="Lax",
    )


def takes_facts(request: HttpRequest, inquiry: AppointmentRequest) -> bool:
    """Whether what is told now is looked at: the page is not closed, and was not tried too often. If not, that is in
    the audit once in TRY_SECONDS, however often it is tried.
    """
    if not inquiry.page_is_closed and take_place_for(
        private_link.token(inquiry), "own page", most=TRIES, seconds=TRY_SECONDS
    ):
        return True
    if take_place_for(inquiry.reference, "own page refused", most=1, seconds=TRY_SECONDS):
        actions.second_fact_refused(inquiry=inquiry, actor=actor_of(request))
    return False


def actor_of(request: HttpRequest) -> Actor:
    """The patient, or who has their link."""
    return Actor(address=client_address(request))
