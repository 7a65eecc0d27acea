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

from appointments import private_link
from appointments.call_wishes import by_in_words
from appointments.models import TO_CALL, AppointmentRequest, Event, Status
from appointments.models.history import taken_back
from appointments.offices import OfficeFacts, facts_of
from appointments.patient.private_page.forms import ChangeForm
from appointments.patient.when_to_call import what_of_the_wishes
from appointments.vocabulary import Headline
from common.times import date_in_words, local, moment, moment_by

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
                coming = _("Thank you for telling us that you will come.") if inquiry.coming_at else ""
                return Headline(_("Your visit is booked"), coming)
            was = _("It was booked for %(moment)s.") % {"moment": moment(inquiry.booked_for)}
            return Headline(_("Your visit"), was)
        if inquiry.status == Status.MOVING and inquiry.booked_for:
            calls = _("The %(office)s office will call you %(by)s to find another time.")
            if inquiry.booked_for > timezone.now():
                calls += f" {_('You keep your visit until then.')}"
            return Headline(_("You asked for another time"), calls % {**name, "by": self._by(inquiry.call_by)})
        if inquiry.status == Status.PROPOSED and inquiry.choose_by:
            if inquiry.choose_by <= timezone.now():
                call = _("The %(office)s office will call you to find another time. You can also call us.")
                return Headline(_("The times we offered have expired"), call % name)
            held = _("The %(office)s office has held these times for you. Please choose %(by)s.")
            if self.has_visit_to_come:
                held += f" {_('You keep the visit you have until then.')}"
            return Headline(_("Choose a time for your visit"), held % {**name, "by": moment_by(inquiry.choose_by)})
        if self.was_missed:
            calls = _(
                "Please call us, or ask for a new time below. Otherwise the %(office)s office will call you %(by)s."
            )
            return Headline(_("We missed you"), calls % {**name, "by": self._by(inquiry.call_by)})
        if inquiry.status == Status.CONTACTED:
            back = _("The %(office)s office will get back to you %(by)s.")
            return Headline(_("We spoke with you"), back % {**name, "by": self._by(inquiry.call_by)})
        title, sentence, late = self.waiting(again=inquiry.first_called_at is not None)
        if inquiry.told_by < timezone.now():
            return Headline(title, late % name)
        return Headline(title, sentence % {**name, "by": self._by(inquiry.told_by)})

    def _by(self, by: datetime) -> str:
        return by_in_words(by, self.inquiry.call_after)

    @property
    def wishes(self) -> str:
        """What becomes of the times to call that were asked for, while a call is to come."""
        waits = self.inquiry.status in (*TO_CALL, Status.CONTACTED)
        return what_of_the_wishes(self.inquiry) if waits else ""

    @cached_property
    def has_visit_to_come(self) -> bool:
        """Also while another time is looked for."""
        inquiry = self.inquiry
        return inquiry.visit_stands and bool(inquiry.booked_for and inquiry.booked_for > timezone.now())

    @cached_property
    def was_missed(self) -> bool:
        """The patient did not come, and nobody has called since. One query where one was missed."""
        if not self.inquiry.missed or self.inquiry.status != Status.NEW:
            return False
        since = self.inquiry.events.filter(kind__in=(Kind.MISSED, Kind.WANTS_MOVE, *Event.CALLS)).order_by("pk").last()
        return since is not None and since.kind == Kind.MISSED

    @property
    def may_ask_to_move(self) -> bool:
        """For another time, or for a new one."""
        return self.inquiry.status == Status.BOOKED or self.was_missed

    @property
    def keep(self) -> str:
        """The button that says that the visit is fine as it is; "" where that is said."""
        if not self.has_visit_to_come:
            return ""
        if self.inquiry.status != Status.BOOKED:
            return _("Keep my visit")
        return "" if self.inquiry.coming_at else _("I will come")

    @property
    @abstractmethod
    def closed(self) -> Headline:
        """Once nothing more is to be done."""

    @abstractmethod
    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """The title while the office is to get in touch, the sentence, and the one for when it should have by now."""

    @cached_property
    def _events(self) -> list[Event]:
        """What happened, without the steps that the desk took back."""
        events = list(self.inquiry.events.all())
        undone = taken_back(events)
        return [event for event in events if event.pk not in undone]

    @property
    def nobody_knows(self) -> bool:
        """Whether the office has done nothing yet since the patient last told what can't wait."""
        if self.inquiry.status in (Status.HELD, Status.CLOSED):
            return False
        if self.inquiry.status == Status.NEW and self.inquiry.first_called_at is None:
            return True
        told = [event for event in self._events if event.by_id or (event.kind == Kind.ADDED and event.facts)]
        return bool(told) and told[-1].kind == Kind.ADDED and bool(told[-1].facts.get("urgent"))

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What the office has written here: when, and the text."""
        return [(moment(event.at), event.note) for event in self._events if event.kind == Kind.REPLIED]

    @cached_property
    def timeline(self) -> list[TimelineStep]:
        """What happened so far, and what comes next."""
        inquiry = self.inquiry
        steps = [TimelineStep("done", words, moment(at)) for at, words in self._happened()]
        if inquiry.status == Status.PROPOSED and inquiry.choose_by and inquiry.choose_by > timezone.now():
            until = capfirst(moment_by(inquiry.choose_by))
            return [
                *steps,
                TimelineStep("here", _("Your turn to choose"), until),
                TimelineStep("todo", _("Visit booked")),
            ]
        if inquiry.visit_stands and inquiry.booked_for:
            return [*steps, TimelineStep("done", _("Visit booked"), moment(inquiry.booked_for))]
        if inquiry.status == Status.CLOSED:
            return steps
        here, *todo = self.to_wait_for
        return [*steps, TimelineStep("here", str(here)), *(TimelineStep("todo", str(words)) for words in todo)]

    def _happened(self) -> list[tuple[datetime, str]]:
        """When, and what."""
        told = [(event.at, self._told(event)) for event in self._events]
        return [(at, words) for at, words in told if words]

    def _told(self, event: Event) -> str:
        match event.kind:
            case Kind.REROUTED if event.facts:
                return _("Sent to the %(office)s office") % {"office": event.facts["to"]}
            case Kind.REROUTED:
                return _("Sent to another office")
            case Kind.EARLIER if not event.facts.get("wanted"):
                return _("You no longer need an earlier time")
            case Kind.BOOKED:
                return _("The office booked your visit")
            case Kind.RECOUNTED if "withdrawn" in (event.facts or {}):
                return _("Our opening hours have changed, so we can no longer offer you those times. We are sorry.")
            case Kind.RECOUNTED if "worse" in (event.facts or {}):
                return _("Our opening hours have changed, so our call comes later than we had said. We are sorry.")
        return str(self.events.get(Kind(event.kind), ""))

    @property
    @abstractmethod
    def change(self) -> str:
        """The link to what can be changed."""

    @cached_property
    @abstractmethod
    def cancel(self) -> Cancel:
        """How it is called off."""

    def closes(self, days: int) -> str:
        """When the page closes, so many days after what it is about."""
        if self.inquiry.status == Status.CLOSED:
            on = date_in_words(local(private_link.open_until(self.inquiry)).date())
            return _("This page is private. It closes on %(day)s.") % {"day": on}
        return self._closes(days)

    @abstractmethod
    def _closes(self, days: int) -> str:
        """While it goes on."""
