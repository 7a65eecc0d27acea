"""Warning signs with levels, rules, conditions and patients' own words."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0013_canceled_with_one_l"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="redflag",
            options={"ordering": ("position",), "verbose_name": "warning sign", "verbose_name_plural": "warning signs"},
        ),
        migrations.AddField(
            model_name="redflag",
            name="home",
            field=models.CharField(
                blank=True,
                help_text="Listed under its level. Empty: not listed.",
                max_length=160,
                verbose_name="on the home page",
            ),
        ),
        migrations.AddField(
            model_name="redflag",
            name="only_911",
            field=models.BooleanField(
                default=False,
                help_text="The page offers no other way than an ambulance.",
                verbose_name="911 and nothing else",
            ),
        ),
        migrations.AddField(
            model_name="redflag",
            name="words",
            field=models.TextField(
                blank=True,
                help_text="One pattern on each line, in any language; found in what patients write. They only ever raise a level.",
                verbose_name="patients’ own words",
            ),
        ),
        migrations.AlterField(
            model_name="redflag",
            name="level",
            field=models.CharField(
                choices=[
                    ("routine", "Routine"),
                    ("soon", "Soon: ask for an appointment"),
                    ("now", "Today: call now; urgent care or an emergency room when no office is open"),
                    ("emergency", "Emergency: 911 or an emergency room"),
                ],
                max_length=10,
                verbose_name="level, by itself",
            ),
        ),
        migrations.AlterField(
            model_name="redflag",
            name="question",
            field=models.CharField(
                help_text="Fits “you” and “your child”: “A foot that is hot, red and swollen”",
                max_length=160,
                verbose_name="asked as",
            ),
        ),
        migrations.AlterField(
            model_name="redflag",
            name="short",
            field=models.CharField(help_text="“hot, red, swollen”", max_length=60, verbose_name="for the desk"),
        ),
        migrations.AlterField(
            model_name="safetycheck",
            name="signed_off_by",
            field=models.CharField(
                blank=True,
                help_text="The podiatrist who approved these signs, rules and words. Empty: not yet approved.",
                max_length=120,
                verbose_name="signed off by",
            ),
        ),
        migrations.CreateModel(
            name="FlagRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signs", models.JSONField(verbose_name="these signs together")),
                ("with_condition", models.BooleanField(default=False, verbose_name="only with one of the conditions")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("routine", "Routine"),
                            ("soon", "Soon: ask for an appointment"),
                            ("now", "Today: call now; urgent care or an emergency room when no office is open"),
                            ("emergency", "Emergency: 911 or an emergency room"),
                        ],
                        max_length=10,
                        verbose_name="raise to",
                    ),
                ),
                (
                    "home",
                    models.CharField(
                        blank=True,
                        help_text="Listed under its level. Empty: not listed.",
                        max_length=160,
                        verbose_name="on the home page",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "check_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="appointments.safetycheck"
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules: signs that are more serious together",
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="RiskCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(verbose_name="key")),
                ("question", models.CharField(help_text="“Diabetes”", max_length=160, verbose_name="asked as")),
                ("short", models.CharField(help_text="“diabetes”", max_length=60, verbose_name="for the desk")),
                (
                    "words",
                    models.TextField(
                        blank=True,
                        help_text="One pattern on each line, in any language; found in what patients write. They only ever raise a level.",
                        verbose_name="patients’ own words",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "check_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conditions",
                        to="appointments.safetycheck",
                    ),
                ),
            ],
            options={
                "verbose_name": "condition that makes signs more serious",
                "verbose_name_plural": "conditions that make signs more serious",
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("check_version", "slug"), name="risk_condition_once_per_version")
                ],
            },
        ),
    ]
