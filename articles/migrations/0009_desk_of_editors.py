"""Reminders of reviews, counts of reads, the right to correct, and a review step at which nobody approves their own."""

import django.db.models.deletion
import django.utils.timezone
from django.apps import apps as real_apps
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

STEP = "Approval by a medical reviewer"


def own_task(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The workflow's step becomes ours; reviews under way stay where they are."""
    database = schema_editor.connection.alias
    create_contenttypes(real_apps.get_app_config("articles"), verbosity=0, using=database, apps=apps)
    _set_type(apps, "articles", "medicalreview")


def wagtails_task(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The workflow's step becomes Wagtail's again."""
    _set_type(apps, "wagtailcore", "groupapprovaltask")


def _set_type(apps: StateApps, label: str, model: str) -> None:
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=label, model=model)
    apps.get_model("wagtailcore", "Task").objects.filter(name=STEP).update(content_type=kind)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0008_old_addresses"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MedicalReview",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("wagtailcore.groupapprovaltask",),
        ),
        migrations.AlterModelOptions(
            name="article",
            options={
                "ordering": ("title",),
                "permissions": [("correct_article", "Can publish small corrections without a new review")],
                "verbose_name": "article",
                "verbose_name_plural": "articles",
            },
        ),
        migrations.CreateModel(
            name="DailyReads",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="daily_reads", to="articles.article"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="reads_day")],
                "constraints": [models.UniqueConstraint(fields=("article", "day"), name="reads_of_article_and_day")],
            },
        ),
        migrations.CreateModel(
            name="ReviewReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due", models.DateField()),
                (
                    "stage",
                    models.PositiveSmallIntegerField(
                        choices=[(30, "30 days before"), (7, "7 days before"), (0, "overdue")]
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "user", "due", "stage"), name="reminded_once")
                ],
            },
        ),
        migrations.RunPython(own_task, wagtails_task),
    ]
