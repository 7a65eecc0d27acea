"""Who came in, who did not, who may come in, and who was refused something: written into the audit.

Most of it by Django's and allauth's own signals.

For a name that nobody has, no name is written: people type their password into the wrong box.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.contrib.auth.models import Group
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.http import HttpRequest, HttpResponse

from appointments.models import Office
from clinic.accounts import known_browsers, sessions
from clinic.accounts.sessions import end_sessions
from common import audit
from common.client import client_address
from common.models import User

UNKNOWN = "unknown"
VISITOR = "visitor"  # who holds a link with which a password is set, and is not signed in
DESKS = ("/admin/", "/cms/")
REFUSED = (403, 404)  # somebody else's records answer as if there were none
WATCHED = ("username", "is_active", "is_staff", "is_superuser")


def connect() -> None:
    """Called once, when the site starts."""
    auth_signals.user_logged_in.connect(sessions.begin, dispatch_uid="sessions")
    auth_signals.user_logged_in.connect(known_browsers.signed_in, dispatch_uid="known browsers")
    auth_signals.user_logged_in.connect(_signed_in, dispatch_uid="audit")
    auth_signals.user_logged_out.connect(_signed_out, dispatch_uid="audit")
    auth_signals.user_login_failed.connect(_failed, dispatch_uid="audit")
    account_signals.password_changed.connect(_own("password change"), weak=False, dispatch_uid="audit change")
    account_signals.password_set.connect(_own("password set"), weak=False, dispatch_uid="audit set")
    account_signals.password_reset.connect(_own("password reset"), weak=False, dispatch_uid="audit reset")
    mfa_signals.authenticator_added.connect(_factor_added, dispatch_uid="audit")
    mfa_signals.authenticator_removed.connect(_factor("removed"), weak=False, dispatch_uid="audit removed")
    mfa_signals.authenticator_reset.connect(_factor("renewed"), weak=False, dispatch_uid="audit renewed")
    mfa_signals.authentication_failed.connect(_own("second factor wrong"), weak=False, dispatch_uid="audit wrong")
    pre_save.connect(_before_account, User, dispatch_uid="audit")
    post_save.connect(_after_account, User, dispatch_uid="audit")
    post_delete.connect(_account_deleted, User, dispatch_uid="audit")
    m2m_changed.connect(_rights_changed, User.groups.through, dispatch_uid="audit")
    m2m_changed.connect(_rights_changed, User.user_permissions.through, dispatch_uid="audit")
    m2m_changed.connect(_rights_changed, Office.staff.through, dispatch_uid="audit")


def record(action: str, *, actor: str = "", about: str = "", request: HttpRequest | None = None) -> None:
    """An audit entry by `actor`; else by who is signed in or visits, else by who runs the command on the server."""
    request = request or getattr(context, "request", None)
    if not actor and request:
        user = getattr(request, "user", None)
        actor = user.get_username() if user and user.is_authenticated else VISITOR
    actor = actor or audit.operator()
    audit.record(actor=actor, action=action, record=about, address=client_address(request) if request else "")


def refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a desk did not show or do for somebody signed in, by the page's name and the record's number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = response.status_code in REFUSED and request.path.startswith(DESKS)
        page = request.resolver_match
        if refused and page and page.url_name and request.user.is_authenticated:
            numbers = [str(value) for value in page.kwargs.values() if str(value).isdecimal()]
            record("refused", about=" ".join([page.view_name, *numbers])[:700], request=request)
        return response

    return middleware


def locked_out(request: HttpRequest, username: str) -> None:
    """Too many wrong passwords."""
    record("sign-in locked", actor=_known(username), request=request)


def _known(username: str) -> str:
    """The user name, if somebody has it."""
    return username if User.objects.filter(username=username).exists() else UNKNOWN


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record("sign-in", actor=user.get_username(), request=request)


def _signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user:
        ended = "sign-out by time" if getattr(request, "time_is_up", False) else "sign-out"
        record(ended, actor=user.get_username(), request=request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    record("sign-in failed", actor=_known(str(credentials.get("username", ""))), request=request)


def _own(action: str) -> Any:
    def receive(request: HttpRequest, user: User, **kwargs: Any) -> None:
        record(action, actor=user.get_username(), request=request)

    return receive


def _factor(done: str) -> Any:
    """Whoever was signed in elsewhere by the old factors signs in again."""

    def receive(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
        record(f"second factor {done}: {authenticator.type}", actor=user.get_username(), request=request)
        end_sessions(user, but=request.session.session_key)

    return receive


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting a factor up has shown it: the session counts as signed in with it."""
    _factor("added")(request, user, authenticator)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and get_authentication_records(request, user):
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def _before_account(instance: User, **kwargs: Any) -> None:
    before = User.objects.filter(pk=instance.pk).values(*WATCHED).first() or {}
    changed = [name for name in WATCHED if before and before[name] != getattr(instance, name)]
    # Only `set_password` leaves the plain text here until the row is saved; a renewed hash at sign-in does not.
    if before and getattr(instance, "_password", None) is not None:
        changed.append("password")
    instance._changed = changed  # type: ignore[attr-defined]


def _after_account(instance: User, created: bool, raw: bool, **kwargs: Any) -> None:
    changed = getattr(instance, "_changed", [])
    if created:
        record("account made", about=instance.get_username())
    elif changed:
        record(f"account: {', '.join(changed)}"[:40], about=instance.get_username())


def _account_deleted(instance: User, **kwargs: Any) -> None:
    record("account deleted", about=instance.get_username())


def _rights_changed(instance: Model, action: str, model: type[Model], pk_set: set[int] | None, **kwargs: Any) -> None:
    """Groups, permissions and offices of a person, whichever side they were changed from."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    others = model._default_manager.filter(pk__in=pk_set) if pk_set else model._default_manager.none()
    names = [_name(instance), *sorted(map(_name, others))]
    done = {"post_add": "rights given", "post_remove": "rights taken", "pre_clear": "rights taken"}[action]
    if pk_set or action == "pre_clear":
        record(done, about=", ".join(names)[:700])


def _name(row: Model) -> str:
    match row:
        case User():
            return row.get_username()
        case Office():
            return f"office {row.slug}"
        case Group():
            return f"group {row.name}"
    return f"{row._meta.model_name} {row.pk}"
