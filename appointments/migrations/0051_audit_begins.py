"""The audit trail begins with the database: from now on a trail without a head is a trail whose head was taken away.

A database that has been used keeps the head it has. If it has none, that is for `verify_audit` to find: who deletes the
whole trail, and makes this migration run again, gets no new one.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from common.crypto import digest

USED = (("appointments", "AuditEntry"), ("appointments", "AppointmentRequest"), ("common", "User"))


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A sealed head with nothing behind it."""
    using = schema_editor.connection.alias
    heads = apps.get_model("appointments", "AuditHead").objects.using(using)
    if heads.exists() or any(apps.get_model(*model).objects.using(using).exists() for model in USED):
        return
    heads.create(pk=1, seal=digest("audit head", "0\x1f"))


class Migration(migrations.Migration):
    dependencies = [("appointments", "0050_trusted_clock"), ("common", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
