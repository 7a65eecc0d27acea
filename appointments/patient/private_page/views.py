"""The patient's own page: where the request stands, without an account.

The address is long and unguessable (`private_link.py`), and opens only after a second fact: the date of birth, or the
last four digits of the phone. What was unlocked is remembered for a while in a signed cookie that names the page and
nobody. A GET changes nothing, ever: mail scanners open links. Too many wrong facts close the page (MOST_WRONG_FACTS in
`models/inquiry.py`) until the desk, who has spoken to the patient, opens it again.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import actions, private_link
from appointments.actions import WrongMove
from appointments.models import AppointmentRequest, Status
from appointments.offices import facts_of, practice
from appointments.patient.private_page.calendar import as_icalendar
from appointments.patient.private_page.forms import (
    NONE_SUITS,
    ChooseForm,
    MoreWordsForm,
    MoveForm,
    SecondFactForm,
    VisitWishesForm,
)
from appointments.patient.private_page.kinds import words_of
from appointments.patient.private_page.unlocking import (
    TOO_MANY,
    TRY_SECONDS,
    actor_of,
    is_unlocked,
    takes_facts,
    unlock,
)
from appointments.patient.step_forms import call_days
from appointments.vocabulary import Reminders
from appointments.warning_signs.care import care_of
from common.refused_forms import may_go_on, refusal

OwnView = Callable[[HttpRequest, AppointmentRequest], HttpResponse]


def _own(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view of an unlocked page. A closed or wrong address says so; a locked one leads to the lock."""

    @never_cache
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        inquiry = private_link.find(token)
        if inquiry is None:
            return _gone(request)
        if not is_unlocked(request, inquiry):
            return redirect("appointments:status", token)
        response = view(request, inquiry)
        unlock(response, inquiry)
        return response

    return wrapped


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/own_page_gone.html", {"days": practice().status_link_days}, status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The page, or its lock. A POST tells the second fact."""
    inquiry = private_link.find(token)
    if inquiry is None:
        return _gone(request)
    if request.method != "POST":
        if not is_unlocked(request, inquiry):
            return _show_lock(request, SecondFactForm(inquiry=inquiry))
        response = _show(request, inquiry)
        unlock(response, inquiry)
        return response
    form = SecondFactForm(request.POST, inquiry=inquiry)
    if refusal(request) and not inquiry.page_is_closed:
        may_go_on(request, form)
        return _show_lock(request, form, stopped=refusal(request))
    if not takes_facts(request, inquiry):
        return _refuse(request, inquiry)
    right = form.is_valid()
    if not (right or form.is_wrong):  # half a date is no guess
        return _show_lock(request, form)
    if not actions.tell_second_fact(inquiry=inquiry, actor=actor_of(request), right=right):
        inquiry = _fresh(inquiry)
        if inquiry.page_is_closed:
            return _show_lock(request, SecondFactForm(inquiry=inquiry), status=403)
        return _show_lock(request, form)
    response = redirect("appointments:status", token)
    unlock(response, inquiry)
    return response


def _refuse(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Without looking at what was told."""
    empty = SecondFactForm(inquiry=inquiry)
    if inquiry.page_is_closed:
        return _show_lock(request, empty, status=403)
    response = _show_lock(request, empty, status=429, stopped=TOO_MANY)
    response.headers["Retry-After"] = str(TRY_SECONDS)
    return response


def _show_lock(request: HttpRequest, form: SecondFactForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "inquiry": form.inquiry, "words": words_of(form.inquiry), **more}
    return render(request, "appointments/own_page_lock.html", context, status=status)


def _show(
    request: HttpRequest, inquiry: AppointmentRequest, *, form: ChooseForm | None = None, problem: str = ""
) -> HttpResponse:
    """The page itself. `problem`: why what was just pressed could not be done."""
    words = words_of(inquiry)
    if form is None and inquiry.status == Status.PROPOSED and (offered := _offered(inquiry)):
        form = ChooseForm(offered=offered)
    context = {
        "inquiry": inquiry,
        "token": private_link.token(inquiry),
        "office": words.office,
        "words": words,
        "form": form,
        "problem": problem,
        "stopped": refusal(request),
        "short_address": private_link.short_address(),
        "closes": words.closes(practice().status_link_days),
        "care": care_of(inquiry) if words.nobody_knows else None,
    }
    return render(request, "appointments/own_page.html", context, status=409 if problem else 200)


def _offered(inquiry: AppointmentRequest) -> list[datetime]:
    """The offered times that are held, and can still be picked."""
    if inquiry.choose_by and inquiry.choose_by <= timezone.now():
        return []
    times = [datetime.fromisoformat(at) for at in inquiry.offered_times]
    return [at for at in times if at > timezone.now()]


def _again(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponseRedirect:
    return redirect("appointments:status", private_link.token(inquiry))


@_own
@require_POST
def choose(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """One of the offered times, or none of them."""
    form = ChooseForm(request.POST, offered=_offered(inquiry))
    if refusal(request):
        may_go_on(request, form)
        return _show(request, inquiry, form=form)
    picked = request.POST.get("at", "")
    at = _moment_or_none(picked)
    try:
        if picked == NONE_SUITS:
            actions.no_time_suits(inquiry=inquiry, actor=actor_of(request))
        elif at is not None:  # whatever was on the page when it was opened: the action says why it can't be had now
            actions.choose_time(inquiry=inquiry, actor=actor_of(request), at=at)
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
    facts = facts_of(inquiry.office)
    form = words_of(inquiry).change_form(posted, inquiry=inquiry, week=facts.schedule.week, days=call_days(facts))
    if not may_go_on(request, form):
        return _ask(request, inquiry, "appointments/own_page_change.html", form)
    try:
        actions.change_contact(inquiry=inquiry, actor=actor_of(request), wanted=form.changes())
    except WrongMove as problem:
        return _show(request, _fresh(inquiry), problem=str(problem))
    inquiry.refresh_from_db()  # for this browser it stays open, under a new address if there is one
    return _again(request, inquiry)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Something that the patient forgot to say."""
    if inquiry.status == Status.CLOSED and request.method != "POST":
        return _again(request, inquiry)
    form = MoreWordsForm(request.POST if request.method == "POST" else None, inquiry=inquiry)
    if not may_go_on(request, form):
        return _ask(request, inquiry, "appointments/own_page_add.html", form)
    try:
        actions.add_words(inquiry=inquiry, actor=actor_of(request), text=form.cleaned_data["more"], so=form.said_so)
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
        context = {"token": private_link.token(inquiry), "back": private_link.path(inquiry), "words": words_of(inquiry)}
        return render(request, "appointments/own_page_cancel.html", context)
    return _do(request, inquiry, actions.cancel)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Ask for another time. The visit stands until one is agreed on."""
    if not words_of(inquiry).may_ask_to_move:
        return _again(request, inquiry)
    week = facts_of(inquiry.office).schedule.week
    form = MoveForm(request.POST if request.method == "POST" else None, inquiry=inquiry, week=week)
    if not may_go_on(request, form):
        return _ask(request, inquiry, "appointments/own_page_move.html", form)
    note = form.cleaned_data.pop("note")
    return _do(request, inquiry, partial(actions.ask_to_move, wishes=form.cleaned_data, note=note))


@_own
@require_POST
def coming(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """The patient will come, or keeps a visit that was to be moved. Only a button says so, never a link in a mail."""
    return _do(request, inquiry, actions.will_come)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """Reminders, and whether to be called if something opens earlier."""
    if not words_of(inquiry).has_visit_to_come:
        return _again(request, inquiry)
    form = VisitWishesForm(request.POST if request.method == "POST" else None, inquiry=inquiry)
    if not may_go_on(request, form):
        return _ask(request, inquiry, "appointments/own_page_wishes.html", form)
    if "reminders" in form.cleaned_data:
        how = Reminders(form.cleaned_data["reminders"])
        actions.set_reminders(inquiry=inquiry, actor=actor_of(request), reminders=how)
    return _do(request, inquiry, partial(actions.want_earlier, wanted=form.cleaned_data["wants_earlier"]))


def _ask(request: HttpRequest, inquiry: AppointmentRequest, template: str, form: Form) -> HttpResponse:
    context = {
        "form": form,
        "inquiry": inquiry,
        "words": words_of(inquiry),
        "back": private_link.path(inquiry),
        "stopped": refusal(request),
    }
    return render(request, template, context)


def _do(request: HttpRequest, inquiry: AppointmentRequest, action: Callable[..., None]) -> HttpResponse:
    """Then the page; as it is now, with the reason, if it could not be done."""
    try:
        action(inquiry=inquiry, actor=actor_of(request))
    except WrongMove as problem:
        return _show(request, _fresh(inquiry), problem=str(problem))
    return _again(request, inquiry)


@_own
@require_safe
def calendar(request: HttpRequest, inquiry: AppointmentRequest) -> HttpResponse:
    """The booked visit for a calendar: when and where, and nothing about health (RFC 5545)."""
    if not inquiry.visit_stands:
        return _gone(request)
    response = HttpResponse(as_icalendar(inquiry), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
