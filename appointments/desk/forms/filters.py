"""Which part of a list is wanted."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import AppointmentRequest
from appointments.vocabulary import Channel
from common.form_fields import Exact

FIRST_YEAR, LAST_YEAR = 2000, 2100  # that anybody looks for


class DayField(Exact, forms.DateField):
    """A day that may be left out. Raises ValidationError for one at the end of the calendar, which has no next day."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"invalid": gettext_lazy("Enter a day like 11/23/2026")},
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class FilterForm(forms.Form):
    """Which part of a list is wanted; all of it is optional, and stands in the address."""

    since = DayField(gettext_lazy("Received from"))
    until = DayField(gettext_lazy("to"))
    urgent = forms.BooleanField(label=gettext_lazy("Urgent only"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("Assigned to"), required=False)
    now = forms.BooleanField(required=False, widget=forms.HiddenInput)  # a switch of its own sets it
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All")), *AppointmentRequest.Kind.choices],
    )
    only = forms.ChoiceField(
        label=gettext_lazy("Only"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("chart", gettext_lazy("Not in the chart")),
            ("estimate", gettext_lazy("Estimate due")),
            ("hold", gettext_lazy("On legal hold")),
        ],
    )

    channel = forms.ChoiceField(
        label=gettext_lazy("Came by"), required=False, choices=[("", gettext_lazy("All")), *Channel.choices]
    )

    def __init__(self, data: Any, *, colleagues: dict[int, str]) -> None:
        super().__init__(data)
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("Anybody")),
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            ("manager", _("Manager was asked")),
            *((str(pk), name) for pk, name in colleagues.items()),
        ]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and could be understood."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class DayForm(forms.Form):
    """Which day is wanted."""

    day = DayField(gettext_lazy("Another day"))
