"""What the desk's lists and pages say of a message and of a request for a visit alike."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.actions import may_text
from appointments.call_wishes import after_in_words
from appointments.desk.presenters import calls, history, paperwork, safety, visits
from appointments.desk.presenters.clocks import clock_of, trouble_of
from appointments.desk.presenters.contact import contact_notes, contact_sentence, wishes
from appointments.desk.presenters.facts import Fact, born
from appointments.desk.presenters.history import Line, MailLine
from appointments.desk.presenters.next_steps import NextStep, next_step
from appointments.desk.presenters.pills import Pill
from appointments.mail.texts import Script
from appointments.models import OPEN, STILL_BOOKED, TO_CALL, AppointmentRequest, Event, Status
from appointments.spam.suspicion import in_words
from appointments.vocabulary import Channel, InsuranceKind
from common.encrypted_fields import Unreadable
from common.times import local, moment, recent


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
        return calls.contact_so_far(self.inquiry, self.calls)

    # --- In a list ---

    @property
    def sent(self) -> str:
        """When it came, or was closed."""
        if self.inquiry.status == Status.CLOSED and self.inquiry.closed_at:
            return _("Closed %(time)s") % {"time": recent(self.inquiry.closed_at)}
        return self.received

    @property
    def received(self) -> str:
        """When it came, and by which door if not by the usual one."""
        inquiry = self.inquiry
        words = _("Received %(time)s") % {"time": recent(inquiry.created_at)}
        return words if inquiry.channel == Channel.WEB else f"{words}, {Channel(inquiry.channel).how}"

    @property
    def is_urgent_call(self) -> bool:
        """Whether the row stands out."""
        return self.inquiry.urgent and self.inquiry.status in TO_CALL

    @property
    def been_before(self) -> str | None:
        """Whether there is a chart already; None where nobody is asked."""
        return None

    @property
    def notes(self) -> list[Pill]:
        """What to see before it is opened."""
        inquiry = self.inquiry
        check_office = inquiry.check_office and inquiry.status == Status.NEW
        notes = [
            self.kind,
            self.news,
            *(_flag(words) for words in safety.in_list(inquiry)),
            Pill(_("Routing: check office"), "soon", "warning") if check_office else None,
            *visits.notes(inquiry, self.now),
            self.held_because,
            self.manager_asked,
            *self.owed,
            self.mail_problem,
            self.others_open,
        ]
        return [note for note in notes if note]

    @property
    def visit_note(self) -> str:
        """For the day of the visit, while one is agreed on; that it can’t be read is told on its page."""
        return self.inquiry.visit_note if self.inquiry.status in (Status.BOOKED, Status.MOVING) else ""

    @property
    def news(self) -> Pill | None:
        """What the patient did that nobody of the desk has looked at."""
        if not self.inquiry.news_at:
            return None
        told = [event for event in self.events if event.kind in Event.NEWS and event.by_id is None]
        words = history.event_in_words(told[-1]) if told else _("from the patient")
        return Pill(_("News: %(words)s") % {"words": words}, "soon", "info")

    @property
    def held_because(self) -> Pill | None:
        """Which signs of spam it shows, while somebody has to look."""
        if self.inquiry.status != Status.HELD:
            return None
        return Pill(_("Held because of: %(signs)s") % {"signs": in_words(self.inquiry.held_because)}, "soon", "info")

    @property
    def mail_problem(self) -> Pill | None:
        """That a mail does not reach the patient; for a list, which asks for it."""
        problem = getattr(self.inquiry, "mail_problem", None)
        return Pill(history.undelivered(problem), "failed", "warning") if problem else None

    @property
    def others_open(self) -> Pill | None:
        """That more is open with the same phone; for a list, which counts it."""
        count = getattr(self.inquiry, "others_open", 0)
        words = ngettext("Same phone: %(count)d more open", "Same phone: %(count)d more open", count)
        return Pill(words % {"count": count}, "wait", "user") if count else None

    @property
    def contact_notes(self) -> str:
        """What to know before dialling."""
        return contact_notes(self.inquiry, self.now)

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

    @cached_property
    def owed(self) -> list[Pill]:
        """What is owed besides the call, and that it is on legal hold."""
        return paperwork.owed(self.inquiry, self.now)

    # --- On its page ---

    @property
    def stage(self) -> list[Pill]:
        """What it is, and how far."""
        inquiry = self.inquiry
        running = inquiry.status in OPEN and inquiry.status != Status.BOOKED
        pills = [
            self.kind,
            self.clock if running else None,
            Pill(inquiry.get_status_display()),
            *visits.notes(inquiry, self.now),
            *self.owed,
        ]
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
        return safety.warning_of(self.inquiry, self.events)

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
            case Status.MOVING if inquiry.booked_for and not self.visit_is_over:
                return _("Next step: find another time. Until then it stands: %(moment)s") % {
                    "moment": moment(inquiry.booked_for)
                }
        if self.is_for_later and inquiry.call_after:
            return _("Next step: call %(when)s") % {"when": after_in_words(inquiry.call_after)}
        return self.open_headline

    @property
    def is_for_later(self) -> bool:
        """Whether the next call is to wait for a time that was asked for, or agreed on."""
        inquiry = self.inquiry
        waits = inquiry.status in (Status.NEW, Status.CONTACTED)
        return waits and bool(inquiry.call_after and inquiry.call_after > self.now)

    @property
    @abstractmethod
    def open_headline(self) -> str:
        """The next step while nothing is agreed on."""

    @property
    def visit_lines(self) -> list[str]:
        """What kind of visit is booked or offered, with whom, and the note for its day."""
        inquiry = self.inquiry
        if inquiry.status not in STILL_BOOKED or not inquiry.visit_minutes:
            return []
        kind = inquiry.visit_kind.name if inquiry.visit_kind else ""
        words = history.visit_in_words(kind, inquiry.visit_minutes, inquiry.visit_with)
        note = _("Note: %(note)s") % {"note": inquiry.visit_note} if inquiry.visit_note != "" else ""
        return [line for line in (words, note) if line]

    @property
    def visit_is_over(self) -> bool:
        """Whether the time of a visit has passed that is to be settled."""
        inquiry = self.inquiry
        return inquiry.visit_stands and bool(inquiry.booked_for and inquiry.booked_for < self.now)

    @property
    def gives_up(self) -> str:
        """What going back to "needs a call" costs the patient."""
        inquiry = self.inquiry
        if inquiry.status == Status.BOOKED and inquiry.booked_for:
            return _("This gives up %(moment)s, and the patient is told.") % {"moment": moment(inquiry.booked_for)}
        if inquiry.status == Status.PROPOSED:
            return _("This takes back the times on offer, and the patient is told.")
        return ""

    @property
    def contact(self) -> str:
        """How to reach them, in whole sentences."""
        return contact_sentence(self.inquiry, self.now)

    @property
    def may_text(self) -> bool:
        """Whether a text may be sent: who is called has agreed, and the office can."""
        return may_text(self.inquiry)

    @property
    def added(self) -> list[tuple[str, str]]:
        """What the patient added to their own words: when, and what."""
        return [(recent(event.at), event.note) for event in self.events if event.kind == Event.Kind.ADDED]

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

    @property
    def chart_fields(self) -> list[Fact]:
        """What the chart asks for."""
        return paperwork.chart_fields(self.inquiry)

    @property
    def in_chart(self) -> str:
        """Since when it is."""
        return paperwork.in_chart(self.inquiry)

    @property
    def insurance(self) -> str:
        """Who pays."""
        return InsuranceKind.in_words(self.inquiry.insurance_kind, self.inquiry.insurance) or _("Not known")

    @property
    def network(self) -> paperwork.Network | None:
        """Whether the office takes the plan, and what to say of it."""
        return paperwork.network(self.inquiry, local(self.now).date())

    @property
    def estimate(self) -> str:
        """How it stands with it."""
        return paperwork.estimate(self.inquiry)

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
