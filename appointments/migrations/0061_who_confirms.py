"""Managers and administrators confirm rights; managers give a colleague an office in an emergency."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GIVEN = {"Manager": ["confirm_rights", "give_emergency_access"], "Administrator": ["confirm_rights"]}


def give(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; here they are needed now."""
    config = real_apps.get_app_config("appointments")
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="appointments")
    for name, codenames in GIVEN.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


def take(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The permissions go with their models."""
    codenames = [codename for codenames in GIVEN.values() for codename in codenames]
    apps.get_model("auth", "Permission").objects.filter(codename__in=codenames).delete()


class Migration(migrations.Migration):
    dependencies = [("appointments", "0060_rights_wait")]
    operations = [migrations.RunPython(give, take)]
