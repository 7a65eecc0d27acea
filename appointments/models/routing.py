"""Which ZIP codes lie where, and which go to an office by the practice's own rule."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass
from appointments.models.offices import Office


class ZipCode(models.Model):
    """Where a ZIP code lies: the centroid from GeoNames (https://www.geonames.org, CC BY 4.0)."""

    code = models.CharField(max_length=5, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    def __str__(self) -> str:
        return self.code


class RoutingOverride(models.Model):
    """A ZIP code whose requests go to an office although another may be nearer."""

    zip_code = models.CharField(_("ZIP code"), max_length=5, unique=True)
    office = models.ForeignKey(Office, models.CASCADE, verbose_name=_("office"))
    note = models.CharField(_("why"), max_length=120, blank=True)

    class Meta:
        ordering = ("zip_code",)
        verbose_name = _("routing override")
        verbose_name_plural = _("routing overrides")

    def __str__(self) -> str:
        return f"{self.zip_code} → {self.office}"
