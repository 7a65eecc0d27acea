"""Whether a text helped its readers: their clicks, and what they missed."""

from datetime import timedelta

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=400)


class Helpful(models.Model):
    """A click on “Yes” or “No”, or a sentence about what was missing. Nobody is named, and nothing tells who it was."""

    LENGTH = 300

    class Status(models.TextChoices):
        """Where a sentence stands. A click alone is `counted`."""

        COUNTED = "counted", _("Counted")
        NEW = "new", _("New")
        SUSPECTED = "suspected", _("Perhaps spam")
        DONE = "done", _("Dealt with")

    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="helpful")
    page = models.ForeignKey("articles.SitePage", models.CASCADE, null=True, related_name="helpful")
    day = models.DateField(_("day"), default=timezone.localdate, editable=False)
    yes = models.BooleanField(_("it helped"), editable=False)
    text = models.TextField(_("what was missing"), max_length=LENGTH, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.COUNTED)
    sent_key = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 see TrapsForm.once

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="helpful_is_about_one",
                condition=Q(article__isnull=False, page=None) | Q(page__isnull=False, article=None),
            )
        ]
        indexes = [models.Index(name="helpful_day", fields=("day",))]
        verbose_name = _("word from a reader")
        verbose_name_plural = _("words from readers")

    def __str__(self) -> str:
        """Without its words: Wagtail copies this into its log, where they would outlive it."""
        return _("Word %(number)s") % {"number": self.pk}

    @admin.display(description=_("what was missing"))
    def excerpt(self) -> str:
        """The first words, for lists."""
        return Truncator(self.text).chars(100)

    @admin.display(description=_("about"))
    def about(self) -> str:
        """The text that it is about."""
        return str(self.article or self.page)
