"""Nobody's shorter time stays: the next migration has the database refuse it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def lengthen(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Longer ones stay as they are."""
    apps.get_model("appointments", "PracticeSettings").objects.filter(keep_closed_days__lt=365).update(
        keep_closed_days=365
    )


class Migration(migrations.Migration):
    dependencies = [("appointments", "0016_one_question_a_sign")]
    operations = [migrations.RunPython(lengthen, migrations.RunPython.noop)]
