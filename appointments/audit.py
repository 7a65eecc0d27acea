"""The audit trail of patients' details: every view, list and change, as a hash chain.

Each entry's hash is keyed (DIGEST_KEY) and covers the entry before it; the single AuditHead row says, under a seal,
how many there are and which is the last. Whoever can write to the database but does not hold the key can't change,
remove or insert an entry so that `verify` finds nothing. Only an old copy of the head together with the entries of its
time passes; the marks that the worker logs and mails every day (`Trail.mark`) find that.

`record` looks at the head and the newest entry before it appends. What it finds wrong becomes an entry of its own
(BROKEN), from which the chain goes on: nobody's work is stopped, and `verify` reports it until `close_incident` has
written down who closed it, why, and a digest of all that was found. More damage than that is a new incident.

The head row is locked while a link is added, so writers queue up; call `record` last in a transaction.

The database itself refuses to change an entry, or to delete one that is not six years old (migration
0008_audit_is_append_only). `prune` deletes what is older than AUDIT_YEARS, from the chain's start; the head keeps,
under its seal, how many went and the hash from which the rest goes on. What was found broken stays, and what follows.
"""

import getpass
import hashlib
import logging
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import clock
from appointments.models import AuditEntry, AuditHead
from common.crypto import digest
from common.networks import connection_of

READ_ROWS = 5_000
PRUNE_ROWS = 5_000
TRIGGERS = {"audit_entry_kept", "audit_entry_unchanged"}
BROKEN, CLOSED = "audit broken", "audit incident closed"
GONE, CHANGED = "The head of the trail is gone", "The head of the trail was changed"

log = logging.getLogger(__name__)


class Broken(Exception):
    """The trail is not what was written. The text says where; `entry` is the first wrong one, if there is one."""

    def __init__(self, text: str, entry: AuditEntry | None = None) -> None:
        super().__init__(text)
        self.entry = entry


@dataclass(frozen=True)
class Trail:
    """A whole trail. `mark` is the line to note down outside the database, "<entries ever written>:<last hash>".

    `closed`: the entries by which somebody closed an incident; what they vouch for begins after the first of them.
    """

    entries: int
    pruned: int
    first: datetime | None
    last: datetime | None
    mark: str
    closed: tuple[AuditEntry, ...] = ()


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
    head = _sound_head()
    entry = AuditEntry(actor=actor, action=action, record=record, office=office, address=address)
    _append(head, entry)


def _append(head: AuditHead, entry: AuditEntry) -> None:
    entry.at = timezone.now()
    entry.previous_hash = head.last_hash
    entry.hash = _hash(entry)
    entry.save()
    head.count += 1
    head.last_hash = entry.hash
    head.seal = _seal(head)
    head.save()


def _sound_head() -> AuditHead:
    """The head, locked. What is wrong with it is first written into the trail, with all that the head said."""
    head, made = AuditHead.objects.select_for_update().get_or_create(pk=1)
    newest = AuditEntry.objects.order_by("-pk").first()
    if fault := GONE if made else _fault(head, newest):
        said = f"{head.count}:{head.last_hash} {head.pruned_count}:{head.pruned_hash} {head.seal}"
        head.count = head.pruned_count + AuditEntry.objects.count()
        head.last_hash = newest.hash if newest else head.pruned_hash
        _append(head, AuditEntry(actor="audit", action=BROKEN, record=f"{fault}; it said {said}"[:700]))
        log.error("The audit trail was found broken, and goes on. %s.", fault)
    return head


def _fault(head: AuditHead, newest: AuditEntry | None) -> str:
    """What is wrong at the end of the trail; "" when the head is what was written, and so is the newest entry."""
    if head.seal != _seal(head):
        return CHANGED
    if (newest.hash if newest else head.pruned_hash) != head.last_hash:
        return "The newest entry is not the last that was written"
    if newest and newest.hash != _hash(newest):
        return "The newest entry was changed"
    return ""


def connection_key(address: str) -> str:
    """What is kept of where a patient sends from: the same for the same connection, and no address; "" for none.

    Entries from before that was so hold the address itself: they are chained and can't change.
    """
    return f"connection {digest('connection', connection_of(address))[:16]}" if address else ""


def operator() -> str:
    """Who runs a command on the server, as the audit writes it."""
    return f"operator {getpass.getuser()}"


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
    if head.seal != _seal(head):
        raise Broken(CHANGED)
    return head


def _entries(using: str, after: int = 0) -> Iterator[AuditEntry]:
    """All entries in their order, read in short steps: SQLite's writers wait for a reader to finish."""
    while rows := list(AuditEntry.objects.using(using).filter(pk__gt=after).order_by("pk")[:READ_ROWS]):
        yield from rows
        after = rows[-1].pk


@dataclass
class _Walk:
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
        proper = _hash(entry)
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
        if self.fault.action == BROKEN and self.fault.hash == _hash(self.fault):
            found = self.fault.record.partition(";")[0]
            raise Broken(f"It was found broken when entry {self.fault.pk} was written: {found}", self.fault)
        raise Broken(f"Entry {self.fault.pk} does not follow from the one before it", self.fault)


def _follow(head: AuditHead, wanted: tuple[int, str] | None, using: str) -> Generator[None, None, Trail]:
    walk = _Walk(head.pruned_count, head.pruned_hash)
    first = last = None
    links = {walk.number: walk.previous}  # the hash at each place that somebody has noted
    places = {head.count, wanted[0] if wanted else head.count}
    for entry in _entries(using):
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


def close_incident(*, actor: str, reason: str) -> str:
    """Write down that somebody looked into all that is wrong, and why the trail goes on. Returns what was wrong, ""
    if nothing: then nothing is written.

    The trail verifies again from here on, and names the incident. It may take as long as `verify`, without a lock.
    """
    with transaction.atomic():
        head = _sound_head()
    walk = _Walk(head.pruned_count, head.pruned_hash)
    for entry in _entries(DEFAULT_DB_ALIAS):
        walk.take(entry)
    try:
        walk.check()
    except Broken as problem:
        with transaction.atomic():
            head = _sound_head()
            head.count = head.pruned_count + AuditEntry.objects.count()  # some may be missing, or too many
            _append(head, AuditEntry(actor=actor, action=CLOSED, record=f"{walk.evidence} {reason}"))
        return str(problem)
    return ""


def reason_of(closing: AuditEntry) -> str:
    """The reason that was given in an entry of `Trail.closed`."""
    return closing.record.partition(" ")[2]


def glance() -> str:
    """A sentence for managers if the end of the trail is not what was written, or an incident stands open; else "".

    A few quick queries; `verify` looks at everything.
    """
    with transaction.atomic():  # not between an entry and its head
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        fault = _fault(head, AuditEntry.objects.order_by("-pk").first()) if head else GONE
    found = AuditEntry.objects.filter(action=BROKEN).order_by("-pk").values_list("pk", flat=True).first() or 0
    closed = AuditEntry.objects.filter(action=CLOSED).order_by("-pk").values_list("pk", flat=True).first() or 0
    return trouble() if fault or found > closed else ""


def trouble() -> str:
    """What managers are told of a broken trail."""
    return _(
        "The audit trail is broken: it is not what was written. Ask the person who looks after the server: "
        "“manage.py verify_audit” says where, and docs/security.md what to do."
    )


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
    database = connections[using]
    table = AuditEntry._meta.db_table
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')", [table]
            )
        return {name for (name,) in cursor.fetchall()} >= TRIGGERS


def lock_again(*, actor: str, reason: str) -> bool:
    """Put back the triggers by which the database refuses. Returns whether they were missing."""
    if is_locked():
        return False
    lock = import_module("appointments.migrations.0008_audit_is_append_only")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in lock.UNLOCK[connection.vendor] + lock.LOCK[connection.vendor]:
            cursor.execute(statement)
        record(actor=actor, action="audit locked again", record=reason)
    return True


def prune(now: datetime | None = None, *, confirmed: bool = False) -> int:
    """Delete the entries whose years are over, from the chain's start; returns how many.

    Raises Broken, and HeldBack unless somebody has confirmed it; what was deleted before stays so. The entry about it
    is written only when there was something.
    """
    if not confirmed and (why := clock.doubt() or held_back(now)):
        raise clock.HeldBack(why)
    over, total = _over(now), 0
    while deleted := _prune_some(over):
        total += deleted
    if total:
        record(actor="worker", action="audit pruned", record=f"{total} entries before {over:%Y-%m-%d}")
    return total


def held_back(now: datetime | None = None) -> str:
    """A sentence for managers if too many entries are due to be deleted without asking; else ""."""
    over = _over(now)
    oldest = AuditEntry.objects.order_by("pk").first()
    if oldest is None or oldest.at >= over:
        return ""
    going, all_ = AuditEntry.objects.filter(at__lt=over).count(), AuditEntry.objects.count()
    if not clock.is_much(going, all_):
        return ""
    numbers = {"going": going, "all": all_}
    return (
        _(
            "%(going)d of %(all)d audit entries are old enough to be deleted: so many that nothing is deleted until a "
            "person confirms it on the server with “manage.py prune_audit --confirm”."
        )
        % numbers
    )


def _over(now: datetime | None) -> datetime:
    """Entries from before this moment have had their years.

    Counted from midnight UTC, so that there is something to do once a day, and in years of 366 days, so that it never
    comes before the database's own six calendar years.
    """
    midnight = (now or timezone.now()).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=366 * settings.AUDIT_YEARS)


@transaction.atomic
def _prune_some(over: datetime) -> int:
    """As many as one short transaction takes. What does not hang together is evidence and stays."""
    oldest = AuditEntry.objects.order_by("pk").first()
    if oldest is None or oldest.at >= over:
        return 0
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        raise Broken(GONE)
    if fault := _fault(head, AuditEntry.objects.order_by("-pk").first()):
        raise Broken(fault)
    walk, last = _Walk(head.pruned_count, head.pruned_hash), 0
    for entry in AuditEntry.objects.order_by("pk")[:PRUNE_ROWS]:
        if entry.at >= over:
            break
        walk.take(entry)
        walk.check()
        last = entry.pk
    deleted, _by_model = AuditEntry.objects.filter(pk__lte=last).delete()
    head.pruned_count, head.pruned_hash = walk.number, walk.previous
    head.seal = _seal(head)
    head.save()
    return deleted
