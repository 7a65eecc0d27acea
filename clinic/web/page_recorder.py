"""Writes down what public pages show, where they are made: a page that is kept was written down when it was made.

Nobody waits for it: a thread of its own writes, once a page differs from what this process wrote last. A database that
takes nothing costs the record, and never the page; the next making tries again.
"""

import logging
from datetime import datetime
from threading import Lock

from django.db import Error
from django.utils import timezone

from common import page_record
from common.background import Start, in_background

log = logging.getLogger(__name__)


class Recorder:
    """What this process has written down last of each page. Safe to use from many threads."""

    def __init__(self, start: Start = in_background) -> None:
        self._start = start
        self._lock = Lock()
        self._last: dict[str, str] = {}

    def note(self, path: str, body: bytes) -> None:
        """A page was made."""
        digest, now = page_record.digest_of(body), timezone.now()
        with self._lock:
            if self._last.get(path) == digest:
                return
            self._last[path] = digest
        self._start(lambda: self._write(path, body, digest, now))

    def _write(self, path: str, body: bytes, digest: str, at: datetime) -> None:
        try:
            page_record.keep(path, body, at)
        except Error as problem:
            log.warning("What a page shows was not written down (%s)", type(problem).__name__)
            with self._lock:
                if self._last.get(path) == digest:
                    del self._last[path]


recorder = Recorder()
