"""A table with a known value under each key, by which a wrong one shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0004_staff_mail")]
    operations = [
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("needed", models.BooleanField(default=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
