"""Form fields that return domain values, and say what to do when they can't."""

import re
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.phones import phone_in_words
from common.text import clean_text

OLDEST_YEARS = 120


class CleanCharField(forms.CharField):
    """A line of text without control characters; `lines=True` keeps line ends."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Cleaned before anything checks it, so that a pasted control character is no error."""
        return clean_text(super().to_python(value) or "", lines=self.lines)


class PhoneField(CleanCharField):
    """A phone number people can be called on, as E.164. US and Canadian ones as typed; others with + and country."""

    default_error_messages = dict.fromkeys(
        ("required", "max_length", "unreachable"), _("Enter a phone number with 10 digits, like (732) 555-0100")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "w-m"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """E.164 text. "+" or "011" starts a foreign number."""
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(re.sub(r"^011", "+", typed), "US")
        except phonenumbers.NumberParseException:
            raise ValidationError(self.error_messages["unreachable"], code="unreachable") from None
        # "Possible" and not "valid": numbers newer than the library's tables, and 555 ones, are real to somebody.
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        if not possible or number.extension:
            raise ValidationError(self.error_messages["unreachable"], code="unreachable")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        """A kept number is shown as people write it; what was refused, as it was typed."""
        try:
            return phone_in_words(value) if value and value == self.clean(value) else value
        except ValidationError:
            return value


class ZipField(CleanCharField):
    """Five digits; the four that may follow are dropped."""

    default_error_messages = {"digits": _("Enter a ZIP code with 5 digits")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "postal-code", "class": "w-s"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Whether we know the place is routing's business, not a reason to refuse."""
        match = re.fullmatch(r"([0-9]{5})(?:[ -]?[0-9]{4})?", super().clean(value))
        if not match:
            raise ValidationError(self.error_messages["digits"], code="digits")
        return match[1]


class CleanEmailField(forms.EmailField):
    """An address; whatever is wrong with it is said once, in our words."""

    default_error_messages = dict.fromkeys(("invalid", "max_length"), _("Enter an email address like name@example.com"))
    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def run_validators(self, value: Any) -> None:
        """One message, however many rules are broken."""
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


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
