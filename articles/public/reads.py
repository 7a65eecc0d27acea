"""How often articles are opened: a number for each article and day, and nothing about readers.

Pages are answered from memory (clinic/web/page_cache.py), so they are counted there, in memory too: `count` costs a
reader nothing, and now and then a thread of its own adds the numbers to the table. Where the database takes nothing
for a while, they wait; a process that is killed loses a minute of them. Robots that say so are left out.
"""

import logging
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from time import monotonic, time

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from articles.models import Article, DailyReads
from common.background import Start, in_background

# Where the view of an article's page says, in the WSGI environment, which article it is.
READ = "articles.read"
FLUSH_SECONDS = 60
QUARTER = 15 * 60  # of an hour, in seconds: in every time zone a day begins with one, and it is quicker to tell
KEPT = timedelta(days=400)
ROBOTS = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|^$", re.IGNORECASE)

log = logging.getLogger(__name__)


class Reads:
    """The numbers that are not in the table yet. Safe to use from many threads."""

    def __init__(self, start: Start = in_background) -> None:
        self._start = start
        self._lock = Lock()
        self._waiting: Counter[tuple[int, int]] = Counter()
        self._flush_at = monotonic() + FLUSH_SECONDS

    def count(self, article_id: int, user_agent: str) -> None:
        """An article was opened."""
        if _is_robot(user_agent):
            return
        now = monotonic()
        with self._lock:
            self._waiting[article_id, int(time() // QUARTER)] += 1
            due = now >= self._flush_at
            if due:
                self._flush_at = now + FLUSH_SECONDS
        if due:
            self._start(self.flush)

    def flush(self) -> None:
        """Add the numbers to the table; those that it did not take wait for the next time."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
        try:
            with transaction.atomic():
                _add(taken)
        except DatabaseError as problem:
            log.warning("Reads of articles not saved yet (%s)", type(problem).__name__)
            with self._lock:
                self._waiting.update(taken)


@lru_cache(maxsize=1000)
def _is_robot(user_agent: str) -> bool:
    return bool(ROBOTS.search(user_agent))


def _add(waiting: Counter[tuple[int, int]]) -> None:
    numbers: Counter[tuple[int, date]] = Counter()
    for (pk, quarter), number in waiting.items():
        numbers[pk, timezone.localdate(datetime.fromtimestamp(quarter * QUARTER, UTC))] += number
    known = set(Article.objects.filter(pk__in={pk for pk, _day in numbers}).values_list("pk", flat=True))
    for (pk, day), number in numbers.items():
        if pk not in known:
            continue
        rows = DailyReads.objects.filter(article_id=pk, day=day)
        if rows.update(count=F("count") + number):
            continue
        try:
            with transaction.atomic():
                DailyReads.objects.create(article_id=pk, day=day, count=number)
        except IntegrityError:  # another process was first
            rows.update(count=F("count") + number)
    DailyReads.objects.filter(day__lt=timezone.localdate() - KEPT).delete()


reads = Reads()
