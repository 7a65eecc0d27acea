"""The forms of the private page."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from appointments.answers import kept_in
from appointments.models import AppointmentRequest, Status
from appointments.patient.forms import (
    AboutYouForm,
    ContactForm,
    VisitForm,
    day_choices,
    days_or_any,
    pick,
    way_to_answer,
)
from appointments.vocabulary import ANY_DAY
from common.form_fields import CleanCharField, DateOfBirthField
from common.form_layout import Question, asks, together
from common.times import clock, day

NONE_SUITS = "none"


class SecondFactForm(forms.Form):
    """The lock of a patient's own page: the phone's last digits or the date of birth, as given in the request."""

    last_digits = CleanCharField(
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

    def __init__(self, *args: Any, inquiry: AppointmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inquiry = inquiry
        self.is_wrong = False  # once validated: something was told, and is not what was given
        if not inquiry.birth_date:
            del self.fields["birth_date"]

    def clean(self) -> dict[str, Any]:
        """One of the two is enough; whatever is filled in has to be right. What was wrong is not told."""
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
        elif (digits and re.sub(r"\D", "", digits) != self.inquiry.phone[-4:]) or (
            born and born != self.inquiry.birth_date
        ):
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


class ChangeForm(ContactForm):
    """How the patient can be reached from now on, and when they can come."""

    phone = AboutYouForm.base_fields["phone"]
    days = VisitForm.base_fields["days"]
    time_of_day = VisitForm.base_fields["time_of_day"]
    insurance = None  # type: ignore[assignment]
    consent = None  # type: ignore[assignment]
    field_order = ("phone", "best_way", "voicemail", "days", "time_of_day", "language", "other_language")
    helper = asks(
        "phone",
        Question("best_way", one=True),
        "voicemail",
        "days",
        "time_of_day",
        "language",
        together("for-other-language", Question("other_language", must=True)),
        Question("interpreter", tight=True),
    )

    def __init__(self, *args: Any, inquiry: AppointmentRequest, week: Sequence[Sequence[Any]], **kwargs: Any) -> None:
        kwargs["initial"] = {"phone": inquiry.phone or "", **inquiry.contact, **inquiry.wishes}
        super().__init__(*args, **kwargs)
        self.inquiry = inquiry
        if inquiry.wishes and inquiry.status != Status.BOOKED:
            open_days = {weekday for weekday, spans in enumerate(week) if spans}
            wished = {int(number) for number in inquiry.wishes["days"] if number != ANY_DAY}
            self.fields["days"].choices = day_choices(sorted(open_days | wished))  # type: ignore[attr-defined]
        else:
            del self.fields["days"], self.fields["time_of_day"]

    def clean_days(self) -> list[str]:
        return days_or_any(self.cleaned_data["days"])

    def changes(self) -> dict[str, Any]:
        """What `actions.change_contact` takes."""
        data, inquiry = self.cleaned_data, self.inquiry
        wishes, contact = (
            {name: data[name] for name in kept_in(column) if name in data} for column in ("wishes", "contact")
        )
        return {
            "phone": data["phone"],
            "contact": {**inquiry.contact, **contact},
            "wishes": inquiry.wishes and {**inquiry.wishes, **wishes},
        }


class ChangeMessageForm(ChangeForm):
    """The same for who wrote a message, who can also be answered by email."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voicemail"].help_text = _("We would say our name and phone number, and nothing else.")
        if self.inquiry.email:
            self.fields["best_way"] = way_to_answer()
