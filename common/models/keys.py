"""Known values under the keys."""

from django.db import models


class KeyCheck(models.Model):
    """A known value under one of the keys; see `common/known_keys.py`."""

    name = models.CharField(max_length=200, primary_key=True)  # "FIELD_KEYS 2"; never a key
    value = models.TextField()
    needed = models.BooleanField(default=True)  # False: nothing is stored under this key any more

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
