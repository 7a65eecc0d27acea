"""The lines of the history that are there already got one number between them; each gets its own."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def number_each(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("appointments", "Event").objects.using(schema_editor.connection.alias).update(nonce=F("id"))


class Migration(migrations.Migration):
    dependencies = [("appointments", "0040_what_ciphertexts_are_bound_to")]
    operations = [migrations.RunPython(number_each, migrations.RunPython.noop, elidable=True)]
