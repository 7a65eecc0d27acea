"""What the audit needs to be pruned from its start, and to be read quickly when it is long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0006_rights")]

    operations = [
        migrations.AddField(
            model_name="audithead",
            name="pruned_count",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="audithead",
            name="pruned_hash",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["action", "-id"], name="audit_by_action"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["office", "-id"], name="audit_by_office"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["at"], name="audit_by_time"),
        ),
    ]
