"""Requests that were closed before their closing time was kept: nobody knows it, so the time they were sent stands in."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One statement."""
    requests = apps.get_model("appointments", "AppointmentRequest").objects
    requests.filter(status="closed", closed_at=None).update(closed_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("appointments", "0003_work_of_the_desk")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
