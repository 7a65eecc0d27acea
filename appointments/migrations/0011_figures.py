"""The dashboard's numbers: encrypted, with what deleted requests have left, and how far they are counted. And what
keeps lists of old requests quick.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import common.encrypted_fields


def empty(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One form can't be read as the other; the worker counts again what is there."""
    apps.get_model("appointments", "DayFigures").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("appointments", "0010_visits_in_order")]
    operations = [
        migrations.RunPython(empty, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="dayfigures",
            name="facts",
            field=common.encrypted_fields.EncryptedJSONField(),
        ),
        migrations.AddField(
            model_name="dayfigures",
            name="gone",
            field=common.encrypted_fields.EncryptedJSONField(default=dict),
        ),
        migrations.RunPython(migrations.RunPython.noop, empty),
        migrations.AddField(
            model_name="workerbeat",
            name="figures_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveIndex(model_name="appointmentrequest", name="request_closed_last"),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(fields=["status", "-closed_at", "created_at"], name="request_closed_by_day"),
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(condition=models.Q(("needs_manager", True)), fields=["office"], name="request_asked"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["at"], name="event_by_time"),
        ),
    ]
