"""The people who sign in, what is kept for them when their session ends, mails to them, alarms, values of keys,
the worker's heartbeat, and the audit trail.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.encrypted_fields import EncryptedJSONField


class User(AbstractUser):
    """A member of staff. Our own model from the first migration on, because it can't be swapped later."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class KeptPost(models.Model):
    """A form that a member of staff sent after their session had ended; see `clinic/accounts/kept_forms.py`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_digest = models.CharField(max_length=64)  # of the cookie of the browser it came from
    page = models.CharField(max_length=500)  # path of the page with the form
    action = models.CharField(max_length=500)  # path it was sent to
    fields: Any = EncryptedJSONField()  # name -> list of values
    expires_at = models.DateTimeField(db_index=True)

    ROW_KEY = ("user_id", "key_digest", "action")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("key_digest",), name="kept_post_key")]

    def __str__(self) -> str:
        return self.action


class StaffMail(models.Model):
    """A mail that a member of staff is owed; see `common/staff_mail.py`."""

    content: Any = EncryptedJSONField()  # {"to", "subject", "text"}
    message_id = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)  # while it is being sent: when its lease ends
    tries = models.PositiveIntegerField(default=0)

    ROW_KEY = ("message_id",)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.message_id


class KeyCheck(models.Model):
    """A known value under one of the keys; see `common/known_keys.py`."""

    name = models.CharField(max_length=200, primary_key=True)  # "FIELD_KEYS 2"; never a key
    value = models.TextField()
    needed = models.BooleanField(default=True)  # False: nothing is stored under this key any more

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


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


# The next three were made as models of appointments: their tables, rights and addresses keep that label.


class WorkerBeat(models.Model):
    """The one row in which the worker says that it runs."""

    at = models.DateTimeField()
    trusted_at = models.DateTimeField(null=True)  # when the clock was last plausible; see `clock.py`
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
