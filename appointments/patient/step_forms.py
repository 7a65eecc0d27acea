"""The form of each step, filled with what the draft holds."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import complaints, offices
from appointments.drafts import Answers
from appointments.offices import OfficeFacts, directory
from appointments.offices.routing import Decision, Rule
from appointments.patient.forms import AboutYouForm, Choices, ContactForm, SafetyForm, VisitForm
from appointments.vocabulary import FIRST_OFFICE, InsuranceKind
from appointments.warning_signs import current
from common.phones import phone_in_words, takes_texts

CALL_DAYS = 28  # ahead; who is away for longer calls when they are back


def body_areas() -> list[tuple[str, str]]:
    """The parts of the foot: (name, label), from wherever APPOINTMENT_AREAS points."""
    known: list[tuple[str, str]] = import_string(settings.APPOINTMENT_AREAS)()
    return known


def safety_form(answers: Answers, data: Any) -> forms.Form:
    kept = answers.get("safety")
    initial = {"flags": kept["flags"] or ["none"], "conditions": _ticked_conditions(kept)} if kept else {}
    return SafetyForm(data, initial=initial, table=current.newest())


def _ticked_conditions(safety: Mapping[str, Any]) -> list[str] | None:
    conditions: list[str] | None = safety.get("conditions")
    return ["none"] if conditions == [] else conditions


def about_you_form(answers: Answers, data: Any) -> forms.Form:
    return AboutYouForm(data, initial=answers.get("about_you"))


def visit_form(answers: Answers, data: Any) -> forms.Form:
    decision = offices.decide_office(answers.get("about_you", {}).get("zip_code", ""))
    open_days = sorted({day for facts in directory() for day, spans in enumerate(facts.schedule.week) if spans})
    kept = answers.get("visit")
    article = answers.get("about_article", "")
    prefilled = complaints.of_article(article) if article and not kept else ""
    form = VisitForm(
        data,
        initial=kept or {"reason": prefilled},
        reasons=complaints.choices(),
        areas=body_areas(),
        offices=_office_choices(decision),
        weekdays=open_days,
    )
    if kept and "office" in form.fields and _only_office_is_open(kept, data):
        form.ask_office_again()
    if prefilled:
        form.fields["reason"].help_text = _("We filled this in from the page you were reading. You can change it.")
    if "about_you" in answers and "office" in form.fields:
        form.fields["office"].help_text = _routing_in_words(decision, answers["about_you"]["zip_code"])
    return form


def _only_office_is_open(kept: Mapping[str, Any], data: Mapping[str, Any] | None) -> bool:
    """Whether the page asks for the office alone, or did when this was sent from it."""
    if data is None:
        return not kept["office"]
    return not data.keys() & (kept.keys() - {"office"}) and ("office" in data or not kept["office"])


def contact_form(answers: Answers, data: Any) -> forms.Form:
    zip_code, chosen = answers.get("about_you", {}).get("zip_code", ""), answers.get("visit", {}).get("office", "")
    facts = offices.office(offices.decide_office(zip_code, chosen).office)
    kept = {"reminders": "", **answers.get("contact", {})}
    phone = answers.get("about_you", {}).get("phone", "")
    texts = bool(facts and facts.sends_texts and takes_texts(phone))
    form = ContactForm(data, initial=kept, days=call_days(*directory()), texts=texts)
    if not answers.get("about_you", {}).get("email"):
        del form.fields["reminders"]
    plans = [plan.name for plan in offices.plans_of(facts.pk)] if facts else []
    form.fields["insurance"].widget.suggestions = (*plans, *InsuranceKind.without_a_plan())
    if phone and "best_way" in form.fields:
        form.fields["best_way"].label = _("Best way to reach you at %(phone)s") % {"phone": phone_in_words(phone)}
    form.fields["consent"].help_text = format_html(
        _('Read our <a href="{}">privacy page</a> to see how we keep your details safe.'), reverse("privacy")
    )
    return form


def call_days(*open_at: OfficeFacts) -> list[date]:
    """The days to come, within CALL_DAYS, on which one of these offices can call."""
    days = [timezone.localdate() + timedelta(days=number) for number in range(1, CALL_DAYS + 1)]
    return [each for each in days if any(facts.schedule.spans(each) for facts in open_at)]


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
        distance = f", {miles(decision.miles[facts.slug])}" if facts.slug in decision.miles else ""
        label = format_html("{}<b>{}</b>{}<small>{}</small>", badge, facts.title, distance, facts.street)
        choices.append((facts.slug, label))
    if len(offices) > 1:
        choices.append((FIRST_OFFICE, _("The first office that can see me")))
    return choices


def _routing_in_words(decision: Decision, zip_code: str) -> str:
    """Why the offices stand as they do, for the hint above them."""
    words = {
        Rule.UNKNOWN_ZIP: _("We do not know where ZIP code %(zip)s is, so please choose the office you can get to.")
        if zip_code
        else _("Without a ZIP code we can’t tell which office is near you, so please choose the one you can get to."),
        Rule.NEAR_TIE: _("ZIP code %(zip)s is about as far from each office, so please choose."),
        Rule.FAR: _("ZIP code %(zip)s is far from each office. We are glad to see you at the one you can get to."),
    }.get(decision.rule, _("You gave ZIP code %(zip)s. Distances are in a straight line."))
    text = words % {"zip": zip_code}
    if away := [facts.title for facts in directory() if facts.slug in decision.skipped]:
        text += " " + _("%(offices)s does not take requests right now.") % {"offices": ", ".join(away)}
    return text


def miles(distance: float) -> str:
    """A distance in words, whole miles."""
    if distance < 1:
        return _("less than a mile")
    return ngettext("about %(count)d mile", "about %(count)d miles", round(distance)) % {"count": round(distance)}
