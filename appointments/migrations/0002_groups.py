"""The desk's groups, with the least rights each needs."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

DESK = ["view_appointmentrequest", "change_appointmentrequest", "view_office"]
MANAGER = [
    *DESK,
    "change_office",
    *(
        f"{verb}_{model}"
        for model in ("openinghours", "closure", "routingoverride")
        for verb in ("add", "change", "delete", "view")
    ),
    "view_safetycheck",
    "view_redflag",
    "view_auditentry",
]
GROUPS = {"Front desk": DESK, "Manager": MANAGER}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; here they are needed now."""
    config = real_apps.get_app_config("appointments")
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.set(
            permission_model.objects.filter(content_type__app_label="appointments", codename__in=codenames)
        )


def unmake(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Without the groups nobody can reach the desk."""
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, unmake)]
