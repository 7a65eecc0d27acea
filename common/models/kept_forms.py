"""What is kept of a form that was sent when its session had ended."""

from typing import Any

from django.conf import settings
from django.db import models

from common.encrypted_fields import EncryptedJSONField


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
