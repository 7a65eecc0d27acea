"""The audit trail of patients' details: every view, list and change, as a hash chain.

Each entry's hash is keyed (DIGEST_KEY) and covers the entry before it, so whoever can write to the database but
does not hold the key can't change, remove or insert an entry unnoticed. The single AuditHead row is locked while
a link is added, so writers queue up; call it last in a transaction.

The database itself refuses to change an entry, or to delete one that is not six years old (migration
0008_audit_is_append_only). `prune` deletes what is older than AUDIT_YEARS, from the chain's start; the head keeps,
under its seal, how many went and the hash from which the rest goes on.
"""

import getpass
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from appointments.models import AuditEntry, AuditHead
from clinic.common.crypto import digest

READ_ROWS = 5_000
PRUNE_ROWS = 5_000
TRIGGERS = {"audit_entry_kept", "audit_entry_unchanged"}


class Broken(Exception):
    """The trail is not what was written. The text says where; `entry` is the first wrong one, if there is one."""

    def __init__(self, text: str, entry: AuditEntry | None = None) -> None:
        super().__init__(text)
        self.entry = entry


@dataclass(frozen=True)
class Trail:
    """A whole trail. `mark` is the line to note down outside the database, "<entries ever written>:<last hash>"."""

    entries: int
    pruned: int
    first: datetime | None
    last: datetime | None
    mark: str


def _hash(entry: AuditEntry) -> str:
    """The entry's link: a keyed digest over its fields and the hash before."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = (entry.previous_hash, at, entry.actor, entry.action, entry.record, entry.office, entry.address)
    return digest("audit", "\x1f".join(fields), like=entry.hash)


def _seal(head: AuditHead) -> str:
    """What only a holder of the key can write over the lengths and the links at both ends."""
    text = f"{head.count}\x1f{head.last_hash}"
    if head.pruned_count:
        text += f"\x1f{head.pruned_count}\x1f{head.pruned_hash}"
    return digest("audit head", text, like=head.seal)


@transaction.atomic
def record(*, actor: str, action: str, record: str = "", office: str = "", address: str = "") -> None:
    """Append an entry. Commits or fails together with the change it tells of."""
    head = _locked_head()
    entry = AuditEntry(
        at=timezone.now(),
        actor=actor,
        action=action,
        record=record,
        office=office,
        address=address,
        previous_hash=head.last_hash,
    )
    entry.hash = _hash(entry)
    entry.save()
    head.count += 1
    head.last_hash = entry.hash
    head.seal = _seal(head)
    head.save()


def operator() -> str:
    """Who runs a command on the server, as the audit writes it."""
    return f"operator {getpass.getuser()}"


def _locked_head() -> AuditHead:
    head, _made = AuditHead.objects.select_for_update().get_or_create(pk=1)
    return head


def verify(*, expected: str = "", using: str = DEFAULT_DB_ALIAS) -> Trail:
    """Follow the whole chain, and compare it with a mark noted earlier. Raises Broken.

    Only an old copy of the head row together with the entries of its time passes without a mark; the mark finds it.
    It may take minutes and keeps nobody from writing: what is appended meanwhile is looked at, too, but not demanded.
    """
    wanted = _parse(expected) if expected else None
    while True:
        head = _head(using)
        try:
            return _follow(head, wanted, using)
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
        if AuditEntry.objects.using(using).exists():
            raise Broken("The head of the trail is gone")
        head = AuditHead()
        head.seal = _seal(head)
    if head.seal != _seal(head):
        raise Broken("The head of the trail was changed")
    return head


def _entries(using: str, after: int = 0) -> Iterator[AuditEntry]:
    """All entries in their order, read in short steps: SQLite's writers wait for a reader to finish."""
    while rows := list(AuditEntry.objects.using(using).filter(pk__gt=after).order_by("pk")[:READ_ROWS]):
        yield from rows
        after = rows[-1].pk


def _follow(head: AuditHead, wanted: tuple[int, str] | None, using: str) -> Trail:
    number, previous = head.pruned_count, head.pruned_hash
    first = last = None
    links = {number: previous}  # the hash at each place that somebody has noted
    places = {head.count, wanted[0] if wanted else head.count}
    for entry in _entries(using):
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            raise Broken(f"Entry {entry.pk} does not follow from the one before it", entry)
        number, previous = number + 1, entry.hash
        if number in places:
            links[number] = previous
        first, last = first or entry.at, entry.at
    if links.get(head.count) != head.last_hash:
        raise Broken("Entries are missing at the end")
    if number > _head(using).count:
        raise Broken("There are more entries than the head of the trail says")
    if wanted and wanted[0] < head.pruned_count:
        raise Broken(f"The mark is too old to compare: the first {head.pruned_count} entries have been deleted since")
    if wanted and links.get(wanted[0]) != wanted[1]:
        raise Broken(f"Entry number {wanted[0]} is not the one in the mark: an old copy was put back")
    return Trail(number - head.pruned_count, head.pruned_count, first, last, _mark(number, previous))


def first_broken() -> AuditEntry | None:
    """The first entry that does not follow from the one before it; None when the chain is whole.

    Raises AuditEntry.DoesNotExist when entries are missing at its end.
    """
    try:
        verify()
    except Broken as problem:
        if problem.entry is None:
            raise AuditEntry.DoesNotExist(str(problem)) from problem
        return problem.entry
    return None


def is_locked(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the database itself refuses to change or delete entries."""
    connection = connections[using]
    table = AuditEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')", [table]
            )
        return {name for (name,) in cursor.fetchall()} >= TRIGGERS


def prune(now: datetime | None = None) -> int:
    """Delete the entries whose years are over, from the chain's start; returns how many. Raises Broken.

    Counted from midnight UTC, so that there is something to do once a day, and in years of 366 days, so that it never
    comes before the database's own six calendar years. The entry about it is written only when there was something.
    """
    midnight = (now or timezone.now()).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    over = midnight - timedelta(days=366 * settings.AUDIT_YEARS)
    total = 0
    while deleted := _prune_some(over):
        total += deleted
    if total:
        record(actor="worker", action="audit pruned", record=f"{total} entries before {over:%Y-%m-%d}")
    return total


@transaction.atomic
def _prune_some(over: datetime) -> int:
    """As many as one short transaction takes. What does not hang together is evidence and stays."""
    oldest = AuditEntry.objects.order_by("pk").first()
    if oldest is None or oldest.at >= over:
        return 0
    head = _locked_head()
    if head.seal != _seal(head):
        raise Broken("The head of the trail was changed")
    rows = list(AuditEntry.objects.order_by("pk")[:PRUNE_ROWS])
    number, previous, last = head.pruned_count, head.pruned_hash, 0
    for entry in rows:
        if entry.at >= over:
            break
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            raise Broken(f"Entry {entry.pk} does not follow from the one before it", entry)
        number, previous, last = number + 1, entry.hash, entry.pk
    deleted, _by_model = AuditEntry.objects.filter(pk__lte=last).delete()
    head.pruned_count, head.pruned_hash = number, previous
    head.seal = _seal(head)
    head.save()
    return deleted
