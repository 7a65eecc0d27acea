"""The address of a patient's own page: long, unguessable, and stored nowhere.

The token is made from the request by a keyed digest whenever it is needed (on the confirmation, in a mail); the
database holds a digest of it, to find the request by. Who reads the database can't make the address.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from appointments.models import AppointmentRequest, EarlierLink
from appointments.offices import practice
from common.crypto import digests


def token(request: AppointmentRequest) -> str:
    """64 hex digits, always the same for a request, under the key that its stored digest was made with."""
    pairs = _pairs(request)
    return next((made for made, stored in pairs if stored == request.link_digest), pairs[0][0])


def digest_of(link_token: str) -> str:
    """What is stored of a new token."""
    return digests("status link lookup", link_token)[0]


def is_ours(request: AppointmentRequest) -> bool:
    """Whether a key at hand gives the stored digest."""
    return any(stored == request.link_digest for _made, stored in _pairs(request))


def _pairs(request: AppointmentRequest) -> list[tuple[str, str]]:
    """The token and what is stored of it, under each key of DIGEST_KEY, newest first."""
    tokens = digests("status link", f"{request.reference}\0{request.draft_digest}")
    return [(made, digests("status link lookup", made)[number]) for number, made in enumerate(tokens)]


def renew(request: AppointmentRequest) -> bool:
    """Make a new address under the newest key of DIGEST_KEY; the one that was mailed still leads here, while its key
    is in DIGEST_KEY. Not saved yet. Returns whether the address is another one now.
    """
    newest = _pairs(request)[0][1]
    if request.link_digest in (None, newest):
        return False
    EarlierLink.objects.get_or_create(digest=request.link_digest, defaults={"request": request})
    request.link_digest = newest
    return True


def path(request: AppointmentRequest) -> str:
    """The page's address on this site."""
    return reverse("appointments:status", args=[token(request)])


def find(link_token: str) -> AppointmentRequest | None:
    """The request of a token, while its page is open."""
    requests = AppointmentRequest.objects.select_related("office")
    stored = digests("status link lookup", link_token)
    found = requests.filter(link_digest__in=stored).first()
    if found is None and len(stored) > 1:
        found = requests.filter(earlier_links__digest__in=stored).first()
    return found if found and timezone.now() < open_until(found) else None


def open_until(request: AppointmentRequest) -> datetime:
    """When the page closes: some days after the visit, the closing, or the deadline last set, whichever is latest."""
    last = max(filter(None, (request.created_at, request.call_by, request.booked_for, request.closed_at)))
    return last + timedelta(days=practice().status_link_days)
