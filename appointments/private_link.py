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


def token(inquiry: AppointmentRequest) -> str:
    """64 hex digits, always the same for a request, under the key that its stored digest was made with."""
    pairs = _pairs(inquiry)
    return next((made for made, stored in pairs if stored == inquiry.link_digest), pairs[0][0])


def digest_of(link_token: str) -> str:
    """What is stored of a new token."""
    return digests("status link lookup", link_token)[0]


def is_ours(inquiry: AppointmentRequest) -> bool:
    """Whether a key at hand gives the stored digest."""
    return any(stored == inquiry.link_digest for _made, stored in _pairs(inquiry))


def _pairs(inquiry: AppointmentRequest) -> list[tuple[str, str]]:
    """The token and what is stored of it, under each key of DIGEST_KEY, newest first."""
    tokens = digests("status link", f"{inquiry.reference}\0{inquiry.draft_digest}")
    return [(made, digests("status link lookup", made)[number]) for number, made in enumerate(tokens)]


def renew(inquiry: AppointmentRequest) -> bool:
    """Make a new address under the newest key of DIGEST_KEY; the one that was mailed still leads here, while its key
    is in DIGEST_KEY. Not saved yet. Returns whether the address is another one now.
    """
    newest = _pairs(inquiry)[0][1]
    if inquiry.link_digest in (None, newest):
        return False
    EarlierLink.objects.get_or_create(digest=inquiry.link_digest, defaults={"request": inquiry})
    inquiry.link_digest = newest
    return True


def path(inquiry: AppointmentRequest) -> str:
    """The page's address on this site."""
    return reverse("appointments:status", args=[token(inquiry)])


def find(link_token: str) -> AppointmentRequest | None:
    """The request of a token, while its page is open."""
    requests = AppointmentRequest.objects.select_related("office")
    stored = digests("status link lookup", link_token)
    inquiry = requests.filter(link_digest__in=stored).first()
    if inquiry is None and len(stored) > 1:
        inquiry = requests.filter(earlier_links__digest__in=stored).first()
    return inquiry if inquiry and timezone.now() < open_until(inquiry) else None


def open_until(inquiry: AppointmentRequest) -> datetime:
    """When the page closes: some days after the visit, the closing, or the deadline last set, whichever is latest."""
    last = max(filter(None, (inquiry.created_at, inquiry.call_by, inquiry.booked_for, inquiry.closed_at)))
    return last + timedelta(days=practice().status_link_days)
