"""The request form, its confirmation, and the offices' pages.

Each step is one page and one POST; the answers wait in the encrypted draft (drafts.py). After any step the visitor
goes to the first one still open, or to "check your answers": so Back, Change and a second tab need no rules of
their own.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import time as time_now
from typing import Any

from django import forms
from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, drafts, proof, status_link, structured, suspicion
from appointments.deadlines import NeverOpen, Schedule, next_opening
from appointments.drafts import Answers
from appointments.forms import (
    ANY_DAY,
    FIRST_OFFICE,
    AboutYouForm,
    Choices,
    ContactForm,
    SafetyForm,
    SecondLookForm,
    VisitForm,
)
from appointments.models import AppointmentRequest, Weekday
from appointments.offices import directory, office, phone_in_words, somebody_takes
from appointments.routing import Decision, Rule
from appointments.warning_signs import current
from appointments.warning_signs.care import care_for, care_of
from appointments.warning_signs.second_look import SecondLook, look
from appointments.warning_signs.table import Judgment
from common.caching import public_page
from common.client import client_address
from common.spam import TrapsForm
from common.times import date_in_words, moment
from common.times import day as day_in_words

log = logging.getLogger(__name__)

NOT_SURE = "not-sure"
SOMETHING_ELSE = "something-else"
CLOSURES_AHEAD_DAYS = 60  # how far an office's page lists them
CLOSED_SOON_DAYS = 14  # how early it warns of the next one


def reasons() -> list[tuple[str, str]]:
    """What people may come for: (slug, label), from wherever APPOINTMENT_REASONS points. One query."""
    known: list[tuple[str, str]] = import_string(settings.APPOINTMENT_REASONS)()
    return [*known, (SOMETHING_ELSE, _("Something else")), (NOT_SURE, _("I am not sure"))]


def body_areas() -> list[tuple[str, str]]:
    """The parts of the foot: (name, label), from wherever APPOINTMENT_AREAS points."""
    known: list[tuple[str, str]] = import_string(settings.APPOINTMENT_AREAS)()
    return known


def _safety_form(answers: Answers, data: Any) -> forms.Form:
    kept = answers.get("safety")
    initial = {"flags": kept["flags"] or ["none"], "conditions": _ticked_conditions(kept)} if kept else {}
    return SafetyForm(data, initial=initial, table=current.newest())


def _ticked_conditions(safety: Mapping[str, Any]) -> list[str] | None:
    conditions: list[str] | None = safety.get("conditions")
    return ["none"] if conditions == [] else conditions


def _about_you_form(answers: Answers, data: Any) -> forms.Form:
    return AboutYouForm(data, initial=answers.get("about_you"))


def _visit_form(answers: Answers, data: Any) -> forms.Form:
    decision = actions.decide_office(answers.get("about_you", {}).get("zip_code", ""))
    open_days = sorted({day for facts in directory() for day, spans in enumerate(facts.schedule.week) if spans})
    known = reasons()
    kept = answers.get("visit")
    article = answers.get("about_article", "")
    prefilled = article if article in dict(known) else ""
    form = VisitForm(
        data,
        initial=kept or {"reason": prefilled},
        reasons=known,
        areas=body_areas(),
        offices=_office_choices(decision),
        weekdays=open_days,
    )
    if prefilled and not kept:
        form.fields["reason"].help_text = _("We filled this in from the page you were reading. You can change it.")
    if zip_code := answers.get("about_you", {}).get("zip_code"):
        form.fields["office"].help_text = _routing_in_words(decision, zip_code)
    return form


def _contact_form(answers: Answers, data: Any) -> forms.Form:
    form = ContactForm(data, initial=answers.get("contact"))
    if phone := answers.get("about_you", {}).get("phone"):
        form.fields["best_way"].label = _("Best way to reach you at %(phone)s") % {"phone": phone_in_words(phone)}
    form.fields["consent"].help_text = format_html(
        _('Read our <a href="{}">privacy page</a> to see how we keep your details safe.'), reverse("privacy")
    )
    return form


@dataclass(frozen=True)
class Step:
    """A page of the form. `name` is its address, `key` its place in the draft."""

    name: str
    key: str
    title: str | Promise
    make_form: Callable[[Answers, Any], forms.Form]

    def url(self) -> str:
        """Its page."""
        return reverse("appointments:new") if self.name == "safety" else reverse("appointments:step", args=[self.name])


STEPS = (
    Step("safety", "safety", gettext_lazy("Safety check"), _safety_form),
    Step("about-you", "about_you", gettext_lazy("About you"), _about_you_form),
    Step("visit", "visit", gettext_lazy("Your visit"), _visit_form),
    Step("contact", "contact", gettext_lazy("How to reach you"), _contact_form),
)


def _next_url(answers: Answers) -> str:
    """The first step still open, the question about what was written, or "check your answers"."""
    for step in STEPS:
        if step.key not in answers or (step.key == "visit" and not answers["visit"].get("office")):
            return step.url()
    seen = _second_look(answers)
    if seen.raises and _said_so(answers, seen) is None:
        return reverse("appointments:second_look")
    return reverse("appointments:check")


def _second_look(answers: Answers) -> SecondLook:
    """What the patient's own words add to what was ticked."""
    return look(current.of_version(answers["safety"]["version"]), answers["visit"]["details"], _ticked(answers))


def _said_so(answers: Answers, seen: SecondLook) -> bool | None:
    """The answer to whether what was written is so today; None if it was never asked of these words."""
    answer = answers.get("second_look", {})
    said: bool | None = answer["so"] if answer.get("quoted") == seen.quoted else None
    return said


def _ticked(answers: Answers) -> set[str]:
    return {*answers["safety"]["flags"], *(answers["safety"].get("conditions") or [])}


def _told(answers: Answers) -> Judgment:
    """How urgent it is by what the patient ticked, and said of the own words."""
    if "visit" in answers:
        seen = _second_look(answers)
        return seen.together if seen.raises and _said_so(answers, seen) else seen.ticked
    return current.of_version(answers["safety"]["version"]).judge(_ticked(answers))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One step of the form."""
    here = _step_or_404(name)
    key = drafts.key_of(request)
    kept = drafts.load(key)
    answers = kept or {}
    sent_before = _sent_before(key) if kept is None else None
    lost = bool(key) and kept is None and sent_before is None  # there were answers, and they have been deleted
    if sent_before and here is not STEPS[0]:
        return redirect("appointments:sent", sent_before.reference)
    if request.method != "POST":
        if here is not STEPS[0] and kept is None:
            return _start_again(expired=lost)
        return _show_step(request, here, here.make_form(answers, None))
    form = here.make_form(answers, request.POST)
    if not form.is_valid():
        return _show_step(request, here, form)
    changes = _changes(here, answers, form.cleaned_data, request)
    urgent = here is STEPS[0] and _told({**answers, **changes}).level.is_urgent
    if kept is None and not drafts.may_start(request, urgent=urgent):
        return _no_room(request, here, form, _told({**answers, **changes}) if urgent else None)
    if urgent:
        response = HttpResponseRedirect(reverse("appointments:call_now"))
    elif kept is None and here is not STEPS[0]:
        response = _start_again(expired=lost)
    else:
        response = HttpResponseRedirect(_next_url({**answers, **changes}) + ("?expired=1" if lost else ""))
    if kept is None:
        key = drafts.start(response, secure=not settings.DEMO)
        changes["started_at"] = time_now()
    drafts.keep(key, **changes)
    return response


def _no_room(request: HttpRequest, current: Step, form: forms.Form, told: Judgment | None) -> HttpResponse:
    """Too many forms from this connection: the page again as typed; where to turn comes first, if it can't wait."""
    note = _(
        "Very many forms were started from your internet connection just now, so we can’t take this one yet. Nothing "
        "you typed is lost: press Continue again in ten minutes, or call us. In an emergency call %(emergency)s."
    )
    note %= {"emergency": settings.EMERGENCY_NUMBER}
    if told:
        note = f"{care_for(told.level, only_911=told.only_911).title}. {note}"
    response = _show_step(request, current, form, note=note, status=429)
    response.headers["Retry-After"] = str(drafts.START_SECONDS)
    return response


def _sent_before(key: str) -> AppointmentRequest | None:
    """The request that was made from this browser's draft."""
    return AppointmentRequest.objects.filter(draft_digest=key).first() if key else None


@never_cache
def ask_again(request: HttpRequest, name: str) -> HttpResponse:
    """A step that came without its token: the page again, with what was typed, and nothing kept of it."""
    here = _step_or_404(name)
    form = here.make_form(drafts.load(drafts.key_of(request)) or {}, request.POST)
    form.is_valid()
    note = _(
        "We could not be sure that this came from our own page. Please check your answers and press Continue again."
    )
    return _show_step(request, here, form, note=note, status=403)


def _step_or_404(name: str) -> Step:
    for step in STEPS:
        if step.name == name:
            return step
    raise Http404


def _start_again(*, expired: bool) -> HttpResponseRedirect:
    """To the first step; with a sentence if there were answers that have been deleted."""
    return HttpResponseRedirect(reverse("appointments:new") + ("?expired=1" if expired else ""))


def _changes(here: Step, answers: Answers, data: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What a valid step puts into the draft."""
    changes: dict[str, Any] = {here.key: data}
    if here.key == "safety":
        article = request.GET.get("about", "")
        if article and article in dict(reasons()):
            changes["about_article"] = article
    if here.key == "about_you" and "visit" in answers:
        moved = data["zip_code"] != answers.get("about_you", {}).get("zip_code")
        if moved:  # the distances have changed, so the office is asked again
            changes["visit"] = {**answers["visit"], "office": ""}
    return changes


def _show_step(
    request: HttpRequest, step: Step, form: forms.Form, *, note: str = "", status: int = 200
) -> HttpResponse:
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
        "note": note,
        "back": STEPS[number - 2].url() if number > 1 else "",
        "nobody_takes": not somebody_takes(),
    }
    return render(request, f"appointments/step_{step.key}.html", context, status=status)


@never_cache
@require_safe
def call_now(request: HttpRequest) -> HttpResponse:
    """Something should not wait: where to turn at this moment, and the way on. Never a dead end."""
    key = drafts.key_of(request)
    answers = drafts.load(key)
    judgment = _told(answers) if answers and "safety" in answers else None
    if not answers or judgment is None or not judgment.level.is_urgent:
        return _start_again(expired=bool(key) and answers is None)
    table = current.of_version(answers["safety"]["version"])
    ticked = _ticked(answers)
    told = [row.question for row in table.rows if row.slug in ticked]
    if judgment.level != table.judge(ticked).level:
        told += [f"“{words}”" for words in answers["second_look"]["quoted"]]
    context = {
        "told": told,
        "care": care_for(judgment.level, only_911=judgment.only_911),
        "advice": judgment.gravest.advice if judgment.gravest else "",
        "next": _next_url(answers),
        "back": reverse("appointments:new"),
    }
    return render(request, "appointments/call_now.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_look(request: HttpRequest) -> HttpResponse:
    """What the patient wrote may not be able to wait, and nothing like it was ticked: asked once, before sending."""
    key = drafts.key_of(request)
    answers = drafts.load(key)
    if answers is None:
        return _start_again(expired=bool(key))
    if any(step.key not in answers for step in STEPS) or not (seen := _second_look(answers)).raises:
        return HttpResponseRedirect(_next_url(answers))
    form = SecondLookForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "quoted": seen.quoted, "back": STEPS[2].url()}
        return render(request, "appointments/second_look.html", context)
    answer = {"quoted": seen.quoted, "so": form.cleaned_data["so"] == "yes"}
    drafts.keep(key, second_look=answer)
    if answer["so"]:
        return redirect("appointments:call_now")
    return HttpResponseRedirect(_next_url({**answers, "second_look": answer}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check your answers; the green button sends them. A second click finds the request that the first one made."""
    key = drafts.key_of(request)
    if sent_before := _sent_before(key):
        return redirect("appointments:sent", sent_before.reference)
    answers = drafts.load(key)
    if answers is None:
        return _start_again(expired=bool(key))
    open_step = _next_url(answers)
    if open_step != reverse("appointments:check"):
        return HttpResponseRedirect(open_step)
    if request.method != "POST":
        return _show_check(request, answers)
    about = dict(answers["visit"])
    about["reason"] = dict(reasons()).get(about["reason"], about["reason"])
    about["body_area"] = dict(body_areas()).get(about.get("body_area", ""), "")
    try:
        held_because = _held_because(request, answers)
        if held_because is None:
            return _show_check(request, answers, challenge=proof.new_challenge())
        made = actions.submit(
            draft_digest=key,
            answers={**answers, "visit": about},
            language=translation.get_language() or settings.LANGUAGE_CODE,
            actor=actions.Actor(address=client_address(request)),
            held_because=held_because,
        )
    except actions.NobodyTakes:
        return _show_check(request, answers, status=503)
    except Error:
        log.exception("A request could not be saved")
        return _show_check(request, answers, failed=True, status=503)
    return redirect("appointments:sent", made.reference)


def _held_because(request: HttpRequest, answers: Answers) -> str | None:
    """The signs of spam to hold it for, "" for none; None if a proof of work is to be asked for first."""
    if _told(answers).level.is_urgent:
        return ""  # what can't wait is held up by nothing
    about, contact = answers["about_you"], answers["contact"]
    traps = TrapsForm(request.POST)
    traps.is_valid()  # an old page is no mistake here: nothing is typed on it
    whole_time = time_now() - answers.get("started_at", 0)
    signs = suspicion.signs_of(
        names=[
            *(about[name] for name in ("patient_name", "caller_name", "caller_relation")),
            *(contact.get(name, "") for name in ("other_language", "insurance")),
        ],
        text=answers["visit"]["details"],
        phone=about["phone"],
        address=client_address(request),
        filled_box=traps.filled_box,
        fast=traps.too_fast and whole_time < settings.FASTEST_SECONDS,
    )
    return suspicion.held_because(signs, request.POST)


def _show_check(
    request: HttpRequest, answers: Answers, *, failed: bool = False, challenge: str = "", status: int = 200
) -> HttpResponse:
    """The summary. When sending failed, or no office takes requests: the same page with the phones on top.

    challenge: the proof of work that is asked for before it is sent.
    """
    decision = actions.decide_office(answers["about_you"]["zip_code"], answers["visit"]["office"])
    context = {
        "groups": _summary(answers, decision),
        "office": office(decision.office),
        "failed": failed,
        "form": TrapsForm(),
        "challenge": challenge,
        "back": STEPS[-1].url(),
        "nobody_takes": not somebody_takes(),
    }
    return render(request, "appointments/check.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation, for the browser that sent it, for a while. Anyone else gets a page without details."""
    key = drafts.key_of(request) if "\x00" not in reference else ""
    since = timezone.now() - timedelta(minutes=settings.SENT_PAGE_MINUTES)
    made = (
        AppointmentRequest.objects.filter(reference=reference, draft_digest=key, created_at__gt=since).first()
        if key
        else None
    )
    if made is None:
        return render(request, "appointments/sent_elsewhere.html", status=404)
    facts = next(facts for facts in directory() if facts.pk == made.office_id)
    context = {"made": made, "office": facts, "page": status_link.path(made), "care": care_of(made)}
    # Told only to who also knows the birth date: a name and a phone number are not enough to ask who has been here.
    earlier = [other for other in actions.earlier_requests(made) if other.birth_date == made.birth_date]
    context |= {"page_address": settings.BASE_URL + status_link.path(made), "earlier": earlier}
    return render(request, "appointments/sent.html", context)


@public_page
@require_safe
def office_list(request: HttpRequest) -> HttpResponse:
    """All offices."""
    return render(request, "appointments/office_list.html")


@public_page
@require_safe
def office_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One office: where, when, how to call."""
    facts = office(slug)
    if facts is None:
        raise Http404
    today = timezone.localdate()
    context = {
        "office": facts,
        "week": [(day.label, facts.schedule.week[day], day == today.weekday()) for day in Weekday],
        "closures": _closures(facts.schedule, today),
        "closed_soon": _closed_soon(facts.schedule, today),
        "structured": structured.office_page(facts, today),
    }
    return render(request, "appointments/office_detail.html", context)


def _closed_days(schedule: Schedule, first: date, end: date) -> list[date]:
    """The days before `end` when the office is closed although its week says open."""
    days = [first + timedelta(days=ahead) for ahead in range((end - first).days)]
    return [day for day in days if schedule.week[day.weekday()] and schedule.closed_for(day)]


def _closures(schedule: Schedule, today: date) -> list[tuple[str, str]]:
    """The closed days to come in words with the reason; one line for several without an open day between."""
    rows: list[tuple[date, date, str]] = []
    for day in _closed_days(schedule, today, today + timedelta(days=CLOSURES_AHEAD_DAYS)):
        reason = schedule.closed_for(day)
        if rows and rows[-1][2] == reason and not _opens_between(schedule, rows[-1][1], day):
            rows[-1] = (rows[-1][0], day, reason)
        else:
            rows.append((day, day, reason))
    return [
        (_from_to(date_in_words(first), date_in_words(last)), _(reason).replace("'", "’"))
        for first, last, reason in rows
    ]


def _opens_between(schedule: Schedule, first: date, last: date) -> bool:
    return any(schedule.spans(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days))


def _closed_soon(schedule: Schedule, today: date) -> tuple[str, str] | None:
    """The next closed days, and when the office opens again, in words; None if there are none within two weeks."""
    closed = _closed_days(schedule, today, today + timedelta(days=CLOSED_SOON_DAYS))
    if not closed:
        return None
    try:
        opens = next_opening(datetime.combine(closed[0], time.max, schedule.zone), schedule)
    except NeverOpen:
        return None
    last = _closed_days(schedule, closed[0], opens.astimezone(schedule.zone).date())[-1]
    return _from_to(day_in_words(closed[0]), day_in_words(last)), moment(opens)


def _from_to(first: str, last: str) -> str:
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _miles(distance: float) -> str:
    """A distance in words, whole miles."""
    if distance < 1:
        return _("less than a mile")
    return ngettext("about %(count)d mile", "about %(count)d miles", round(distance)) % {"count": round(distance)}


def _office_choices(decision: Decision) -> Choices:
    """The offices as choice cards, nearest first, and "the first that can see me"."""
    offices = [facts for facts in directory() if facts.taking_requests] or list(directory())
    offices.sort(key=lambda facts: (decision.miles.get(facts.slug, 0), facts.position))
    suggested = decision.rule in (Rule.NEAREST, Rule.OVERRIDE)
    choices: list[tuple[str, Any]] = []
    for facts in offices:
        badge = ""
        if suggested and facts.slug == decision.office and len(offices) > 1:
            words = _("Nearest to you") if decision.rule == Rule.NEAREST else _("Suggested for your ZIP code")
            badge = format_html('<span class="tag" data-office="{}">{}</span>', facts.color, words)
        distance = f", {_miles(decision.miles[facts.slug])}" if facts.slug in decision.miles else ""
        label = format_html("{}<b>{}</b>{}<small>{}</small>", badge, facts.title, distance, facts.street)
        choices.append((facts.slug, label))
    if len(offices) > 1:
        choices.append((FIRST_OFFICE, _("The first office that can see me")))
    return choices


def _routing_in_words(decision: Decision, zip_code: str) -> str:
    """Why the offices stand as they do, for the hint above them."""
    words = {
        Rule.UNKNOWN_ZIP: _("We do not know where ZIP code %(zip)s is, so please choose the office you can get to."),
        Rule.NEAR_TIE: _("ZIP code %(zip)s is about as far from each office, so please choose."),
        Rule.FAR: _("ZIP code %(zip)s is far from each office. We are glad to see you at the one you can get to."),
    }.get(decision.rule, _("You gave ZIP code %(zip)s. Distances are in a straight line."))
    text = words % {"zip": zip_code}
    if away := [facts.title for facts in directory() if facts.slug in decision.skipped]:
        text += " " + _("%(offices)s does not take requests just now.") % {"offices": ", ".join(away)}
    return text


def _summary(answers: Answers, decision: Decision) -> list[dict[str, Any]]:
    """Every answer in words, in groups, each with the address of its step."""
    about, visit, contact = answers["about_you"], answers["visit"], answers["contact"]
    not_given = _("Not provided")
    days = [_("Any day") if day == ANY_DAY else str(Weekday(int(day)).label) for day in visit["days"]]
    chosen = office(decision.office)
    office_lines = [chosen.title if chosen else ""]
    if decision.office in decision.miles:
        office_lines.append(_miles(decision.miles[decision.office]) + " " + _("from you"))
    if away := [facts.title for facts in directory() if facts.slug in decision.skipped]:
        office_lines.append(_("%(offices)s does not take requests just now.") % {"offices": ", ".join(away)})
    if visit["office"] == FIRST_OFFICE:
        office_lines.append(_("You asked for the first office that can see you."))
    languages = {"en": "English", "es": "Español", "other": contact["other_language"]}
    interpreter = _("with an interpreter") if contact["interpreter"] else _("no interpreter")
    table = current.of_version(answers["safety"]["version"])
    flags = [sign.question for sign in table.signs if sign.slug in answers["safety"]["flags"]]
    conditions = answers["safety"].get("conditions")
    at_risk = [row.question for row in table.conditions if row.slug in (conditions or [])]
    seen = _second_look(answers)
    so = _said_so(answers, seen) if seen.raises else None
    someone_else = about["visit_for"] != AppointmentRequest.For.SELF
    yes_no = {"yes": _("Yes"), "no": _("No"), "unsure": _("Not sure")}

    def rows(step: Step, pairs: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
        return [
            {"term": term, "lines": lines if isinstance(lines, list) else [lines], "url": step.url()}
            for term, lines in pairs
        ]

    return [
        {
            "title": STEPS[0].title,
            "rows": [
                *rows(STEPS[0], [(_("Needs care today"), flags or [_("None of these")])]),
                *(
                    rows(STEPS[0], [(_("Makes problems more serious"), at_risk or [_("None of these")])])
                    if conditions is not None
                    else []
                ),
                *(
                    [
                        {
                            "term": _("So today"),
                            "lines": [*(f"“{words}”" for words in seen.quoted), _("Yes") if so else _("No")],
                            "url": reverse("appointments:second_look"),
                        }
                    ]
                    if so is not None
                    else []
                ),
            ],
        },
        {
            "title": STEPS[1].title,
            "rows": rows(
                STEPS[1],
                [
                    (_("Visit is for"), AppointmentRequest.For(about["visit_for"]).label),
                    *([(_("Your name"), [about["caller_name"], about["caller_relation"]])] if someone_else else []),
                    (_("Patient name"), about["patient_name"]),
                    (_("Date of birth"), date_in_words(date.fromisoformat(about["birth_date"]))),
                    (_("Been here before"), yes_no[about["been_before"]]),
                    (_("Phone number"), phone_in_words(about["phone"])),
                    (_("Email"), about["email"] or not_given),
                    (_("ZIP code"), about["zip_code"]),
                ],
            ),
        },
        {
            "title": STEPS[2].title,
            "rows": rows(
                STEPS[2],
                [
                    (_("Main problem"), dict(reasons()).get(visit["reason"], visit["reason"])),
                    (_("Where it hurts most"), dict(body_areas()).get(visit.get("body_area", ""), _("Not sure"))),
                    (_("More details"), visit["details"] or not_given),
                    (_("Office"), office_lines),
                    (_("Days"), ", ".join(days)),
                    (
                        _("Time of day"),
                        {"morning": _("Morning"), "afternoon": _("Afternoon"), "any": _("Any time")}[
                            visit["time_of_day"]
                        ],
                    ),
                ],
            ),
        },
        {
            "title": STEPS[3].title,
            "rows": rows(
                STEPS[3],
                [
                    (_("Best way"), {"call": _("Phone call"), "text": _("Text message")}[contact["best_way"]]),
                    (
                        _("Voicemail"),
                        _("Yes, you may leave one") if contact["voicemail"] == "yes" else _("No voicemail"),
                    ),
                    (_("Language"), f"{languages[contact['language']]}, {interpreter}"),
                    (_("Insurance company"), contact.get("insurance") or not_given),
                ],
            ),
        },
    ]
