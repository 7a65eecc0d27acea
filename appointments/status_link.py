"""The address of a patient's own page: long, unguessable, and stored nowhere.

The token is made from the request by a keyed digest whenever it is needed (on the confirmation, in a mail); the
database holds a digest of it, to find the request by. Who reads the database can't make the address.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from appointments.models import AppointmentRequest
from appointments.offices import practice
from clinic.common.crypto import digest


def token(request: AppointmentRequest) -> str:
    """64 hex digits, always the same for a request."""
    return digest("status link", f"{request.reference}\0{request.draft_digest}")


def digest_of(link_token: str) -> str:
    """What is stored of a token."""
    return digest("status link lookup", link_token)


def path(request: AppointmentRequest) -> str:
    """The page's address on this site."""
    return reverse("appointments:status", args=[token(request)])


def find(link_token: str) -> AppointmentRequest | None:
    """The request of a token, while its page is open."""
    requests = AppointmentRequest.objects.select_related("office")
    found = requests.filter(link_digest=digest_of(link_token)).first()
    return found if found and timezone.now() < open_until(found) else None


def open_until(request: AppointmentRequest) -> datetime:
    """When the page closes: some days after the visit, the closing, or the deadline last set, whichever is latest."""
    last = max(filter(None, (request.created_at, request.call_by, request.booked_for, request.closed_at)))
    return last + timedelta(days=practice().status_link_days)
