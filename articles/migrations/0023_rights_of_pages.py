"""Who writes pages, who publishes them, and the review of those about health."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WORKFLOW = "Medical review"
RIGHTS = {
    "Editors": ["add_sitepage", "change_sitepage", "view_sitepage", "publish_sitepage"],
    "Medical reviewers": [
        "change_sitepage",
        "view_sitepage",
        "publish_sitepage",
        "lock_sitepage",
        "unlock_sitepage",
        "release_notice",
    ],
}


def give(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config = real_apps.get_app_config("articles")
    create_contenttypes(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects
    page_type = apps.get_model("contenttypes", "ContentType").objects.get(app_label="articles", model="sitepage")
    for verb in ("publish", "lock", "unlock"):  # Wagtail adds these to a snippet after all migrations, too
        permissions.get_or_create(
            content_type=page_type, codename=f"{verb}_sitepage", defaults={"name": f"Can {verb} page"}
        )
    for name, codenames in RIGHTS.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(content_type=page_type, codename__in=codenames))
    workflow = apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).first()
    if workflow:
        apps.get_model("wagtailcore", "WorkflowContentType").objects.get_or_create(
            content_type=page_type, defaults={"workflow": workflow}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0022_pages_of_a_second_kind"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
