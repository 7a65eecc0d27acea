"""The answers of a form that was not sent yet."""

from typing import TYPE_CHECKING

from django.db import models

from common.encrypted_fields import EncryptedJSONField

if TYPE_CHECKING:
    pass


class Draft(models.Model):
    """Answers between the steps of the form, found by a digest of the visitor's cookie; or what the desk searches for,
    found by a digest of the word that stands for it in the address.
    """

    key_digest = models.CharField(max_length=64, primary_key=True)
    answers = EncryptedJSONField()
    expires_at = models.DateTimeField(db_index=True)

    ROW_KEY = ("key_digest",)

    def __str__(self) -> str:
        return self.key_digest[:8]
