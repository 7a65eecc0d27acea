"""What the patient told us, put right."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm
from appointments.vocabulary import Language, VisitFor
from common.form_fields import (
    OLDEST_YEARS,
    CleanCharField,
    CleanEmailField,
    Exact,
    PhoneField,
    ZipField,
    name_without_number,
)

OF_VISITS = ("caller_name", "caller_relation", "insurance")  # nobody asks for these to answer a message


class BornField(Exact, forms.DateField):
    """A date of birth in one box: at the desk it is typed from a card, or as it is heard."""

    def __init__(self, label: Any, *, required: bool = False) -> None:
        super().__init__(
            label=label,
            required=required,
            widget=forms.DateInput(attrs={"autocomplete": "off", "placeholder": "9/14/1954"}, format="%m/%d/%Y"),
            input_formats=["%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m %d %Y", "%m%d%Y", "%Y-%m-%d"],
            error_messages=dict.fromkeys(
                ("required", "invalid"), gettext_lazy("Enter the date of birth like 9/14/1954")
            ),
        )

    def validate(self, value: date | None) -> None:
        """In the past, and somebody may be as old."""
        super().validate(value)
        today = timezone.localdate()
        if value and not today.year - OLDEST_YEARS <= value.year <= today.year:
            raise ValidationError(_("Check the year of birth"), code="year")
        if value and value > today:
            raise ValidationError(_("Date of birth must be in the past"), code="past")


def _line(label: Any, most: int, missing: Any = "", **kwargs: Any) -> CleanCharField:
    """A line of text; nothing pasted is cut off."""
    field = CleanCharField(
        label=label,
        required=bool(missing),
        max_length=most,
        error_messages={
            "required": missing,
            "max_length": gettext_lazy("Use %(limit_value)d characters or fewer. You have used %(show_value)s."),
        },
        **kwargs,
    )
    field.widget.attrs.pop("maxlength", None)
    return field


class CorrectForm(DeskForm):
    """Facts of the patient and of who calls for them, filled in with what we have."""

    prefix = "correct"
    patient_name = _line(gettext_lazy("Patient’s name"), 200, gettext_lazy("Enter the patient’s name"))
    birth_date = BornField(gettext_lazy("Date of birth"))
    phone = PhoneField(label=gettext_lazy("Phone"))
    email = CleanEmailField(label=gettext_lazy("Email"), required=False)
    zip_code = ZipField(label=gettext_lazy("ZIP"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    other_language = _line(gettext_lazy("Which other language"), 60)
    caller_name = _line(gettext_lazy("Who calls, if not the patient"), 200)
    caller_relation = _line(gettext_lazy("How they know the patient"), 100)
    insurance = _line(gettext_lazy("Insurance company"), 80, validators=[name_without_number])

    def set_up(self) -> None:
        """What can't be read is an empty box, and stays as it is if that is left empty."""
        inquiry = self.inquiry
        if inquiry.is_message:
            for name in OF_VISITS:
                del self.fields[name]
        if not inquiry.contact:
            del self.fields["language"], self.fields["other_language"]
        self.fields["birth_date"].required = bool(inquiry.birth_date)
        kept = {name: getattr(inquiry, name) or None for name in self.fields if hasattr(inquiry, name)}
        self.initial = {**kept, **{name: inquiry.contact.get(name) for name in ("language", "other_language")}}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # it is not the receptionist's own

    def clean(self) -> dict[str, Any]:
        """Adds "wanted", as `actions.correct` takes it."""
        data = super().clean() or {}
        if data.get("language") != Language.OTHER:
            data["other_language"] = ""
        elif "other_language" in data and not data["other_language"]:
            self.add_error("other_language", _("Say which language"))
        return {**data, "wanted": {} if self.errors else self._wanted(data)}

    def _wanted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        inquiry = self.inquiry
        wanted = {name: data[name] for name in self.fields if hasattr(inquiry, name)}
        if "language" in self.fields:
            spoken = {name: data[name] for name in ("language", "other_language")}
            wanted["contact"] = {**inquiry.contact, **spoken}
        if "caller_name" in wanted and wanted["caller_name"] != inquiry.caller_name:
            for_self = inquiry.visit_for in ("", VisitFor.SELF)
            if bool(wanted["caller_name"]) == for_self:
                wanted["visit_for"] = VisitFor.OTHER if for_self else VisitFor.SELF
        return wanted
