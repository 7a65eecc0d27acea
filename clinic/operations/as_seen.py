"""How the site sees who asks it: the operator's doctor asks /healthz through the proxy, with a word that proves it.

A header that holds an address nobody has is sent along. Where it turns up again tells how many proxies of ours there
are, and whether a visitor's own claim would be believed.
"""

from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from json import loads
from ssl import create_default_context
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from clinic import __version__
from common.client import client_address

HEADER = "X-Doctor"
CLAIM = "192.0.2.77"  # of a range that is nobody's (RFC 5737)
WORD_SECONDS = 60
ASK_SECONDS = 5

Answer = tuple[HTTPResponse, bytes]


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="doctor")


def is_doctor(request: HttpRequest) -> bool:
    """Whether who asks knows SECRET_KEY, and asks now."""
    try:
        return bool(_signer().unsign(request.headers.get(HEADER, ""), max_age=WORD_SECONDS))
    except BadSignature:
        return False


def facts(request: HttpRequest) -> dict[str, Any]:
    """What the site makes of this request; for the doctor alone."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return {
        "client": client_address(request),
        "proxies": len(chain) - (chain.index(CLAIM) + 1 if CLAIM in chain else 0),
        "secure": request.is_secure(),
        "version": __version__,
    }


def ask() -> tuple[dict[str, Any] | None, int, str]:
    """How the site sees us through BASE_URL, None if what answers is not this site; then, of a page that anybody may
    see, the status and where it leads.

    Raises OSError if nothing answers, or not with a certificate that fits.
    """
    answer, body = _get("/healthz", {HEADER: _signer().sign("doctor"), "X-Forwarded-For": CLAIM})
    try:
        seen = loads(body) if answer.status == 200 else None
    except ValueError:
        seen = None
    page, _body = _get("/robots.txt", {})
    return seen if isinstance(seen, dict) else None, page.status, page.headers.get("Location", "")


def _get(path: str, headers: dict[str, str]) -> Answer:
    place = urlsplit(settings.BASE_URL)
    host = place.hostname or ""
    if place.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(
            host, place.port, timeout=ASK_SECONDS, context=create_default_context()
        )
    else:
        connection = HTTPConnection(host, place.port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read(100_000)
    finally:
        connection.close()
