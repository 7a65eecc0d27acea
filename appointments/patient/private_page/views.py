"""The patient's own page: where the request stands, without an account.

The address is long and unguessable (`private_link.py`), and opens only after a second fact: the date of birth, or the
last four digits of the phone. What was unlocked is remembered for a while in a signed cookie that names the page and
nobody. A GET changes nothing, ever: mail scanners open links. Too many wrong facts close the page (MOST_WRONG_FACTS in
`models/inquiry.py`) until the desk, who has spoken to the patient, opens it again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.models import AppointmentRequest, Status
from appointments.offices import facts_of, practice
from appointments.patient.private_page.calendar import as_icalendar
from appointments.patient.private_page.forms import NONE_SUITS, ChooseForm, SecondFactForm
from appointments.patient.private_page.kinds import words_of
from appointments.warning_signs.care import care_of
from common.client import client_address
from common.rate_limit import take_place_for

TRIES = 6
TRY_SECONDS = 15 * 60
SALT = "appointments.own_page"  # in cookies, so it stays

OwnView = Callable[[HttpRequest, AppointmentRequest], HttpResponse]


def _unlocked(request: HttpRequest, inquiry: AppointmentRequest) -> bool:
    """Whether this browser has told the second fact of this page, not long ago."""
    try:
        digest = signing.loads(
            request.COOKIES.get(settings.OWN_PAGE_COOKIE, ""), salt=SALT, max_age=settings.OWN_PAGE_MINUTES * 60
        )
    except signing.BadSignature:
        return False
    return bool(digest == inquiry.link_digest)


def _unlock(response: HttpResponse, inquiry: AppointmentRequest) -> None:
    """From now on, for OWN_PAGE_MINUTES."""
    response.set_cookie(
        settings.OWN_PAGE_COOKIE,
        signing.dumps(inquiry.link_digest, salt=SALT),
        max_age=settings.OWN_PAGE_MINUTES * 60,
        httponly=True,
        secure=not settings.DEMO,
        samesite="Lax",
    )


def _own(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view of an unlocked page. A closed or wrong address says so; a locked one leads to the lock."""

    @never_cache
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        inquiry = private_link.find(token)
        if inquiry is None:
            return _gone(request)
        if not _unlocked(request, inquiry):
            return redirect("appointments:status", token)
        response = view(request, inquiry)
        _unlock(response, inquiry)
        return response

    return wrapped


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/own_page_gone.html", status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The page, or its lock. A POST tells the second fact."""
    inquiry = private_link.find(token)
    if inquiry is None:
        return _gone(request)
    if request.method != "POST":
        if not _unlocked(request, inquiry):
            return _show_lock(request, SecondFactForm(inquiry=inquiry))
        response = _show(request, inquiry)
        _unlock(response, inquiry)
        return response
    if inquiry.page_is_closed:
        return _refuse(request, inquiry, status=403)
    if not take_place_for(token, "own page", most=TRIES, seconds=TRY_SECONDS):
        response = _refuse(request, inquiry, too_many=True, status=429)
        response.headers["Retry-After"] = str(TRY_SECONDS)
        return response
    form = SecondFactForm(request.POST, inquiry=inquiry)
    right = form.is_valid()
    if not (right or form.is_wrong):  # half a date is no guess
        return _show_lock(request, form)
    if not actions.tell_second_fact(inquiry=inquiry, actor=_actor(request), right=right):
        inquiry = _fresh(inquiry)
        if inquiry.page_is_closed:
            return _show_lock(request, SecondFactForm(inquiry=inquiry), status=403)
        return _show_lock(request, form)
    response = redirect("appointments:status", token)
    _unlock(response, inquiry)
    return response


def _refuse(request: HttpRequest, inquiry: AppointmentRequest, *, status: int, **more: Any) -> HttpResponse:
    """Without looking at what was told; in the audit once in TRY_SECONDS, however often it is tried."""
    if take_place_for(inquiry.reference, "own page refused", most=1, seconds=TRY_SECONDS):
        actions.second_fact_refused(inquiry=inquiry, actor=_actor(request))
    return _show_lock(request, SecondFactForm(inquiry=inquiry), status=status, **more)


def _show_lock(request: HttpRequest, form: SecondFactForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "inquiry": form.inquiry, "words": words_of(form.inquiry), **more}
    return render(request, "appointments/own_page_lock.html", context, status=status)


def _show(
    request: HttpRequest, inquiry: AppointmentRequest, *, form: ChooseForm | None = None, problem: str = ""
) -> HttpResponse:
    """The page itself. `problem`: why what was just pressed could not be done."""
    words = words_of(inquiry)
    if form is None and inquiry.status == Status.PROPOSED:
        form = ChooseForm(offered=_offered(inquiry))
    context = {
        "inquiry": inquiry,
        "token": private_link.token(inquiry),
        "office": words.office,
        "words": words,
        "form": form,
        "problem": problem,
        "upcoming": inquiry.status == Status.BOOKED and inquiry.booked_for and inquiry.booked_for > timezone.now(),
        "bring": practice().what_to_bring,
        "closes": words.closes(practice().status_link_days),
        "care": care_of(inquiry) if inquiry.status == Status.NEW and inquiry.first_called_at is None else None,
    }
    return render(request, "appointments/own_page.html", context, status=409 if problem else 200)


def _offered(inquiry: AppointmentRequest) -> list[datetime]:
    """The offered times that can still be picked."""
    times = [datetime.fromisoformat(at) for at in inquiry.offered_times]
    return [at for at in times if at > timezone.now()]


def _again(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponseRedirect:
    return redirect("appointments:status", private_link.token(inquiry))


def _actor(request: HttpRequest) -> Actor:
    return Actor(address=client_address(request))


@_own
@require_POST
def choose(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """One of the offered times, or none of them."""
    form = ChooseForm(request.POST, offered=_offered(inquiry))
    picked = request.POST.get("at", "")
    at = _moment_or_none(picked)
    try:
        if picked == NONE_SUITS:
            actions.no_time_suits(inquiry=inquiry, actor=_actor(request))
        elif at is not None:  # whatever was on the page when it was opened: the action says why it can't be had now
            actions.choose_time(inquiry=inquiry, actor=_actor(request), at=at)
        else:
            form.is_valid()
            return _show(request, inquiry, form=form)
    except WrongMove as problem:
        return _show(request, _fresh(inquiry), problem=str(problem))
    return _again(request, inquiry)


def _moment_or_none(text: str) -> datetime | None:
    """A moment with its zone, as the page's own choices have it; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _fresh(inquiry: AppointmentRequest) -> AppointmentRequest:
    return AppointmentRequest.objects.select_related("office").get(pk=inquiry.pk)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Another phone number, other ways or times to be reached."""
    if inquiry.status == Status.CLOSED:
        return _again(request, inquiry)
    posted = request.POST if request.method == "POST" else None
    form = words_of(inquiry).change_form(posted, inquiry=inquiry, week=facts_of(inquiry.office).schedule.week)
    if not form.is_valid():
        context = {"form": form, "back": private_link.path(inquiry), "token": private_link.token(inquiry)}
        return render(request, "appointments/own_page_change.html", context)
    try:
        actions.change_contact(inquiry=inquiry, actor=_actor(request), **form.changes())
    except WrongMove as problem:
        return _show(request, _fresh(inquiry), problem=str(problem))
    return _again(request, inquiry)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Asks once more, then cancels."""
    if inquiry.status == Status.CLOSED:
        return _again(request, inquiry)
    if request.method != "POST":
        context = {"inquiry": inquiry, "back": private_link.path(inquiry), "words": words_of(inquiry)}
        return render(request, "appointments/own_page_cancel.html", context)
    try:
        actions.cancel(inquiry=inquiry, actor=_actor(request))
    except WrongMove as problem:
        return _show(request, _fresh(inquiry), problem=str(problem))
    return _again(request, inquiry)


@_own
@require_safe
def calendar(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """The booked visit for a calendar: when and where, and nothing about health (RFC 5545)."""
    if inquiry.status != Status.BOOKED or inquiry.booked_for is None:
        return _gone(request)
    response = HttpResponse(as_icalendar(inquiry), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
