"""What stands in alarm."""

from django.db import models


class Alarm(models.Model):
    """What the worker has found wrong and is not yet mended (`clinic/operations/alarms.py`); nothing of a patient."""

    name = models.CharField(max_length=50, primary_key=True)
    text = models.TextField()  # a sentence for managers
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # the operator, last

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
