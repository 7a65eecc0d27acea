"""The request form, a step at a time. Each form's cleaned data goes into the draft as it is."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.models import Weekday
from appointments.vocabulary import (
    ANY_DAY,
    ANY_DAY_WORDS,
    BeenBefore,
    BestWay,
    Language,
    TimeOfDay,
    VisitFor,
    Voicemail,
)
from appointments.warning_signs.table import Table
from common.asked_once import CHOOSE_WHETHER_SO, SO_TODAY, SoToday
from common.form_fields import CleanCharField, CleanEmailField, DateOfBirthField, PhoneField, ZipField
from common.form_layout import Question, asks, together

Choices = Sequence[tuple[str, "str | Promise | SafeString"]]
NONE_OF_THESE = "none"
DETAILS_LENGTH = 300
LONGEST_NUMBER = 4  # digits in a row that an insurance company's name may have; a member number has more


def pick(label: Any, choices: Choices, error: Any, **kwargs: Any) -> forms.ChoiceField:
    """One answer of a few, as choice cards; nothing is ticked beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": error, "invalid_choice": error},
        **kwargs,
    )


def way_to_answer() -> forms.ChoiceField:
    """How a message is answered; by email too."""
    return pick(_("Best way to answer you"), BestWay.choices, _("Choose phone call, text message or email"))


class SafetyForm(forms.Form):
    """Step 1: what should not wait for a call back."""

    flags = forms.MultipleChoiceField(
        label=_("Is any of this so today?"),
        help_text=_(
            "For you, or for the person you are asking for. We ask so that you get care fast if you need it. "
            "Choose all that apply."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose an answer, or choose “No, none of these”"),
            "invalid_choice": _("Choose an answer, or choose “No, none of these”"),
        },
    )
    conditions = forms.MultipleChoiceField(
        label=_("Do you, or the person you are asking for, have any of these?"),
        help_text=_("They make some foot problems more serious."),
        required=False,  # only where the answer changes something
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose what applies, or choose “No, none of these”")},
    )

    helper = asks(
        Question("flags", big="h1", one=True, or_before=NONE_OF_THESE),
        Question("conditions", one=True, or_before=NONE_OF_THESE, must=True),
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        for name, rows in (("flags", table.signs), ("conditions", table.conditions)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                *((row.slug, row.question) for row in rows),
                (NONE_OF_THESE, _("No, none of these")),
            ]
        if not table.conditions:
            del self.fields["conditions"]

    def clean_flags(self) -> list[str]:
        """The signs' slugs; an empty list for "none of these"."""
        return self._without_none("flags")

    def clean_conditions(self) -> list[str] | None:
        """The conditions' slugs; an empty list for "none of these", None for no answer."""
        return self._without_none("conditions") if self.cleaned_data["conditions"] else None

    def _without_none(self, name: str) -> list[str]:
        chosen: list[str] = self.cleaned_data[name]
        if NONE_OF_THESE in chosen and len(chosen) > 1:
            raise ValidationError(_("Choose what applies to you, or “No, none of these”, but not both"))
        return [slug for slug in chosen if slug != NONE_OF_THESE]

    def clean(self) -> dict[str, Any]:
        """With the version that was answered. Conditions must be known where they decide how soon care is needed."""
        data = super().clean() or {}
        unanswered = data.get("conditions", []) is None
        if unanswered and "flags" in data and self.table.matters_with_condition(data["flags"]):
            problem = _("Choose what applies, or “No, none of these”. It decides how soon you need care.")
            self.add_error("conditions", problem)
        return {"conditions": None, **data, "version": self.table.version}


class SecondLookForm(forms.Form):
    """Asked once, about what the patient wrote: whether that is so today."""

    so = pick(SO_TODAY, SoToday.choices, CHOOSE_WHETHER_SO)

    helper = asks(Question("so", one=True))


class AboutYouForm(forms.Form):
    """Step 2: who is to be seen, and on which number."""

    visit_for = pick(_("Who is the visit for?"), VisitFor.choices, _("Choose who the visit is for"))
    caller_name = CleanCharField(
        label=_("Your name"),
        help_text=_("The person we should ask for when we call."),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Your name must be 200 letters or fewer")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    caller_relation = CleanCharField(
        label=_("How do you know the patient?"),
        help_text=_("For example: mother, son, neighbor, nurse"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("Use 100 letters or fewer to say how you know the patient")},
    )
    patient_name = CleanCharField(
        label=_("Full name of the patient"),
        max_length=200,
        error_messages={
            "required": _("Enter the full name of the patient"),
            "max_length": _("The patient’s name must be 200 letters or fewer"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    birth_date = DateOfBirthField(
        label=_("Date of birth"), help_text=_("For example: 4 27 1953. We use it to find or start your chart.")
    )
    been_before = pick(
        _("Has the patient been to our practice before?"),
        BeenBefore.choices,
        _("Choose yes, no or not sure"),
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("We will call this number to set up the visit."),
    )
    email = CleanEmailField(
        label=_("Email"),
        help_text=_("We send a receipt here. It will not have any health details."),
        required=False,
    )
    zip_code = ZipField(
        label=_("ZIP code where the patient lives"),
        help_text=_("We use it to find the office nearest you."),
        error_messages={
            "required": _("Enter a ZIP code with 5 digits"),
            "max_length": _("Enter a ZIP code with 5 digits"),
        },
    )

    helper = asks(
        "visit_for",
        together("for-other", Question("caller_name", must=True), Question("caller_relation", must=True)),
        "patient_name",
        "birth_date",
        "been_before",
        "phone",
        "email",
        "zip_code",
    )

    def clean(self) -> dict[str, Any]:
        """Someone who asks for another person says who they are; for oneself those two boxes are left out."""
        data = super().clean() or {}
        if data.get("visit_for") == VisitFor.SELF:
            data["caller_name"] = data["caller_relation"] = ""
            for name in ("caller_name", "caller_relation"):
                self.errors.pop(name, None)
        elif "visit_for" in data:
            if "caller_name" in data and not data["caller_name"]:
                self.add_error("caller_name", _("Enter your own name"))
            if "caller_relation" in data and not data["caller_relation"]:
                self.add_error("caller_relation", _("Say how you know the patient, for example: mother"))
        return data


class VisitForm(forms.Form):
    """Step 3: why, where and when."""

    reason = forms.ChoiceField(
        label=_("What is the main problem?"),
        error_messages={
            "required": _("Choose the main problem, or “I am not sure”"),
            "invalid_choice": _("Choose the main problem, or “I am not sure”"),
        },
    )
    body_area = forms.ChoiceField(
        label=_("Where does it hurt most?"),
        required=False,
        error_messages={"invalid_choice": _("Choose a part of the foot, or leave it at “Not sure”")},
    )
    details = CleanCharField(
        label=_("Anything else we should know?"),
        help_text=_("A few words are enough. Up to 300 letters. You can tell the doctor the rest in person."),
        lines=True,
        required=False,
        max_length=DETAILS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    office = pick(_("Which office?"), [], _("Choose an office"))
    days = forms.MultipleChoiceField(
        label=_("When can you come?"),
        help_text=_("Choose all the days that work for you."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day"), "invalid_choice": _("Choose at least one day")},
    )
    time_of_day = pick(_("What time of day is best?"), TimeOfDay.choices, _("Choose a time of day"))

    helper = asks(
        "reason",
        "body_area",
        "details",
        Question("office", big="h2", one=True),
        Question("days", big="h2"),
        "time_of_day",
    )

    def __init__(
        self,
        *args: Any,
        reasons: Choices,
        areas: Choices,
        offices: Choices,
        weekdays: Sequence[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in {
            "reason": [("", _("Choose one")), *reasons],
            "body_area": [("", _("Not sure, or more than one place")), *areas],
            "office": offices,
            "days": day_choices(weekdays),
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        # Counted by us after cleaning: the browser's own limit would cut a pasted text off without a word.
        self.fields["details"].widget.attrs.pop("maxlength", None)
        self.fields["details"].error_messages["max_length"] = _(
            "Use 300 letters or fewer. You can tell the doctor the rest in person."
        )

    def clean_days(self) -> list[str]:
        """The weekdays' numbers, or just "any"."""
        return days_or_any(self.cleaned_data["days"])


def day_choices(weekdays: Sequence[int]) -> list[tuple[str, Any]]:
    return [*((str(day), Weekday(day).label) for day in weekdays), (ANY_DAY, ANY_DAY_WORDS)]


def days_or_any(days: list[str]) -> list[str]:
    return [ANY_DAY] if ANY_DAY in days else days


class ContactForm(forms.Form):
    """Step 4: how the desk may reach the patient."""

    best_way = pick(
        _("Best way to reach you"),
        BestWay.of_visits(),
        _("Choose phone call or text message"),
    )
    voicemail = pick(
        _("If you miss our call, may we leave a voicemail?"),
        Voicemail.choices,
        _("Choose yes or no for voicemail"),
        help_text=_("We would say our name and phone number. We would not say why you want to come."),
    )
    language = pick(_("Which language should we use?"), Language.choices, _("Choose a language"))
    other_language = CleanCharField(
        label=_("Which other language?"),
        max_length=60,
        required=False,
        error_messages={"max_length": _("The language must be 60 letters or fewer")},
    )
    interpreter = forms.BooleanField(
        label=_("I would like an interpreter"),
        help_text=_("This is free. It can be sign language too."),
        required=False,
    )
    insurance = CleanCharField(
        label=_("Insurance company"),
        help_text=_("The name only, please. Do not enter your member number."),
        required=False,
        max_length=80,
        error_messages={"max_length": _("The company’s name must be 80 letters or fewer")},
    )
    consent = forms.BooleanField(
        label=_("I agree that the office may use these details to set up the visit"),
        error_messages={"required": _("Tick the box if you agree")},
    )

    helper = asks(
        Question("best_way", one=True),
        "voicemail",
        "language",
        together("for-other-language", Question("other_language", must=True)),
        Question("interpreter", tight=True),
        "insurance",
        Question("consent", legend=_("Your OK")),
    )

    def clean_insurance(self) -> str:
        """A company's name. A member number is not ours to keep."""
        name: str = self.cleaned_data["insurance"]
        if any(len(re.sub(r"\D", "", run)) > LONGEST_NUMBER for run in re.findall(r"\d[\d -]*", name)):
            raise ValidationError(_("Enter only the name of the insurance company, without any number"))
        return name

    def clean(self) -> dict[str, Any]:
        """Another language is named."""
        data = super().clean() or {}
        if data.get("language") != Language.OTHER:
            data["other_language"] = ""
            self.errors.pop("other_language", None)
        elif "other_language" in data and not data["other_language"]:
            self.add_error("other_language", _("Say which language"))
        return data
