"""Who settles opening hours settles the kinds of visits and the insurance plans, too."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUPS = ("Manager", "Administrator")
RIGHTS = [f"{verb}_{model}" for model in ("visitkind", "insuranceplan") for verb in ("add", "change", "delete", "view")]


def _rights(apps: StateApps) -> list[object]:
    permissions = apps.get_model("auth", "Permission").objects
    return list(permissions.filter(content_type__app_label="appointments", codename__in=RIGHTS))


def give(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; here they are needed now."""
    config = real_apps.get_app_config("appointments")
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*_rights(apps))


def take(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody has them."""
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):
    dependencies = [("appointments", "0064_visits_and_callers")]
    operations = [migrations.RunPython(give, take)]
