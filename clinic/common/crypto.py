"""Keyed secrets: the ring that encrypts patients' details, and digests that find without revealing.

A ciphertext reads `<key id>.<Fernet token>`, so that old rows stay readable after a new key is put in front.
Fernet (https://github.com/fernet/spec) authenticates: a changed ciphertext raises, it never comes back as a value.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32


class CannotDecrypt(Exception):
    """The stored text was changed, or its key is not in FIELD_KEYS."""


@lru_cache(maxsize=4)
def key_ring(keys: str) -> dict[str, Fernet]:
    """Key id -> cipher, newest first, from "id:key,id:key". A single key without an id is called 1.

    Raises ImproperlyConfigured.
    """
    ring: dict[str, Fernet] = {}
    for entry in filter(None, map(str.strip, keys.split(","))):
        name, _, key = entry.rpartition(":")
        name = name or "1"
        if len(key) < SHORTEST_KEY:
            raise ImproperlyConfigured(f"FIELD_KEYS is too short: its key {name!r} needs {SHORTEST_KEY} characters")
        if "." in name:  # it ends the id in a ciphertext
            raise ImproperlyConfigured(f"FIELD_KEYS has a key with a dot in its id: {name!r}")
        if name in ring:
            raise ImproperlyConfigured(f"FIELD_KEYS has two keys with the id {name!r}")
        secret = hashlib.sha256(b"field encryption\0" + key.encode()).digest()
        ring[name] = Fernet(base64.urlsafe_b64encode(secret))
    return ring


def encrypt(text: str) -> str:
    """`text` under the newest key."""
    key_id, cipher = next(iter(key_ring(settings.FIELD_KEYS).items()))
    return f"{key_id}.{cipher.encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """The text that `encrypt` was given. Raises CannotDecrypt."""
    key_id, _, token = stored.rpartition(".")
    cipher = key_ring(settings.FIELD_KEYS).get(key_id)
    if cipher is None:
        raise CannotDecrypt(f"The key {key_id[:12]!r} is not in FIELD_KEYS")
    try:
        return cipher.decrypt(token).decode()
    except (InvalidToken, ValueError):
        raise CannotDecrypt("A stored value was changed, or encrypted under another key") from None


def digest(purpose: str, text: str) -> str:
    """64 hex digits that only a holder of DIGEST_KEY can compute; differs for each purpose."""
    return hmac.new(settings.DIGEST_KEY.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
