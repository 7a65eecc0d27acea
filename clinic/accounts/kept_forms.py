"""What staff had typed when their session ended is not lost, and is sent by nobody but them.

A form that arrives too late is kept: encrypted, for KEPT_MINUTES, for the person whose session it was, and found by a
random cookie of the browser it came from. Once the same person has signed in there, the page with the form is shown
again with the text in it; sending it is up to them. Passwords and files are not kept. Needs no JavaScript.

At the editors' desk, where scripts draw the sections, the view itself shows the form as it was sent
(`common/typed_before.py`).
"""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import typed_before
from common.crypto import digest, digests
from common.encrypted_fields import Unreadable
from common.models import KeptPost

DESKS = ("/admin/", "/cms/")
MOST = 5  # of one person, the newest
UNTYPED = ("hidden", "submit", "button", "image", "reset", "file", "password")

CANNOT_BE_READ = gettext_lazy(
    "You were signed out before this was sent, and what you had typed can’t be read any more."
)

Fields = dict[str, list[str]]


def keep(request: HttpRequest, user_pk: int) -> HttpResponse | None:
    """Keep the form of this POST for that person. Returns where the browser goes, with the cookie that finds it; None
    for a form that is not surely of our own page: another site puts no words into anyone's mouth.
    """
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith(DESKS):
        return None
    fields: Fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
    }
    cookie = request.COOKIES.get(settings.KEPT_COOKIE) or secrets.token_urlsafe(32)
    lifetime = timedelta(minutes=settings.KEPT_MINUTES)
    KeptPost.objects.create(
        user_id=user_pk,
        key_digest=digest("kept post", cookie),
        page=came_from.path[:500],
        action=request.path,
        fields=fields,
        expires_at=timezone.now() + lifetime,
    )
    newest = KeptPost.objects.filter(user=user_pk).order_by("-pk").values_list("pk", flat=True)[:MOST]
    KeptPost.objects.filter(user=user_pk).exclude(pk__in=list(newest)).delete()
    response = redirect("kept_post")
    response.set_cookie(
        settings.KEPT_COOKIE, cookie, max_age=lifetime, httponly=True, secure=not settings.DEMO, samesite="Lax"
    )
    return response


def _find(request: HttpRequest, **where: str) -> KeptPost | None:
    """The newest that this person may see in this browser."""
    cookie = request.COOKIES.get(settings.KEPT_COOKIE, "")
    if not cookie or not request.user.is_authenticated:
        return None
    alive = KeptPost.objects.filter(user=request.user.pk, expires_at__gt=timezone.now(), **where)
    return alive.filter(key_digest__in=digests("kept post", cookie)).order_by("-pk").first()


def fill_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Shows a page with the text that was kept from it, until that has been sent."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.KEPT_COOKIE not in request.COOKIES or not request.path.startswith(DESKS):
            return get_response(request)
        if request.method == "POST":
            response = get_response(request)
            sent = _find(request, action=request.path) if _is_saved(response) else None
            if sent:
                sent.delete()
            return response
        kept = _find(request, page=request.path) if request.method == "GET" else None
        if not kept:
            return get_response(request)
        if isinstance(kept.fields, Unreadable):
            kept.delete()
            messages.warning(request, CANNOT_BE_READ)
            return get_response(request)
        messages.warning(
            request, _("You were signed out before this was sent. Your text is still here: check it, then send it.")
        )
        typed_before.bring(request, kept.fields)
        response = get_response(request)
        if response.status_code == 200 and typed_before.was_taken(request):
            return response
        if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
            html = filled(response.content.decode(), kept)
            if html:
                response.content = html
                return response
        return redirect(f"{reverse('kept_post')}?text")

    return middleware


def _is_saved(response: HttpResponse) -> bool:
    """Whether what was sent has been taken; the editors' desk saves by script while somebody types."""
    by_script = response.status_code == 200 and isinstance(response, JsonResponse)
    return response.status_code == 302 or (by_script and json.loads(response.content).get("success") is True)


def filled(html: str, kept: KeptPost) -> str:
    """The page with the kept text in the form it came from; "" unless all that was typed found its place."""
    soup = BeautifulSoup(html, "html.parser")
    for form in soup.find_all("form", method="post"):
        address = urlsplit(urljoin(kept.page, str(form.get("action", "")))).path
        controls = [
            control
            for control in form.find_all(["input", "select", "textarea"])
            if control.get("name") and not (control.name == "input" and control.get("type") in UNTYPED)
        ]
        names = {str(control["name"]) for control in form.select("[name]")}
        lost = [name for name, values in kept.fields.items() if name not in names and any(values)]
        if address != kept.action or lost:
            continue
        for control in controls:
            _set(soup, control, kept.fields.get(str(control["name"]), []))
        for details in form.find_parents("details"):
            details["open"] = ""
        return str(soup)
    return ""


def _set(soup: BeautifulSoup, control: Tag, values: list[str]) -> None:
    """Give a control what was posted for it; a box or a choice that was not posted had not been taken."""
    if control.name == "textarea":
        control.string = "\n" + "\n".join(values)  # HTML drops one line end after the tag
    elif control.name == "select":
        for option in control.find_all("option"):
            chosen = str(option.get("value", option.get_text())) in values
            option.attrs.pop("selected", None)
            if chosen:
                option["selected"] = ""
    elif control.get("type") in ("checkbox", "radio"):
        control.attrs.pop("checked", None)
        if str(control.get("value", "on")) in values:
            control["checked"] = ""
    elif values:
        control["value"] = values[0]


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """After signing in: to the page with the text. `?text` is for a page that can't take it; a POST throws it away."""
    kept = _find(request)
    if not kept:
        return redirect("desk")
    if request.method == "POST":
        kept.delete()
        return redirect("desk")
    if isinstance(kept.fields, Unreadable) and "text" in request.GET:
        kept.delete()
        messages.warning(request, CANNOT_BE_READ)
        return redirect("desk")
    if "text" not in request.GET:
        return redirect(kept.page)
    texts = [value for values in kept.fields.values() for value in values if value.strip()]
    return render(request, "kept_post.html", {"texts": texts, "minutes": settings.KEPT_MINUTES})


def delete_expired() -> int:
    """How many had outlived their time."""
    deleted, _by_model = KeptPost.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted
