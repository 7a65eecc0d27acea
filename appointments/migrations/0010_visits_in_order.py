"""The desk's list of booked visits, read in the order of its index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0009_reminders_once")]
    operations = [
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(fields=["status", "booked_for"], name="request_next_visit"),
        ),
    ]
