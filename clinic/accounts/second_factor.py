"""No desk opens to a session that has shown only a password."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinic.accounts.second_factor_secrets import has_second_factor

DESKS = ("/admin/", "/cms/", "/desk/")
# Where a second factor is shown, and the way out. Other pages of an account change what the sign-in asks for.
SHOWING_IT = (
    "/accounts/2fa/authenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/webauthn/reauthenticate/",
    "/accounts/2fa/webauthn/login/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/time-left/",
)
GONE = ("/cms/documents/", "/cms/api/main/documents/", "/cms/failwhale/")  # there is no such page, for nobody


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No desk opens to a session that has shown only a password, whatever door it came through.

    Who has no second factor yet is led to set one up; who has one, but has not used it in this session, is asked.
    Who is signed in but has no business at the editors' desk is told so: Wagtail would send them round in circles.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/cms/") and request.user.is_authenticated:
            open_to_all = request.path.startswith(("/cms/logout/", "/cms/login/", "/cms/password_reset/", *GONE))
            if not open_to_all and not request.user.has_perm("wagtailadmin.access_admin"):
                raise PermissionDenied
        desk = request.path.startswith(DESKS)
        account = request.path.startswith("/accounts/") and not request.path.startswith(SHOWING_IT)
        if not (settings.MFA_REQUIRED and (desk or account) and request.user.is_authenticated):
            return get_response(request)
        if any(record["method"] == "mfa" for record in get_authentication_records(request, request.user)):
            return get_response(request)
        if has_second_factor(request.user):
            after = request.path if desk else reverse("desk")
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': after})}")
        return redirect("mfa_activate_totp") if desk else get_response(request)

    return middleware
