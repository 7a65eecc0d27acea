"""What two people made of a version of an article, by a published checklist."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from articles.readability.instruments import INSTRUMENTS, Instrument
from common.models import User


class Rating(models.Model):
    """A person's answers to a checklist about one version. `answers`: "yes", "no" or "na" by the number of the item."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="ratings")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+", verbose_name=_("version"))
    instrument = models.CharField(_("checklist"), max_length=10)
    rater = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("rated by"))
    answers = models.JSONField(_("answers"))
    rated_at = models.DateTimeField(_("rated"), default=timezone.now)

    class Meta:
        ordering = ("-revision", "instrument", "pk")
        constraints = [
            models.UniqueConstraint(name="one_rating_each", fields=("revision", "instrument", "rater")),
        ]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")

    def __str__(self) -> str:
        return f"{self.checklist.name}, {self.rated_at:%Y-%m-%d}"

    @property
    def checklist(self) -> Instrument:
        """The instrument that was used."""
        return INSTRUMENTS[self.instrument]

    @property
    def scores(self) -> list[tuple[str, int | None, bool]]:
        """Of each scale: its name, its percentage, and whether that reaches the goal."""
        percents = [(scale, scale.percent(self.answers)) for scale in self.checklist.scales]
        return [
            (str(scale.name), percent, percent is not None and percent >= scale.goal) for scale, percent in percents
        ]
