"""What tells every process that something which visitors see has changed."""

from django.db import models


class ChangeMark(models.Model):
    """The one row whose mark every change makes new (`clinic/web/changes.py`)."""

    mark = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.mark
