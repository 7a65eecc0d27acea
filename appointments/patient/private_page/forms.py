"""The forms of the private page."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from appointments import actions
from appointments.answers import kept_in
from appointments.models import AppointmentRequest, Status
from appointments.offices import facts_of
from appointments.patient.forms import (
    DETAILS_LENGTH,
    WHEN_TO_CALL,
    AboutYouForm,
    ContactForm,
    VisitForm,
    day_choices,
    days_or_any,
    offer_ways,
    pick,
    refuse_texts,
    way_to_answer,
)
from appointments.vocabulary import ANY_DAY, BestWay, VisitFor
from common.asked_once import AskedOnceForm, Seen
from common.form_fields import CleanEmailField, DateOfBirthField, ExactCharField, WordsField
from common.form_layout import Question, asks, together
from common.phones import last_four
from common.times import clock, day

NONE_SUITS = "none"
MOVE_NOTE_LENGTH = 300


class FactForm(forms.Form):
    """What opens a patient's own page: the phone's last digits or the date of birth, as given in the request."""

    last_digits = ExactCharField(
        label=_("Last 4 digits of your phone number"),
        help_text=_("Of the phone number you gave us."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-s"}),
        error_messages={"max_length": _("Enter 4 digits, like 0100")},
    )
    birth_date = DateOfBirthField(
        label=_("Date of birth"), help_text=_("Of the patient. For example: 4 27 1953"), required=False
    )

    def fits(self, inquiry: AppointmentRequest) -> bool:
        """One of the two is enough; whatever is filled in has to be right."""
        digits, born = self.cleaned_data.get("last_digits"), self.cleaned_data.get("birth_date")
        right_digits = not digits or re.sub(r"\D", "", digits) == last_four(inquiry.phone)
        return bool(digits or born) and right_digits and (not born or born == inquiry.birth_date)


class SecondFactForm(FactForm):
    """The lock of one page."""

    def __init__(self, *args: Any, inquiry: AppointmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inquiry = inquiry
        self.is_wrong = False  # once validated: something was told, and is not what was given
        if not inquiry.birth_date:
            del self.fields["birth_date"]
        elif inquiry.visit_for == VisitFor.SELF:
            self.fields["birth_date"].widget.autofill()

    def clean(self) -> dict[str, Any]:
        """What was wrong is not told."""
        data = super().clean() or {}
        if self.errors:
            return data
        digits, born = data.get("last_digits"), data.get("birth_date")
        if not digits and not born:
            asked = (
                _("Enter the last 4 digits of your phone number, or the date of birth")
                if "birth_date" in self.fields
                else _("Enter the last 4 digits of your phone number")
            )
            self.add_error("last_digits", asked)
        elif not self.fits(self.inquiry):
            self.is_wrong = True
            self.add_error(
                "last_digits" if digits else "birth_date",
                _("This is not what you gave us. Check it and try again, or call us"),
            )
        return data


class ChooseForm(forms.Form):
    """One of the offered times, or none."""

    at = pick(_("Times held for you"), [], _("Choose a time, or “None of these work for me”"))

    def __init__(self, *args: Any, offered: Sequence[datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = format_html(
            "{}<small>{}</small>", _("None of these work for me"), _("We will call you to find another time.")
        )
        self.fields["at"].choices = [  # type: ignore[attr-defined]
            *((at.isoformat(), format_html("<b>{}, {}</b>", day(at), clock(at))) for at in offered),
            (NONE_SUITS, none),
        ]


class MoveForm(forms.Form):
    """Another time: on which days, when, and whatever else is to be known."""

    days = VisitForm.base_fields["days"]
    time_of_day = VisitForm.base_fields["time_of_day"]
    note = WordsField(
        label=_("Anything we should know?"),
        help_text=_("For example: not before December 10. Please write nothing about your health here."),
        required=False,
        most=MOVE_NOTE_LENGTH,
        rows=3,
    )
    helper = asks("days", "time_of_day", "note")

    def __init__(self, *args: Any, inquiry: AppointmentRequest, week: Sequence[Sequence[Any]], **kwargs: Any) -> None:
        kwargs["initial"] = {**inquiry.wishes}
        super().__init__(*args, **kwargs)
        open_days = {weekday for weekday, spans in enumerate(week) if spans}
        self.fields["days"].choices = day_choices(sorted(open_days))  # type: ignore[attr-defined]

    def clean_days(self) -> list[str]:
        return days_or_any(self.cleaned_data["days"])


class VisitWishesForm(forms.Form):
    """How to be reminded, and whether to be called if something opens."""

    reminders = ContactForm.base_fields["reminders"]
    wants_earlier = forms.BooleanField(
        label=_("Call me if something opens earlier"),
        help_text=_("Your visit stays as it is until you take another time."),
        required=False,
    )
    helper = asks(Question("reminders", one=True, must=True), Question("wants_earlier", legend=_("An earlier time")))

    def __init__(self, *args: Any, inquiry: AppointmentRequest, **kwargs: Any) -> None:
        kwargs["initial"] = {"reminders": inquiry.reminders, "wants_earlier": inquiry.wants_earlier}
        super().__init__(*args, **kwargs)
        if not inquiry.email:
            del self.fields["reminders"]


class ChangeForm(ContactForm):
    """How the patient can be reached from now on, and when they can come."""

    phone = AboutYouForm.base_fields["phone"]
    email = CleanEmailField(
        label=_("Email"),
        help_text=_("If you change it, this page gets a new link, and we send it there."),
        required=False,
    )
    days = VisitForm.base_fields["days"]
    time_of_day = VisitForm.base_fields["time_of_day"]
    insurance = None  # type: ignore[assignment]
    reminders = None  # type: ignore[assignment]  # on a page of their own
    consent = None  # type: ignore[assignment]
    field_order = ("phone", "email", "best_way", "voicemail", "days", "time_of_day", "language", "other_language")
    helper = asks(
        "phone",
        "email",
        Question("best_way", one=True),
        "voicemail",
        "days",
        "time_of_day",
        "language",
        together("for-other-language", Question("other_language", must=True)),
        Question("interpreter", tight=True),
        WHEN_TO_CALL,
    )

    def __init__(self, *args: Any, inquiry: AppointmentRequest, week: Sequence[Sequence[Any]], **kwargs: Any) -> None:
        known = {"phone": inquiry.phone or "", "email": inquiry.email or ""}
        kwargs["initial"] = {**known, **inquiry.contact, **inquiry.wishes}
        super().__init__(*args, texts=facts_of(inquiry.office).sends_texts, **kwargs)
        self.inquiry = inquiry
        if inquiry.wishes and inquiry.status not in (Status.BOOKED, Status.MOVING):
            open_days = {weekday for weekday, spans in enumerate(week) if spans}
            wished = {int(number) for number in inquiry.wishes["days"] if number != ANY_DAY}
            self.fields["days"].choices = day_choices(sorted(open_days | wished))  # type: ignore[attr-defined]
        else:
            del self.fields["days"], self.fields["time_of_day"]

    def clean_days(self) -> list[str]:
        return days_or_any(self.cleaned_data["days"])

    def clean(self) -> dict[str, Any]:
        """A way that reaches the number."""
        data = super().clean()
        refuse_texts(self, data)
        return data

    def changes(self) -> dict[str, Any]:
        """What `actions.change_contact` takes as wanted."""
        data, inquiry = self.cleaned_data, self.inquiry
        wishes, contact = (
            {name: data[name] for name in kept_in(column) if name in data} for column in ("wishes", "contact")
        )
        return {
            "phone": data["phone"],
            "email": data["email"],
            "contact": {
                **inquiry.contact,
                **{name: value for name, value in contact.items() if value or name in inquiry.contact},
            },
            "wishes": inquiry.wishes and {**inquiry.wishes, **wishes},
        }


class ChangeMessageForm(ChangeForm):
    """The same for who wrote a message, who can also be answered by email."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voicemail"].help_text = _("We would say our name and phone number, and nothing else.")
        self.fields["best_way"] = way_to_answer()
        offer_ways(self, texts=facts_of(self.inquiry.office).sends_texts, email=True)

    def clean(self) -> dict[str, Any]:
        """An answer by email needs an address."""
        data = super().clean()
        if data.get("best_way") == BestWay.EMAIL and "email" in data and not data["email"]:
            self.add_error("email", _("Enter an email address, or choose another way to answer you"))
        return data


class MoreWordsForm(AskedOnceForm):
    """What the patient forgot to say. What may not wait is asked about before it is saved."""

    text_name = "more"

    more = WordsField(
        label=_("What do you want to add?"),
        help_text=_("Up to 600 characters. The office reads it with the rest."),
        most=DETAILS_LENGTH,
        error_messages={"required": _("Write what you want to add")},
    )

    def __init__(self, *args: Any, inquiry: AppointmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inquiry = inquiry

    def seen_in(self, data: dict[str, Any]) -> Seen:
        """Beside all that was told before."""
        return actions.new_signs(self.inquiry, data.get(self.text_name, ""))
