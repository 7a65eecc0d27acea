"""Editors and medical reviewers may look at the searches that found nothing."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUPS = ["Editors", "Medical reviewers"]
RIGHT = {"content_type__app_label": "articles", "codename": "view_missedsearch"}


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config, database = real_apps.get_app_config("articles"), schema_editor.connection.alias
    create_contenttypes(config, verbosity=0, using=database, apps=apps)
    create_permissions(config, verbosity=0, using=database, apps=apps)
    right = apps.get_model("auth", "Permission").objects.get(**RIGHT)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(right)


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The right goes."""
    apps.get_model("auth", "Permission").objects.filter(**RIGHT).delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_missed_search")]
    operations = [migrations.RunPython(grant, revoke)]
