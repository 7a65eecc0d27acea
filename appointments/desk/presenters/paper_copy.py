"""What the practice holds of a request, for the patient's own hands (45 CFR 164.524): in their words, in plain order.

Two things are left out. The signs of spam are about how the form was sent, not about the patient, and telling them
would help who sends advertising. A legal hold, and why, is prepared for a case in court, which the right of access
leaves out. That a person looked at the request before it was let through, and all notes, are there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.answers import ANSWERS, Answer, Shown, value_of
from appointments.desk.presenters.contact import wishes
from appointments.desk.presenters.history import event_in_words, mail_line
from appointments.models import AppointmentRequest, Event
from appointments.models.history import taken_back
from appointments.vocabulary import INTERPRETER, InsuranceKind, Language, Text
from common.encrypted_fields import Unreadable
from common.times import date_in_words, moment

LEFT_OUT = {Event.Kind.LEGAL_HOLD, Event.Kind.HOLD_LIFTED}
# What the desk calls otherwise among itself.
PLAINER: dict[str, Text] = {
    Event.Kind.OPENED: gettext_lazy("First read by our office"),
    Event.Kind.RELEASED: gettext_lazy("Checked by a person, and let through"),
    Event.Kind.SPOKE: gettext_lazy("We called and spoke with you"),
    Event.Kind.VOICEMAIL: gettext_lazy("We called and left a voicemail"),
    Event.Kind.NO_ANSWER: gettext_lazy("We called, and nobody answered"),
    Event.Kind.NOTE: gettext_lazy("We wrote a note"),
    Event.Kind.LAPSED: gettext_lazy("The times we offered have expired"),
    Event.Kind.ASSIGNED: gettext_lazy("Given to one of our staff"),
    Event.Kind.ASKED: gettext_lazy("Our desk asked the manager"),
    Event.Kind.ANSWERED: gettext_lazy("The manager answered"),
    Event.Kind.BACK: gettext_lazy("Waiting for our call again"),
    Event.Kind.CALL_LATER: gettext_lazy("We put off our call"),
    Event.Kind.RECOUNTED: gettext_lazy("We counted anew by when we call"),
}


@dataclass(frozen=True)
class Row:
    """A name and what we hold under it."""

    label: str
    words: str


@dataclass(frozen=True)
class Happened:
    """A line of what happened: when, what, who, and what was written down."""

    at: str
    title: str
    doer: str
    note: str


class PaperCopy:
    """All of one request. Needs its `office`; two queries, for history and mails."""

    def __init__(self, inquiry: AppointmentRequest) -> None:
        self.inquiry = inquiry
        self.events: Sequence[Event] = list(inquiry.events.select_related("by"))
        self.mails = [(moment(mail.created_at), mail_line(mail)) for mail in inquiry.mails.order_by("pk")]

    @property
    def answers(self) -> list[Row]:
        """What the patient told us, and what the desk wrote down besides; nothing for what is empty."""
        return [Row(label, words) for answer in ANSWERS for label, words in _told(answer, self.inquiry) if words]

    @property
    def course(self) -> list[Row]:
        """How it stands, and until when we do what."""
        rows = ((str(label), value(self.inquiry)) for label, value in COURSE)
        return [Row(label, str(words)) for label, words in rows if words]

    @property
    def happened(self) -> Iterator[Happened]:
        """From the first line to the last."""
        undone = taken_back(self.events)
        for event in self.events:
            facts = event.facts or {}
            if {event.kind, facts.get("undone")} & LEFT_OUT:
                continue
            title = str(PLAINER.get(event.kind) or event_in_words(event))
            if event.pk in undone:
                title = _("%(title)s (taken back)") % {"title": title}
            yield Happened(moment(event.at), title, _doer(event), event.note)


def _doer(event: Event) -> str:
    return _("our office") if event.by_id else event.doer


def _told(answer: Answer, inquiry: AppointmentRequest) -> Iterator[tuple[str, str]]:
    if answer.kept is None:
        return
    if answer.name in WORDS:
        given: Any = WORDS[answer.name](inquiry)
    else:
        given = value_of(answer, inquiry)
        if given and not isinstance(given, Unreadable):
            given = answer.words(given)
    named = answer.check is not None and not isinstance(answer.check, Shown)
    label = str(answer.check) if named else capfirst(str(answer.called))
    if label:
        yield label, str(given or "") if not isinstance(given, Unreadable) else str(given)


def _questions(inquiry: AppointmentRequest, name: str) -> str:
    return "; ".join(each["question"] for each in inquiry.safety.get(name, []))


def _language(inquiry: AppointmentRequest) -> str:
    """With whether an interpreter is wanted."""
    contact = inquiry.contact
    language = Language.of(contact.get("language"))
    if language is None:
        return ""
    spoken = contact.get("other_language", "") if language == Language.OTHER else str(language.label)
    wanted = contact.get("interpreter")
    return spoken if wanted is None else f"{spoken}, {INTERPRETER[bool(wanted)].on_check_page}"


def _moment(name: str) -> Callable[[AppointmentRequest], str]:
    def value(inquiry: AppointmentRequest) -> str:
        at = getattr(inquiry, name)
        return moment(at) if at else ""

    return value


# Of the answers that do not stand there as they are kept. "" is for what stands beside another one.
WORDS: dict[str, Callable[[AppointmentRequest], Any]] = {
    "flags": lambda inquiry: _questions(inquiry, "flags") or (_("None of these") if inquiry.safety else inquiry.safety),
    "conditions": lambda inquiry: _questions(inquiry, "conditions"),
    "words": lambda inquiry: "",  # a part of the details
    "so": lambda inquiry: {True: _("Yes"), False: _("No")}.get(inquiry.safety.get("so")),
    "birth_date": lambda inquiry: date_in_words(inquiry.birth_date) if inquiry.birth_date else inquiry.birth_date,
    "days": wishes,
    "time_of_day": lambda inquiry: "",
    "language": _language,
    "other_language": lambda inquiry: "",
    "interpreter": lambda inquiry: "",
    "insurance_kind": lambda inquiry: (
        kind.label if (kind := InsuranceKind.of(inquiry.insurance_kind)) else inquiry.insurance_kind
    ),
}
COURSE: tuple[tuple[Text, Callable[[AppointmentRequest], Any]], ...] = (
    (gettext_lazy("Office"), lambda inquiry: inquiry.office.name),
    (gettext_lazy("Kind"), lambda inquiry: inquiry.get_kind_display()),
    (gettext_lazy("Came by"), lambda inquiry: inquiry.get_channel_display()),
    (gettext_lazy("Received"), _moment("created_at")),
    (gettext_lazy("We treat it as urgent"), lambda inquiry: _("Yes") if inquiry.urgent else ""),
    (gettext_lazy("We promised to call by"), _moment("promised_by")),
    (gettext_lazy("We first called"), _moment("first_called_at")),
    (gettext_lazy("Not to be called before"), _moment("call_after")),
    (gettext_lazy("Stands at"), lambda inquiry: inquiry.get_status_display()),
    (gettext_lazy("Visit"), _moment("booked_for")),
    (gettext_lazy("With"), lambda inquiry: inquiry.visit_with),
    (gettext_lazy("Wants an earlier visit"), lambda inquiry: _("Yes") if inquiry.wants_earlier else ""),
    (gettext_lazy("Reminders"), lambda inquiry: inquiry.get_reminders_display() if inquiry.reminders else ""),
    (gettext_lazy("You said that you will come"), _moment("coming_at")),
    (gettext_lazy("Visits that were missed"), lambda inquiry: inquiry.missed or ""),
    (gettext_lazy("Entered in the chart"), _moment("charted_at")),
    (gettext_lazy("Estimate due by"), _moment("estimate_by")),
    (gettext_lazy("Estimate given"), _moment("estimate_given_at")),
    (gettext_lazy("Told whether we take the plan"), _moment("network_told_at")),
    (gettext_lazy("Closed"), _moment("closed_at")),
    (gettext_lazy("Closed because"), lambda inquiry: inquiry.get_close_reason_display()),
)
