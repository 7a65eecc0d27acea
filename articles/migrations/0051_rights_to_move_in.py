"""Medical reviewers and administrators move a site in from the browser; administrators see nothing else of the desk."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

JOBS = {"content_type__app_label": "articles", "codename__in": ["add_importjob", "view_importjob"]}
DESK = {"content_type__app_label": "wagtailadmin", "codename": "access_admin"}
GROUPS = ["Medical reviewers", "Administrator"]


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config, database = real_apps.get_app_config("articles"), schema_editor.connection.alias
    create_contenttypes(config, verbosity=0, using=database, apps=apps)
    create_permissions(config, verbosity=0, using=database, apps=apps)
    rights = apps.get_model("auth", "Permission").objects
    for name in GROUPS:
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*rights.filter(**JOBS), *rights.filter(**DESK))


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The reviewers keep the desk."""
    rights = apps.get_model("auth", "Permission").objects
    rights.filter(**JOBS).delete()
    for group in apps.get_model("auth", "Group").objects.filter(name="Administrator"):
        group.permissions.remove(*rights.filter(**DESK))


class Migration(migrations.Migration):
    dependencies = [("articles", "0050_moving_in")]
    operations = [migrations.RunPython(grant, revoke)]
