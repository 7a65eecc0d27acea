"""Dates of birth, in three boxes."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import ExactCharField
from common.text import exact_text

OLDEST_YEARS = 120
MONTH, DAY, YEAR = BOXES = range(3)
_MONTH, _DAY, _YEAR = r"(?P<month>\d{1,2}|[^\W\d_]{3,})\.?", r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{2,4})"
_WHOLE = (
    rf"{_MONTH}[\s,/.-]+{_DAY}[\s,/.-]+{_YEAR}",  # 9/14/1954, Sept. 14th, 1954
    rf"{_DAY}[\s.-]+(?P<month>[^\W\d_]{{3,}})[\s,.-]+{_YEAR}",  # 14 Sep 1954
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",  # 1954-09-14
    r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>\d{4})",  # 09141954
)


class DateOfBirthWidget(forms.MultiWidget):
    """Three boxes: nobody scrolls a calendar back to 1954.

    A browser fills in only its owner's birthday: `autofill` says that it is theirs (else it may land in a child's
    boxes).
    """

    template_name = "appointments/widgets/date_of_birth.html"
    use_fieldset = True
    boxes = (
        (_("Month"), "bday-month", "input w-xs"),
        (_("Day"), "bday-day", "input w-xs"),
        (_("Year"), "bday-year", "input w-s"),
    )

    def __init__(self) -> None:
        off = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__([forms.TextInput(attrs={"class": look, **off}) for _label, _own, look in self.boxes])

    def autofill(self) -> None:
        """Whoever fills it in is the person."""
        for (_label, own, _look), box in zip(self.boxes, self.widgets, strict=True):
            box.attrs["autocomplete"] = own

    def decompress(self, value: date | str | None) -> list[Any]:
        """A date, or its ISO text from a draft, as month, day, year."""
        if not value:
            return [None, None, None]
        parsed = value if isinstance(value, date) else date.fromisoformat(value)
        return [parsed.month, parsed.day, parsed.year]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """What stands in the boxes; a whole date in one of them is put into all three."""
        values: list[Any] = super().value_from_datadict(data, files, name)
        typed = [exact_text(value) for value in values if value and exact_text(value)]
        return whole_date(typed[0]) or values if len(typed) == 1 else values

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Each box gets its label; only what is wrong is marked as such."""
        attrs = {**(attrs or {})}
        wrong = attrs.pop("wrong", ())
        context = super().get_context(name, value, attrs)
        for box, ((label, own, _look), shown) in enumerate(
            zip(self.boxes, context["widget"]["subwidgets"], strict=True)
        ):
            shown["label"] = label
            shown["attrs"]["data-own"] = own
            if box in wrong:
                shown["attrs"]["aria-invalid"] = "true"
        return context


class DateBoundField(BoundField):
    """Knows which boxes its errors are about."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """With the wrong boxes instead of a mark for all; those of an error that names none are all of them."""
        built: dict[str, Any] = {**super().build_widget_attrs(attrs, widget)}
        if built.pop("aria-invalid", None):
            named = [(problem.params or {}).get("box") for problem in self.errors.as_data()]
            built["wrong"] = BOXES if None in named else named
        return built


class DateOfBirthField(forms.MultiValueField):
    """A day in the past, at most 120 years ago. Each error names the box it is about (`params["box"]`)."""

    bound_field_class = DateBoundField
    default_error_messages = {
        "required": _("Enter the date of birth"),
        "no_month": _("Enter the month of birth"),
        "no_day": _("Enter the day of birth"),
        "no_year": _("Enter the year of birth"),
        "month": _("There is no month %(typed)s. The month comes first, like 4 27 1953"),
        "month_words": _("Enter the month of birth as a number from 1 to 12, or as a word like April"),
        "day": _("There is no day %(typed)s. Enter a day from 1 to 31"),
        "day_words": _("Enter the day of birth as a number from 1 to 31"),
        "year": _("Year of birth must have 4 digits, like 1953"),
        "real": _("%(month)s %(year)s did not have %(day)s days. Check the day"),
        "past": _("Date of birth must be in the past"),
        "old": _("Check the year of birth"),
    }

    def __init__(self, **kwargs: Any) -> None:
        boxes = [ExactCharField(required=False) for _box in BOXES]
        super().__init__(boxes, widget=DateOfBirthWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        """The date; None when it may be left out and was. Months may be typed as words."""
        typed = [part.strip(".,/- ") for part in (*data_list, "", "", "")[: len(BOXES)]]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if problems := list(self._problems(*typed)):
            raise ValidationError(problems)
        month, day, year = _month_number(typed[MONTH]), _day_number(typed[DAY]), int(typed[YEAR])
        today = timezone.localdate()
        try:
            born = date(year, month, day)
        except ValueError:
            raise self._problem("real", DAY, month=gettext(str(MONTHS[month])), day=day, year=year) from None
        if born > today:
            raise self._problem("past", YEAR if year > today.year else None)
        if year < today.year - OLDEST_YEARS:
            raise self._problem("old", YEAR)
        return born

    def _problems(self, month: str, day: str, year: str) -> Iterator[ValidationError]:
        """What is wrong with each box by itself."""
        if not month:
            yield self._problem("no_month", MONTH)
        elif not 1 <= _month_number(month) <= len(MONTHS):
            yield self._problem("month" if _is_short_number(month) else "month_words", MONTH, typed=month)
        if not day:
            yield self._problem("no_day", DAY)
        elif not 1 <= _day_number(day) <= 31:
            yield self._problem("day" if _is_short_number(day) else "day_words", DAY, typed=day)
        if not year:
            yield self._problem("no_year", YEAR)
        elif not re.fullmatch(r"[0-9]{4}", year) or not int(year):
            yield self._problem("year", YEAR)

    def _problem(self, code: str, box: int | None, **words: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"box": box, **words})


def whole_date(text: str) -> list[str] | None:
    """Month, day and year of a date in one piece, each as it was typed; None for anything else."""
    for shape in _WHOLE:
        if match := re.fullmatch(shape, text):
            return [match[part] for part in ("month", "day", "year")]
    return None


def _is_short_number(typed: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,2}", typed))


def _day_number(typed: str) -> int:
    """27 from "27" or "27th"; 0 for what is no day."""
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?", typed.casefold())
    return int(match[1]) if match else 0


def _month_number(typed: str) -> int:
    """1 to 12 from "9", "09", "Sept", "September"; another number for what is no month."""
    if _is_short_number(typed):
        return int(typed)
    word = typed.casefold()
    for number in range(1, 13):
        names = (gettext(str(MONTHS[number])).casefold(), gettext(str(MONTHS_3[number])).casefold())
        if word in names or (len(word) >= 3 and names[0].startswith(word)):
            return number
    return 0
