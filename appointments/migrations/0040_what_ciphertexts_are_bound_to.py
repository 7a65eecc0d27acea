"""A number that tells a line of the history from others, and addresses mailed under an older key."""

import django.db.models.deletion
from django.db import migrations, models

import appointments.models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0031_database_keeps_a_year")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="nonce",
            field=models.BigIntegerField(default=appointments.models.history.make_nonce),
        ),
        migrations.CreateModel(
            name="EarlierLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_links",
                        to="appointments.appointmentrequest",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
