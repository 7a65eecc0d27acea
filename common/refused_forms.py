"""A form that came without its token (Django's protection against forged ones): nothing is done, and what was typed
comes back.
"""

from django.conf import settings
from django.forms import Form
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


def why_refused(request: HttpRequest) -> str:
    """What happened, and what to do: nothing helps a browser that keeps no cookies, so the phones stand beside it."""
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return _(
            "Your browser did not keep the cookie that this form needs, so nothing was sent. Check what you typed and "
            "press the button again. If you see this a second time, your browser blocks cookies: allow them for this "
            "site, or call us."
        )
    return _(
        "We could not be sure that this came from our own page, so nothing was sent. Check what you typed and press "
        "the button again, or call us."
    )


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """What the form's own view shows for a POST of which it must believe nothing; for views that ask `may_go_on`.

    None where it shows nothing: the private page is locked to a browser without cookies.
    """
    request.refused = why_refused(request)  # type: ignore[attr-defined]
    match = request.resolver_match
    response: HttpResponse | None = match.func(request, *match.args, **match.kwargs) if match else None
    if response is None or response.status_code != 200:
        return None
    response.status_code = 403
    return response


def refusal(request: HttpRequest) -> str:
    """Why this POST was refused; "" for all others."""
    return getattr(request, "refused", "")


def may_go_on(request: HttpRequest, form: Form) -> bool:
    """Whether a form came from our page and holds. One that was refused is not judged: that would be a free guess at
    a second fact.
    """
    if refusal(request):
        form._errors = ErrorDict()  # type: ignore[attr-defined]
        return False
    return form.is_valid()
