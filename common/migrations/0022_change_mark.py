"""The row by which every server hears of a change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0021_pages_shown")]

    operations = [
        migrations.CreateModel(
            name="ChangeMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=32)),
            ],
            options={"default_permissions": ()},
        ),
    ]
