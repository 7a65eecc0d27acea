"""The worker says that it runs, and the site notices when it does not."""

from datetime import datetime, timedelta

from django.utils import timezone

from common import clock
from common.models import WorkerBeat

WORKER_LATE_AFTER = timedelta(minutes=5)


def beat() -> None:
    """The worker runs; and, unless there is doubt, by a clock that is right."""
    now = timezone.now()
    right = {} if clock.doubt() else {"trusted_at": now}
    WorkerBeat.objects.update_or_create(pk=1, defaults={"at": now, **right})


def worker_is_late() -> bool:
    """Whether nothing has been heard of the worker for five minutes: no mail goes out. One query."""
    return is_late(WorkerBeat.objects.values_list("at", flat=True).first())


def is_late(heard: datetime | None) -> bool:
    """Of a heartbeat. One that is far ahead tells nothing: the clock was fast when the worker died, or is slow now."""
    return heard is None or abs(timezone.now() - heard) >= WORKER_LATE_AFTER
