"""Editors may lock a text while they work on it; whoever locked it opens it again, and so may a medical reviewer."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

RIGHT = {"content_type__app_label": "articles", "codename": "lock_article"}  # made by 0002


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """To the group as Wagtail names it."""
    rights = apps.get_model("auth", "Permission").objects.filter(**RIGHT)
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.add(*rights)


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The reviewers keep it."""
    rights = apps.get_model("auth", "Permission").objects.filter(**RIGHT)
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_article_list_indexes")]
    operations = [migrations.RunPython(grant, revoke)]
