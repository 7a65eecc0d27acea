"""Making anew, under the newest key of DIGEST_KEY, what is looked up by a digest: search keys, who is the same person,
the addresses of private pages.

What can't be made anew stays as it was, and is found under the older key while that is in DIGEST_KEY: addresses that
were mailed (`EarlierLink`), drafts, kept forms, the cookies of who has just sent something, and the audit, whose
entries nobody may change. Whether a request is done stands in itself, so this can stop and be started again.
"""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from appointments import private_link, search_keys
from appointments.models import AppointmentRequest
from clinic.operations.key_rotation import PAUSE_SECONDS
from common.crypto import digest_ring
from common.models import KeyCheck

BATCH_ROWS = 50


def rotate(skipped: list[str]) -> Iterator[int]:
    """Yields how many requests were done, batch by batch. The references of those of which something can't be read go
    into `skipped`: by that they are found only under the older key.
    """
    last = 0
    while True:
        with transaction.atomic():
            rows = AppointmentRequest.objects.select_for_update().filter(pk__gt=last).order_by("pk")
            batch = list(rows[:BATCH_ROWS])
            done = sum(_renew(inquiry, skipped) for inquiry in batch)
        if not batch:
            return
        last = batch[-1].pk
        if done:
            yield done
            time.sleep(PAUSE_SECONDS)


def _renew(inquiry: AppointmentRequest, skipped: list[str]) -> bool:
    """Whether there was something to do. Search keys and address change together, in the caller's transaction."""
    changed = private_link.renew(inquiry)
    if changed:
        inquiry.save(update_fields=["link_digest"])
    if not search_keys.is_readable(inquiry):
        skipped.append(inquiry.reference)
    return search_keys.renew(inquiry) or changed


def finish() -> list[str]:
    """Note that no look-up needs the older keys any more; returns their ids."""
    older = list(digest_ring(settings.DIGEST_KEY))[1:]
    KeyCheck.objects.filter(name__in=[f"DIGEST_KEY {key_id}" for key_id in older]).update(needed=False)
    return older
