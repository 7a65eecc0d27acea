"""Answers between the steps of the form.

They stand in an encrypted row, found by a random cookie of which only a digest is stored: neither the session, the
address bar nor the page carries them, and a stolen database shows nobody's. A row dies DRAFT_MINUTES after its last
step.
"""

import logging
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments.models import AppointmentRequest, Draft
from common.crypto import digest, digests
from common.encrypted_fields import Unreadable
from common.rate_limit import take_place

START_SECONDS = 10 * 60
MOST_DRAFTS = 20_000  # a few kB each, and they live two hours

Answers = dict[str, Any]

log = logging.getLogger(__name__)


def key_of(request: HttpRequest) -> str:
    """The digest of the visitor's cookie; "" without one."""
    cookie = request.COOKIES.get(settings.DRAFT_COOKIE, "")
    return known(digests("draft", cookie)) if cookie else ""


def known(made: list[str]) -> str:
    """Of a digest under each key of DIGEST_KEY the one that is stored, with a draft or what was sent from it; else the
    first.
    """
    newest, *older = made
    if not older:
        return newest
    drafts = Draft.objects.filter(pk__in=older).values_list("pk", flat=True)
    sent = AppointmentRequest.objects.filter(draft_digest__in=older).values_list("draft_digest", flat=True)
    return drafts.first() or sent.first() or newest


def load(key: str) -> Answers | None:
    """The answers given so far; None when there are none, or no longer, or they can't be read."""
    draft = Draft.objects.filter(key_digest=key, expires_at__gt=timezone.now()).first() if key else None
    return None if draft is None or isinstance(draft.answers, Unreadable) else draft.answers


def may_start(request: HttpRequest, *, urgent: bool) -> bool:
    """Whether there is room for one more draft: for this connection, and for all. Urgent ones are counted apart, so
    that whoever fills in forms for a whole house keeps nobody who must be told to call.
    """
    purpose, most = "urgent draft" if urgent else "draft", settings.MOST_DRAFTS_PER_ADDRESS
    if most and not take_place(request, purpose, most=most, seconds=START_SECONDS):
        return False
    if Draft.objects.count() < MOST_DRAFTS:
        return True
    log.error("There are too many unsent answers: somebody floods the request form, and new ones are refused")
    return False


def start(response: HttpResponse, *, secure: bool) -> str:
    """Give the visitor a new cookie on `response`; returns its digest."""
    cookie = secrets.token_urlsafe(32)
    response.set_cookie(settings.DRAFT_COOKIE, cookie, httponly=True, secure=secure, samesite="Lax")
    return digest("draft", cookie)


@transaction.atomic
def keep(key: str, **steps: Any) -> None:
    """Put answers into the draft, beside what other tabs have put there, and let it live on."""
    now = timezone.now()
    draft = Draft.objects.select_for_update().filter(key_digest=key).first() or Draft(key_digest=key, answers={})
    if (draft.expires_at and draft.expires_at <= now) or isinstance(draft.answers, Unreadable):
        draft.answers = {}
    draft.answers = {**draft.answers, **steps}
    draft.expires_at = now + timedelta(minutes=settings.DRAFT_MINUTES)
    draft.save()


def delete_expired() -> int:
    """How many drafts had outlived their time."""
    deleted, _by_model = Draft.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted
