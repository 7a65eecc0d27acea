"""A sign's question is what is repeated to the patient, too; its partner has become a rule."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0015_levels_and_rules")]
    operations = [
        migrations.RemoveField(model_name="redflag", name="emergency_with"),
        # Going back, what is there again has to say something.
        migrations.AlterField(model_name="redflag", name="told", field=models.CharField(default="", max_length=160)),
        migrations.RemoveField(model_name="redflag", name="told"),
    ]
