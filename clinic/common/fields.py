"""Model fields whose database column holds only ciphertext. They can't be searched or sorted by."""

import json
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.common import crypto


class EncryptedTextField(models.Field[Any, Any]):
    """Text. An empty value is stored empty, so that "not given" needs no key."""

    def get_internal_type(self) -> str:
        """The column is a text column on both databases."""
        return "TextField"

    def to_text(self, value: Any) -> str:
        """The text to encrypt for `value`."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """The value that `to_text` was given."""
        return text

    def from_db_value(self, stored: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Decrypt. Raises CannotDecrypt."""
        return self.from_text(crypto.decrypt(stored)) if stored else stored

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt."""
        return value if value in (None, "") else crypto.encrypt(self.to_text(value))

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: comparing a ciphertext finds nothing, and silently."""
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted and can't be searched with {lookup_name!r}")
        return super().get_lookup(lookup_name)


class EncryptedDateField(EncryptedTextField):
    """A calendar date, kept as ISO 8601."""

    def to_text(self, value: date | str) -> str:
        """ISO text."""
        return value if isinstance(value, str) else value.isoformat()

    def from_text(self, text: str) -> date:
        """The date."""
        return date.fromisoformat(text)


class EncryptedJSONField(EncryptedTextField):
    """Anything JSON can hold; dates and times come back as ISO text."""

    def to_text(self, value: Any) -> str:
        """JSON text."""
        return json.dumps(value, cls=DjangoJSONEncoder)

    def from_text(self, text: str) -> Any:
        """The value."""
        return json.loads(text)
