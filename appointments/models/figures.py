"""The dashboard's numbers."""

from typing import TYPE_CHECKING, Any

from django.db import models

from common.encrypted_fields import EncryptedJSONField

if TYPE_CHECKING:
    pass
from appointments.models.offices import Office


class DayFigures(models.Model):
    """An office's requests of a day for the dashboard: numbers, and nobody's name; see `day_figures.py`.

    Encrypted, because on a day with one request a number says what that patient came for.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    day = models.DateField()  # they were sent on, on the practice's clock
    facts: Any = EncryptedJSONField()  # of the requests that are there
    gone: Any = EncryptedJSONField(default=dict)  # of those that were deleted when their time was over

    ROW_KEY = ("office_id", "day")

    class Meta:
        constraints = [models.UniqueConstraint(name="figures_once_per_day", fields=("office", "day"))]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"
