"""One inquiry: its page, who else looks at it, and what is done with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions, private_link
from appointments.actions import Actor, TimeTaken, WrongMove
from appointments.call_wishes import CallWishes
from appointments.desk import presence as presences
from appointments.desk.access import may_change, user_of, visible, visible_or_404
from appointments.desk.buttons import ACTIONS, offered
from appointments.desk.day_pages import DAY
from appointments.desk.forms.base import DeskForm
from appointments.desk.openings import opening_of
from appointments.desk.presenters import InquiryPresenter, event_in_words, present
from appointments.desk.same_person import others_of
from appointments.desk.sent_away import list_with_undo
from appointments.desk.way_back import WayBack
from appointments.mail import unread
from appointments.mail.compose import PARAMETER
from appointments.mail.texts import Script, scripts
from appointments.models import AppointmentRequest, Event
from appointments.offices import directory, only_office
from appointments.vocabulary import SayWho, Voicemail
from common import audit
from common.client import client_address
from common.encrypted_fields import Unreadable
from common.models import User
from common.text import whole_number

CODE_SHOWN = timedelta(minutes=15)  # how long it stays on the page of who asked for it


@dataclass(frozen=True)
class Attempt:
    """An action that was refused: which, its form with what was typed, and why."""

    action: str
    form: DeskForm | None
    problem: str = ""


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One inquiry, whole. Who may work on it has opened it."""
    inquiry = visible_or_404(request, pk)
    if may_change(request) and request.method == "GET" and "X-Background" not in request.headers:
        actions.open_request(inquiry=inquiry, actor=_actor(request))
        unread.note_opened(inquiry, request.GET.get(PARAMETER, ""))
    return _show(request, inquiry)


def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """For the page's script: it is still open. Answers who else looks at it, and what happened meanwhile."""
    inquiry = visible_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    last = inquiry.events.select_related("by").order_by("pk").last()
    news = ""
    if last and str(last.pk) != request.POST.get("seen"):
        news = _("Meanwhile: “%(event)s” (%(who)s).") % {"event": event_in_words(last), "who": last.doer}
    presences.forget_what_was_left(user_of(request))
    return JsonResponse({"others": presences.look(inquiry, user_of(request)), "news": news})


def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take an action. Someone else's inquiry is 404 before anything else is looked at.

    Whoever comes by its address alone (a refreshed page, a sign-in that leads back) gets the inquiry's page.
    """
    inquiry = visible_or_404(request, pk)
    if not may_change(request) or action not in ACTIONS:
        raise Http404
    if request.method != "POST":
        return redirect(WayBack.of(request).page_of(inquiry))
    form = _form(request, inquiry, action, request.POST)
    if form is not None and not form.is_valid():
        return _show(request, inquiry, Attempt(action, form))
    try:
        message = ACTIONS[action].take(inquiry, _actor(request), form.cleaned_data if form else {})
    except WrongMove as problem:
        if isinstance(problem, TimeTaken) and form:
            form.full_clean()  # somebody else was quicker: now it has the tick, too
        return _show(request, visible_or_404(request, pk), Attempt(action, form, str(problem)))
    messages.success(request, message)
    way_back = WayBack.of(request)
    if not visible(request).filter(pk=pk).exists():
        return redirect(list_with_undo(inquiry, way_back.kept))
    return redirect(way_back.page_of(inquiry))


def _actor(request: HttpRequest) -> Actor:
    return Actor(user_of(request), client_address(request), whole_number(request.POST.get("seen", "")))


def _form(request: HttpRequest, inquiry: AppointmentRequest, action: str, data: Any = None) -> DeskForm | None:
    form = ACTIONS[action].form
    if form is None:
        return None
    return form(data, inquiry=inquiry, user=user_of(request), mine=visible(request), initial=_time_asked_for(request))


def _time_asked_for(request: HttpRequest) -> dict[str, Any]:
    """A time that the address names, for the forms that take one."""
    try:
        at = datetime.fromisoformat(request.GET["at"]).replace(tzinfo=None)
    except (KeyError, ValueError):
        return {}
    return {"at": at, "first": at}


def _show(request: HttpRequest, inquiry: AppointmentRequest, attempt: Attempt | None = None) -> HttpResponse:
    """The page; after an attempt with its problems and with everything that was typed."""
    now, user = timezone.now(), user_of(request)
    way_back = WayBack.of(request)
    after = way_back.next_after(request, inquiry)
    prefetch_related_objects([inquiry], "mails")
    events = list(inquiry.events.select_related("by"))
    presenter = present(inquiry, events, now)
    can = offered(inquiry, user)
    forms = {name: _form(request, inquiry, name) for name in can if ACTIONS[name].form}
    if attempt and attempt.action in forms:
        forms[attempt.action] = attempt.form
    opening = opening_of(inquiry, events, visible(request), now)
    context = {
        **admin.site.each_context(request),
        "title": inquiry.patient_name,
        "opts": inquiry._meta,
        "inquiry": inquiry,
        "presenter": presenter,
        "scripts": _scripts(presenter) if "call" in can else [],
        "code": _code(user, events),
        "why": _why_this_office(presenter),
        "linked": others_of(inquiry, visible(request)),
        "opening": opening,
        "can": can,
        "forms": forms,
        "open": attempt.action if attempt else request.GET.get("open", ""),
        **_refusal(attempt, can),
        **_last_step(inquiry, user, events, now, may_undo="note" in can),
        "day_address": f"{reverse(DAY)}?office={inquiry.office.slug}",
        "others": presences.look(inquiry, user),
        "way_back": way_back,
        "here": way_back.page_of(inquiry),
        "next_in_list": way_back.page_of(after) if after else "",
    }
    audit.record_by(request, action="view", record=inquiry.reference, office=inquiry.office.slug)
    takers = [taker.inquiry.reference for taker in opening.takers] if opening else []
    for record in audit.in_records(takers):
        audit.record_by(request, action="list", record=record, office=inquiry.office.slug)
    return TemplateResponse(request, "admin/appointments/request.html", context)


def _why_this_office(presenter: InquiryPresenter) -> str:
    """ "" where there is only one, and nothing to say of it but that."""
    readable = not isinstance(presenter.inquiry.routing, Unreadable)
    if only_office() and readable and not presenter.who_changed_the_office:
        return ""
    return presenter.why_this_office({office.slug: office.name for office in directory()})


def _code(user: User, events: list[Event]) -> tuple[str, str] | None:
    """What to read to the patient, if this person has just asked for it: a short address, and the code to type."""
    shown = next((event for event in reversed(events) if event.kind == Event.Kind.LINK_SHOWN), None)
    if shown is None or shown.by_id != user.pk or timezone.now() - shown.at > CODE_SHOWN:
        return None
    return private_link.short_address(), private_link.code(shown)


def _refusal(attempt: Attempt | None, can: set[str]) -> dict[str, Any]:
    """Why an attempt was refused: (id of the field, or "", and a sentence), and what was typed into a form that makes
    no sense any more.
    """
    if attempt is None:
        return {"problems": [], "orphaned_texts": []}
    form = attempt.form
    orphaned_texts = form.typed() if form and attempt.action not in can else []
    if attempt.problem or form is None:
        return {"problems": [("", attempt.problem)], "orphaned_texts": orphaned_texts}
    problems = [
        (form[name].id_for_label if name in form.fields and not form[name].is_hidden else "", str(error))
        for name, errors in form.errors.items()
        for error in errors
    ]
    return {"problems": problems, "orphaned_texts": orphaned_texts}


def _last_step(
    inquiry: AppointmentRequest, user: User, events: list[Event], now: datetime, *, may_undo: bool
) -> dict[str, Any]:
    """Up to which step the page is shown, and whether this person may take it back."""
    last = max(events, key=lambda event: event.pk, default=None)
    if last is None:
        return {"seen": 0, "undo": None, "undo_seconds": 0}
    return {
        "seen": last.pk,
        "undo": last if may_undo and actions.can_undo(inquiry, user, last) else None,
        "undo_seconds": actions.UNDO_SECONDS - int((now - last.at).total_seconds()),
    }


def _scripts(presenter: InquiryPresenter) -> list[tuple[str, str]]:
    """What to say on the phone: title and text. First to who else answers, where they may not be told who is calling;
    what is said to voicemail only where one may be left.
    """
    keys = [presenter.script]
    if CallWishes.of(presenter.inquiry.contact).say_who == SayWho.FIRST_NAME:
        keys.insert(0, Script.DISCREET)
    if presenter.inquiry.contact.get("voicemail") == Voicemail.YES:
        keys.append(Script.VOICEMAIL)
    return [(str(key.label), text) for key, text in zip(keys, scripts(keys, presenter.inquiry), strict=True)]
