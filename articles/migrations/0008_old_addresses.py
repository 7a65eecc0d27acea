"""Addresses that articles once had, pages that people miss, and where imported articles came from; with the rights."""

import django.db.models.deletion
import django.utils.timezone
from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUPS = ["Editors", "Medical reviewers"]
RIGHTS = {
    "content_type__app_label": "articles",
    "codename__in": [
        "view_oldaddress",
        "add_oldaddress",
        "change_oldaddress",
        "delete_oldaddress",
        "view_missedaddress",
    ],
}


def grant(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Permissions and content types are usually made after all migrations; here they are needed now."""
    config, database = real_apps.get_app_config("articles"), schema_editor.connection.alias
    create_contenttypes(config, verbosity=0, using=database, apps=apps)
    create_permissions(config, verbosity=0, using=database, apps=apps)
    rights = list(apps.get_model("auth", "Permission").objects.filter(**RIGHTS))
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


def revoke(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The rights go."""
    apps.get_model("auth", "Permission").objects.filter(**RIGHTS).delete()


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_reader_question_rights")]
    operations = [
        migrations.CreateModel(
            name="MissedAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="times")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last time")),
                ("path", models.CharField(max_length=200, unique=True, verbose_name="address")),
            ],
            options={
                "verbose_name": "page not found",
                "verbose_name_plural": "pages not found",
                "ordering": ("-count", "-last_at"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportedArticle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=500, unique=True)),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "article",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imported",
                        to="articles.article",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "path",
                    models.CharField(
                        help_text="As it was, without the site’s name: “/blog/2019/heel-pain/”, “/heel-pain.html”, "
                        "“/?p=123”.",
                        max_length=300,
                        unique=True,
                        verbose_name="old address",
                    ),
                ),
                ("about", models.CharField(blank=True, editable=False, max_length=120, verbose_name="was about")),
                (
                    "added_by",
                    models.CharField(
                        choices=[("hand", "An editor"), ("machine", "The site")],
                        default="hand",
                        editable=False,
                        max_length=7,
                        verbose_name="added by",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="added"),
                ),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: readers are told that the page is gone, and see related articles.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="old_addresses",
                        to="articles.article",
                        verbose_name="leads to",
                    ),
                ),
            ],
            options={
                "verbose_name": "old address",
                "verbose_name_plural": "old addresses",
                "ordering": ("-created_at", "path"),
            },
        ),
        migrations.RunPython(grant, revoke),
    ]
