"""The safety questions, read aloud."""

from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm
from appointments.warning_signs import current
from appointments.warning_signs.questions import SafetyQuestions
from appointments.warning_signs.second_look import SecondLook, look
from appointments.warning_signs.table import Judgment
from common.asked_once import AskedOnce


class SafetyAloud(SafetyQuestions, AskedOnce):
    """What is asked in a call; what the patient says besides may speak of something else that can't wait."""

    you_wrote = gettext_lazy("You wrote %(words)s. Ask whether that is so today")

    def ask_newest(self) -> None:
        """The version that is asked now."""
        self.ask(current.newest())
        self.fields["flags"].label = gettext_lazy("Read aloud: is any of this so today?")
        self.fields["flags"].error_messages["required"] = gettext_lazy("Ask these questions, and tick the answer")
        if "conditions" in self.fields:
            self.fields["conditions"].label = gettext_lazy("Read aloud: do you have any of these?")

    @property
    def questions(self) -> list[BoundField]:
        """What is read aloud, to be drawn apart."""
        return [self[name] for name in ("flags", "conditions") if name in self.fields]

    def text_of(self, data: dict[str, Any]) -> str:
        """What the patient said in their own words."""
        raise NotImplementedError

    def seen_in(self, data: dict[str, Any]) -> SecondLook:
        """By the version that is asked, beside what was ticked."""
        ticked = {*(data.get("flags") or []), *(data.get("conditions") or [])}
        self.seen = look(self.table, self.text_of(data), ticked)
        return self.seen

    @property
    def told(self) -> Judgment:
        """How urgent it is by what the patient told us of."""
        so = self.cleaned_data.get("so") and self.said_so
        return self.seen.together if so else self.seen.ticked

    @property
    def safety(self) -> dict[str, Any]:
        """As `actions.safety_of` takes them."""
        return {name: self.cleaned_data[name] for name in ("version", "flags", "conditions")}


class AskSafetyForm(SafetyAloud, DeskForm):
    """Asked after the request has come in."""

    prefix = "safety"

    def set_up(self) -> None:
        """The questions."""
        self.ask_newest()

    def text_of(self, data: dict[str, Any]) -> str:
        """What was written down or came by fax."""
        return self.inquiry.details or ""
