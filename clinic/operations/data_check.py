"""Once a day the worker reads every encrypted value, in short steps between its other work (`alarms.WATCHES`).

One that can't be read is shown as such in its place and stops nothing; this finds it before somebody needs it, and
while the backup that still has it is there.
"""

import logging
import time
from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.operations import key_rotation
from clinic.operations.key_rotation import Unread

STEP_SECONDS = 2
DAY = 24 * 60 * 60

log = logging.getLogger(__name__)


class DataCheck:
    """Where the reading stands, and what it has found so far."""

    def __init__(self) -> None:
        self.walk: Iterator[Unread | None] | None = None
        self.due = 0.0
        self.count = 0

    def step(self) -> str | None:
        """Go on for STEP_SECONDS; at the end a sentence for managers, "" if all can be read. None until then."""
        if self.walk is None:
            if time.monotonic() < self.due:
                return None
            self.walk, self.count = key_rotation.unreadable(), 0
        end = time.monotonic() + STEP_SECONDS
        for unread in self.walk:
            if unread:
                self.count += 1
                log.warning("A stored value can't be read: %s", unread)
            if time.monotonic() > end:
                return None
        self.walk, self.due = None, time.monotonic() + DAY
        if self.count:
            return _(
                "Some of what is stored can’t be read any more. Ask the person who looks after the server: "
                "“manage.py check_data” says what, and it may be in a backup."
            )
        return ""


check = DataCheck()


def step() -> str | None:
    return check.step()
