"""The address of a patient's own page: long, unguessable, and stored nowhere.

The token is made from the request by a keyed digest whenever it is needed (on the confirmation, in a mail); the
database holds a digest of it, to find the request by. Who reads the database can't make the address.
"""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from appointments import references
from appointments.models import AppointmentRequest, EarlierLink, Event
from appointments.offices import practice
from common.crypto import digests

# A code that can be said by phone: the reference's six letters and as many more, of which there are 7 million.
CODE_LASTS = timedelta(hours=4)
SECRET_LENGTH = 6


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
    number = f"\0{inquiry.link_number}" if inquiry.link_number else ""
    tokens = digests("status link", f"{inquiry.reference}\0{inquiry.draft_digest}{number}")
    return [(made, digests("status link lookup", made)[place]) for place, made in enumerate(tokens)]


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


def short_address() -> str:
    """Where a page is found by its reference, as it is said and typed: "example.com/my"."""
    return (settings.BASE_URL.split("://")[1] + reverse("my:check")).rstrip("/")


def find(link_token: str) -> AppointmentRequest | None:
    """The request of a token, while its page is open."""
    requests = AppointmentRequest.objects.select_related("office")
    stored = digests("status link lookup", link_token)
    inquiry = requests.filter(link_digest__in=stored).first()
    if inquiry is None and len(stored) > 1:
        inquiry = requests.filter(earlier_links__digest__in=stored).first()
    return inquiry if inquiry and timezone.now() < open_until(inquiry) else None


def code(shown: Event) -> str:
    """What leads to the page for CODE_LASTS from when it was shown: "7K4M-39PQ-RT7W". It is stored nowhere."""
    letters = references.letters_of(shown.request.reference) + _secrets(shown)[0]
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def code_is_over(shown: Event) -> bool:
    """Whether the code of that line of the history leads nowhere any more."""
    return timezone.now() >= shown.at + CODE_LASTS


def find_by_code(typed: str) -> AppointmentRequest | None:
    """The request of a code, while code and page are open. Only the last one shown counts."""
    letters = _letters(typed)
    if not is_code(typed):
        return None
    known, secret = letters[: references.LENGTH], letters[references.LENGTH :]
    events = Event.objects.filter(request__reference=references.written(known), kind=Event.Kind.LINK_SHOWN)
    shown = events.select_related("request").order_by("pk").last()
    if shown is None or code_is_over(shown) or timezone.now() >= open_until(shown.request):
        return None
    return shown.request if any(hmac.compare_digest(secret, made) for made in _secrets(shown)) else None


def is_code(typed: str) -> bool:
    """Whether it has the letters of a code, and not of a reference alone."""
    return len(_letters(typed)) == references.LENGTH + SECRET_LENGTH


def find_by_reference(typed: str) -> AppointmentRequest | None:
    """The request of a reference, while its page is open. Whoever looks for it so tells the second fact with it."""
    named = AppointmentRequest.objects.select_related("office").filter(reference=references.canonical(typed))
    inquiry = named.exclude(link_digest=None).first()
    return inquiry if inquiry and is_ours(inquiry) and timezone.now() < open_until(inquiry) else None


def named_in(typed: str) -> str:
    """Whose code or reference it means to be, to count the tries."""
    return _letters(typed)[: references.LENGTH]


def _letters(typed: str) -> str:
    return references.letters_of(typed, more=SECRET_LENGTH)


def _secrets(shown: Event) -> list[str]:
    """The letters that go with the reference, under each key of DIGEST_KEY, newest first."""
    made = digests("read aloud", f"{shown.request.reference}\0{shown.nonce}")
    return [
        "".join(
            references.LETTERS[int(digest[4 * place : 4 * place + 4], 16) % len(references.LETTERS)]
            for place in range(SECRET_LENGTH)
        )
        for digest in made
    ]


def open_until(inquiry: AppointmentRequest) -> datetime:
    """When the page closes: some days after the visit, the closing, or the deadline last set, whichever is latest."""
    last = max(filter(None, (inquiry.created_at, inquiry.call_by, inquiry.booked_for, inquiry.closed_at)))
    return last + timedelta(days=practice().status_link_days)
