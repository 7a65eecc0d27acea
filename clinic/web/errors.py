"""What is shown when something goes wrong."""

import sys
from collections.abc import Mapping
from contextlib import suppress

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _

from appointments.models import RightsWaiting
from appointments.patient import message
from appointments.patient import steps as appointments_views
from articles import old_addresses
from articles.public import questions
from clinic.accounts import kept_forms
from clinic.operations.request_numbers import number
from common.refused_forms import ask_again, why_refused

# Below these nothing is looked up and no note is taken of what people ask for.
NOT_FOR_READERS = {"accounts", "admin", "appointments", "cms", "desk", "media", "static"}
# Their views show what was typed when a form of theirs comes without its token.
ASKED_AGAIN = {
    "my:check",
    "articles:missed",
    "page_missed",
    *(f"appointments:{name}" for name in ("second_look", "status", "choose", "change", "add", "move", "visit_wishes")),
}
LAST_RESORT = "Sorry, something went wrong. Please call the office. In an emergency, call 911."


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. A step of the request form, or a question, comes back with what was typed."""
    match = request.resolver_match
    if request.user.is_authenticated and request.path.startswith(kept_forms.DESKS):  # signed in anew in another tab
        response = kept_forms.keep(request, request.user.pk)
        if response:
            return response
    if match and match.view_name in ("appointments:new", "appointments:step"):
        return appointments_views.ask_again(request, match.kwargs["name"])
    if match and match.view_name == "appointments:message":
        return message.ask_again(request)
    if match and match.view_name == "articles:question":
        return questions.ask_again(request, match.kwargs["slug"])
    if match and match.view_name in ASKED_AGAIN and (form := ask_again(request)):
        return form
    again = _("Go back and reload the page before you press the button.")
    context = {"title": _("Error: nothing was sent"), "text": f"{why_refused(request)} {again}"}
    return render(request, "error.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
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
    return _error(request, {"title": _("Please wait a few minutes"), "text": text}, 429)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; or 301 to where an article went, or 410 if it is gone."""
    instead = old_addresses.Instead()
    if request.method in ("GET", "HEAD") and not NOT_FOR_READERS & set(request.path.split("/")):
        with suppress(Error):  # the database may be away; "not found" is still true
            if moved := led_on(request):
                return moved
            if request.method == "GET":
                instead = old_addresses.count_miss(request.path)
    context = {
        "title": _("We can’t find that page"),
        "text": _("The page may have moved, or the link may have a mistake in it."),
        "offer_ways": True,
        "words": instead.words,
        "answer": instead.answer,
        "related": instead.articles,
    }
    return _error(request, context, 404)


def led_on(request: HttpRequest) -> HttpResponse | None:
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
    """503 while the keys don't fit the database (`operations/keys.py`): with the phones, and nothing is taken."""
    context = {
        "title": _("Please call us"),
        "text": _("We can’t take anything on our website right now. The fault is on our side, not yours."),
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
