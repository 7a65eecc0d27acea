"""A site is moved in from the browser; texts have subheadings."""

import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

import articles.blocks


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0030_reviewers_names_are_for_the_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("overview", 14),
                    ("symptoms", 15),
                    ("urgency", 19),
                    ("self_care", 20),
                    ("treatment", 21),
                    ("causes", 22),
                    ("prevention", 23),
                    ("questions", 27),
                    ("sources", 33),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the usual heading of this section.",
                            "label": "Heading",
                            "max_length": 80,
                            "required": False,
                        },
                    ),
                    1: ("articles.blocks.TextBlock", (), {}),
                    2: ("wagtail.images.blocks.ImageBlock", [], {"label": "Image"}),
                    3: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Stands below the picture, for everybody.",
                            "label": "Caption",
                            "max_length": 300,
                            "required": False,
                        },
                    ),
                    4: ("wagtail.blocks.StructBlock", [[("image", 2), ("caption", 3)]], {}),
                    5: ("wagtail.blocks.ChoiceBlock", [], {"choices": articles.blocks.drawings, "label": "Drawing"}),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "What the drawing shows here: “Side view of a foot. A red band runs under it.”",
                            "label": "Description for people who can’t see it",
                            "max_length": 400,
                            "rows": 2,
                        },
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Stands below the drawing, for everybody.",
                            "label": "Caption",
                            "max_length": 300,
                            "required": False,
                        },
                    ),
                    8: ("wagtail.blocks.StructBlock", [[("name", 5), ("alt", 6), ("caption", 7)]], {}),
                    9: ("wagtail.blocks.CharBlock", (), {"max_length": 200}),
                    10: ("wagtail.blocks.ListBlock", (9,), {"label": "Do"}),
                    11: ("wagtail.blocks.ListBlock", (9,), {"label": "Do not"}),
                    12: ("wagtail.blocks.StructBlock", [[("do", 10), ("do_not", 11)]], {}),
                    13: (
                        "wagtail.blocks.StreamBlock",
                        [[("text", 1), ("figure", 4), ("drawing", 8), ("dos", 12)]],
                        {"label": "Content"},
                    ),
                    14: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "info-circle", "label": "What it is"},
                    ),
                    15: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "view", "label": "Symptoms"},
                    ),
                    16: (
                        "wagtail.blocks.ListBlock",
                        (9,),
                        {"default": [], "label": "Call 911 or go to an emergency room if:"},
                    ),
                    17: ("wagtail.blocks.ListBlock", (9,), {"default": [], "label": "Call us today if:"}),
                    18: ("wagtail.blocks.ListBlock", (9,), {"default": [], "label": "Ask for an appointment if:"}),
                    19: (
                        "wagtail.blocks.StructBlock",
                        [[("now", 16), ("today", 17), ("soon", 18)]],
                        {"label": "When to get help"},
                    ),
                    20: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "home", "label": "What you can do"},
                    ),
                    21: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "user", "label": "How we treat it"},
                    ),
                    22: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "cog", "label": "Why it happens"},
                    ),
                    23: (
                        "wagtail.blocks.StructBlock",
                        [[("heading", 0), ("content", 13)]],
                        {"icon": "check", "label": "Prevention"},
                    ),
                    24: ("wagtail.blocks.CharBlock", (), {"label": "Question", "max_length": 160}),
                    25: (
                        "articles.blocks.TextBlock",
                        (),
                        {"features": ["bold", "ol", "ul", "link"], "label": "Answer"},
                    ),
                    26: ("wagtail.blocks.StructBlock", [[("question", 24), ("answer", 25)]], {}),
                    27: (
                        "wagtail.blocks.ListBlock",
                        (26,),
                        {
                            "description": "What people ask, each with a short answer.",
                            "icon": "help",
                            "label": "Common questions",
                            "preview_value": [
                                {"answer": "<p>Often a few months.</p>", "question": "How long does it last?"}
                            ],
                            "template": "articles/blocks/questions.html",
                        },
                    ),
                    28: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 200}),
                    29: ("wagtail.blocks.CharBlock", (), {"label": "Publisher", "max_length": 160}),
                    30: ("wagtail.blocks.IntegerBlock", (), {"label": "Year", "max_value": 2100, "min_value": 1950}),
                    31: ("wagtail.blocks.URLBlock", (), {"label": "Address", "required": False}),
                    32: (
                        "wagtail.blocks.StructBlock",
                        [[("title", 28), ("publisher", 29), ("year", 30), ("url", 31)]],
                        {},
                    ),
                    33: (
                        "wagtail.blocks.ListBlock",
                        (32,),
                        {
                            "description": "Where the facts come from. Every article needs them.",
                            "icon": "link",
                            "label": "Sources",
                            "preview_value": [
                                {"publisher": "OrthoInfo", "title": "Plantar Fasciitis", "url": "", "year": 2022}
                            ],
                            "template": "articles/blocks/sources.html",
                        },
                    ),
                },
                verbose_name="sections",
            ),
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("media_name", models.CharField(blank=True, max_length=200, verbose_name="pictures")),
                ("pages", models.BooleanField(default=False, verbose_name="pages are articles too")),
                ("types", models.JSONField(default=list, verbose_name="kinds of items that are articles too")),
                ("comments", models.BooleanField(default=False, verbose_name="readers’ comments become questions")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("to_look", "Waiting to be looked at"),
                            ("looking", "Being looked at"),
                            ("looked", "Looked at: nothing has been imported"),
                            ("to_import", "Waiting to be imported"),
                            ("importing", "Being imported"),
                            ("done", "Imported"),
                            ("failed", "Stopped"),
                        ],
                        default="to_look",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("kinds", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent")),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.AddField(
            model_name="importedarticle",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="imported",
                to="articles.importjob",
            ),
        ),
    ]
