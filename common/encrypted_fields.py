"""Model fields whose database column holds only ciphertext. They can't be searched or sorted by.

Each ciphertext is bound to its model, its column, and what names its row (the model's ROW_KEY: columns that never
change), so it can be written only with its row, by `save`, `create` or `bulk_create`, and read only from it. It is
decrypted when it is first asked for. One that can't be is `Unreadable`: it stands in its cell, stops nothing else, and
is never written over the original.
"""

import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from common import crypto, known_keys

log = logging.getLogger(__name__)


class Unreadable(str):
    """What stands for a value that can't be decrypted: a sentence to people, and nothing to the code.

    It is false, and as a mapping or a list it is empty, whatever type the value was. What is looked up in it is
    unreadable, too.
    """

    __slots__ = ("stored",)
    stored: str  # as it lies in the database

    def __new__(cls, stored: str = "") -> Self:
        """The sentence, in the language that is active."""
        made = super().__new__(cls, _("can’t be read"))
        made.stored = stored
        return made

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:  # two that can't be read are not alike for that
        return isinstance(other, Unreadable) and self.stored == other.stored != ""

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.stored)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __contains__(self, part: object) -> bool:
        return False

    def __getitem__(self, part: object) -> "Unreadable":
        return Unreadable()

    def __reduce__(self) -> tuple[type["Unreadable"], tuple[str]]:
        return Unreadable, (self.stored,)

    def get(self, name: str, default: Any = None) -> Any:
        """As an empty mapping."""
        return default

    def keys(self) -> tuple[()]:
        """As an empty mapping."""
        return ()

    values = items = keys


class Ciphertext(str):
    """What may be written into an encrypted column: `pre_save` has bound it to its row."""

    __slots__ = ()


class Sealed:
    """A stored value that nobody has asked for yet."""

    __slots__ = ("field", "stored")

    def __init__(self, field: "EncryptedTextField", stored: str) -> None:
        self.field, self.stored = field, stored

    def open(self, *row: object, pk: object = None, using: str | None = None) -> Any:
        """The value, for the row of that ROW_KEY; Unreadable if it can't be read, and the log says which one it is."""
        try:
            return self.field.read(self.stored, row, using)
        except crypto.CannotDecrypt:
            log.warning("A stored value can't be read: %s %s, %s", self.field.model._meta.label, pk, self.field.name)
            return Unreadable(self.stored)


class Opens:
    """The attribute of an encrypted field: decrypts at the first look."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = instance.__dict__[name] = value.open(
                *self.field.row_of(instance), pk=instance.pk, using=instance._state.db
            )
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field[Any, Any]):
    """Text. An empty value is stored empty, so that "not given" needs no key."""

    descriptor_class = Opens

    def get_internal_type(self) -> str:
        """The column is a text column on both databases."""
        return "TextField"

    def to_text(self, value: Any) -> str:
        """The text to encrypt for `value`."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """The value that `to_text` was given. Raises ValueError."""
        return text

    def row_of(self, instance: models.Model) -> tuple[object, ...]:
        """What names the row."""
        return tuple(getattr(instance, name) for name in instance.ROW_KEY)  # type: ignore[attr-defined]

    def place(self, row: tuple[object, ...]) -> tuple[object, ...]:
        """What its ciphertext in the row of that ROW_KEY is bound to."""
        return (self.model._meta.label, self.name, *row)

    def read(self, stored: str, row: tuple[object, ...], using: str | None = None) -> Any:
        """The value that lies in the row of that ROW_KEY as `stored`. Raises CannotDecrypt."""
        unbound = not crypto.is_bound(stored) and known_keys.unbound_is_read(using)
        text = crypto.decrypt(stored, *self.place(row), unbound=unbound)
        try:
            return self.from_text(text)
        except ValueError:
            raise crypto.CannotDecrypt("A stored value is not of its column’s type") from None

    def from_db_value(self, stored: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Still to be opened, by the attribute or by `Sealed.open`."""
        return Sealed(self, stored) if stored else stored

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The ciphertext for this row. What nobody has looked at, or can read, stays what it is."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return Ciphertext(value.stored)
        if isinstance(value, Unreadable):
            if not value.stored:
                raise TypeError(f"{self.name} would be written over with what can't be read")
            return Ciphertext(value.stored)
        if value in (None, ""):
            return value
        return Ciphertext(crypto.encrypt(self.to_text(value), *self.place(self.row_of(model_instance))))

    def get_prep_value(self, value: Any) -> str | None:
        """What `pre_save` has made. Raises TypeError for anything else: it would be bound to no row."""
        if value in (None, "") or isinstance(value, Ciphertext):
            return value
        if self.has_default() and value == self.get_default():  # of a column that a migration adds
            return ""
        raise TypeError(f"{self.name} is encrypted for its row: it is written by save(), not by update()")

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: comparing a ciphertext finds nothing, and silently."""
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted and can't be searched with {lookup_name!r}")
        return super().get_lookup(lookup_name)


class EncryptedDateField(EncryptedTextField):
    """A calendar date, kept as ISO 8601."""

    def to_text(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)


class EncryptedJSONField(EncryptedTextField):
    """Anything JSON can hold; dates and times come back as ISO text."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder)

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def from_db_value(self, stored: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """As with text; the default where a migration has added the column."""
        if stored == "" and self.has_default():
            return self.get_default()
        return super().from_db_value(stored, expression, connection)
