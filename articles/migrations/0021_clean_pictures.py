"""The pictures that came in before everything was cleaned lose what is hidden in them.

Picture by picture, each for itself: it can be stopped and run again, and `manage.py clean_pictures` does the same.
"""

import sys

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from articles.pictures import clean_kept


def clean(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What can't be read stays, and is said."""
    clean_kept(apps.get_model("wagtailimages", "Image"), lambda text: sys.stderr.write(f"{text}\n"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("articles", "0020_no_documents"),
        ("wagtailimages", "0027_image_description"),
    ]
    operations = [migrations.RunPython(clean, migrations.RunPython.noop, elidable=True)]
