"""What the private page says of what its patient sent: `words_of` is what the pages call.

A message and a request for a visit have their words each; whatever else tells them apart on the page asks them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.models import AppointmentRequest, CloseReason, Event, Status
from appointments.offices import OfficeFacts, facts_of
from appointments.patient.private_page.forms import ChangeForm, ChangeMessageForm
from appointments.vocabulary import Headline
from common.times import moment, moment_by

Kind = Event.Kind


@dataclass(frozen=True)
class TimelineStep:
    """A line of the timeline: state "done", "here" or "todo"."""

    state: str
    words: str
    when: str = ""


@dataclass(frozen=True)
class Cancel:
    """What is asked before it is canceled: the button that leads there, the question, what follows, the button."""

    button: str
    question: str
    lead: str
    yes: str


class PrivateWords(ABC):
    """In the patient's words, with nothing about health."""

    events: Mapping[Kind, Any]  # what is told of each; what is missing is the desk's own business
    to_wait_for: tuple[Any, ...]  # what comes next while nothing is agreed on
    lock_title: Any
    lock_lead: Any
    lock_button: Any
    where: Any
    change_form: type[ChangeForm]
    new_address: str  # where another one is written
    new_button: Any

    def __init__(self, inquiry: AppointmentRequest) -> None:
        self.inquiry = inquiry

    @cached_property
    def office(self) -> OfficeFacts:
        """Whose it is."""
        return facts_of(self.inquiry.office)

    @property
    @abstractmethod
    def reference(self) -> str:
        """What it is, and its reference."""

    @cached_property
    def headline(self) -> Headline:
        """What happens next."""
        inquiry, name = self.inquiry, {"office": self.office.name}
        if inquiry.status == Status.CLOSED:
            return self.closed
        if inquiry.status == Status.BOOKED and inquiry.booked_for:
            if inquiry.booked_for > timezone.now():
                return Headline(_("Your visit is booked"))
            was = _("It was booked for %(moment)s.") % {"moment": moment(inquiry.booked_for)}
            return Headline(_("Your visit"), was)
        if inquiry.status == Status.PROPOSED and inquiry.choose_by:
            held = _("The %(office)s office has held these times for you. Please choose %(by)s.")
            return Headline(_("Choose a time for your visit"), held % {**name, "by": moment_by(inquiry.choose_by)})
        if inquiry.status == Status.CONTACTED:
            back = _("The %(office)s office will get back to you %(by)s.")
            return Headline(_("We have talked"), back % {**name, "by": moment_by(inquiry.call_by)})
        title, sentence, late = self.waiting(again=inquiry.first_called_at is not None)
        by = inquiry.promised_by if inquiry.first_called_at is None else inquiry.call_by
        if by < timezone.now():
            return Headline(title, late % name)
        return Headline(title, sentence % {**name, "by": moment_by(by)})

    @property
    @abstractmethod
    def closed(self) -> Headline:
        """Once nothing more is to be done."""

    @abstractmethod
    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """The title while the office is to get in touch, the sentence, and the one for when it should have by now."""

    @cached_property
    def timeline(self) -> list[TimelineStep]:
        """What happened so far, and what comes next."""
        inquiry = self.inquiry
        steps = [TimelineStep("done", words, moment(at)) for at, words in self._happened()]
        if inquiry.status == Status.PROPOSED:
            until = capfirst(moment_by(inquiry.choose_by)) if inquiry.choose_by else ""
            return [
                *steps,
                TimelineStep("here", _("Your turn to choose"), until),
                TimelineStep("todo", _("Visit booked")),
            ]
        if inquiry.status == Status.BOOKED and inquiry.booked_for:
            return [*steps, TimelineStep("done", _("Visit booked"), moment(inquiry.booked_for))]
        if inquiry.status == Status.CLOSED:
            return steps
        here, *todo = self.to_wait_for
        return [*steps, TimelineStep("here", str(here)), *(TimelineStep("todo", str(words)) for words in todo)]

    def _happened(self) -> list[tuple[datetime, str]]:
        """When, and what, without the steps that the desk took back."""
        events = list(self.inquiry.events.all())
        undone = {event.facts["event"] for event in events if event.kind == Kind.UNDONE}
        told = [(event.at, self._told(event)) for event in events if event.pk not in undone]
        return [(at, words) for at, words in told if words]

    def _told(self, event: Event) -> str:
        match event.kind:
            case Kind.REROUTED if event.facts:
                return _("Sent to the %(office)s office") % {"office": event.facts["to"]}
            case Kind.REROUTED:
                return _("Sent to another office")
            case Kind.BOOKED:
                return _("The office booked your visit")
        return str(self.events.get(Kind(event.kind), ""))

    @property
    @abstractmethod
    def change(self) -> str:
        """The link to what can be changed."""

    @cached_property
    @abstractmethod
    def cancel(self) -> Cancel:
        """How it is called off."""

    @abstractmethod
    def closes(self, days: int) -> str:
        """When the page closes."""


class VisitWords(PrivateWords):
    """Of a request for a visit."""

    events = {
        Kind.RECEIVED: gettext_lazy("Request received"),
        Kind.SPOKE: gettext_lazy("The office called you"),
        Kind.VOICEMAIL: gettext_lazy("The office called and left a voicemail"),
        Kind.NO_ANSWER: gettext_lazy("The office called and missed you"),
        Kind.PROPOSED: gettext_lazy("Times offered"),
        Kind.REMINDED: gettext_lazy("Times offered again"),
        Kind.CHOSEN: gettext_lazy("You chose a time"),
        Kind.NONE_SUITS: gettext_lazy("You asked for other times"),
        Kind.LAPSED: gettext_lazy("The offered times ran out"),
        Kind.CHANGED: gettext_lazy("You changed how we reach you"),
        Kind.CANCELLED: gettext_lazy("You canceled"),
        Kind.CLOSED: gettext_lazy("Request closed"),
        Kind.DUPLICATE: gettext_lazy("Put together with your other request"),
        Kind.REOPENED: gettext_lazy("Request opened again"),
    }
    to_wait_for = (gettext_lazy("The office calls you"), gettext_lazy("Visit booked"))
    lock_title = gettext_lazy("Your request")
    lock_lead = gettext_lazy(
        "This page is private. Please tell us one thing about the request, so that we know it is you."
    )
    lock_button = gettext_lazy("Open my request")
    where = gettext_lazy("Where your request is now")
    change_form = ChangeForm
    new_address = "appointments:new"
    new_button = gettext_lazy("Request an appointment")

    @property
    def reference(self) -> str:
        """ "Request GS-7K4M-39"."""
        return _("Request %(reference)s") % {"reference": self.inquiry.reference}

    @property
    def closed(self) -> Headline:
        return CloseReason(self.inquiry.close_reason).closing.of_visit

    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """Before and after the first call."""
        late = _("We should have called by now, and we are sorry. The %(office)s office knows. You can also call us.")
        if again:
            return _("We will call you again"), _("The %(office)s office will try again %(by)s."), late
        return _("We will call you"), _("The %(office)s office will call you %(by)s."), late

    @property
    def change(self) -> str:
        """The days only until a visit is booked."""
        if self.inquiry.status == Status.BOOKED:
            return _("Change your phone number")
        return _("Change your phone number or the days that suit you")

    @cached_property
    def cancel(self) -> Cancel:
        """The visit, or the request."""
        inquiry, name = self.inquiry, self.office.name
        if inquiry.status == Status.BOOKED and inquiry.booked_for:
            given = _("Your visit %(moment)s at the %(name)s office will be given to someone else.")
            return Cancel(
                _("Cancel my visit"),
                _("Cancel your visit?"),
                given % {"moment": moment(inquiry.booked_for), "name": name},
                _("Yes, cancel my visit"),
            )
        return Cancel(
            _("Cancel my request"),
            _("Cancel your request?"),
            _("The %(name)s office will not call you any more.") % {"name": name},
            _("Yes, cancel my request"),
        )

    def closes(self, days: int) -> str:
        return ngettext(
            "This page is private. It closes %(days)s day after your visit.",
            "This page is private. It closes %(days)s days after your visit.",
            days,
        ) % {"days": days}


class MessageWords(PrivateWords):
    """Of a message, which is about no visit."""

    events = {
        **VisitWords.events,
        Kind.RECEIVED: gettext_lazy("Message received"),
        Kind.CANCELLED: gettext_lazy("You took it back"),
        Kind.CLOSED: gettext_lazy("Message closed"),
        Kind.DUPLICATE: gettext_lazy("Put together with what else you wrote"),
        Kind.REOPENED: gettext_lazy("Message opened again"),
    }
    to_wait_for = (gettext_lazy("The office answers you"),)
    lock_title = gettext_lazy("Your message")
    lock_lead = gettext_lazy("This page is private. Please tell us one thing, so that we know it is you.")
    lock_button = gettext_lazy("Open my message")
    where = gettext_lazy("Where your message is now")
    change_form = ChangeMessageForm
    new_address = "appointments:message"
    new_button = gettext_lazy("Send us a message")

    @property
    def reference(self) -> str:
        """ "Message GS-7K4M-39"."""
        return _("Message %(reference)s") % {"reference": self.inquiry.reference}

    @property
    def closed(self) -> Headline:
        return CloseReason(self.inquiry.close_reason).closing.of_message

    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """Before and after the first call."""
        late = _("We should have answered by now, and we are sorry. The %(office)s office knows. You can also call us.")
        if again:
            sentence = _("The %(office)s office tried to reach you, and will try again %(by)s.")
        else:
            sentence = _("The %(office)s office will answer %(by)s.")
        return _("We will answer you"), sentence, late

    @property
    def change(self) -> str:
        return _("Change your phone number")

    @cached_property
    def cancel(self) -> Cancel:
        return Cancel(
            _("Take back my message"),
            _("Take back your message?"),
            _("The %(name)s office will not answer it.") % {"name": self.office.name},
            _("Yes, take it back"),
        )

    def closes(self, days: int) -> str:
        return ngettext(
            "This page is private. It closes %(days)s day after we have answered you.",
            "This page is private. It closes %(days)s days after we have answered you.",
            days,
        ) % {"days": days}


def words_of(inquiry: AppointmentRequest) -> PrivateWords:
    """The words for its kind."""
    return MessageWords(inquiry) if inquiry.is_message else VisitWords(inquiry)
