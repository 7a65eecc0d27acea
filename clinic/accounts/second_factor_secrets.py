"""The secrets behind codes lie encrypted in the database, like patients' details."""

import base64
import logging
import secrets
from typing import Any

from allauth.mfa import app_settings as allauth_mfa
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_init, pre_save

from common import crypto, known_keys

log = logging.getLogger(__name__)

SECRETS = ("secret", "seed")  # names in an authenticator's JSON: of an app, of recovery codes


class _Fresh(str):
    """A secret that allauth has just made, encrypted for no place yet."""

    __slots__ = ()


class _Placed(str):
    """A stored secret that knows where it was found."""

    place: tuple[object, ...] = ()


def place_of(factor: Any, name: str) -> tuple[object, ...]:
    """What the secret is bound to: whose, and of what. Nobody has two of them."""
    return (Authenticator._meta.label, name, factor.user_id, factor.type)


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth does not tell whose secret it is about; `_place` and `_bind` do."""

    def encrypt(self, text: str) -> str:
        """Under the newest of FIELD_KEYS, until it is saved."""
        return _Fresh(crypto.encrypt(text))

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that no code fits, if it can't be read: nobody gets in by it, and nothing breaks."""
        try:
            return _secret(encrypted_text)
        except crypto.CannotDecrypt:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _secret(text: str) -> str:
    """Raises CannotDecrypt."""
    unbound = not crypto.is_bound(text) and known_keys.unbound_is_read()
    return crypto.decrypt(text, *getattr(text, "place", ()), unbound=unbound)


def _place(instance: Authenticator, **kwargs: object) -> None:
    """After loading: a secret knows where it was found. Recovery codes that can't be read count as used."""
    data = instance.__dict__.get("data") or {}
    for name in SECRETS:
        if name in data and not isinstance(data[name], _Fresh):
            data[name] = _Placed(data[name])
            data[name].place = place_of(instance, name)
            try:
                _secret(data[name])
            except crypto.CannotDecrypt:
                log.warning("A stored value can't be read: %s %s, %s", Authenticator._meta.label, instance.pk, name)
                if "used_mask" in data:
                    data["used_mask"] = (1 << allauth_mfa.RECOVERY_CODE_COUNT) - 1


def _bind(instance: Authenticator, **kwargs: object) -> None:
    """Before saving: a fresh secret is bound to its place."""
    data = instance.__dict__.get("data") or {}
    for name in SECRETS:
        if isinstance(data.get(name), _Fresh):
            place = place_of(instance, name)
            data[name] = _Placed(crypto.encrypt(crypto.decrypt(data[name]), *place))
            data[name].place = place


def connect() -> None:
    """Secrets of second factors are bound to their owners from now on."""
    post_init.connect(_place, Authenticator, weak=False, dispatch_uid="place of a second factor")
    pre_save.connect(_bind, Authenticator, weak=False, dispatch_uid="bind a second factor")


def has_second_factor(user: Any) -> bool:
    """An app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
