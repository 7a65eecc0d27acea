"""How staff get their accounts, and what the sign-in asks of them."""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from clinic.accounts import known_browsers, sign_in_audit
from clinic.accounts.second_factor_secrets import has_second_factor
from common import staff_mail
from common.client import client_address
from common.crypto import digest
from common.identity import identity
from common.networks import connection_of

# Wrong passwords, before further ones are not looked at.
OF_A_STRANGER = "5/5m/key,20/5m/ip"  # for a name, and from an address
OF_A_KNOWN_BROWSER = "5/5m/key"


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
        site = {"name": identity().name, "domain": urlsplit(settings.BASE_URL).netloc}
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
