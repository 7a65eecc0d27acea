"""When the server's clock was last plausible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0013_canceled_with_one_l")]

    operations = [
        migrations.AddField(
            model_name="workerbeat",
            name="trusted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
