"""What of the audit trail is older than AUDIT_YEARS goes, from its start."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common import clock
from common.audit.trail import GONE, Broken, fault_at_end, record, seal_of
from common.audit.verifying import Walk
from common.models import AuditEntry, AuditHead

PRUNE_ROWS = 5_000


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
    if fault := fault_at_end(head, AuditEntry.objects.order_by("-pk").first()):
        raise Broken(fault)
    walk, last = Walk(head.pruned_count, head.pruned_hash), 0
    for entry in AuditEntry.objects.order_by("pk")[:PRUNE_ROWS]:
        if entry.at >= over:
            break
        walk.take(entry)
        walk.check()
        last = entry.pk
    deleted, _by_model = AuditEntry.objects.filter(pk__lte=last).delete()
    head.pruned_count, head.pruned_hash = walk.number, walk.previous
    head.seal = seal_of(head)
    head.save()
    return deleted
