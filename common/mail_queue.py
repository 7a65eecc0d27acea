"""How mails that are owed wait for the worker, whoever they are for: leased, tried, and tried again after a while.

Delivery is at least once: a row is leased, sent, then marked or deleted. A worker killed in between leaves a lease that
runs out, and the mail goes again under the same Message-ID.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

LEASE = timedelta(seconds=6 * settings.EMAIL_TIMEOUT)  # longer than one try takes: a few steps, one of which may hang
WAITS = [timedelta(minutes=minutes) for minutes in settings.MAIL_WAIT_MINUTES]
ROUND_SECONDS = 60


def message_id() -> str:
    """A new one, of this site."""
    return make_msgid(domain=urlsplit(settings.BASE_URL).hostname)


def deliver_each(owed: QuerySet[Any], deliver: Callable[[Any], bool]) -> int:
    """Try those that are due, one at a time, until none is left or ROUND_SECONDS are over. Returns how many went.

    owed: of a model with `due_at` and `tries`. A mail server that hangs would else keep the worker from everything
    else it has to do.
    """
    sent = 0
    end = time.monotonic() + ROUND_SECONDS
    while time.monotonic() <= end and (mail := _claim(owed)):
        sent += deliver(mail)
    return sent


def after(tries: int) -> datetime:
    """When a mail is tried again that has failed so often."""
    return timezone.now() + WAITS[min(tries, len(WAITS)) - 1]


def _claim(owed: QuerySet[Any]) -> Any:
    """Lease the mail that has waited longest, or None; its lease is committed before anything is sent."""
    now = timezone.now()
    with transaction.atomic():
        mail = owed.select_for_update(skip_locked=True).filter(due_at__lte=now).order_by("due_at", "pk").first()
        if mail:
            mail.due_at = now + LEASE
            mail.tries += 1
            mail.save(update_fields=["due_at", "tries"])
    return mail
