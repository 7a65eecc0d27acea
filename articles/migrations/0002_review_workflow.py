"""Editors write, medical reviewers approve and publish: groups, rights, and the workflow between them."""

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

EDITORS = "Editors"  # Wagtail's own group, and next to it our medical reviewers instead of its "Moderators"
REVIEWERS = "Medical reviewers"
WORKFLOW = "Medical review"
RIGHTS = {
    EDITORS: ["add_article", "change_article", "view_article"],
    REVIEWERS: ["change_article", "view_article", "publish_article", "lock_article", "unlock_article"],
}


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    database = schema_editor.connection.alias
    for label in ("articles", "wagtailadmin"):
        config = real_apps.get_app_config(label)
        create_contenttypes(config, verbosity=0, using=database, apps=apps)
        create_permissions(config, verbosity=0, using=database, apps=apps)
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    article_type = content_type.objects.get(app_label="articles", model="article")
    for verb in ("publish", "lock", "unlock"):  # Wagtail adds these to a snippet after all migrations, too
        permission_model.objects.get_or_create(
            content_type=article_type, codename=f"{verb}_article", defaults={"name": f"Can {verb} article"}
        )
    for name, codenames in RIGHTS.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.set(
            [
                *permission_model.objects.filter(content_type__app_label="articles", codename__in=codenames),
                *permission_model.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
            ]
        )
    group_model.objects.filter(name="Moderators").delete()
    core = "wagtailcore"
    task_type, _made = content_type.objects.get_or_create(app_label=core, model="groupapprovaltask")
    task = apps.get_model(core, "GroupApprovalTask").objects.create(
        name="Approval by a medical reviewer", active=True, content_type=task_type
    )
    task.groups.set(group_model.objects.filter(name=REVIEWERS))
    workflow = apps.get_model(core, "Workflow").objects.create(name=WORKFLOW, active=True)
    apps.get_model(core, "WorkflowTask").objects.create(workflow=workflow, task_id=task.pk, sort_order=0)
    apps.get_model(core, "WorkflowContentType").objects.create(workflow=workflow, content_type=article_type)


def unmake(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The workflow goes, and the group that is ours."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).delete()
    apps.get_model("auth", "Group").objects.filter(name=REVIEWERS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make, unmake)]
