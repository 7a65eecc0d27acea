"""When the server's clock was last plausible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0041_old_lines_have_their_number")]

    operations = [
        migrations.AddField(
            model_name="workerbeat",
            name="trusted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
