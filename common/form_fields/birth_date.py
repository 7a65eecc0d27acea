"""Dates of birth, in three boxes."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import CleanCharField

OLDEST_YEARS = 120


class DateOfBirthWidget(forms.MultiWidget):
    """Three boxes: nobody scrolls a calendar back to 1954."""

    template_name = "appointments/widgets/date_of_birth.html"
    use_fieldset = True
    boxes = (
        (_("Month"), {"class": "input w-xs", "autocomplete": "bday-month", "inputmode": "text"}),
        (_("Day"), {"class": "input w-xs", "autocomplete": "bday-day", "inputmode": "numeric"}),
        (_("Year"), {"class": "input w-s", "autocomplete": "bday-year", "inputmode": "numeric"}),
    )

    def __init__(self) -> None:
        super().__init__([forms.TextInput(attrs=attrs) for _label, attrs in self.boxes])

    def decompress(self, value: date | str | None) -> list[Any]:
        """A date, or its ISO text from a draft, as month, day, year."""
        if not value:
            return [None, None, None]
        parsed = value if isinstance(value, date) else date.fromisoformat(value)
        return [parsed.month, parsed.day, parsed.year]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Each box gets its label."""
        context = super().get_context(name, value, attrs)
        for (label, _attrs), box in zip(self.boxes, context["widget"]["subwidgets"], strict=True):
            box["label"] = label
        return context


class DateOfBirthField(forms.MultiValueField):
    """A day in the past, at most 120 years ago."""

    default_error_messages = {
        "required": _("Enter the date of birth"),
        "parts": _("Date of birth must have a month, day and year"),
        "year": _("Year of birth must have 4 digits, like 1953"),
        "real": _("Date of birth must be a real date, like 4 27 1953"),
        "past": _("Date of birth must be in the past"),
        "old": _("Check the year of birth"),
    }

    def __init__(self, **kwargs: Any) -> None:
        boxes = [CleanCharField(required=False) for _box in DateOfBirthWidget.boxes]
        super().__init__(boxes, widget=DateOfBirthWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        """The date; None when it may be left out and was. Months may be typed as words."""
        if not (self.required or any(data_list)):
            return None
        month, day, year = data_list or ("", "", "")
        if not (month and day and year):
            raise self._problem("parts")
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self._problem("year")
        try:
            born = date(int(year), _month_number(month), _number(day))
        except ValueError:
            raise self._problem("real") from None
        today = timezone.localdate()
        if born > today:
            raise self._problem("past")
        if born.year < today.year - OLDEST_YEARS:
            raise self._problem("old")
        return born

    def _problem(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def _number(typed: str) -> int:
    """1 or 2 digits. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,2}", typed):
        raise ValueError(typed)
    return int(typed)


def _month_number(typed: str) -> int:
    """1 to 12 from "9", "09", "Sept", "September". Raises ValueError."""
    if typed.isascii() and typed.isdigit():
        return _number(typed)
    word = typed.strip(".").casefold()
    for number in range(1, 13):
        names = (gettext(str(MONTHS[number])).casefold(), gettext(str(MONTHS_3[number])).casefold())
        if word in names or (len(word) >= 3 and names[0].startswith(word)):
            return number
    raise ValueError(typed)
