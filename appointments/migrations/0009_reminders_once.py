"""A reminder knows its deadline, so that the database itself keeps a second one out."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("appointments", "0008_audit_is_append_only")]
    operations = [
        migrations.AddField(
            model_name="mail",
            name="deadline",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                fields=("request", "kind", "deadline"), name="reminder_once_per_deadline"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                fields=("office", "kind", "deadline"), condition=Q(request=None), name="summary_once_per_day"
            ),
        ),
    ]
