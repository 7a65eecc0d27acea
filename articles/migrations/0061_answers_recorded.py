"""What is published goes on record as it is."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def record(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Since the day it was published."""
    shown = apps.get_model("articles", "ShownAnswer").objects
    for question in apps.get_model("articles", "ReaderQuestion").objects.filter(status="published", shown=None):
        shown.create(
            question=question,
            text=question.text,
            answer=question.answer,
            answered_by=question.answered_by,
            since=question.published_at,
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0060_answers_on_record")]
    operations = [migrations.RunPython(record, migrations.RunPython.noop)]
