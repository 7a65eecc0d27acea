"""The patient's own page: where the request stands, without an account.

The address is long and unguessable (status_link.py), and opens only after a second fact: the date of birth, or the
last four digits of the phone. What was unlocked is remembered for a while in a signed cookie that names the page and
nobody. A GET changes nothing, ever: mail scanners open links. Too many wrong facts close the page (MOST_WRONG_FACTS in
`models.py`) until the desk, who has spoken to the patient, opens it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from appointments import actions, status_link
from appointments.actions import Actor, WrongMove
from appointments.forms import NONE_SUITS, ChangeForm, ChooseForm, SecondFactForm
from appointments.models import AppointmentRequest, CloseReason, Event, Status
from appointments.offices import OfficeFacts, facts_of, practice
from appointments.warning_signs.care import care_of
from common.client import client_address
from common.ratelimit import take_place_for
from common.times import moment, moment_by

TRIES = 6
TRY_SECONDS = 15 * 60
SALT = "appointments.own_page"

OwnView = Callable[[HttpRequest, AppointmentRequest], HttpResponse]


def _unlocked(request: HttpRequest, found: AppointmentRequest) -> bool:
    """Whether this browser has told the second fact of this page, not long ago."""
    try:
        digest = signing.loads(
            request.COOKIES.get(settings.OWN_PAGE_COOKIE, ""), salt=SALT, max_age=settings.OWN_PAGE_MINUTES * 60
        )
    except signing.BadSignature:
        return False
    return bool(digest == found.link_digest)


def _unlock(response: HttpResponse, found: AppointmentRequest) -> None:
    """From now on, for OWN_PAGE_MINUTES."""
    response.set_cookie(
        settings.OWN_PAGE_COOKIE,
        signing.dumps(found.link_digest, salt=SALT),
        max_age=settings.OWN_PAGE_MINUTES * 60,
        httponly=True,
        secure=not settings.DEMO,
        samesite="Lax",
    )


def _own(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view of an unlocked page. A closed or wrong address says so; a locked one leads to the lock."""

    @never_cache
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        found = status_link.find(token)
        if found is None:
            return _gone(request)
        if not _unlocked(request, found):
            return redirect("appointments:status", token)
        response = view(request, found)
        _unlock(response, found)
        return response

    return wrapped


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "appointments/own_page_gone.html", status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The page, or its lock. A POST tells the second fact."""
    found = status_link.find(token)
    if found is None:
        return _gone(request)
    if request.method != "POST":
        if not _unlocked(request, found):
            return _show_lock(request, SecondFactForm(request_row=found))
        response = _show(request, found)
        _unlock(response, found)
        return response
    if found.page_is_closed:
        return _refuse(request, found, status=403)
    if not take_place_for(token, "own page", most=TRIES, seconds=TRY_SECONDS):
        response = _refuse(request, found, too_many=True, status=429)
        response.headers["Retry-After"] = str(TRY_SECONDS)
        return response
    form = SecondFactForm(request.POST, request_row=found)
    right = form.is_valid()
    if not (right or form.is_wrong):  # half a date is no guess
        return _show_lock(request, form)
    if not actions.tell_second_fact(request=found, actor=_actor(request), right=right):
        found = _fresh(found)
        if found.page_is_closed:
            return _show_lock(request, SecondFactForm(request_row=found), status=403)
        return _show_lock(request, form)
    response = redirect("appointments:status", token)
    _unlock(response, found)
    return response


def _refuse(request: HttpRequest, found: AppointmentRequest, *, status: int, **more: Any) -> HttpResponse:
    """Without looking at what was told; in the audit once in TRY_SECONDS, however often it is tried."""
    if take_place_for(found.reference, "own page refused", most=1, seconds=TRY_SECONDS):
        actions.second_fact_refused(request=found, actor=_actor(request))
    return _show_lock(request, SecondFactForm(request_row=found), status=status, **more)


def _show_lock(request: HttpRequest, form: SecondFactForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "appointments/own_page_lock.html", {"form": form, **more}, status=status)


def _show(
    request: HttpRequest, found: AppointmentRequest, *, form: ChooseForm | None = None, problem: str = ""
) -> HttpResponse:
    """The page itself. `problem`: why what was just pressed could not be done."""
    office = facts_of(found.office)
    if form is None and found.status == Status.PROPOSED:
        form = ChooseForm(offered=_offered(found))
    context = {
        "found": found,
        "token": status_link.token(found),
        "office": office,
        "words": _headline(found, office),
        "steps": timeline(found),
        "form": form,
        "problem": problem,
        "upcoming": found.status == Status.BOOKED and found.booked_for and found.booked_for > timezone.now(),
        "bring": practice().what_to_bring,
        "days": practice().status_link_days,
        "care": care_of(found) if found.status == Status.NEW and found.first_called_at is None else None,
    }
    return render(request, "appointments/own_page.html", context, status=409 if problem else 200)


def _offered(found: AppointmentRequest) -> list[datetime]:
    """The offered times that can still be picked."""
    times = [datetime.fromisoformat(at) for at in found.offered_times]
    return [at for at in times if at > timezone.now()]


def _again(request: HttpRequest, found: AppointmentRequest) -> HttpResponseRedirect:
    return redirect("appointments:status", status_link.token(found))


def _actor(request: HttpRequest) -> Actor:
    return Actor(address=client_address(request))


@_own
@require_POST
def choose(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    """One of the offered times, or none of them."""
    form = ChooseForm(request.POST, offered=_offered(found))
    picked = request.POST.get("at", "")
    at = _moment_or_none(picked)
    try:
        if picked == NONE_SUITS:
            actions.no_time_suits(request=found, actor=_actor(request))
        elif at is not None:  # whatever was on the page when it was opened: the action says why it can't be had now
            actions.choose_time(request=found, actor=_actor(request), at=at)
        else:
            form.is_valid()
            return _show(request, found, form=form)
    except WrongMove as problem:
        return _show(request, _fresh(found), problem=str(problem))
    return _again(request, found)


def _moment_or_none(text: str) -> datetime | None:
    """A moment with its zone, as the page's own choices have it; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _fresh(found: AppointmentRequest) -> AppointmentRequest:
    return AppointmentRequest.objects.select_related("office").get(pk=found.pk)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    """Another phone number, other ways or times to be reached."""
    if found.status == Status.CLOSED:
        return _again(request, found)
    posted = request.POST if request.method == "POST" else None
    form = ChangeForm(posted, request_row=found, week=facts_of(found.office).schedule.week)
    if not form.is_valid():
        context = {"form": form, "back": status_link.path(found), "token": status_link.token(found)}
        return render(request, "appointments/own_page_change.html", context)
    try:
        actions.change_contact(request=found, actor=_actor(request), **form.changes())
    except WrongMove as problem:
        return _show(request, _fresh(found), problem=str(problem))
    return _again(request, found)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    """Asks once more, then cancels."""
    if found.status == Status.CLOSED:
        return _again(request, found)
    if request.method != "POST":
        context = {"found": found, "back": status_link.path(found), "office": facts_of(found.office)}
        return render(request, "appointments/own_page_cancel.html", context)
    try:
        actions.cancel(request=found, actor=_actor(request))
    except WrongMove as problem:
        return _show(request, _fresh(found), problem=str(problem))
    return _again(request, found)


@_own
@require_safe
def calendar(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    """The booked visit for a calendar: when and where, and nothing about health (RFC 5545)."""
    if found.status != Status.BOOKED or found.booked_for is None:
        return _gone(request)
    response = HttpResponse(_calendar(found), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _calendar(found: AppointmentRequest) -> bytes:
    """The file. Its UID stays when a visit is moved, so that the entry moves too."""
    office = facts_of(found.office)
    entry = CalendarEvent()
    entry.add("uid", f"{found.reference}@{settings.BASE_URL.split('://')[1].split(':')[0]}")
    entry.add("sequence", found.events.count())
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", found.booked_for)
    entry.add("duration", timedelta(minutes=practice().visit_minutes))
    entry.add("summary", _("Appointment, %(practice)s") % {"practice": settings.PRACTICE_NAME})
    entry.add("location", f"{office.street}, {office.city}, {office.state} {office.zip_code}")
    entry.add("description", _("Questions? Call %(phone)s.") % {"phone": office.phone_in_words})
    file = Calendar()
    file.add("prodid", f"-//{settings.PRACTICE_NAME}//requests//")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(entry)
    return bytes(file.to_ical())


@dataclass(frozen=True)
class Headline:
    """The page's title, which says the next act, and the sentence below it."""

    title: str
    lead: str = ""


def _headline(found: AppointmentRequest, office: OfficeFacts) -> Headline:
    """What happens next, in the patient's words."""
    name = {"office": office.name}
    if found.status == Status.CLOSED:
        return _closed_headline(found)
    if found.status == Status.BOOKED and found.booked_for:
        if found.booked_for > timezone.now():
            return Headline(_("Your visit is booked"))
        return Headline(_("Your visit"), _("It was booked for %(moment)s.") % {"moment": moment(found.booked_for)})
    if found.status == Status.PROPOSED and found.choose_by:
        return Headline(
            _("Choose a time for your visit"),
            _("The %(office)s office has held these times for you. Please choose %(by)s.")
            % {**name, "by": moment_by(found.choose_by)},
        )
    if found.status == Status.CONTACTED:
        return Headline(
            _("We have talked"),
            _("The %(office)s office will get back to you %(by)s.") % {**name, "by": moment_by(found.call_by)},
        )
    if found.is_message:
        title = _("We will answer you")
        sentence = (
            _("The %(office)s office will answer %(by)s.")
            if found.first_called_at is None
            else _("The %(office)s office tried to reach you, and will try again %(by)s.")
        )
    elif found.first_called_at is None:
        title, sentence = _("We will call you"), _("The %(office)s office will call you %(by)s.")
    else:
        title, sentence = _("We will call you again"), _("The %(office)s office will try again %(by)s.")
    by = found.promised_by if found.first_called_at is None else found.call_by
    if by < timezone.now():
        late = (
            _("We should have answered by now, and we are sorry. The %(office)s office knows. You can also call us.")
            if found.is_message
            else _("We should have called by now, and we are sorry. The %(office)s office knows. You can also call us.")
        )
        return Headline(title, late % name)
    return Headline(title, sentence % {**name, "by": moment_by(by)})


def _closed_headline(found: AppointmentRequest) -> Headline:
    if found.is_message:
        return _answered_headline(found)
    again = _("If you still need us, please call or send a new request.")
    match found.close_reason:
        case CloseReason.CANCELLED:
            return Headline(_("You canceled this"), again)
        case CloseReason.NO_ANSWER:
            return Headline(_("We could not reach you"), again)
        case CloseReason.COMPLETED:
            return Headline(_("Your visit took place"), _("Thank you for coming. Call us if anything gets worse."))
        case CloseReason.DUPLICATE:
            return Headline(
                _("We put your requests together"), _("You asked us more than once. We go on with the other request.")
            )
    return Headline(_("This request is closed"), again)


def _answered_headline(found: AppointmentRequest) -> Headline:
    """Of a message that is closed."""
    again = _("If you still need us, please call or write to us again.")
    match found.close_reason:
        case CloseReason.ANSWERED:
            return Headline(_("We have answered you"), _("Call us if you have another question."))
        case CloseReason.CANCELLED:
            return Headline(_("You took back your message"), again)
        case CloseReason.NO_ANSWER:
            return Headline(_("We could not reach you"), again)
        case CloseReason.DUPLICATE:
            return Headline(
                _("We put your messages together"),
                _("You wrote to us more than once. We answer all of it together."),
            )
    return Headline(_("This message is closed"), again)


@dataclass(frozen=True)
class Step:
    """A line of the timeline: state "done", "here" or "todo"."""

    state: str
    words: str
    when: str = ""


def timeline(found: AppointmentRequest) -> list[Step]:
    """What happened so far, in plain words and with nothing about health, and what comes next."""
    steps = [
        Step("done", words, moment(event.at))
        for event in _told(list(found.events.all()))
        if (words := _words(event, about_message=found.is_message))
    ]
    if found.status == Status.PROPOSED:
        until = capfirst(moment_by(found.choose_by)) if found.choose_by else ""
        steps += [Step("here", _("Your turn to choose"), until), Step("todo", _("Visit booked"))]
    elif found.status == Status.BOOKED and found.booked_for:
        steps.append(Step("done", _("Visit booked"), moment(found.booked_for)))
    elif found.status != Status.CLOSED:
        if found.is_message:
            steps.append(Step("here", _("The office answers you")))
        else:
            steps += [Step("here", _("The office calls you")), Step("todo", _("Visit booked"))]
    return steps


def _told(events: Sequence[Event]) -> list[Event]:
    """Without the steps that the desk took back."""
    undone = {event.facts["event"] for event in events if event.kind == Event.Kind.UNDONE}
    return [event for event in events if event.pk not in undone]


def _words(event: Event, *, about_message: bool) -> str:
    """An event as the patient reads it; "" for what is the desk's own business."""
    kind = Event.Kind
    match event.kind:
        case kind.REROUTED:
            if not event.facts:
                return _("Sent to another office")
            return _("Sent to the %(office)s office") % {"office": event.facts["to"]}
        case kind.BOOKED:
            return _("The office booked your visit")
    of_message = {
        kind.RECEIVED: _("Message received"),
        kind.CANCELLED: _("You took it back"),
        kind.CLOSED: _("Message closed"),
        kind.DUPLICATE: _("Put together with what else you wrote"),
        kind.REOPENED: _("Message opened again"),
    }
    if about_message and event.kind in of_message:
        return of_message[kind(event.kind)]
    return {
        kind.RECEIVED: _("Request received"),
        kind.SPOKE: _("The office called you"),
        kind.VOICEMAIL: _("The office called and left a voicemail"),
        kind.NO_ANSWER: _("The office called and missed you"),
        kind.PROPOSED: _("Times offered"),
        kind.REMINDED: _("Times offered again"),
        kind.CHOSEN: _("You chose a time"),
        kind.NONE_SUITS: _("You asked for other times"),
        kind.LAPSED: _("The offered times ran out"),
        kind.CHANGED: _("You changed how we reach you"),
        kind.CANCELLED: _("You canceled"),
        kind.CLOSED: _("Request closed"),
        kind.DUPLICATE: _("Put together with your other request"),
        kind.REOPENED: _("Request opened again"),
    }.get(kind(event.kind), "")
