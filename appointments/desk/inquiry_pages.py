"""One inquiry: its page, who else looks at it, and what is done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk import presence as presences
from appointments.desk.access import may_change, user_of, visible, visible_or_404
from appointments.desk.buttons import ACTIONS, offered
from appointments.desk.forms.base import DeskForm
from appointments.desk.list_pages import LIST
from appointments.desk.presenters import InquiryPresenter, event_in_words, present
from appointments.mail.texts import Script, script
from appointments.models import AppointmentRequest, Event, Status
from appointments.offices import directory
from appointments.vocabulary import Voicemail
from common import audit
from common.client import client_address
from common.models import User
from common.text import whole_number


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
    """Take an action. Someone else's inquiry is 404 before anything else is looked at."""
    inquiry = visible_or_404(request, pk)
    if not may_change(request) or action not in ACTIONS:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = _form(request, inquiry, action, request.POST)
    if form is not None and not form.is_valid():
        return _show(request, inquiry, Attempt(action, form))
    try:
        message = ACTIONS[action].take(inquiry, _actor(request), form.cleaned_data if form else {})
    except WrongMove as problem:
        return _show(request, visible_or_404(request, pk), Attempt(action, form, str(problem)))
    messages.success(request, message)
    if not visible(request).filter(pk=pk).exists():
        return redirect(LIST)
    return redirect(inquiry)


def _actor(request: HttpRequest) -> Actor:
    return Actor(user_of(request), client_address(request), whole_number(request.POST.get("seen", "")))


def _form(request: HttpRequest, inquiry: AppointmentRequest, action: str, data: Any = None) -> DeskForm | None:
    form = ACTIONS[action].form
    return form(data, inquiry=inquiry, user=user_of(request), mine=visible(request)) if form else None


def _show(request: HttpRequest, inquiry: AppointmentRequest, attempt: Attempt | None = None) -> HttpResponse:
    """The page; after an attempt with its problems and with everything that was typed."""
    now, user = timezone.now(), user_of(request)
    prefetch_related_objects([inquiry], "mails")
    events = list(inquiry.events.select_related("by"))
    presenter = present(inquiry, events, now)
    can = offered(inquiry, user)
    forms = {name: _form(request, inquiry, name) for name in can if ACTIONS[name].form}
    if attempt and attempt.action in forms:
        forms[attempt.action] = attempt.form
    context = {
        **admin.site.each_context(request),
        "title": inquiry.patient_name,
        "opts": inquiry._meta,
        "inquiry": inquiry,
        "presenter": presenter,
        "scripts": _scripts(presenter) if "call" in can else [],
        "why": presenter.why_this_office({office.slug: office.name for office in directory()}),
        "linked": _linked(request, inquiry),
        "can": can,
        "forms": forms,
        "open": attempt.action if attempt else request.GET.get("open", ""),
        **_refusal(attempt, can),
        **_last_step(inquiry, user, events, now, may_undo="note" in can),
        "others": presences.look(inquiry, user),
        "next_in_list": _next_in_list(request, inquiry),
    }
    audit.record_by(request, action="view", record=inquiry.reference, office=inquiry.office.slug)
    return TemplateResponse(request, "admin/appointments/request.html", context)


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
    """What to say on the phone: title and text. What is said to voicemail only where one may be left."""
    keys = [presenter.script]
    if presenter.inquiry.contact.get("voicemail") == Voicemail.YES:
        keys.append(Script.VOICEMAIL)
    return [(str(key.label), script(key, presenter.inquiry)) for key in keys]


def _linked(request: HttpRequest, inquiry: AppointmentRequest) -> list[dict[str, Any]]:
    """What belongs together with this one. Those of other offices are named, and lead nowhere. One query."""
    # Not "or is NULL", for which SQLite would read the whole table.
    bound = AppointmentRequest.objects.filter(Q(duplicate_of=inquiry) | Q(pk=inquiry.duplicate_of_id or 0))
    mine = visible(request).filter(pk=OuterRef("pk"))
    others = (bound | actions.earlier_requests(inquiry)).annotate(mine=Exists(mine))
    return [
        {
            "inquiry": other,
            "mine": other.mine,  # type: ignore[attr-defined]
            "words": _("This one is its duplicate")
            if other.pk == inquiry.duplicate_of_id
            else _("A duplicate of this one")
            if other.duplicate_of_id == inquiry.pk
            else _("Sent earlier by the same person"),
        }
        for other in others.select_related("office").order_by("-pk")
    ]


def _next_in_list(request: HttpRequest, inquiry: AppointmentRequest) -> AppointmentRequest | None:
    """Whom to call after this one."""
    waiting = visible(request).filter(status=Status.NEW).exclude(pk=inquiry.pk)
    return waiting.by_urgency().only("pk").first()
