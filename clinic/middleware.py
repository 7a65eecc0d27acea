"""What every response says about itself."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from csp.constants import HEADER as CSP_HEADER
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

DESKS = ("/admin/", "/cms/", "/desk/")
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def page_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No device access anywhere; inline script and style for the editors' desk alone; no copies of staff pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if request.path.startswith("/cms/"):
            # A preview comes with the headers of the public page it shows; it has to fit into the editor's frame.
            response.headers.pop(CSP_HEADER, None)
            response._csp_config = settings.CMS_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if request.path.startswith(("/admin/", "/accounts/")):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No desk opens to a session that has shown only a password, whatever door it came through.

    Who has no second factor yet is led to set one up; who has one, but has not used it in this session, is asked.
    Who is signed in but has no business at the editors' desk is told so: Wagtail would send them round in circles.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/cms/") and request.user.is_authenticated:
            leaving = request.path.startswith(("/cms/logout/", "/cms/login/", "/cms/password_reset/"))
            if not leaving and not request.user.has_perm("wagtailadmin.access_admin"):
                raise PermissionDenied
        if not (settings.MFA_REQUIRED and request.path.startswith(DESKS) and request.user.is_authenticated):
            return get_response(request)
        if any(record["method"] == "mfa" for record in get_authentication_records(request, request.user)):
            return get_response(request)
        if Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
        return redirect("mfa_activate_totp")

    return middleware
