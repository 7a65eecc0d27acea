"""Follow the audit trail from its start, and say where it is not what was written."""

import hashlib
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS

from common.audit.trail import BROKEN, CHANGED, CLOSED, GONE, Broken, Trail, hash_of, seal_of
from common.models import AuditEntry, AuditHead

READ_ROWS = 5_000


def verify(*, expected: str = "", using: str = DEFAULT_DB_ALIAS) -> Trail:
    """Follow the whole chain, and compare it with a mark noted earlier. Raises Broken.

    Only an old copy of the head row together with the entries of its time passes without a mark; the mark finds it.
    It may take minutes and keeps nobody from writing: what is appended meanwhile is looked at, too, but not demanded.
    """
    steps = verify_in_steps(expected=expected, using=using)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            trail: Trail = done.value
            return trail


def verify_in_steps(*, expected: str = "", using: str = DEFAULT_DB_ALIAS) -> Generator[None, None, Trail]:
    """The same in steps of READ_ROWS entries, for the worker, who has other work between them."""
    wanted = _parse(expected) if expected else None
    while True:
        head = _head(using)
        try:
            return (yield from _follow(head, wanted, using))
        except Broken:
            if _head(using).pruned_count == head.pruned_count:
                raise  # else entries were deleted under our feet, rightly: once more


def mark(using: str = DEFAULT_DB_ALIAS) -> str:
    """The line that `verify` can compare with later. Raises Broken."""
    head = _head(using)
    return _mark(head.count, head.last_hash)


def _mark(count: int, last_hash: str) -> str:
    return f"{count}:{last_hash or '0' * 64}"


def _parse(mark: str) -> tuple[int, str]:
    if not (found := re.fullmatch(r"(\d+):([0-9a-f]{64})", mark.strip())):
        raise ValueError("A mark is the number of entries, a colon and 64 digits from 0 to f")
    return int(found[1]), found[2] if int(found[1]) else ""


def _head(using: str) -> AuditHead:
    """The head as it is. Raises Broken."""
    head = AuditHead.objects.using(using).filter(pk=1).first()
    if head is None:
        raise Broken(GONE)  # the database is made with one: migration 0051_audit_begins
    if head.seal != seal_of(head):
        raise Broken(CHANGED)
    return head


def entries_in_order(using: str, after: int = 0) -> Iterator[AuditEntry]:
    """All entries in their order, read in short steps: SQLite's writers wait for a reader to finish."""
    while rows := list(AuditEntry.objects.using(using).filter(pk__gt=after).order_by("pk")[:READ_ROWS]):
        yield from rows
        after = rows[-1].pk


@dataclass
class Walk:
    """The state of following the chain: where it stands, what was wrong so far, and what of it has been closed.

    What is taken away before a closed incident makes no new fault if it stood at the very start; the count in the
    sealed head finds that.
    """

    number: int
    previous: str
    fault: AuditEntry | None = None  # the first that nobody has closed
    evidence: str = ""  # a digest of all that was wrong
    closed: list[AuditEntry] = field(default_factory=list)

    def take(self, entry: AuditEntry) -> None:
        """The next entry."""
        proper = hash_of(entry)
        if entry.previous_hash != self.previous or entry.hash != proper or entry.action == BROKEN:
            place = (self.evidence, entry.previous_hash, entry.hash, proper)
            self.evidence = hashlib.sha256("\x1f".join(place).encode()).hexdigest()
            self.fault = self.fault or entry
        elif self.fault and entry.action == CLOSED and entry.record.partition(" ")[0] == self.evidence:
            self.closed.append(entry)
            self.fault = None
        self.number, self.previous = self.number + 1, entry.hash

    def check(self) -> None:
        """Raises Broken for what nobody has closed."""
        if self.fault is None:
            return
        if self.fault.action == BROKEN and self.fault.hash == hash_of(self.fault):
            found = self.fault.record.partition(";")[0]
            raise Broken(f"It was found broken when entry {self.fault.pk} was written: {found}", self.fault)
        raise Broken(f"Entry {self.fault.pk} does not follow from the one before it", self.fault)


def _follow(head: AuditHead, wanted: tuple[int, str] | None, using: str) -> Generator[None, None, Trail]:
    walk = Walk(head.pruned_count, head.pruned_hash)
    first = last = None
    links = {walk.number: walk.previous}  # the hash at each place that somebody has noted
    places = {head.count, wanted[0] if wanted else head.count}
    for entry in entries_in_order(using):
        walk.take(entry)
        if walk.number in places:
            links[walk.number] = walk.previous
        first, last = first or entry.at, entry.at
        if walk.number % READ_ROWS == 0:
            yield
    walk.check()
    if links.get(head.count) != head.last_hash:
        raise Broken("Entries are missing at the end")
    if walk.number > _head(using).count:
        raise Broken("There are more entries than the head of the trail says")
    if wanted and wanted[0] < head.pruned_count:
        raise Broken(f"The mark is too old to compare: the first {head.pruned_count} entries have been deleted since")
    if wanted and links.get(wanted[0]) != wanted[1]:
        raise Broken(f"Entry number {wanted[0]} is not the one in the mark: an old copy was put back")
    entries = walk.number - head.pruned_count
    return Trail(entries, head.pruned_count, first, last, _mark(walk.number, walk.previous), tuple(walk.closed))
