"""Times of visits: offered and booked."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import actions
from appointments.appointment_book import why_taken
from appointments.desk.forms.base import DeskForm
from appointments.models import VisitKind
from appointments.offices import facts_of, practice, visit_kinds
from appointments.vocabulary import BeenBefore
from common.form_fields import CleanCharField, Exact
from common.times import clock, local

VISIT_NOTE_LENGTH = 200
WITH_LENGTH = 80
LATEST_BOOKING = timedelta(days=731)


class VisitTimeField(Exact, forms.DateTimeField):
    """A day and time on the practice's clock."""

    def __init__(self, label: Any, *, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            error_messages={
                "required": gettext_lazy("Choose a day and time"),
                "invalid": gettext_lazy("Enter a day and time, like 2026-12-01 10:15"),
            },
        )

    def to_python(self, value: Any) -> datetime | None:
        """As Django does; the hour that the clock leaves out or shows twice is told in words that say what to do."""
        try:
            return super().to_python(value)
        except ValidationError as problem:
            if problem.code != "ambiguous_timezone":
                raise
            raise ValidationError(_no_such_hour((problem.params or {})["datetime"]), code="no_such_hour") from None


def _no_such_hour(naive: datetime) -> str:
    """Why a time on the wall does not name one moment."""
    at = timezone.make_aware(naive)
    there = timezone.localtime(at.astimezone(UTC))
    words = (
        _("The clocks go back that night, so %(time)s comes twice. Choose another time.")
        if there.replace(tzinfo=None) == naive
        else _("The clocks go forward that night, so there is no %(time)s. Choose another time.")
    )
    return words % {"time": clock(naive.time())}


class VisitForm(DeskForm):
    """What kind of visit it is, and whether its times can be: what offering and booking share."""

    kind = forms.ModelChoiceField(
        VisitKind.objects.all(),
        label=gettext_lazy("Kind of visit"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a kind of visit")},
    )
    with_whom = CleanCharField(
        label=gettext_lazy("With"),
        required=False,
        max_length=WITH_LENGTH,
        error_messages={"max_length": gettext_lazy("Use 80 characters or fewer. You have used %(show_value)s.")},
    )
    note = CleanCharField(
        label=gettext_lazy("Note for the visit"),
        required=False,
        max_length=VISIT_NOTE_LENGTH,
        widget=forms.TextInput(attrs={"data-most": VISIT_NOTE_LENGTH}),
        error_messages={"max_length": gettext_lazy("Use 200 characters or fewer. You have used %(show_value)s.")},
    )
    although_taken = forms.BooleanField(required=False)
    # The ticks are offered once they are needed.
    closed_then = taken_then = False

    def set_up(self) -> None:
        """As it was agreed on before; else a new patient's kind of visit for who has not been here."""
        for name in ("with_whom", "note"):  # as in NoteField: nothing pasted is cut off
            self.fields[name].widget.attrs.pop("maxlength", None)
        usual = _("Usual visit (%(count)d min)") % {"count": practice().visit_minutes}
        kinds = visit_kinds()
        self.fields["kind"].choices = [("", usual), *((kind.pk, str(kind)) for kind in kinds)]  # type: ignore[attr-defined]
        inquiry = self.inquiry
        if inquiry.visit_minutes:
            chosen = inquiry.visit_kind_id
        elif inquiry.been_before == BeenBefore.NO:
            chosen = next((kind.pk for kind in kinds if kind.for_new), None)
        else:
            chosen = None
        self.initial.update(kind=chosen, with_whom=inquiry.visit_with, note=inquiry.visit_note or "")

    def clean(self) -> dict[str, Any]:
        """Adds "visit", as the actions take it."""
        data = super().clean() or {}
        names = ("kind", "with_whom", "note", "although_taken")
        return {**data, "visit": {name: data.get(name) for name in names}}

    @property
    def day(self) -> date | None:
        """Which day is to be seen beside it: the first that was typed, else that of the visit."""
        for name, field in self.fields.items():
            if isinstance(field, VisitTimeField):
                with suppress(forms.ValidationError):
                    if at := field.clean(self[name].value()):
                        return at.date()
        return local(self.inquiry.booked_for).date() if self.inquiry.booked_for else None

    def check_time(self, name: str) -> datetime | None:
        """A time that was typed, with an error on its field if it can't be: in the past, far off, closed or taken."""
        at: datetime | None = self.cleaned_data.get(name)
        if at is None:
            return None
        if at <= timezone.now():
            self.add_error(name, _("Choose a day and time in the future"))
        elif at > timezone.now() + LATEST_BOOKING:
            self.add_error(name, _("Choose a day within the next two years"))
        else:
            kind = self.cleaned_data.get("kind")
            minutes = kind.minutes if kind else practice().visit_minutes
            self._check_hours(name, at, minutes)
            self._check_places(name, at, minutes)
        return at

    def _check_hours(self, name: str, at: datetime, minutes: int) -> None:
        """The whole visit is to be in the opening hours."""
        office = facts_of(self.inquiry.office)
        if office.schedule.is_open(at, minutes):
            return
        self.closed_then = True
        if not self.cleaned_data.get("outside_hours"):
            words = _("The %(office)s office is closed then. Choose another time, or tick the box to go on anyway.")
            if office.schedule.is_open(at):
                words = _(
                    "The %(office)s office closes before the visit is over: it takes %(count)d minutes. "
                    "Choose another time, or tick the box to go on anyway."
                )
            self.add_error(name, words % {"office": office.name, "count": minutes})

    def _check_places(self, name: str, at: datetime, minutes: int) -> None:
        """No more visits at once than the office can take."""
        if others := why_taken(self.inquiry.office, at, minutes, besides=self.inquiry):
            self.taken_then = True
            if not self.cleaned_data.get("although_taken"):
                self.add_error(name, actions.say_taken(at, others))


class ProposeForm(VisitForm):
    """Up to three times to pick from. `now` is set by the button that books the first one."""

    prefix = "propose"
    first = VisitTimeField(gettext_lazy("Time 1"))
    second = VisitTimeField(gettext_lazy("Time 2"), required=False)
    third = VisitTimeField(gettext_lazy("Time 3"), required=False)
    outside_hours = forms.BooleanField(
        label=gettext_lazy("Offer these times although the office is closed then"), required=False
    )
    although_taken = forms.BooleanField(label=gettext_lazy("Offer although it is taken"), required=False)
    by_phone = forms.BooleanField(label=gettext_lazy("I will tell them by phone"), required=False)
    now = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def set_up(self) -> None:
        """Who can be told by mail needs no call."""
        super().set_up()
        if self.inquiry.email:
            del self.fields["by_phone"]

    def clean(self) -> dict[str, Any]:
        """Adds "times"; with `now` only the first counts."""
        data = super().clean()
        names = ["first"] if data.get("now") else ["first", "second", "third"]
        for name in {"second", "third"} - set(names):
            self.errors.pop(name, None)
        times: list[datetime] = []
        for name in names:
            if at := self.check_time(name):
                if at in times:
                    self.add_error(name, _("This time is there already. Choose another one, or leave it empty."))
                times.append(at)
        if "by_phone" in self.fields and not data.get("now") and not data.get("by_phone"):
            self.add_error(
                "by_phone", _("There is no email address. Tick the box if you will tell them the times by phone.")
            )
        return {**data, "times": times}


class BookForm(VisitForm):
    """A day and time that was agreed on."""

    prefix = "book"
    at = VisitTimeField(gettext_lazy("Day and time"))
    outside_hours = forms.BooleanField(label=gettext_lazy("Book although the office is closed then"), required=False)
    although_taken = forms.BooleanField(label=gettext_lazy("Book although it is taken"), required=False)

    def clean(self) -> dict[str, Any]:
        """In the future; in a closed hour, or when it is taken, only on purpose."""
        data = super().clean()
        self.check_time("at")
        return data
