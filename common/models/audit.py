"""The audit trail and the worker's heartbeat.

They were made as models of appointments: their tables, rights and addresses keep that label.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkerBeat(models.Model):
    """The one row in which the worker says that it runs."""

    at = models.DateTimeField()
    trusted_at = models.DateTimeField(null=True)  # when the clock was last plausible; see `common/clock.py`
    figures_until = models.DateTimeField(null=True)  # the dashboard's numbers know what happened before

    class Meta:
        app_label = "appointments"

    def __str__(self) -> str:
        return str(self.at)


class AuditHead(models.Model):
    """The one row that writers of the audit lock in turn: the chain's length, its last link, and a seal over both."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    # What was deleted when its years were over: how many entries, and the hash the next one follows from.
    pruned_count = models.PositiveBigIntegerField(default=0)
    pruned_hash = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    class Meta:
        app_label = "appointments"

    def __str__(self) -> str:
        return self.last_hash[:8]


class AuditEntry(models.Model):
    """Who did what to which record, when and from where. Each entry's hash covers the one before.

    Append-only: triggers in the database refuse to change an entry, and to delete one before six years are over.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # user name; "patient" or "worker" where nobody is signed in
    action = models.CharField(max_length=40)
    record = models.CharField(max_length=700, blank=True)  # "GS-7K4M-39", or those of a list; never a name
    office = models.CharField(max_length=50, blank=True)
    address = models.CharField(max_length=45, blank=True)  # of a patient only a keyed digest: `audit.connection_key`
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "appointments"
        ordering = ("-pk",)
        # For the filters of the admin, newest first, however long the trail has become.
        indexes = [
            models.Index(fields=("actor", "-id"), name="audit_by_actor"),
            models.Index(fields=("action", "-id"), name="audit_by_action"),
            models.Index(fields=("office", "-id"), name="audit_by_office"),
            models.Index(fields=("at",), name="audit_by_time"),
        ]
        default_permissions = ("view",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.record}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write once. Raises TypeError on a second save."""
        if not self._state.adding:
            raise TypeError("An audit entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never. Raises TypeError."""
        raise TypeError("An audit entry is never deleted")
