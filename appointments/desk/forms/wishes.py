"""What the patient said on the phone about a booked visit."""

from django import forms
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm
from appointments.vocabulary import Reminders


class EarlierForm(DeskForm):
    """Whether to call if something opens."""

    prefix = "earlier"
    wanted = forms.BooleanField(label=gettext_lazy("Call them if something opens earlier"), required=False)

    def set_up(self) -> None:
        """As it is so far."""
        self.initial["wanted"] = self.inquiry.wants_earlier


class RemindersForm(DeskForm):
    """How the patient is reminded of visits."""

    prefix = "reminders"
    how = forms.ChoiceField(
        label=gettext_lazy("By email, before the visit"),
        choices=Reminders.choices,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of these")},
    )

    def set_up(self) -> None:
        """As it is so far."""
        self.initial["how"] = self.inquiry.reminders
