"""Managers read what stands at the editors' desk and change nothing; administrators enter reviewers."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

READ = ["article", "sitepage", "readerquestion", "helpful", "missedsearch"]
RIGHTS = {
    "Manager": [*(("articles", f"view_{name}") for name in READ), ("wagtailadmin", "access_admin")],
    "Administrator": [*(("articles", f"{verb}_reviewer") for verb in ("add", "change", "view"))],
}


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config, database = real_apps.get_app_config("articles"), schema_editor.connection.alias
    create_contenttypes(config, verbosity=0, using=database, apps=apps)
    create_permissions(config, verbosity=0, using=database, apps=apps)
    for name, group in _groups(apps):
        group.permissions.add(*_rights(apps, name))


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The others keep theirs."""
    for name, group in _groups(apps):
        group.permissions.remove(*_rights(apps, name))


def _groups(apps: StateApps):  # type: ignore[no-untyped-def]
    groups = apps.get_model("auth", "Group").objects
    return [(name, groups.get_or_create(name=name)[0]) for name in RIGHTS]


def _rights(apps: StateApps, name: str):  # type: ignore[no-untyped-def]
    rights = apps.get_model("auth", "Permission").objects
    return [rights.get(content_type__app_label=app, codename=codename) for app, codename in RIGHTS[name]]


class Migration(migrations.Migration):
    dependencies = [("articles", "0062_deleted_drafts"), ("wagtailadmin", "0001_create_admin_access_permissions")]
    operations = [migrations.RunPython(grant, revoke)]
