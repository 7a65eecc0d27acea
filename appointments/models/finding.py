"""What a request is found by: keyed digests of words, and links that were mailed."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    pass
from appointments.models.inquiry import AppointmentRequest


class EarlierLink(models.Model):
    """An address of a private page that was mailed under an older DIGEST_KEY: a digest under that key, of its token."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="earlier_links")
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class SearchKey(models.Model):
    """A keyed digest of something a request can be found by: a part of a name, a phone number, a birth date."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="search_keys")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="search_key_once_per_request", fields=("key", "request"))]

    def __str__(self) -> str:
        return str(self.key)
