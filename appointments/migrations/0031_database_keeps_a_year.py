"""A year at least, and seven for a new practice."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("appointments", "0030_kept_a_year_at_least")]
    operations = [
        migrations.AlterField(
            model_name="practicesettings",
            name="keep_closed_days",
            field=models.PositiveIntegerField(
                default=2557,
                help_text="Then they are deleted; only numbers stay. A year at least; seven years are 2557.",
                verbose_name="keep closed requests, days",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicesettings",
            constraint=models.CheckConstraint(
                condition=Q(keep_closed_days__gte=365), name="practice_settings_keep_a_year"
            ),
        ),
    ]
