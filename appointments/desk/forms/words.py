"""What the desk writes: how a call went, notes, questions, and why something is closed or opened."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm, NoteField
from appointments.models import CloseReason, Event


class CallForm(DeskForm):
    """How a call went, and what was said."""

    prefix = "call"
    note = NoteField(gettext_lazy("What was said"), required=False)
    outcome = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in Event.CALLS],
        error_messages={
            "required": gettext_lazy("Press the button that says how the call went"),
            "invalid_choice": gettext_lazy("Press the button that says how the call went"),
        },
    )


class NoteForm(DeskForm):
    """A note for the history."""

    prefix = "note"
    text = NoteField(gettext_lazy("Note"), missing=gettext_lazy("Write the note first"))


class AskForm(DeskForm):
    """A question to the manager."""

    prefix = "ask"
    text = NoteField(gettext_lazy("Your question"), missing=gettext_lazy("Write your question first"))


class AnswerForm(DeskForm):
    """The manager's answer."""

    prefix = "answer"
    text = NoteField(gettext_lazy("Your answer"), missing=gettext_lazy("Write your answer first"))


class ReopenForm(DeskForm):
    """Why a closed request needs a call after all."""

    prefix = "reopen"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it is opened again"))


class CloseForm(DeskForm):
    """Why nothing more is to be done."""

    prefix = "close"
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        error_messages={
            "required": gettext_lazy("Choose a reason"),
            "invalid_choice": gettext_lazy("Choose a reason"),
        },
    )
    note = NoteField(gettext_lazy("Note"), required=False)

    def set_up(self) -> None:
        """A message was no visit."""
        reasons = [reason for reason in CloseReason if self.inquiry.kind in reason.closing.by_desk]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a reason")),
            *((reason.value, reason.label) for reason in reasons),
        ]
