"""How long staff stay signed in: IDLE_MINUTES after the last thing they did, SESSION_HOURS at most.

Only what a person does keeps a session alive. What a page does by itself (asking for the time left, refreshing a list,
Wagtail telling who else is editing) does not, or an open page would never be signed out. At the front desk every
request by script counts as the page's own, as the browser says so (Sec-Fetch-Mode); a script may say so itself with
the header X-Background. At the editors' desk scripts save what a person types, so there only Wagtail's ping and that
header count as the page's own.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.accounts import kept_forms
from common.models import User

STAFF_PAGES = ("/admin/", "/cms/", "/desk/", "/accounts/")
SIGNED_IN_AT, SEEN_AT, WAS, LEFT = "signed_in_at", "seen_at", "was", "left"
TOUCH_SECONDS = 15  # a session is written no more often, and so ends at most this much early
CMS_PING = "/cms/editing-sessions/ping/"


def begin(request: HttpRequest | None, **kwargs: object) -> None:
    """Someone has signed in (a receiver of `user_logged_in`)."""
    if request is not None:
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())
        request.session.pop(WAS, None)
        request.session.pop(LEFT, None)


def seconds_left(request: HttpRequest) -> int:
    """Until the session ends if nothing happens; 0 or less when it has ended, or nobody is signed in."""
    if not request.user.is_authenticated:
        return 0
    idle_end = request.session.get(SEEN_AT, 0) + settings.IDLE_MINUTES * 60
    last_end = request.session.get(SIGNED_IN_AT, 0) + settings.SESSION_HOURS * 3600
    return int(min(idle_end, last_end) - time.time())


def sign_off(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Ends a session whose time is up, before anything of the desks is shown or done."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(STAFF_PAGES):
            return get_response(request)
        if request.user.is_authenticated and seconds_left(request) <= 0:
            pk = request.user.pk
            request.time_is_up = True  # type: ignore[attr-defined]  # the audit tells it from signing out
            logout(request)
            request.session[WAS] = pk  # whose text to keep, should a form still arrive from this browser
        if request.user.is_authenticated:
            if not _by_itself(request) and time.time() - request.session[SEEN_AT] >= TOUCH_SECONDS:
                request.session[SEEN_AT] = int(time.time())
        elif WAS in request.session and not request.path.startswith("/accounts/"):
            return _sign_in_again(request, request.session[WAS])
        elif LEFT in request.session and (kept := _kept(request, request.session[LEFT])):
            return kept
        user = request.user
        response = get_response(request)
        if user.is_authenticated and not request.user.is_authenticated:  # signed out; another tab may hold a form
            request.session[LEFT] = user.pk
        return response

    return middleware


def _by_script(request: HttpRequest) -> bool:
    """Not a page that somebody opens."""
    return "X-Background" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _by_itself(request: HttpRequest) -> bool:
    """Whether a page did this, and no person."""
    if request.path == reverse("time_left"):
        return request.method != "POST"
    if request.path.startswith("/cms/"):
        return "X-Background" in request.headers or request.path.startswith(CMS_PING)
    return _by_script(request)


def _sign_in_again(request: HttpRequest, user_pk: int) -> HttpResponse:
    """To the sign-in and back; what was typed into a form of a desk is kept for the same person."""
    if response := _kept(request, user_pk):
        return response
    if _by_script(request):
        return HttpResponse(status=401)
    back = urlencode({"next": request.get_full_path() if request.method == "GET" else reverse("desk"), "ended": 1})
    return redirect(f"{reverse('account_login')}?{back}")


def _kept(request: HttpRequest, user_pk: int) -> HttpResponse | None:
    """Keeps a form of a desk that came too late, once somebody has sent it: not what a page's
    script sends meanwhile. The page it leads to asks for the sign-in."""
    posted = request.method == "POST" and request.path.startswith(kept_forms.DESKS) and not _by_script(request)
    return kept_forms.keep(request, user_pk) if posted else None


def delete_expired() -> None:
    """Sessions that nobody can use any more; the database would keep them for ever."""
    SessionStore.clear_expired()


@never_cache
@require_http_methods(["GET", "POST"])
def time_left(request: HttpRequest) -> JsonResponse:
    """For the script that warns: the seconds left. A POST is a person who wants to stay."""
    return JsonResponse({"seconds": max(0, seconds_left(request))})


def end_sessions(user: User, but: str | None = None) -> int:
    """Sign this person out everywhere, but for the session with the key `but`. Returns of how many browsers."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=but or "")
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)
