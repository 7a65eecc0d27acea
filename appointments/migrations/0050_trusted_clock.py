"""When the server's clock was last plausible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0016_one_question_a_sign")]

    operations = [
        migrations.AddField(
            model_name="workerbeat",
            name="trusted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
