"""Searches that found nothing, for the editors."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_review_workflow")]
    operations = [
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=160, unique=True, verbose_name="searched for")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="times")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last time")),
            ],
            options={
                "verbose_name": "search without result",
                "verbose_name_plural": "searches without result",
                "ordering": ("-count", "-last_at"),
            },
        ),
    ]
