"""Keyed secrets: the ring that encrypts patients' details, and digests that find without revealing.

A ciphertext reads `v2.<key id>.<token>`, so that old rows stay readable after a new key is put in front. The token is
AES-256-GCM (NIST SP 800-38D): a nonce of 12 bytes, then the text and its tag. The place where the text belongs (model,
column, row) is authenticated with it and not stored: a changed ciphertext, or one that was moved to another place,
raises; it never comes back as a value. Texts are filled up to 16 bytes, so that "yes" and "no" look alike.

Fernet, which was used before, has no such associated data. What it wrote, `<key id>.<token>`, is bound to no place;
it is read only where the caller says so, and `manage.py rotate_keys` writes it anew.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32
BOUND = "v2."
NONCE_BYTES = 12
FILL_BYTES = 16


class CannotDecrypt(Exception):
    """The stored text was changed or moved, or its key is not in FIELD_KEYS."""


class KeyIsMissing(CannotDecrypt):
    """Its key is not in FIELD_KEYS."""


@dataclass(frozen=True)
class Cipher:
    """What one key of the ring does, now and before."""

    bound: AESGCM
    unbound: Fernet


def _entries(setting: str, keys: str) -> Iterator[tuple[str, str]]:
    """Key ids and keys, newest first, from "id:key,id:key". A single key without an id is called 1.

    Raises ImproperlyConfigured.
    """
    seen = set()
    for entry in filter(None, map(str.strip, keys.split(","))):
        name, _, key = entry.rpartition(":")
        name = name or "1"
        if len(key) < SHORTEST_KEY:
            raise ImproperlyConfigured(f"{setting} is too short: its key {name!r} needs {SHORTEST_KEY} characters")
        if "." in name:  # it ends the id in a ciphertext
            raise ImproperlyConfigured(f"{setting} has a key with a dot in its id: {name!r}")
        if name in seen:
            raise ImproperlyConfigured(f"{setting} has two keys with the id {name!r}")
        seen.add(name)
        yield name, key


@lru_cache(maxsize=4)
def key_ring(keys: str) -> dict[str, Cipher]:
    """Key id -> cipher, newest first, from FIELD_KEYS. Raises ImproperlyConfigured."""
    ring = {}
    for name, key in _entries("FIELD_KEYS", keys):
        before = hashlib.sha256(b"field encryption\0" + key.encode()).digest()
        ring[name] = Cipher(
            AESGCM(hashlib.sha256(b"bound field encryption\0" + key.encode()).digest()),
            Fernet(base64.urlsafe_b64encode(before)),
        )
    return ring


@lru_cache(maxsize=4)
def digest_ring(keys: str) -> dict[str, bytes]:
    """Key id -> key, newest first, from DIGEST_KEY. Raises ImproperlyConfigured."""
    return {name: key.encode() for name, key in _entries("DIGEST_KEY", keys)}


def encrypt(text: str, *place: object, key_id: str = "") -> str:
    """`text` under the newest key (or that one), to be read only in its place: model, column, what names the row."""
    ring = key_ring(settings.FIELD_KEYS)
    key_id = key_id or next(iter(ring))
    nonce = secrets.token_bytes(NONCE_BYTES)
    data = text.encode() + b"\x80"
    data = data.ljust(-(-len(data) // FILL_BYTES) * FILL_BYTES, b"\0")
    sealed = nonce + ring[key_id].bound.encrypt(nonce, data, _name(place))
    return f"{BOUND}{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(stored: str, *place: object, unbound: bool = False) -> str:
    """The text that `encrypt` was given with this place. Raises CannotDecrypt.

    unbound: whether to read what was written before texts were bound to places, which could be from anywhere.
    """
    key_id, bound, token = key_of(stored), is_bound(stored), stored.rpartition(".")[2]
    cipher = key_ring(settings.FIELD_KEYS).get(key_id)
    if cipher is None:
        raise KeyIsMissing(f"The key {key_id[:12]!r} is not in FIELD_KEYS")
    if not (bound or unbound):
        raise CannotDecrypt("A stored value of the old form turned up after all had been bound to their places")
    try:
        if not bound:
            return cipher.unbound.decrypt(token).decode()
        sealed = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        data = cipher.bound.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _name(place))
        return data.rstrip(b"\0")[:-1].decode()
    except (InvalidToken, InvalidTag, ValueError, binascii.Error):
        raise CannotDecrypt("A stored value was changed or moved, or encrypted under another key") from None


def is_bound(stored: str) -> bool:
    """Whether it is of the form that is bound to a place; a key may have been called "v2" before there was one."""
    return stored.startswith(BOUND) and stored.count(".") > 1


def key_of(stored: str) -> str:
    """The id of the key that a ciphertext says it is under."""
    front = stored.rpartition(".")[0]
    return front.removeprefix(BOUND) if is_bound(stored) else front


def _name(place: tuple[object, ...]) -> bytes:
    return "\0".join(map(str, place)).encode()


def digest(purpose: str, text: str, *, like: str = "") -> str:
    """64 hex digits that only a holder of DIGEST_KEY can compute; differs for each purpose.

    Made with the newest key; if an older one gives what is stored (`like`), with that one, so that whoever compares
    finds them the same.
    """
    newest, *older = made = digests(purpose, text)
    return like if older and like in made else newest


def digests(purpose: str, text: str) -> list[str]:
    """What `digest` gives under each key of DIGEST_KEY, newest first: to look up by it what an older one has stored."""
    message = f"{purpose}\0{text}".encode()
    return [hmac.new(key, message, hashlib.sha256).hexdigest() for key in digest_ring(settings.DIGEST_KEY).values()]
