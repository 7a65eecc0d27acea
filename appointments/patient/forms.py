"""The request form, a step at a time. Each form's cleaned data goes into the draft as it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.models import Weekday
from appointments.offices import only_office
from appointments.vocabulary import (
    ANY_DAY,
    ANY_DAY_WORDS,
    BeenBefore,
    BestWay,
    CallTime,
    Language,
    Reminders,
    SayWho,
    TimeOfDay,
    VisitFor,
    Voicemail,
)
from appointments.warning_signs.questions import NONE_OF_THESE, SafetyQuestions
from appointments.warning_signs.table import Table
from common.asked_once import CHOOSE_WHETHER_SO, SO_TODAY, SoToday
from common.form_fields import (
    FORM_SCRIPT,
    CleanCharField,
    CleanEmailField,
    DateOfBirthField,
    PhoneField,
    Suggested,
    WordsField,
    ZipField,
    name_without_number,
)
from common.form_layout import Folded, Question, asks, together
from common.phones import takes_texts
from common.times import day

Choices = Sequence[tuple[str, "str | Promise | SafeString"]]
DETAILS_LENGTH = 600
NO_ZIP_ERROR = _("Enter a ZIP code with 5 digits, or tick “I have no US ZIP code”")


def pick(label: Any, choices: Choices, error: Any, **kwargs: Any) -> forms.ChoiceField:
    """One answer of a few, as choice cards; nothing is ticked beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": error, "invalid_choice": error},
        **kwargs,
    )


def offer_offices(form: forms.Form, choices: Choices) -> None:
    """The choices of "office". Where the practice has one, nobody is asked: it is the answer."""
    if only_office():
        del form.fields["office"]
    else:
        form.fields["office"].choices = choices  # type: ignore[attr-defined]


def with_office(data: dict[str, Any]) -> dict[str, Any]:
    """The answers with the office, also where nobody was asked."""
    only = only_office()
    return {**data, "office": only.slug} if only else data


def way_to_answer() -> forms.ChoiceField:
    """How a message is answered; by email too."""
    return pick(_("Best way to answer you"), [], _("Choose the best way to answer you"))


def offer_ways(form: forms.Form, *, texts: bool, email: bool = False) -> None:
    """The choices of "best_way". Where a call is all there is, nobody is asked.

    texts: whether the office can send them; what one agrees to stands beside.
    """
    agrees = _(
        "You agree that we text this phone number about what you ask here. Your phone plan may charge for texts."
    )
    words = {BestWay.TEXT: format_html("{}<small>{}</small>", BestWay.TEXT.label, agrees)}
    ways = [BestWay.CALL, *([BestWay.TEXT] if texts else []), *([BestWay.EMAIL] if email else [])]
    if len(ways) == 1:
        del form.fields["best_way"]
    else:
        form.fields["best_way"].choices = [(way.value, words.get(way, way.label)) for way in ways]  # type: ignore[attr-defined]


class SafetyForm(SafetyQuestions):
    """Step 1: what should not wait for a call back."""

    helper = asks(
        Question("flags", big="h1", one=True, or_before=NONE_OF_THESE),
        Question("conditions", one=True, or_before=NONE_OF_THESE, must=True),
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(table)
        self.fields["flags"].help_text = _(
            "For you, or for the person you are asking for. We ask so that you get care fast if you need it. "
            "Choose all that apply."
        )


class SecondLookForm(forms.Form):
    """Asked once, about what the patient wrote: whether that is so today."""

    so = pick(SO_TODAY, SoToday.choices, CHOOSE_WHETHER_SO)

    helper = asks(Question("so", one=True))


def refuse_texts(form: forms.Form, data: dict[str, Any]) -> None:
    """No text reaches an extension."""
    if data.get("best_way") == BestWay.TEXT and not takes_texts(data.get("phone", "")):
        form.add_error("best_way", _("We can’t text a number with an extension. Choose another way to reach you"))


def let_browser_fill(name: forms.Field, born: forms.Field) -> None:
    """The patient is who sits at the browser."""
    name.widget.attrs["autocomplete"] = "name"
    born.widget.autofill()


class AboutYouForm(forms.Form):
    """Step 2: who is to be seen, and on which number."""

    class Media:
        js = (FORM_SCRIPT,)

    visit_for = pick(_("Who is the visit for?"), VisitFor.choices, _("Choose who the visit is for"))
    caller_name = CleanCharField(
        label=_("Your name"),
        help_text=_("The person we should ask for when we call."),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Your name must be 200 characters or fewer")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    caller_relation = CleanCharField(
        label=_("How do you know the patient?"),
        help_text=_("For example: mother, son, neighbor, nurse"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("Use 100 characters or fewer to say how you know the patient")},
    )
    patient_name = CleanCharField(
        label=_("Full name of the patient"),
        max_length=200,
        error_messages={
            "required": _("Enter the full name of the patient"),
            "max_length": _("The patient’s name must be 200 characters or fewer"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-own": "name"}),
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
        required=False,
        error_messages=dict.fromkeys(("digits", "max_length"), NO_ZIP_ERROR),
    )
    no_zip = forms.BooleanField(label=_("I have no US ZIP code"), required=False)

    helper = asks(
        "visit_for",
        together("for-other", Question("caller_name", must=True), Question("caller_relation", must=True)),
        "patient_name",
        "birth_date",
        "been_before",
        "phone",
        "email",
        Question("zip_code", must=True),
        Question("no_zip", tight=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_office():
            self.fields["zip_code"].help_text = _("It tells us how far you have to come.")
        if self["visit_for"].value() == VisitFor.SELF:  # else a browser would put its owner into a child's boxes
            let_browser_fill(self.fields["patient_name"], self.fields["birth_date"])

    def clean(self) -> dict[str, Any]:
        """Someone who asks for another person says who they are; for oneself those two boxes are left out. Who has no
        ZIP code is asked which office.
        """
        data = super().clean() or {}
        if data["no_zip"]:
            self.errors.pop("zip_code", None)
            data.setdefault("zip_code", "")
        elif data.get("zip_code") == "":
            self.add_error("zip_code", NO_ZIP_ERROR)
        data["no_zip"] = data.get("zip_code") == ""
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

    note: "str | Promise" = ""  # said above the questions
    reason = forms.ChoiceField(
        label=_("What is the main problem?"),
        error_messages={
            "required": _("Choose the main problem, or “I am not sure”"),
            "invalid_choice": _("Choose the main problem, or “I am not sure”"),
        },
    )
    body_area = forms.ChoiceField(
        label=_("Where on the foot?"),
        required=False,
        error_messages={"invalid_choice": _("Choose a part of the foot, or leave it at “Not sure”")},
    )
    details = WordsField(
        label=_("Anything else we should know?"),
        help_text=_("A few words are enough. Up to 600 characters. You can tell the doctor the rest in person."),
        required=False,
        most=DETAILS_LENGTH,
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
            "days": day_choices(weekdays),
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        offer_offices(self, offices)

    def ask_office_again(self) -> None:
        """And nothing else: all else has been answered, and stands."""
        self.fields = {"office": self.fields["office"]}
        self.note = _("Your ZIP code changed, so please choose the office again.")

    def clean_days(self) -> list[str]:
        """The weekdays' numbers, or just "any"."""
        return days_or_any(self.cleaned_data["days"])

    def clean(self) -> dict[str, Any]:
        """With the office."""
        return with_office(super().clean() or {})


def day_choices(weekdays: Sequence[int]) -> list[tuple[str, Any]]:
    return [*((str(day), Weekday(day).label) for day in weekdays), (ANY_DAY, ANY_DAY_WORDS)]


def days_or_any(days: list[str]) -> list[str]:
    return [ANY_DAY] if ANY_DAY in days else days


WHEN_TO_CALL = Folded(
    _("When is a good time to call?"),
    Question("call_times", must=True, one=True),
    Question("not_before", must=True),
    Question("say_who", must=True, one=True),
)


class ContactForm(forms.Form):
    """Step 4: how the desk may reach the patient."""

    best_way = pick(_("Best way to reach you"), [], _("Choose phone call or text message"))
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
        error_messages={"max_length": _("The language must be 60 characters or fewer")},
    )
    interpreter = forms.BooleanField(
        label=_("I would like an interpreter"),
        help_text=_("This is free. It can be sign language too."),
        required=False,
    )
    call_times = forms.MultipleChoiceField(
        label=_("Times that suit you"),
        help_text=_("Leave this empty if we may call at any time we are open. If it can’t wait, we call sooner."),
        choices=CallTime.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from these times, or none")},
    )
    not_before = forms.ChoiceField(
        label=_("Do not call before"),
        required=False,
        error_messages={"invalid_choice": _("Choose a day from the list")},
    )
    say_who = pick(
        _("If somebody else answers, may we say who is calling?"),
        SayWho.choices,
        _("Choose one of the answers, or none"),
        required=False,
    )
    insurance = CleanCharField(
        label=_("Insurance company"),
        help_text=_(
            "The name only, please, like Medicare, or “No insurance”, or “Not sure”. Do not enter your member number."
        ),
        widget=Suggested(),
        required=False,
        max_length=80,
        validators=[name_without_number],
        error_messages={"max_length": _("The company’s name must be 80 characters or fewer")},
    )
    reminders = forms.ChoiceField(
        label=_("Should we remind you of your visit by email?"),
        help_text=_("Email is not private: other people may be able to read it."),
        choices=Reminders.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these")},
    )
    consent = forms.BooleanField(
        label=_("I agree that the office may use these details to set up the visit"),
        error_messages={"required": _("Check the box if you agree")},
    )

    helper = asks(
        Question("best_way", one=True),
        "voicemail",
        "language",
        together("for-other-language", Question("other_language", must=True)),
        Question("interpreter", tight=True),
        WHEN_TO_CALL,
        "insurance",
        Question("reminders", one=True, must=True),
        Question("consent", legend=_("Your OK")),
    )

    def __init__(self, *args: Any, days: Sequence[date], texts: bool = False, **kwargs: Any) -> None:
        """days: from which on a call may be wanted; besides them, whatever day stands there already.

        texts: whether the office can send them.
        """
        super().__init__(*args, **kwargs)
        offer_ways(self, texts=texts)
        kept = self.initial.get("not_before")
        offered = {*days, *([date.fromisoformat(kept)] if kept else [])}
        self.fields["not_before"].choices = [  # type: ignore[attr-defined]
            ("", _("Any day")),
            *((each.isoformat(), day(each)) for each in sorted(offered)),
        ]

    def clean(self) -> dict[str, Any]:
        """Another language is named. Who was not asked how is called."""
        data = super().clean() or {}
        if "best_way" not in self.fields:
            data["best_way"] = BestWay.CALL
        if data.get("language") != Language.OTHER:
            data["other_language"] = ""
            self.errors.pop("other_language", None)
        elif "other_language" in data and not data["other_language"]:
            self.add_error("other_language", _("Say which language"))
        return data
