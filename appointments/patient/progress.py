"""The steps of the form, and which one is next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from appointments.drafts import Answers
from appointments.models import AppointmentRequest
from appointments.patient.step_forms import about_you_form, contact_form, safety_form, visit_form
from appointments.warning_signs import current
from appointments.warning_signs.second_look import SecondLook, look
from appointments.warning_signs.table import Judgment


@dataclass(frozen=True)
class FormStep:
    """A page of the form. `name` is its address, `key` its place in the draft."""

    name: str
    key: str
    title: str | Promise
    make_form: Callable[[Answers, Any], forms.Form]

    def url(self) -> str:
        """Its page."""
        return reverse("appointments:new") if self.name == "safety" else reverse("appointments:step", args=[self.name])


STEPS = (
    FormStep("safety", "safety", gettext_lazy("Safety check"), safety_form),
    FormStep("about-you", "about_you", gettext_lazy("About you"), about_you_form),
    FormStep("visit", "visit", gettext_lazy("Your visit"), visit_form),
    FormStep("contact", "contact", gettext_lazy("How to reach you"), contact_form),
)


def next_url(answers: Answers) -> str:
    """The first step still open, the question about what was written, or "check your answers"."""
    for step in STEPS:
        if step.key not in answers or (step.key == "visit" and not answers["visit"].get("office")):
            return step.url()
    seen = look_again(answers)
    if seen.raises and said_so(answers, seen) is None:
        return reverse("appointments:second_look")
    return reverse("appointments:check")


def look_again(answers: Answers) -> SecondLook:
    """What the patient's own words add to what was ticked."""
    return look(current.of_version(answers["safety"]["version"]), answers["visit"]["details"], ticked_in(answers))


def said_so(answers: Answers, seen: SecondLook) -> bool | None:
    """The answer to whether what was written is so today; None if it was never asked of these words."""
    answer = answers.get("second_look", {})
    said: bool | None = answer["so"] if answer.get("quoted") == seen.quoted else None
    return said


def ticked_in(answers: Answers) -> set[str]:
    return {*answers["safety"]["flags"], *(answers["safety"].get("conditions") or [])}


def judged(answers: Answers) -> Judgment:
    """How urgent it is by what the patient ticked, and said of the own words."""
    if "visit" in answers:
        seen = look_again(answers)
        return seen.together if seen.raises and said_so(answers, seen) else seen.ticked
    return current.of_version(answers["safety"]["version"]).judge(ticked_in(answers))


def sent_from(key: str) -> AppointmentRequest | None:
    """The request that was made from this browser's draft."""
    return AppointmentRequest.objects.filter(draft_digest=key).first() if key else None


def start_again(*, expired: bool) -> HttpResponseRedirect:
    """To the first step; with a sentence if there were answers that have been deleted."""
    return HttpResponseRedirect(reverse("appointments:new") + ("?expired=1" if expired else ""))
