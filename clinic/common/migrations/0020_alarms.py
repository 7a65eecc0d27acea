"""What stands in alarm, for the desk's banner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0004_staff_mail")]

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
