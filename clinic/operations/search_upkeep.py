"""After an update that finds requests in new ways, the worker makes the keys of earlier ones anew, in short steps.

When it has been through all of them the audit says so, by `search_keys.WAY`, and it is not done again.
"""

import time
from collections.abc import Iterator

from django.db import transaction

from appointments import search_keys
from appointments.models import AppointmentRequest
from common import audit
from common.models import AuditEntry

DONE = "search keys made anew"  # as the audit has it
STEP_SECONDS = 2
BATCH_ROWS = 50

_walk: Iterator[int] | None = None
_known_done = ""


def step() -> None:
    """Go on for STEP_SECONDS."""
    global _walk, _known_done
    if _known_done == search_keys.WAY:
        return
    if not AuditEntry.objects.filter(action=DONE, record=search_keys.WAY).exists():
        _walk = _walk or _all()
        end = time.monotonic() + STEP_SECONDS
        for _done in _walk:
            if time.monotonic() > end:
                return
        audit.record(actor="worker", action=DONE, record=search_keys.WAY)
    _walk, _known_done = None, search_keys.WAY


def _all() -> Iterator[int]:
    """Yields, batch by batch, how many there were."""
    last = 0
    while True:
        with transaction.atomic():
            rows = AppointmentRequest.objects.select_for_update().filter(pk__gt=last).order_by("pk")
            batch = list(rows[:BATCH_ROWS])
            for inquiry in batch:
                search_keys.renew(inquiry)
        if not batch:
            return
        last = batch[-1].pk
        yield len(batch)
