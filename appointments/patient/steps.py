"""The steps of the request form.

Each step is one page and one POST; the answers wait in the encrypted draft (drafts.py). After any step the visitor
goes to the first one still open, or to "check your answers": so Back, Change and a second tab need no rules of
their own.
"""

from time import time as time_now
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appointments import complaints, drafts
from appointments.drafts import Answers
from appointments.offices import only_office, somebody_takes
from appointments.patient.progress import STEPS, FormStep, judged, next_url, sent_from, start_again
from appointments.vocabulary import BestWay
from appointments.warning_signs.care import care_for
from appointments.warning_signs.table import Judgment
from common.phones import takes_texts
from common.refused_forms import why_refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One step of the form."""
    here = _step_or_404(name)
    key = drafts.key_of(request)
    kept = drafts.load(key)
    answers = kept or {}
    sent_before = sent_from(key) if kept is None else None
    lost = bool(key) and kept is None and sent_before is None  # there were answers, and they have been deleted
    if sent_before and here is not STEPS[0]:
        return redirect("appointments:sent", sent_before.reference)
    if request.method != "POST":
        if here is not STEPS[0] and kept is None:
            return start_again(expired=lost)
        return _show_step(request, here, here.make_form(answers, None))
    form = here.make_form(answers, request.POST)
    if not form.is_valid():
        return _show_step(request, here, form)
    changes = _changes(here, answers, form.cleaned_data, request)
    urgent = here is STEPS[0] and judged({**answers, **changes}).level.is_urgent
    if kept is None and not drafts.may_start(request, urgent=urgent):
        return _no_room(request, here, form, judged({**answers, **changes}) if urgent else None)
    if urgent:
        response = HttpResponseRedirect(reverse("appointments:call_now"))
    elif kept is None and here is not STEPS[0]:
        response = start_again(expired=lost)
    else:
        response = HttpResponseRedirect(next_url({**answers, **changes}) + ("?expired=1" if lost else ""))
    if kept is None:
        key = drafts.start(response, secure=not settings.DEMO)
        changes["started_at"] = time_now()
    drafts.keep(key, **changes)
    return response


def _no_room(request: HttpRequest, current: FormStep, form: forms.Form, told: Judgment | None) -> HttpResponse:
    """Too many forms from this connection: the page again as typed; where to turn comes first, if it can't wait."""
    note = _(
        "Too many forms were started from your internet connection, so we can’t take this one yet. Nothing "
        "you typed is lost: press Continue again in ten minutes, or call us. In an emergency call %(emergency)s."
    )
    note %= {"emergency": settings.EMERGENCY_NUMBER}
    if told:
        note = f"{care_for(told.level, only_911=told.only_911).title}. {note}"
    response = _show_step(request, current, form, stopped=note, status=429)
    response.headers["Retry-After"] = str(drafts.START_SECONDS)
    return response


@never_cache
def ask_again(request: HttpRequest, name: str) -> HttpResponse:
    """A step that came without its token: the page again, with what was typed, and nothing kept of it."""
    here = _step_or_404(name)
    form = here.make_form(drafts.load(drafts.key_of(request)) or {}, request.POST)
    form.is_valid()
    return _show_step(request, here, form, stopped=why_refused(request), status=403)


def _step_or_404(name: str) -> FormStep:
    for step in STEPS:
        if step.name == name:
            return step
    raise Http404


def _changes(here: FormStep, answers: Answers, data: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What a valid step puts into the draft."""
    changes: dict[str, Any] = {here.key: data}
    if here.key == "visit":  # which may have asked for the office alone
        changes["visit"] = {**answers.get("visit", {}), **data}
    if here.key == "safety":
        article = request.GET.get("about", "")
        if article and article in complaints.sources():
            changes["about_article"] = article
    if here.key == "about_you" and "visit" in answers:
        moved = "about_you" in answers and data["zip_code"] != answers["about_you"]["zip_code"]
        if moved and not only_office():  # the distances have changed, so the office is asked again
            changes["visit"] = {**answers["visit"], "office": ""}
    if here.key == "about_you" and "contact" in answers and not takes_texts(data["phone"]):
        changes["contact"] = {**answers["contact"], "best_way": BestWay.CALL}
    return changes


def _show_step(
    request: HttpRequest, step: FormStep, form: forms.Form, *, stopped: str = "", status: int = 200
) -> HttpResponse:
    """`stopped`: why it goes no further, though it may be filled in well."""
    note = ""
    number = STEPS.index(step) + 1
    if "expired" in request.GET and not form.is_bound:
        note = _(
            "To keep your answers private we delete them when you stop for a while. That has happened, so please "
            "answer again. Nothing was sent. You can also call us."
        )
    context = {
        "step": step,
        "number": number,
        "count": len(STEPS),
        "form": form,
        "note": note or getattr(form, "note", ""),
        "stopped": stopped,
        "back": STEPS[number - 2].url() if number > 1 else "",
        "nobody_takes": not somebody_takes(),
    }
    # Most steps look alike; one that has words of its own has a template, too.
    own, usual = f"appointments/step_{step.key}.html", "appointments/step_base.html"
    return render(request, [own, usual], context, status=status)
