"""What every response says about itself."""

from collections.abc import Callable

from csp.constants import HEADER as CSP_HEADER
from django.conf import settings
from django.http import HttpRequest, HttpResponse

PATIENTS = ("/admin/", "/accounts/", "/desk/", "/appointments/")
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
        if request.path.startswith(PATIENTS) and "s-maxage" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware
