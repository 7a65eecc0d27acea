"""The podiatrists of the practice, as its public pages name them, and the hospitals where they may treat patients."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.models.offices import Office


class PodiatristQuerySet(models.QuerySet["Podiatrist"]):
    """Who is named on the site."""

    def listed(self) -> "PodiatristQuerySet":
        """On the public pages; the database holds that these have a degree and a type of license."""
        return self.filter(listed=True)


class Podiatrist(models.Model):
    """Somebody who treats patients here. No name stands on the site without degree and type of license (N.J.S.A.
    45:1-67 to 73), so one without these can't be listed.
    """

    name = models.CharField(_("name"), max_length=100, help_text=_("First and last name, without degrees."))
    slug = models.SlugField(_("web address"), max_length=110, unique=True)
    listed = models.BooleanField(
        _("shown on the site"), default=False, help_text=_("Needs the degree and the type of license.")
    )
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        related_name="podiatrist",
        help_text=_("The one they sign in with, if they review articles. Their name stands on what they review."),
    )
    degree = models.CharField(_("degree"), max_length=40, blank=True, help_text=_("After the name, like DPM."))
    license_type = models.CharField(
        _("type of license"), max_length=60, blank=True, help_text=_("As on the license, like Podiatric physician.")
    )
    license_state = models.CharField(_("state of the license"), max_length=2, blank=True, help_text=_("Two letters."))
    license_number = models.CharField(
        _("license number"), max_length=30, blank=True, help_text=_("Empty: it is not shown.")
    )
    boards = models.TextField(
        _("board certification"),
        blank=True,
        help_text=_(
            "One on each line, in full: “American Board of …, in …”. The site says “Board certified by the” before it."
        ),
    )
    languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("With commas between, like English, Spanish.")
    )
    treats: Any = models.JSONField(_("what they treat"), default=list, blank=True)  # addresses of articles
    about = models.TextField(_("a few words about them"), max_length=1200, blank=True)
    photo = models.BinaryField(_("photo"), null=True, blank=True, editable=False)  # a JPEG, square, some 40 KB
    photo_name = models.CharField(max_length=40, blank=True, editable=False)  # made of its contents

    objects = PodiatristQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        constraints = [
            models.CheckConstraint(
                name="listed_podiatrist_has_license",
                condition=Q(listed=False) | ~Q(degree="") & ~Q(license_type=""),
            )
        ]
        verbose_name = _("podiatrist")
        verbose_name_plural = _("podiatrists")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Their public page; there is one while they are listed."""
        return reverse("people:detail", args=[self.slug])


class PodiatristDays(models.Model):
    """At which office a podiatrist works, and on which days."""

    podiatrist = models.ForeignKey(Podiatrist, models.CASCADE, related_name="days")
    office = models.ForeignKey(Office, models.CASCADE, related_name="+", verbose_name=_("office"))
    weekdays: Any = models.JSONField(_("weekdays"), default=list, blank=True)  # as `Weekday` counts; none: not told

    class Meta:
        ordering = ("office__position", "office__name")
        constraints = [models.UniqueConstraint(name="podiatrist_once_per_office", fields=("podiatrist", "office"))]
        verbose_name = _("office and days")
        verbose_name_plural = _("offices and days")

    def __str__(self) -> str:
        return str(self.office)


class Facility(models.Model):
    """A hospital or surgery center where an office's podiatrists have privileges (N.J.S.A. 26:2SS-5)."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="facilities")
    name = models.CharField(_("hospital or surgery center"), max_length=100)
    city = models.CharField(_("city"), max_length=60)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        ordering = ("name", "city")
        constraints = [models.UniqueConstraint(name="facility_once_per_office", fields=("office", "name", "city"))]
        verbose_name = _("hospital or surgery center")
        verbose_name_plural = _("hospitals and surgery centers")

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
