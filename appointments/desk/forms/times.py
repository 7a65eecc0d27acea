"""Times of visits: offered and booked."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm
from appointments.offices import facts_of, practice
from common.form_fields import CleanCharField

VISIT_NOTE_LENGTH = 200
LATEST_BOOKING = timedelta(days=731)


class VisitTimeField(forms.DateTimeField):
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


class _TimesForm(DeskForm):
    """Checks times of visits."""

    closed_then = False  # the tick is offered once it is needed

    def check_time(self, name: str) -> datetime | None:
        """A time that was typed, with an error on its field if it can't be: in the past, far off, or closed then."""
        at: datetime | None = self.cleaned_data.get(name)
        if at is None:
            return None
        office = facts_of(self.inquiry.office)
        if at <= timezone.now():
            self.add_error(name, _("Choose a day and time in the future"))
        elif at > timezone.now() + LATEST_BOOKING:
            self.add_error(name, _("Choose a day within the next two years"))
        elif not office.schedule.is_open(at, practice().visit_minutes):
            self.closed_then = True
            if not self.cleaned_data.get("outside_hours"):
                words = _("The %(office)s office is closed then. Choose another time, or tick the box to go on anyway.")
                if office.schedule.is_open(at):
                    words = _(
                        "The %(office)s office closes before the visit is over: it takes %(count)d minutes. "
                        "Choose another time, or tick the box to go on anyway."
                    )
                self.add_error(name, words % {"office": office.name, "count": practice().visit_minutes})
        return at


class ProposeForm(_TimesForm):
    """Up to three times to pick from. `now` is set by the button that books the first one."""

    prefix = "propose"
    first = VisitTimeField(gettext_lazy("Time 1"))
    second = VisitTimeField(gettext_lazy("Time 2"), required=False)
    third = VisitTimeField(gettext_lazy("Time 3"), required=False)
    outside_hours = forms.BooleanField(
        label=gettext_lazy("Offer these times although the office is closed then"), required=False
    )
    by_phone = forms.BooleanField(label=gettext_lazy("I will tell them by phone"), required=False)
    now = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def set_up(self) -> None:
        """Who can be told by mail needs no call."""
        if self.inquiry.email:
            del self.fields["by_phone"]

    def clean(self) -> dict[str, Any]:
        """Adds "times"; with `now` only the first counts."""
        data = super().clean() or {}
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


class BookForm(_TimesForm):
    """A day and time that was agreed on."""

    prefix = "book"
    at = VisitTimeField(gettext_lazy("Day and time"))
    note = CleanCharField(
        label=gettext_lazy("Note for the visit"),
        required=False,
        max_length=VISIT_NOTE_LENGTH,
        widget=forms.TextInput(attrs={"data-most": VISIT_NOTE_LENGTH}),
        error_messages={"max_length": gettext_lazy("Use 200 letters or fewer. You have used %(show_value)s.")},
    )
    outside_hours = forms.BooleanField(label=gettext_lazy("Book although the office is closed then"), required=False)

    def set_up(self) -> None:
        """As in NoteField: nothing pasted is cut off."""
        self.fields["note"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        """In the future; in a closed hour only on purpose."""
        data = super().clean() or {}
        self.check_time("at")
        return data
