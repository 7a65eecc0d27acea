"""Who looks at which request."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    pass
from appointments.models.inquiry import AppointmentRequest


class Presence(models.Model):
    """Who has a request on the screen, and when that was last heard of."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="viewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="presence_once_per_person", fields=("request", "user"))]

    def __str__(self) -> str:
        return f"{self.user_id} {self.request_id}"
