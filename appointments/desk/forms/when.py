"""When to call: at a time that was agreed on, and as the patient likes it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.call_wishes import CallWishes
from appointments.desk.forms.base import DeskForm, NoteField
from appointments.desk.forms.filters import DayField
from appointments.desk.forms.times import VisitTimeField
from appointments.offices import facts_of
from appointments.vocabulary import CallTime, SayWho

LATEST_CALL = timedelta(days=60)


class LaterForm(DeskForm):
    """When the next call was agreed on: in the office's hours, from now until LATEST_CALL."""

    prefix = "later"
    at = VisitTimeField(gettext_lazy("Not before"))
    note = NoteField(gettext_lazy("Note"), required=False)

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("Choose a day and time in the future"))
        if at > timezone.now() + LATEST_CALL:
            raise forms.ValidationError(_("Choose a day within the next 60 days"))
        office = facts_of(self.inquiry.office)
        if not office.schedule.is_open(at):
            words = _("The %(office)s office is closed then, so nobody could call. Choose a time when it is open.")
            raise forms.ValidationError(words % {"office": office.name})
        return at


class CallTimesForm(DeskForm):
    """What the patient says of when to call."""

    prefix = "times"
    call_times = forms.MultipleChoiceField(
        label=gettext_lazy("Good times to call"),
        choices=CallTime.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose from these times, or none")},
    )
    not_before = DayField(gettext_lazy("Not before"))
    say_who = forms.ChoiceField(
        label=gettext_lazy("May we say who is calling?"),
        choices=[("", gettext_lazy("Nothing was said")), *SayWho.choices],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the answers")},
    )

    def set_up(self) -> None:
        """As it is kept."""
        wishes = CallWishes.of(self.inquiry.contact)
        self.initial = {
            "call_times": list(wishes.times),
            "not_before": wishes.not_before,
            "say_who": wishes.say_who,
        }

    def clean(self) -> dict[str, Any]:
        """Adds "wishes", as they are kept."""
        data = super().clean() or {}
        first = data.get("not_before")
        if first and first != self.initial["not_before"] and first > timezone.localdate() + LATEST_CALL:
            self.add_error("not_before", _("Choose a day within the next 60 days"))
        return {**data, "wishes": {**data, "not_before": first.isoformat() if first else ""}}
