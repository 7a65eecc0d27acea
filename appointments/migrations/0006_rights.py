"""What each group may do, with the administrator's rights over staff and settings."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ALL_VERBS = ("add", "change", "delete", "view")
MANAGER = {
    "appointments": ["export_appointmentrequest", "view_figures", "view_practicesettings", "view_messagetext"],
}
# Installs and settles things: does not see requests unless put on the staff of an office and into a desk's group.
ADMINISTRATOR = {
    "appointments": [
        *(
            f"{verb}_{model}"
            for model in ("openinghours", "closure", "routingoverride", "messagetext")
            for verb in ALL_VERBS
        ),
        *("add_office", "change_office", "view_office"),
        *("add_safetycheck", "change_safetycheck", "view_safetycheck"),
        *(f"{verb}_redflag" for verb in ALL_VERBS),
        *("change_practicesettings", "view_practicesettings"),
        "view_auditentry",
    ],
    "common": ["add_user", "change_user", "view_user"],
    "auth": ["view_group"],
}


def _permissions(apps: StateApps, wanted: dict[str, list[str]]) -> list[object]:
    permissions = apps.get_model("auth", "Permission").objects
    return [
        permission
        for app, codenames in wanted.items()
        for permission in permissions.filter(content_type__app_label=app, codename__in=codenames)
    ]


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions are usually made after all migrations; here they are needed now."""
    for app in ("appointments", "common", "auth"):
        config = real_apps.get_app_config(app)
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    groups = apps.get_model("auth", "Group").objects
    groups.get(name="Manager").permissions.add(*_permissions(apps, MANAGER))
    administrators, _made = groups.get_or_create(name="Administrator")
    administrators.permissions.set(_permissions(apps, ADMINISTRATOR))


def unmake(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to two groups with what they had."""
    groups = apps.get_model("auth", "Group").objects
    groups.filter(name="Administrator").delete()
    groups.get(name="Manager").permissions.remove(*_permissions(apps, MANAGER))


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0005_closed_has_time"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("common", "0002_shared_cache_table"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, unmake)]
