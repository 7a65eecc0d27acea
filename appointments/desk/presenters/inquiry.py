"""What the desk's lists and pages say of a message and of a request for a visit alike."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from appointments.desk.presenters import calls, history, safety
from appointments.desk.presenters.clocks import clock_of, trouble_of
from appointments.desk.presenters.contact import contact_notes, contact_sentence, wishes
from appointments.desk.presenters.facts import Fact, born
from appointments.desk.presenters.history import Line, MailLine
from appointments.desk.presenters.next_steps import NextStep, next_step
from appointments.desk.presenters.pills import Pill
from appointments.mail.texts import Script
from appointments.models import OPEN, AppointmentRequest, Event, Status
from common.encrypted_fields import Unreadable
from common.times import moment, recent


class InquiryPresenter(ABC):
    """An inquiry in words and colors. Needs its `office`; `mails`, for its page, only if they are prefetched.

    events: its history, oldest first; for a list only the calls, and what was undone. viewer: who else has it open.
    """

    facts_title: Any
    told_in: str  # the template of what they wrote
    script: Script  # what to say on the phone
    first_step: Any  # what it is called to get in touch for the first time

    def __init__(self, inquiry: AppointmentRequest, events: Sequence[Event], now: datetime, viewer: str = "") -> None:
        self.inquiry, self.events, self.now = inquiry, events, now
        self.viewer = Pill(_("%(name)s has it open") % {"name": viewer}, "wait", "user") if viewer else None

    # --- In a list, and on its page ---

    @property
    def kind(self) -> Pill | None:
        """What tells it from the rest."""
        return None

    @cached_property
    def calls(self) -> list[Event]:
        """Those that were not taken back."""
        return calls.calls_in(self.events)

    @cached_property
    def clock(self) -> Pill:
        """How it stands against the clock."""
        return clock_of(self.inquiry, self.now)

    @cached_property
    def trouble(self) -> Pill | None:
        """Why a booked visit can't be kept as it is."""
        return trouble_of(self.inquiry, self.now)

    @property
    def wishes(self) -> str:
        """When the patient can come."""
        return wishes(self.inquiry)

    @property
    def contact_so_far(self) -> str:
        """The last call, and how many there were."""
        return calls.contact_so_far(self.calls)

    # --- In a list ---

    @property
    def sent(self) -> str:
        """When it came, or was closed."""
        if self.inquiry.status == Status.CLOSED and self.inquiry.closed_at:
            return _("Closed %(time)s") % {"time": recent(self.inquiry.closed_at)}
        return _("Received %(time)s") % {"time": recent(self.inquiry.created_at)}

    @property
    def is_urgent_call(self) -> bool:
        """Whether the row stands out."""
        return self.inquiry.urgent and self.inquiry.status == Status.NEW

    @property
    def been_before(self) -> str | None:
        """Whether there is a chart already; None where nobody is asked."""
        return None

    @property
    def notes(self) -> list[Pill]:
        """What to see before it is opened."""
        inquiry, flags, read_first = self.inquiry, safety.flags(self.inquiry), safety.read_first(self.inquiry)
        urgent = (flags and inquiry.urgent) or not inquiry.safety
        check_office = inquiry.check_office and inquiry.status == Status.NEW
        notes = [
            self.kind,
            _flag(_("Read this first: %(words)s") % {"words": read_first}) if read_first else None,
            _flag(_("Urgent: %(flags)s") % {"flags": flags}) if urgent else None,
            Pill(_("Routing: check office"), "soon", "warning") if check_office else None,
            self.manager_asked,
        ]
        return [note for note in notes if note]

    @property
    def contact_notes(self) -> str:
        """What to know before dialling."""
        return contact_notes(self.inquiry)

    @property
    def step(self) -> NextStep:
        """The one thing to do next."""
        return self.next_step(called=bool(self.calls))

    def next_step(self, *, called: bool) -> NextStep:
        """The same for who knows without the history whether somebody has called."""
        return next_step(self.inquiry, self.now, called=called, first=str(self.first_step))

    @property
    def is_pressing(self) -> bool:
        """Whether the next step must not wait."""
        return self.clock.state in ("late", "soon")

    @property
    def manager_asked(self) -> Pill | None:
        """That a question waits for the manager."""
        return Pill(_("Manager asked"), "soon", "info") if self.inquiry.needs_manager else None

    # --- On its page ---

    @property
    def stage(self) -> list[Pill]:
        """What it is, and how far."""
        inquiry = self.inquiry
        running = inquiry.status in OPEN and inquiry.status != Status.BOOKED
        pills = [self.kind, self.clock if running else None, Pill(inquiry.get_status_display())]
        return [pill for pill in pills if pill]

    @property
    def hands(self) -> list[Pill]:
        """Whose job it is."""
        assigned_to = self.inquiry.assigned_to
        pills = [
            Pill(_("For %(name)s") % {"name": assigned_to}, icon="user") if assigned_to else None,
            self.manager_asked,
        ]
        return [pill for pill in pills if pill]

    @property
    def born(self) -> str | None:
        """Beside the name: the date of birth and the age; None where nobody is asked."""
        return born(self.inquiry)

    @property
    def warning(self) -> safety.SafetyWarning | None:
        """What to read before anything else."""
        return safety.warning_of(self.inquiry)

    @property
    def unreadable(self) -> str:
        """What of it can't be read."""
        return ", ".join(safety.unreadable(self.inquiry, self.events))

    @property
    def headline(self) -> str:
        """The next step, or what has been done."""
        inquiry = self.inquiry
        match inquiry.status:
            case Status.HELD:
                return _("Next step: is this a real request?")
            case Status.CLOSED:
                return _("Closed: %(reason)s") % {"reason": inquiry.get_close_reason_display()}
            case Status.BOOKED if inquiry.booked_for:
                return _("Booked: %(moment)s") % {"moment": moment(inquiry.booked_for)}
        return self.open_headline

    @property
    @abstractmethod
    def open_headline(self) -> str:
        """The next step while nothing is agreed on."""

    @property
    def visit_is_over(self) -> bool:
        """Whether a booked visit's time has passed."""
        inquiry = self.inquiry
        return inquiry.status == Status.BOOKED and bool(inquiry.booked_for and inquiry.booked_for < self.now)

    @property
    def contact(self) -> str:
        """How to reach them, in whole sentences."""
        return contact_sentence(self.inquiry)

    @property
    def next_try(self) -> str:
        """When to try again after calls that reached nobody."""
        return calls.next_try(self.inquiry, self.calls, self.now)

    @property
    def offered_times(self) -> list[str]:
        """From which the patient may choose."""
        return history.times_in_words(self.inquiry.offered_times)

    @property
    def how_offered(self) -> str:
        """Before these times."""
        return _("Offered by email:") if self.inquiry.email else _("Offered by phone:")

    @property
    @abstractmethod
    def facts(self) -> list[Fact]:
        """The answers."""

    def why_this_office(self, names: Mapping[str, str]) -> str:
        """Why it came here. `names`: office slug -> name."""
        routing = self.inquiry.routing
        if isinstance(routing, Unreadable):
            return _("Why it came to this office %(cannot)s.") % {"cannot": routing}
        return self.routing(names)

    @abstractmethod
    def routing(self, names: Mapping[str, str]) -> str:
        """The same, of what can be read."""

    @cached_property
    def lines(self) -> list[Line]:
        """Its history, newest first."""
        return history.history(self.events)[::-1]

    @property
    def who_changed_the_office(self) -> list[str]:
        """Who sent it to another office since."""
        return history.who_changed_the_office(reversed(self.lines))

    @property
    def question(self) -> Event | None:
        """The last one to the manager."""
        return next((event for event in reversed(self.events) if event.kind == Event.Kind.ASKED), None)

    @property
    def mails(self) -> list[MailLine]:
        """What was sent to the patient and the office, or why it was not."""
        lines = [history.mail_line(mail) for mail in self.inquiry.mails.all()]
        if not self.inquiry.email:
            lines.append(MailLine(_("Receipt to patient"), Pill(_("No email address"))))
        return lines


def _flag(words: str) -> Pill:
    return Pill(words, icon="warning", look="flag")
