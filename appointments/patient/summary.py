"""The answers in words, for "check your answers"."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.answers import Answer, labels
from appointments.complaints import in_words
from appointments.drafts import Answers
from appointments.models import Weekday
from appointments.offices import directory, office, only_office
from appointments.offices.routing import Decision
from appointments.patient.forms import AboutYouForm, ContactForm, SafetyForm, SecondLookForm, VisitForm, day_choices
from appointments.patient.progress import STEPS, look_again, said_so
from appointments.patient.step_forms import body_areas, miles
from appointments.patient.when_to_call import wishes_in_words
from appointments.vocabulary import FIRST_OFFICE, INTERPRETER, Language, Reminders, Text, VisitFor
from appointments.warning_signs import current

Lines = list[Text]
FORMS: dict[str, type[forms.Form]] = {
    "safety": SafetyForm,
    "second_look": SecondLookForm,
    "about_you": AboutYouForm,
    "visit": VisitForm,
    "contact": ContactForm,
}


def summarize(answers: Answers, decision: Decision) -> list[dict[str, Any]]:
    """Every answer in words, in groups, each with the address of its field; "" for what nobody was asked."""
    rows = {step.key: _rows(step.key, step.url(), answers, decision) for step in STEPS}
    rows["safety"] += _rows("second_look", reverse("appointments:second_look"), answers, decision)
    return [{"title": step.title, "rows": rows[step.key]} for step in STEPS]


def _rows(step: str, url: str, answers: Answers, decision: Decision) -> list[dict[str, Any]]:
    return [
        {"term": term, "lines": lines, "url": "" if answer.name == "office" and only_office() else url + _place(answer)}
        for answer, term in labels("check")
        if answer.step == step and (lines := _lines(answer, answers, decision))
    ]


def _place(answer: Answer) -> str:
    """Where on its page the answer is given: "#id_insurance"; of a group its first box."""
    box = FORMS[answer.step].base_fields[answer.name].widget
    return f"#id_{answer.name}{'_0' if box.use_fieldset else ''}"


def _lines(answer: Answer, answers: Answers, decision: Decision) -> Lines:
    """What stands there; nothing for what was not asked."""
    if answer.name in MORE_THAN_THE_VALUE:
        return MORE_THAN_THE_VALUE[answer.name](answers, decision)
    value = answers[answer.step].get(answer.name)
    return [answer.words(value) if value else _("Not provided")]


def _flags(answers: Answers, decision: Decision) -> Lines:
    signs = current.of_version(answers["safety"]["version"]).signs
    ticked: Lines = [sign.question for sign in signs if sign.slug in answers["safety"]["flags"]]
    return ticked or [_("None of these")]


def _conditions(answers: Answers, decision: Decision) -> Lines:
    """Nothing where they were not asked for."""
    slugs = answers["safety"].get("conditions")
    if slugs is None:
        return []
    conditions = current.of_version(answers["safety"]["version"]).conditions
    ticked: Lines = [condition.question for condition in conditions if condition.slug in slugs]
    return ticked or [_("None of these")]


def _so(answers: Answers, decision: Decision) -> Lines:
    """What the own words spoke of, and whether it is so."""
    seen = look_again(answers)
    so = said_so(answers, seen) if seen.raises else None
    return [] if so is None else [*(f"“{words}”" for words in seen.quoted), _("Yes") if so else _("No")]


def _caller(answers: Answers, decision: Decision) -> Lines:
    about = answers["about_you"]
    return [] if about["visit_for"] == VisitFor.SELF else [about["caller_name"], about["caller_relation"]]


def _reason(answers: Answers, decision: Decision) -> Lines:
    return [in_words(answers["visit"]["reason"])]


def _body_area(answers: Answers, decision: Decision) -> Lines:
    return [dict(body_areas()).get(answers["visit"].get("body_area", ""), _("Not sure"))]


def _office(answers: Answers, decision: Decision) -> Lines:
    """Which it will be, how far it is, and why it may be another one than was asked for."""
    chosen = office(decision.office)
    lines: Lines = [chosen.title if chosen else ""]
    if decision.office in decision.miles:
        lines.append(miles(decision.miles[decision.office]) + " " + _("from you"))
    if away := [facts.title for facts in directory() if facts.slug in decision.skipped]:
        lines.append(_("%(offices)s does not take requests right now.") % {"offices": ", ".join(away)})
    if answers["visit"]["office"] == FIRST_OFFICE:
        lines.append(_("You asked for the first office that can see you."))
    return lines


def _days(answers: Answers, decision: Decision) -> Lines:
    names = dict(day_choices(list(Weekday)))
    return [", ".join(str(names[day]) for day in answers["visit"]["days"])]


def _language(answers: Answers, decision: Decision) -> Lines:
    contact = answers["contact"]
    chosen = Language(contact["language"])
    spoken = contact["other_language"] if chosen == Language.OTHER else chosen.label
    return [f"{spoken}, {INTERPRETER[contact['interpreter']].on_check_page}"]


def _when_to_call(answers: Answers, decision: Decision) -> Lines:
    return wishes_in_words(answers["contact"])


def _reminders(answers: Answers, decision: Decision) -> Lines:
    """Nothing where they were not asked for."""
    given = answers["contact"].get("reminders")
    return [] if given is None else [Reminders(given).label]


# Where other answers, the offices, the articles or the warning signs have a say.
MORE_THAN_THE_VALUE: dict[str, Callable[[Answers, Decision], Lines]] = {
    "flags": _flags,
    "conditions": _conditions,
    "so": _so,
    "caller_name": _caller,
    "reason": _reason,
    "body_area": _body_area,
    "office": _office,
    "days": _days,
    "language": _language,
    "call_times": _when_to_call,
    "reminders": _reminders,
}
