"""The answers in words, for "check your answers"."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.drafts import Answers
from appointments.models import Weekday
from appointments.offices import directory, office
from appointments.offices.routing import Decision
from appointments.patient.progress import STEPS, FormStep, look_again, said_so
from appointments.patient.step_forms import body_areas, miles, reasons
from appointments.vocabulary import ANY_DAY, FIRST_OFFICE, VisitFor
from appointments.warning_signs import current
from common.phones import phone_in_words
from common.times import date_in_words


def summarize(answers: Answers, decision: Decision) -> list[dict[str, Any]]:
    """Every answer in words, in groups, each with the address of its step."""
    about, visit, contact = answers["about_you"], answers["visit"], answers["contact"]
    not_given = _("Not provided")
    days = [_("Any day") if day == ANY_DAY else str(Weekday(int(day)).label) for day in visit["days"]]
    chosen = office(decision.office)
    office_lines = [chosen.title if chosen else ""]
    if decision.office in decision.miles:
        office_lines.append(miles(decision.miles[decision.office]) + " " + _("from you"))
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
    seen = look_again(answers)
    so = said_so(answers, seen) if seen.raises else None
    someone_else = about["visit_for"] != VisitFor.SELF
    yes_no = {"yes": _("Yes"), "no": _("No"), "unsure": _("Not sure")}

    def rows(step: FormStep, pairs: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
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
                    (_("Visit is for"), VisitFor(about["visit_for"]).label),
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
