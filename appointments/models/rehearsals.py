"""What the site found out about itself each morning."""

from django.db import models

from appointments.models.offices import Office


class Rehearsal(models.Model):
    """How a made-up request for an office went on a day (`clinic/operations/rehearsal.py`). The request itself was
    never committed; its mail is a row of the outbox about no request.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()  # of the last try
    problem = models.CharField(max_length=12, blank=True)  # the step that failed, "" for none

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="rehearsal_once_per_day", fields=("office", "day"))]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"
