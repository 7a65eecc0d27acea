"""Readers' questions, and which articles take them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_home_position"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="questions_open",
            field=models.BooleanField(
                default=False,
                help_text="Puts a link below the article. Every question waits under “Questions” until it is answered.",
                verbose_name="readers may ask questions",
            ),
        ),
        migrations.CreateModel(
            name="ReaderQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "text",
                    models.TextField(
                        help_text="Take out whatever could tell who asked: names, dates, places, their own health.",
                        max_length=500,
                        verbose_name="question",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="asked"),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True,
                        help_text="Plain text. An empty line starts a new paragraph.",
                        max_length=3000,
                        verbose_name="answer",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("held", "Waiting for an answer"),
                            ("suspected", "Waiting, perhaps spam"),
                            ("published", "Published"),
                            ("refused", "Refused"),
                        ],
                        default="held",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                ("sent_key", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.reviewer",
                        verbose_name="published by",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ("-asked_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_by__isnull", False),
                                ("published_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="reader_question_published_whole",
                        violation_error_message="Only a medical reviewer can publish a question, and only with an answer.",
                    )
                ],
            },
        ),
    ]
