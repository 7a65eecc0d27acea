"""What the desk writes: how a call went, notes, questions, and why something is closed or opened."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.actions import may_text
from appointments.desk.forms.base import DeskForm, NoteField
from appointments.models import CloseReason, Event
from appointments.vocabulary import NO_WORD_OF_VOICEMAIL, Voicemail

ANSWERED = "answered"  # spoken with, and that was all that a message had asked


class CallForm(DeskForm):
    """How a call went, and what was said."""

    prefix = "call"
    note = NoteField(gettext_lazy("What was said"), required=False)
    outcome = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Press the button that says how the call went"),
            "invalid_choice": gettext_lazy("Press the button that says how the call went"),
        },
    )
    no_voicemail = ""  # why "left voicemail" is not offered

    def set_up(self) -> None:
        """A voicemail is left only where the patient has said so, and a text is sent only to who has agreed, from an
        office that can. A message may be done with a call.
        """
        left_out = set() if may_text(self.inquiry) else {Event.Kind.TEXTED}
        wanted = Voicemail.of(self.inquiry.contact.get("voicemail"))
        if wanted != Voicemail.YES:
            left_out.add(Event.Kind.VOICEMAIL)
            self.no_voicemail = str(wanted.at_desk if wanted else NO_WORD_OF_VOICEMAIL)
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(kind.value, kind.label) for kind in Event.CALLS if kind not in left_out]
        if self.inquiry.is_message:
            outcome.choices = [*outcome.choices, (ANSWERED, _("Answered by phone"))]
        if self.no_voicemail and self.data.get(self.add_prefix("outcome")) == Event.Kind.VOICEMAIL:
            outcome.error_messages["invalid_choice"] = _(
                "%(why)s Press “No answer”; if one was left all the same, say so in the note."
            ) % {"why": self.no_voicemail}


class ReplyForm(DeskForm):
    """An answer on the private page. `answered` is set by the button that closes the message, too."""

    prefix = "reply"
    text = NoteField(gettext_lazy("Your answer"), missing=gettext_lazy("Write your answer first"), rows=4)
    answered = forms.BooleanField(required=False, widget=forms.HiddenInput)


class UrgentForm(DeskForm):
    """Why it can't wait."""

    prefix = "urgent"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it is urgent"))


class RoutineForm(DeskForm):
    """Why it can wait."""

    prefix = "routine"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it is not urgent"))


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


class BackForm(DeskForm):
    """Why it needs a call after all."""

    prefix = "back"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it needs a call again"))


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
