"""The database itself refuses to change an audit entry, or to delete one that is not six years old.

Six years is what 45 CFR 164.316(b)(2)(i) asks for. Tests and an administrator who has to can lift it by
UNLOCK's statements; `verify_audit` reports that it is missing, and `close_audit_incident` puts it back.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOCK = {
    "sqlite": [
        """CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON appointments_auditentry
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
        """CREATE TRIGGER audit_entry_kept BEFORE DELETE ON appointments_auditentry
        WHEN OLD.at >= datetime('now', '-6 years')
        BEGIN SELECT RAISE(ABORT, 'audit entries are kept for six years'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit entries are never changed, and kept for six years'
            USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        """CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON appointments_auditentry
        FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
        """CREATE TRIGGER audit_entry_kept BEFORE DELETE ON appointments_auditentry
        FOR EACH ROW WHEN (OLD.at >= now() - interval '6 years') EXECUTE FUNCTION audit_entry_refuse()""",
        """CREATE TRIGGER audit_entry_not_truncated BEFORE TRUNCATE ON appointments_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
    ],
}
UNLOCK = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_entry_unchanged", "DROP TRIGGER IF EXISTS audit_entry_kept"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS audit_entry_not_truncated ON appointments_auditentry",
        "DROP TRIGGER IF EXISTS audit_entry_kept ON appointments_auditentry",
        "DROP TRIGGER IF EXISTS audit_entry_unchanged ON appointments_auditentry",
        "DROP FUNCTION IF EXISTS audit_entry_refuse()",
    ],
}


def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """From now on only inserts."""
    for statement in LOCK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unlock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A table like any other."""
    for statement in UNLOCK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("appointments", "0007_audit_made_to_last")]
    operations = [migrations.RunPython(lock, unlock)]
