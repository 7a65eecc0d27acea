"""Opening hours and days that are otherwise, on an office's page."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import combinations, pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Closure, Office, OpeningHours, Weekday
from appointments.offices import facts_now
from appointments.offices.deadlines import LOOK_AHEAD_DAYS
from appointments.practice_admin.base import FIELDS
from common.times import clock, day


class OpeningHoursForm(forms.ModelForm[OpeningHours]):
    class Meta:
        model = OpeningHours
        fields = ("weekday", "opens", "closes")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("Enter a time after %(opens)s") % {"opens": clock(data["opens"])})
        return data

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class OpeningHoursFormSet(BaseInlineFormSet[OpeningHours, Office, Any]):
    """The week, without overlaps."""

    def clean(self) -> None:
        """Raises ValidationError for two spans of a day that overlap."""
        super().clean()
        days: dict[int, list[tuple[time, time]]] = defaultdict(list)
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if {"weekday", "opens", "closes"} <= data.keys() and not data.get("DELETE"):
                days[data["weekday"]].append((data["opens"], data["closes"]))
        for weekday, spans in sorted(days.items()):
            for one, other in pairwise(sorted(spans)):
                if other[0] < one[1]:
                    raise ValidationError(_overlap(str(Weekday(weekday).label), one, other))


class OpeningHoursInline(admin.StackedInline[OpeningHours, Office]):
    """The week. Stacked, because fields in Django's tables have no labels of their own."""

    model = OpeningHours
    form = OpeningHoursForm
    formset = OpeningHoursFormSet
    fields = (("weekday", "opens", "closes"),)
    formfield_overrides = FIELDS
    extra = 1


class OtherDaysForm(forms.ModelForm[Closure]):
    """Days off, or with other hours, that are still to come or have begun."""

    class Meta:
        model = Closure
        fields = ("first_day", "last_day", "opens", "closes", "reason")

    def clean(self) -> dict[str, Any]:
        """What was entered long ago may stay as it is."""
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        opens, closes = data.get("opens"), data.get("closes")
        if first and last and last < first:
            self.add_error("last_day", _("Enter a day that is not before the first day"))
        elif self.has_changed() and last and last < timezone.localdate():
            self.add_error("last_day", _("These days are over already. Enter a day from today on."))
        if bool(opens) != bool(closes) and not {"opens", "closes"} & self.errors.keys():
            self.add_error("closes" if opens else "opens", _("Enter both times, or none if the office is closed"))
        elif opens and closes and closes <= opens:
            self.add_error("closes", _("Enter a time after %(opens)s") % {"opens": clock(opens)})
        elif self.has_changed() and opens and first and last and first < last:
            self._check_no_day_opens_by_chance(first, last)
        return data

    def _check_no_day_opens_by_chance(self, first: date, last: date) -> None:
        """Adds an error if the hours of many days would open some that are days off; one by itself may be meant."""
        if (last - first).days > LOOK_AHEAD_DAYS:
            self.add_error("last_day", _("Enter a day within a year of the first day"))
            return
        if not self.instance.office_id:
            return
        usual = replace(facts_now(self.instance.office_id).schedule, exceptions=())
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        off = [each for each in days if not usual.spans(each)]
        if off and len(off) < len(days):
            words = _("The office is usually closed on %(day)s. Enter the days before it and after it by themselves.")
            self.add_error("last_day", words % {"day": day(off[0])})

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class OtherDaysFormSet(BaseInlineFormSet[Closure, Office, Any]):
    """Days with other hours, of which no two contradict each other."""

    def clean(self) -> None:
        """Raises ValidationError for two rows of a day that overlap, or of which one closes it."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        to_come = [row for row in rows if not row.get("DELETE") and row["last_day"] >= timezone.localdate()]
        for one, other in combinations(to_come, 2):
            if (on := max(one["first_day"], other["first_day"])) > min(one["last_day"], other["last_day"]):
                continue
            if bool(one["opens"]) != bool(other["opens"]):
                raise ValidationError(
                    _("%(day)s: one row says closed, another one has hours. Change one of them.") % {"day": day(on)}
                )
            if one["opens"] and max(one["opens"], other["opens"]) < min(one["closes"], other["closes"]):
                raise ValidationError(
                    _overlap(day(on), (one["opens"], one["closes"]), (other["opens"], other["closes"]))
                )


def _overlap(day: str, *spans: tuple[time, time]) -> str:
    """Which two spans of a day can't both be so."""
    first, second = (f"{clock(opens)}–{clock(closes)}" for opens, closes in sorted(spans))
    words = _("%(day)s: %(first)s and %(second)s overlap. Change one of them.")
    return words % {"day": day, "first": first, "second": second}


class OtherDaysInline(admin.StackedInline[Closure, Office]):
    """Days with other hours, or off."""

    model = Closure
    form = OtherDaysForm
    formset = OtherDaysFormSet
    fields = (("first_day", "last_day", "reason"), ("opens", "closes"))
    formfield_overrides = FIELDS
    extra = 1
