"""The levels' new names, "an emergency together with" as a rule, and the administrator's rights over the new rows."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# In this order, because "now" was the old name of an emergency.
LEVELS = (("now", "emergency"), ("today", "now"))
VERBS = ("add", "change", "delete", "view")
MODELS = ("flagrule", "riskcondition")


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What a version said it goes on saying."""
    flags, rules = apps.get_model("appointments", "RedFlag").objects, apps.get_model("appointments", "FlagRule").objects
    for old, new in LEVELS:
        flags.filter(level=old).update(level=new)
    for flag in flags.exclude(emergency_with=None).select_related("emergency_with"):
        rules.create(
            check_version_id=flag.check_version_id,
            signs=[flag.slug, flag.emergency_with.slug],
            level="emergency",
            position=flag.position,
        )
    config = real_apps.get_app_config("appointments")
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="appointments")
    groups = apps.get_model("auth", "Group").objects
    for group in groups.filter(name="Administrator"):
        group.permissions.add(
            *permissions.filter(codename__in=[f"{verb}_{model}" for verb in VERBS for model in MODELS])
        )
    for group in groups.filter(name="Manager"):
        group.permissions.add(*permissions.filter(codename__in=[f"view_{model}" for model in MODELS]))


def unmake(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Two levels and one partner are what the old table can hold."""
    flags = apps.get_model("appointments", "RedFlag").objects
    for rule in apps.get_model("appointments", "FlagRule").objects.filter(level="emergency"):
        pair = flags.filter(check_version_id=rule.check_version_id, slug__in=rule.signs).order_by("-position")
        if len(pair) == len(LEVELS):
            pair[0].emergency_with = pair[1]
            pair[0].save()
    for new, old in (("soon", "today"), ("now", "today"), ("emergency", "now")):
        flags.filter(level=new).update(level=old)


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0014_warning_signs"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, unmake)]
