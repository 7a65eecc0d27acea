"""The audit trail of patients' details: every view, list and change, as a hash chain.

Each entry's hash is keyed (DIGEST_KEY) and covers the entry before it, so whoever can write to the database but
does not hold the key can't change, remove or insert an entry unnoticed. The single AuditHead row is locked while
a link is added, so writers queue up; call it last in a transaction.
"""

from datetime import UTC

from django.db import transaction
from django.utils import timezone

from appointments.models import AuditEntry, AuditHead
from clinic.common.crypto import digest


def _hash(entry: AuditEntry) -> str:
    """The entry's link: a keyed digest over its fields and the hash before."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = (entry.previous_hash, at, entry.actor, entry.action, entry.record, entry.office, entry.address)
    return digest("audit", "\x1f".join(fields))


def _seal(head: AuditHead) -> str:
    """What only a holder of the key can write over a length and a last link."""
    return digest("audit head", f"{head.count}\x1f{head.last_hash}")


@transaction.atomic
def record(*, actor: str, action: str, record: str = "", office: str = "", address: str = "") -> None:
    """Append an entry. Commits or fails together with the change it tells of."""
    head, _made = AuditHead.objects.select_for_update().get_or_create(pk=1)
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


def first_broken() -> AuditEntry | None:
    """The first entry that does not follow from the one before it; None when the chain is whole.

    Raises AuditEntry.DoesNotExist when entries are missing at its end. Only an old copy of the head row together
    with the entries of its time would pass; a count kept outside the database finds that.
    """
    previous = ""
    count = 0
    for entry in AuditEntry.objects.order_by("pk").iterator():
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            return entry
        previous = entry.hash
        count += 1
    head = AuditHead.objects.filter(pk=1).first() or AuditHead(seal=_seal(AuditHead()))
    if (head.count, head.last_hash, head.seal) != (count, previous, _seal(head)):
        raise AuditEntry.DoesNotExist("Entries are missing at the end of the chain")
    return None
