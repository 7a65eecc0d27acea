"""What stands in alarm, for the desk's banner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0010_known_values_of_keys")]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("name", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("since", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
