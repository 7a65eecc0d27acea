"""One table."""

from django.db import models


class Row(models.Model):
    """What was posted."""

    name = models.CharField(max_length=200)
    text = models.TextField()

    def __str__(self) -> str:
        return self.name
