"""The people who sign in, what is kept for them when their session ends, mails to them, alarms, and values of keys."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from common.fields import EncryptedJSONField


class User(AbstractUser):
    """A member of staff. Our own model from the first migration on, because it can't be swapped later."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class KeptPost(models.Model):
    """A form that a member of staff sent after their session had ended; see `clinic/kept_post.py`."""

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
    """What the worker has found wrong and is not yet mended; see `clinic/alarms.py`. Never anything of a patient."""

    name = models.CharField(max_length=50, primary_key=True)
    text = models.TextField()  # a sentence for managers
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # the operator, last

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
