"""A trail that was found broken: who closed the incident, and what stands in alarm."""

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext as _

from common.audit.trail import BROKEN, CLOSED, GONE, Broken, append_entry, fault_at_end, sound_head
from common.audit.verifying import Walk, entries_in_order, verify
from common.models import AuditEntry, AuditHead


def close_incident(*, actor: str, reason: str) -> str:
    """Write down that somebody looked into all that is wrong, and why the trail goes on. Returns what was wrong, ""
    if nothing: then nothing is written.

    The trail verifies again from here on, and names the incident. It may take as long as `verify`, without a lock.
    """
    with transaction.atomic():
        head = sound_head()
    walk = Walk(head.pruned_count, head.pruned_hash)
    for entry in entries_in_order(DEFAULT_DB_ALIAS):
        walk.take(entry)
    try:
        walk.check()
    except Broken as problem:
        with transaction.atomic():
            head = sound_head()
            head.count = head.pruned_count + AuditEntry.objects.count()  # some may be missing, or too many
            append_entry(head, AuditEntry(actor=actor, action=CLOSED, record=f"{walk.evidence} {reason}"))
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
        fault = fault_at_end(head, AuditEntry.objects.order_by("-pk").first()) if head else GONE
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
