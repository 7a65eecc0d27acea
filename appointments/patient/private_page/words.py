"""What the private page says of a message and of a request for a visit alike."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest, Event, Status
from appointments.models.history import taken_back
from appointments.offices import OfficeFacts, facts_of
from appointments.patient.private_page.forms import ChangeForm
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
        undone = taken_back(events)
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
