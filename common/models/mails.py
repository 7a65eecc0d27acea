"""Mails to staff."""

from typing import Any

from django.db import models

from common.encrypted_fields import EncryptedJSONField


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
