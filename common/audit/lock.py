"""The database's own refusal to change the trail."""

from importlib import import_module

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from common.audit.trail import record
from common.models import AuditEntry

TRIGGERS = {"audit_entry_kept", "audit_entry_unchanged"}


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
