"""When an office is open."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass
from appointments.models.offices import Office


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """One open span on a weekday; two rows make a day with a lunch break."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ("weekday", "opens")
        constraints = [models.CheckConstraint(name="opening_hours_end_after_start", condition=Q(closes__gt=F("opens")))]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Days that are otherwise than the week says: closed, or with hours of their own. It beats a federal holiday.

    One row is one open span of each of its days; two rows of the same days make a day with a lunch break.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="closures")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed all day."))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason, shown to patients"), max_length=80)

    class Meta:
        ordering = ("first_day",)
        constraints = [
            models.CheckConstraint(name="closure_ends_after_start", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="closure_has_both_hours_or_none",
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__gt=F("opens")),
            ),
        ]
        verbose_name = _("day with other hours, or closed")
        verbose_name_plural = _("days with other hours, or closed")

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
