"""Pages of the shell: home, privacy, health, and what is shown when something goes wrong."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import Error, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appointments import message_form, structured
from appointments import views as appointments_views
from appointments.models import RightsWaiting
from appointments.offices import directory
from articles import old_addresses
from articles.models import Article
from articles.public import questions
from articles.public.views import zones
from clinic import alarms, kept_post, keys
from clinic.logs import number
from common.caching import public_page

# Below these nothing is looked up and no note is taken of what people ask for.
NOT_FOR_READERS = {"accounts", "admin", "appointments", "cms", "desk", "media", "static"}
WRITE_SECONDS = 5
LAST_RESORT = "Sorry, something went wrong. Please call the office. In an emergency, call 911."


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the foot as a map, what can't wait, the offices. One query."""
    query = request.META.get("QUERY_STRING", "")
    if old_addresses.HOME_PARAMETERS.match(query) and (moved := _led_on(request)):  # WordPress: /?p=123
        return moved
    articles = Article.objects.for_home().only("title", "slug", "description")
    context = {"zones": zones(), "articles": articles[:6], "structured": structured.home_page(directory())}
    return render(request, "home.html", context)


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps, and for how long."""
    return render(request, "privacy.html")


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """After signing in: everyone to their own desk."""
    if request.user.is_staff and not request.user.has_perm("appointments.view_appointmentrequest"):
        return redirect("admin:index")
    if request.user.is_staff:
        return redirect("admin:appointments_appointmentrequest_changelist")
    if request.user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    raise PermissionDenied


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, is migrated, fits the keys and takes writes; 503 with the reason otherwise. The second line
    tells of the worker, the third names what stands in alarm. `/readyz?worker` is 503 while the worker is late.
    """
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    if missing:
        return HttpResponse("migrations missing", status=503, content_type="text/plain")
    if wrong := keys.problems():
        return HttpResponse("\n".join(wrong), status=503, content_type="text/plain")
    try:
        _try_a_write()
    except Error:
        return HttpResponse("database takes no writes: disk full?", status=503, content_type="text/plain")
    late, told = alarms.standing()
    lines = ["ok", "worker late" if late else "worker running"]
    if told:
        lines.append("alarm: " + ", ".join(name for name, _text in told))
    status = 503 if late and "worker" in request.GET else 200
    response = HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain")
    response._has_been_logged = True  # type: ignore[attr-defined]  # no error of ours: `alarms` tells the operator
    return response


_written_at = float("-inf")


def _try_a_write() -> None:
    """At most once in WRITE_SECONDS in each process, for anybody may ask. Raises Error."""
    global _written_at
    if monotonic() - _written_at > WRITE_SECONDS:
        cache.set("readyz", 1)
        _written_at = monotonic()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. A step of the request form, or a question, comes back with what was typed."""
    match = request.resolver_match
    if request.user.is_authenticated and request.path.startswith("/admin/"):  # signed in anew in another tab
        response = kept_post.keep(request, request.user.pk)
        if response:
            return response
    if match and match.view_name in ("appointments:new", "appointments:step"):
        return appointments_views.ask_again(request, match.kwargs["name"])
    if match and match.view_name == "appointments:message":
        return message_form.ask_again(request)
    if match and match.view_name == "articles:question":
        return questions.ask_again(request, match.kwargs["slug"])
    context = {
        "title": _("Please send that again"),
        "text": _("We could not be sure that it came from our own page. Go back, reload the page, and try once more."),
    }
    return render(request, "error.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    text = _("Something in the page’s address or form was broken. Go back and try once more.")
    return _error(request, {"title": _("We could not read that"), "text": text}, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403. Who was given rights and has to wait for them hears why."""
    text = _("Your account has no access to it. Ask the person who manages your accounts.")
    with suppress(Error):
        if request.user.is_authenticated and RightsWaiting.objects.filter(user=request.user.pk).exists():
            text = _("Your access waits for a second person. Ask a manager or an administrator to confirm it.")
    context = {"title": _("You can’t open this page"), "text": text}
    return _error(request, context, 403)


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """429, of the sign-in and its neighbors."""
    text = _("There were too many tries from your internet connection. Wait a few minutes, then try again.")
    return _error(request, {"title": _("Please wait a little"), "text": text}, 429)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; or 301 to where an article went, or 410 if it is gone."""
    related: Sequence[object] = []
    if request.method in ("GET", "HEAD") and not NOT_FOR_READERS & set(request.path.split("/")):
        with suppress(Error):  # the database may be away; "not found" is still true
            if moved := _led_on(request):
                return moved
            related = old_addresses.count_miss(request.path) if request.method == "GET" else []
    context = {
        "title": _("We can’t find that page"),
        "text": _("The page may have moved, or the link may have a mistake in it."),
        "offer_ways": True,
        "related": related,
    }
    return _error(request, context, 404)


def _led_on(request: HttpRequest) -> HttpResponse | None:
    """The answer for an old address. Browsers ask again each time, so that an editor's change shows at once."""
    lead = old_addresses.find(request.path, request.META.get("QUERY_STRING", ""))
    if lead is None:
        return None
    context = {
        "title": _("That page is gone"),
        "text": _("We have taken it down. Perhaps one of these helps you."),
        "offer_ways": True,
        "related": lead.related,
    }
    response = redirect(lead.address, permanent=True) if lead.address else _error(request, context, 410)
    response.headers["Cache-Control"] = "no-cache"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away: with the phones, and without the database."""
    context = {
        "title": _("Sorry, something went wrong"),
        "text": _("The fault is on our side, not yours. Please try again in a few minutes."),
        "lost": True,
        "number": number.get(),
    }
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return _error(request, context, 500)
    response = _error(request, context, 503)
    response.headers["Retry-After"] = "30"
    return response


def cannot_write(request: HttpRequest) -> HttpResponse:
    """503 while the keys don't fit the database (`clinic/keys.py`): with the phones, and nothing is taken."""
    context = {
        "title": _("Please call us"),
        "text": _("We can’t take anything on our web site just now. The fault is on our side, not yours."),
        "lost": request.method == "POST",
        "number": number.get(),
    }
    response = _error(request, context, 503)
    response.headers["Retry-After"] = "300"
    return response


def _error(request: HttpRequest, context: Mapping[str, object], status: int) -> HttpResponse:
    """The error page; bare words if even that can't be made."""
    try:
        return render(request, "error.html", dict(context), status=status)
    except (Error, TemplateDoesNotExist, ValueError):
        return HttpResponse(LAST_RESORT, status=status, content_type="text/plain")
