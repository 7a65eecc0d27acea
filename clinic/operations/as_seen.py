"""How the site sees who asks it: the operator's doctor asks /healthz through the proxy, with a word that proves it.

A header that holds an address nobody has is sent along. Where it turns up again tells how many proxies of ours there
are, and whether a visitor's own claim would be believed.
"""

from errno import EPROTO
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from json import loads
from math import inf
from ssl import SSLSocket, cert_time_to_seconds, create_default_context
from time import time
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
MOST_BYTES = 100_000
DAY = 24 * 60 * 60


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
    """How the site sees us through BASE_URL, and for how many days its certificate is still good; None if what answers
    is not this site. Then, of a page that anybody may see, the status and where it leads.

    Raises OSError if nothing answers, or not with a certificate that fits.
    """
    answer, body, days = _get("/healthz", {HEADER: _signer().sign("doctor"), "X-Forwarded-For": CLAIM})
    try:
        seen = loads(body) if answer.status == 200 else None
    except ValueError:
        seen = None
    page, _body, _days = _get("/robots.txt", {})
    found = {**seen, "certificate_days": days} if isinstance(seen, dict) else None
    return found, page.status, page.headers.get("Location", "")


def _get(path: str, headers: dict[str, str]) -> tuple[HTTPResponse, bytes, float]:
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
        days = _days_left(connection.sock)
        answer = connection.getresponse()
        return answer, answer.read(MOST_BYTES), days
    except HTTPException as problem:
        raise ConnectionError(EPROTO, "what answers there speaks no HTTP") from problem
    finally:
        connection.close()


def _days_left(sock: Any) -> float:
    """Of the certificate; without one for ever."""
    if not isinstance(sock, SSLSocket):
        return inf
    ends = str((sock.getpeercert() or {})["notAfter"])
    return (cert_time_to_seconds(ends) - time()) / DAY
