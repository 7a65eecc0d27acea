"""Editors and medical reviewers read what readers missed, and delete what should not have been written."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUPS = ["Editors", "Medical reviewers"]
RIGHTS = {
    "content_type__app_label": "articles",
    "codename__in": ["view_helpful", "change_helpful", "delete_helpful"],
}


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config, database = real_apps.get_app_config("articles"), schema_editor.connection.alias
    create_contenttypes(config, verbosity=0, using=database, apps=apps)
    create_permissions(config, verbosity=0, using=database, apps=apps)
    rights = list(apps.get_model("auth", "Permission").objects.filter(**RIGHTS))
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The rights go."""
    apps.get_model("auth", "Permission").objects.filter(**RIGHTS).delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0024_helpful")]
    operations = [migrations.RunPython(grant, revoke)]
