"""Opening hours and closures, on an office's page."""

from collections import defaultdict
from datetime import time
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Closure, Office, OpeningHours, Weekday
from appointments.practice_admin.base import PICKERS
from common.times import clock


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
            for (opens, closes), (next_opens, next_closes) in zip(sorted(spans), sorted(spans)[1:], strict=False):
                if next_opens < closes:
                    raise ValidationError(
                        _("%(day)s: %(first)s and %(second)s overlap. Change one of them.")
                        % {
                            "day": Weekday(weekday).label,
                            "first": f"{clock(opens)}–{clock(closes)}",
                            "second": f"{clock(next_opens)}–{clock(next_closes)}",
                        }
                    )


class OpeningHoursInline(admin.StackedInline[OpeningHours, Office]):
    """The week. Stacked, because fields in Django's tables have no labels of their own."""

    model = OpeningHours
    form = OpeningHoursForm
    formset = OpeningHoursFormSet
    fields = (("weekday", "opens", "closes"),)
    formfield_overrides = PICKERS
    extra = 1


class ClosureForm(forms.ModelForm[Closure]):
    """Days off that are still to come, or have begun."""

    class Meta:
        model = Closure
        fields = ("first_day", "last_day", "reason")

    def clean(self) -> dict[str, Any]:
        """What was entered long ago may stay as it is."""
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Enter a day that is not before the first day"))
        elif self.has_changed() and last and last < timezone.localdate():
            self.add_error("last_day", _("This closure is over already. Enter a day from today on."))
        return data

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class ClosureInline(admin.StackedInline[Closure, Office]):
    """Days off."""

    model = Closure
    form = ClosureForm
    fields = (("first_day", "last_day", "reason"),)
    formfield_overrides = PICKERS
    extra = 1
