"""What the search needs: counts of what was not found, and a quick answer to whether articles have changed."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_review_workflow")]
    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["locale", "live", "expire_at", "live_revision", "last_published_at"], name="article_state"
            ),
        ),
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
                "verbose_name_plural": "searched, not found",
                "ordering": ("-count", "-last_at"),
            },
        ),
    ]
