"""What somebody, or a disk, can do to what is stored: change a ciphertext, move it, put an old one there."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from common import crypto


def raw(row: Model, name: str) -> str:
    """What stands in the column."""
    field: Any = row._meta.get_field(name)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{field.column}" FROM "{row._meta.db_table}" WHERE "{_key(row)}" = %s', [row.pk])
        return str(cursor.fetchone()[0])


def put(row: Model, name: str, text: str) -> str:
    """Write into the column without us; returns the text."""
    field: Any = row._meta.get_field(name)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET "{field.column}" = %s WHERE "{_key(row)}" = %s', [text, row.pk]
        )
    return text


def damage(row: Model, name: str) -> str:
    """Change four letters in the middle; returns what stands there now. An empty value becomes a damaged one."""
    stored = raw(row, name) or crypto.encrypt("something")
    middle = len(stored) // 2
    return put(row, name, stored[:middle] + ("AAAA" if stored[middle] != "A" else "BBBB") + stored[middle + 4 :])


def age(row: Model, name: str) -> str:
    """Put there what earlier versions would have written, bound to nothing."""
    value = getattr(row, name)
    field: Any = row._meta.get_field(name)
    return put(row, name, old_ciphertext(field.to_text(value)))


def old_ciphertext(text: str) -> str:
    """As it was written before ciphertexts were bound to their places."""
    key_id, cipher = next(iter(crypto.key_ring(settings.FIELD_KEYS).items()))
    return f"{key_id}.{cipher.unbound.encrypt(text.encode()).decode()}"


def _key(row: Model) -> str:
    assert row._meta.pk is not None
    return row._meta.pk.column
