"""How staff get their accounts, and what the sign-in asks of them."""

import base64
import logging
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa import app_settings as allauth_mfa
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import post_init, pre_save
from django.http import HttpRequest

from clinic.accounts import known_browsers, sign_in_audit
from common import crypto, known_keys, staff_mail
from common.client import client_address
from common.crypto import digest
from common.networks import connection_of

# Wrong passwords, before further ones are not looked at.
OF_A_STRANGER = "5/5m/key,20/5m/ip"  # for a name, and from an address
OF_A_KNOWN_BROWSER = "5/5m/key"

log = logging.getLogger(__name__)


class StaffAccountAdapter(DefaultAccountAdapter):
    """An administrator makes accounts; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The connection, as everywhere on this site; allauth's limits count by it and by nothing else."""
        return connection_of(client_address(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of who has just signed in, with a second factor if they have one."""
        request = context.request
        needed = "mfa" if has_second_factor(request.user) else "password"
        records = get_authentication_records(request, request.user)
        latest = max((record["at"] for record in records if record["method"] == needed), default=0)
        return time.time() - latest > app_settings.REAUTHENTICATION_TIMEOUT

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By the worker: whether an account exists, and whether the mail server does, can't be told from the answer."""
        site = {"name": settings.PRACTICE_NAME, "domain": urlsplit(settings.BASE_URL).netloc}
        message = self.render_mail(template_prefix, email, {"email": email, "current_site": site, **context})
        staff_mail.queue(email, message.subject, message.body)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a try; a browser in which this person has been before has a count of its own.

        Raises ValidationError for one too many. The lock goes into the audit once, however often it is tried.
        """
        name = str(credentials.get("username", ""))
        key = self._get_login_attempts_cache_key(request, **credentials)
        if browser := known_browsers.name_of(request, name):
            key, limit = f"{key}:{browser}", OF_A_KNOWN_BROWSER
        else:
            limit = OF_A_STRANGER
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=key, config={"login_failed": limit}
        )
        if not self._login_failed_rl_usage:
            if cache.add(f"locked-{digest('locked', name)}", 1, timeout=5 * 60):
                sign_in_audit.locked_out(request, name)
            raise self.validation_error("too_many_login_attempts")


# --- The secrets behind codes lie encrypted in the database, like patients' details ---

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
