"""Known values, by which a wrong key shows before anything is written with it; and whether old ciphertexts are read.

`KeyCheck` holds a text encrypted under each key of FIELD_KEYS, and a digest under each of DIGEST_KEY. Another of its
rows says that values may be read which were stored before ciphertexts were bound to their places. Nobody can make it
without DIGEST_KEY; `manage.py rotate_keys` takes it away when it has bound them all.
"""

import time
from hmac import compare_digest

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from common import crypto

UNBOUND = "unbound values"
TEXT = "The keys fit."
ASK_AGAIN_SECONDS = 30

_answers: dict[str, tuple[float, bool]] = {}


def wanted() -> list[str]:
    """The names of the keys at hand: "FIELD_KEYS 2", "DIGEST_KEY 1"."""
    return [
        *(f"FIELD_KEYS {key_id}" for key_id in crypto.key_ring(settings.FIELD_KEYS)),
        *(f"DIGEST_KEY {key_id}" for key_id in crypto.digest_ring(settings.DIGEST_KEY)),
    ]


def value_of(name: str) -> str:
    """What to store of a key, or of UNBOUND."""
    setting, _, key_id = name.partition(" ")
    if setting == "FIELD_KEYS":
        return crypto.encrypt(TEXT, "common.KeyCheck", "value", name, key_id=key_id)
    keys = list(crypto.digest_ring(settings.DIGEST_KEY))
    return crypto.digests("key check", name)[keys.index(key_id) if setting == "DIGEST_KEY" else 0]


def fits(name: str, stored: str) -> bool:
    """Whether that is what `value_of` has made with the key of the same name; of UNBOUND with any."""
    setting, _, key_id = name.partition(" ")
    if setting == "FIELD_KEYS":
        try:
            return stored.startswith(f"{crypto.BOUND}{key_id}.") and (
                crypto.decrypt(stored, "common.KeyCheck", "value", name) == TEXT
            )
        except crypto.CannotDecrypt:
            return False
    if setting == "DIGEST_KEY":
        return compare_digest(value_of(name), stored)
    return stored in crypto.digests("key check", name)


def unbound_is_read(using: str | None = None) -> bool:
    """Whether values are read that are bound to no place. Asked again after some seconds; one query then."""
    using = using or DEFAULT_DB_ALIAS
    asked, answer = _answers.get(using, (0.0, False))
    if not asked or time.monotonic() - asked > ASK_AGAIN_SECONDS:
        checks = apps.get_model("common", "KeyCheck")
        there = using == DEFAULT_DB_ALIAS or checks._meta.db_table in connections[using].introspection.table_names()
        row = checks._default_manager.using(using).filter(name=UNBOUND).first() if there else None
        answer = not there or (row is not None and fits(UNBOUND, row.value))
        _answers[using] = time.monotonic(), answer
    return answer


def forget() -> None:
    """Ask anew."""
    _answers.clear()
