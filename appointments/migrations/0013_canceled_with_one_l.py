from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0012_desk_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="appointmentrequest",
            name="close_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("completed", "Visit took place"),
                    ("answered", "Message answered"),
                    ("declined", "Patient does not want a visit"),
                    ("cancelled", "Canceled by patient"),
                    ("no_answer", "Could not reach the patient"),
                    ("duplicate", "Duplicate of another request"),
                    ("spam", "Spam"),
                ],
                max_length=10,
            ),
        ),
    ]
