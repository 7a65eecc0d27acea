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
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from common.crypto import digest
from common.models import AuditEntry, AuditHead
from common.networks import connection_of

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


def hash_of(entry: AuditEntry) -> str:
    """The entry's link: a keyed digest over its fields and the hash before."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = (entry.previous_hash, at, entry.actor, entry.action, entry.record, entry.office, entry.address)
    return digest("audit", "\x1f".join(fields), like=entry.hash)


def seal_of(head: AuditHead) -> str:
    """What only a holder of the key can write over the lengths and the links at both ends."""
    text = f"{head.count}\x1f{head.last_hash}"
    if head.pruned_count:
        text += f"\x1f{head.pruned_count}\x1f{head.pruned_hash}"
    return digest("audit head", text, like=head.seal)


@transaction.atomic
def record(*, actor: str, action: str, record: str = "", office: str = "", address: str = "") -> None:
    """Append an entry. Commits or fails together with the change it tells of."""
    head = sound_head()
    entry = AuditEntry(actor=actor, action=action, record=record, office=office, address=address)
    append_entry(head, entry)


def append_entry(head: AuditHead, entry: AuditEntry) -> None:
    entry.at = timezone.now()
    entry.previous_hash = head.last_hash
    entry.hash = hash_of(entry)
    entry.save()
    head.count += 1
    head.last_hash = entry.hash
    head.seal = seal_of(head)
    head.save()


def sound_head() -> AuditHead:
    """The head, locked. What is wrong with it is first written into the trail, with all that the head said."""
    head, made = AuditHead.objects.select_for_update().get_or_create(pk=1)
    newest = AuditEntry.objects.order_by("-pk").first()
    if fault := GONE if made else fault_at_end(head, newest):
        said = f"{head.count}:{head.last_hash} {head.pruned_count}:{head.pruned_hash} {head.seal}"
        head.count = head.pruned_count + AuditEntry.objects.count()
        head.last_hash = newest.hash if newest else head.pruned_hash
        append_entry(head, AuditEntry(actor="audit", action=BROKEN, record=f"{fault}; it said {said}"[:700]))
        log.error("The audit trail was found broken, and goes on. %s.", fault)
    return head


def fault_at_end(head: AuditHead, newest: AuditEntry | None) -> str:
    """What is wrong at the end of the trail; "" when the head is what was written, and so is the newest entry."""
    if head.seal != seal_of(head):
        return CHANGED
    if (newest.hash if newest else head.pruned_hash) != head.last_hash:
        return "The newest entry is not the last that was written"
    if newest and newest.hash != hash_of(newest):
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
