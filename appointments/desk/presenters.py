"""A request as the desk reads it: clocks, wishes, contacts and history in words. No queries, no changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Status
from appointments.offices import facts_of, practice
from appointments.offices.deadlines import open_minutes_between
from appointments.offices.routing import Rule
from appointments.vocabulary import ANY_DAY
from common.encrypted_fields import Unreadable
from common.times import clock, duration, local, moment, recent

DUE_SOON_MINUTES = 60
ENOUGH_TRIES = 3  # after so many calls without an answer another way is suggested
NOON = 12


class Tab(TextChoices):
    """The lists of the desk, by stage."""

    CALL = "call", gettext_lazy("Needs a call")
    WAITING = "waiting", gettext_lazy("Waiting on patient")
    BOOKED = "booked", gettext_lazy("Booked")
    CLOSED = "closed", gettext_lazy("Closed")
    HELD = "quarantine", gettext_lazy("Quarantine")


TAB_STATUSES: dict[str, tuple[Status, ...]] = {
    Tab.CALL: (Status.NEW,),
    Tab.WAITING: (Status.CONTACTED, Status.PROPOSED),
    Tab.BOOKED: (Status.BOOKED,),
    Tab.CLOSED: (Status.CLOSED,),
    Tab.HELD: (Status.HELD,),
}


# --- Clocks ---


@dataclass(frozen=True)
class Clock:
    """The pill that says until when something is to be done: state "late", "soon", "due", "booked" or ""."""

    state: str
    words: str


def call_clock(request: AppointmentRequest, now: datetime) -> Clock:
    """How the request stands against the clock; what is overdue is counted in the office's opening hours."""
    match request.status:
        case Status.NEW | Status.CONTACTED | Status.PROPOSED:
            return _deadline(request, now)
        case Status.BOOKED if request.booked_for:
            if request.booked_for < now:
                return Clock("soon", _("Was %(time)s") % {"time": _when(request.booked_for, now)})
            return Clock("booked", _when(request.booked_for, now))
        case Status.CLOSED:
            return Clock("", str(CloseReason(request.close_reason).label))
    return Clock("", str(Status(request.status).label))


def _deadline(request: AppointmentRequest, now: datetime) -> Clock:
    schedule = facts_of(request.office).schedule
    due = follow_up(request)
    if due < now:
        late = open_minutes_between(due, now, schedule)
        return Clock("late", _("Overdue %(time)s") % {"time": duration(late)} if late else _("Overdue"))
    if request.status == Status.NEW:
        left = open_minutes_between(now, due, schedule)
        if left <= DUE_SOON_MINUTES and local(due).date() == local(now).date():
            return Clock("soon", _("Due in %(time)s") % {"time": duration(left)} if left else _("Due now"))
        return Clock("due", _("Due %(time)s") % {"time": _when(due, now)})
    words = _("May choose until %(time)s") if request.status == Status.PROPOSED else _("Follow up by %(time)s")
    return Clock("due", words % {"time": _when(due, now)})


def follow_up(request: AppointmentRequest) -> datetime:
    """By when the desk should do something about an open request."""
    return request.choose_by or request.call_by


def _when(at: datetime, now: datetime) -> str:
    """ "2:31 pm" today, "Tue, 2:31 pm" in the next six days, else "Tue, Dec 1, 2:31 pm", with the year in another."""
    days = (local(at).date() - local(now).date()).days
    if days == 0:
        return clock(at)
    pattern = _("D, M j") if local(at).year == local(now).year else _("D, M j, Y")
    if 0 < days < len(WEEKDAYS_ABBR):
        pattern = _("D")
    return f"{date_format(local(at), pattern)}, {clock(at)}".replace(" ", "\N{NO-BREAK SPACE}")


def trouble(request: AppointmentRequest, now: datetime) -> str:
    """Why a booked visit can't be kept as it is, in words for a pill: the office has since closed for that time."""
    if request.status != Status.BOOKED or not request.booked_for or request.booked_for < now:
        return ""
    return facts_of(request.office).trouble_with(request.booked_for, practice().visit_minutes)


# --- Who it is, and how to reach them ---


def wishes(request: AppointmentRequest) -> str:
    """The wished days and time of day: "Tue, Thu, mornings"; "" for a message."""
    if not request.wishes:
        return unreadable_or_none(request.wishes)
    days = request.wishes["days"]
    named = _("Any day") if ANY_DAY in days else ", ".join(str(WEEKDAYS_ABBR[int(number)]) for number in days)
    times = {"morning": _("mornings"), "afternoon": _("afternoons"), "any": _("any time")}
    return f"{named}, {times[request.wishes['time_of_day']]}"


def contact_notes(request: AppointmentRequest) -> str:
    """What to know before dialling, for the list: who answers, voicemail, text, language, interpreter."""
    contact = request.contact
    parts = [
        _how_unreadable(contact),
        _("Ask for %(name)s") % {"name": request.caller_name} if request.caller_name else "",
        _("No voicemail") if contact.get("voicemail") == "no" else "",
        {"text": _("Text is best"), "email": _("Email is best")}.get(contact["best_way"], ""),
        {"en": "", "es": _("Speaks Spanish")}.get(
            contact.get("language", "en"), _("Speaks %(language)s") % {"language": contact.get("other_language", "")}
        ),
        _("Interpreter") if contact.get("interpreter") else "",
    ]
    return ". ".join(part for part in parts if part)


def contact_sentence(request: AppointmentRequest) -> str:
    """The same for the request's own page, in whole sentences."""
    contact = request.contact
    languages = {"en": _("English"), "es": _("Spanish")}
    spoken = contact.get("language", "en")
    parts = [
        f"{how}." if (how := _how_unreadable(contact)) else "",
        _("Ask for %(name)s (%(relation)s).") % {"name": request.caller_name, "relation": request.caller_relation}
        if request.caller_name
        else "",
        {
            "call": _("Likes a phone call."),
            "text": _("Likes a text message."),
            "email": _("Likes an email to %(address)s.") % {"address": request.email},
        }.get(contact["best_way"], ""),
        {
            "yes": _("Voicemail is OK: say the practice name and number only."),
            "no": _("Do not leave a voicemail."),
        }.get(contact.get("voicemail", ""), _("Nothing was said about voicemail: leave none.")),
        f"{languages.get(spoken, contact.get('other_language', ''))}." if contact else "",
        {True: _("Wants an interpreter."), False: _("No interpreter.")}.get(contact.get("interpreter"), ""),
    ]
    return " ".join(part for part in parts if part)


def unreadable_or_none(value: Any) -> str:
    """That a value can't be read; "" for one that is only empty."""
    return str(value) if isinstance(value, Unreadable) else ""


def _how_unreadable(contact: Any) -> str:
    words = _("How to reach them %(cannot)s: leave no voicemail")
    return words % {"cannot": contact} if isinstance(contact, Unreadable) else ""


def flags(request: AppointmentRequest) -> str:
    """What should not wait, in a few words each; that the answers can't be read is one of these things."""
    if isinstance(request.safety, Unreadable):
        return _("the safety answers %(cannot)s") % {"cannot": request.safety}
    return ", ".join(flag["short"] for flag in (*request.safety["flags"], *request.safety.get("conditions", [])))


def unreadable(request: AppointmentRequest, events: Iterable[Event]) -> list[str]:
    """What of the request can't be read, in words; of the history only that there is something."""
    names = {
        "patient_name": _("name"),
        "birth_date": _("date of birth"),
        "visit_for": _("whom the visit is for"),
        "caller_name": _("who asks"),
        "caller_relation": _("relation"),
        "been_before": _("been here before"),
        "phone": _("phone"),
        "email": _("email"),
        "zip_code": _("ZIP code"),
        "insurance": _("insurance"),
        "reason": _("main problem"),
        "body_area": _("where it hurts"),
        "source_article": _("article they came from"),
        "details": _("what they wrote"),
        "wishes": _("wished days"),
        "contact": _("how to reach them"),
        "safety": _("safety answers"),
        "routing": _("why this office"),
        "offered_times": _("offered times"),
    }
    found = [words for name, words in names.items() if isinstance(getattr(request, name), Unreadable)]
    history = any(isinstance(value, Unreadable) for event in events for value in (event.note, event.facts))
    return [*found, _("part of the history")] if history else found


def age(request: AppointmentRequest) -> int | None:
    """The patient's age today, in years; None for a message, which asks for no birth date."""
    today, born = timezone.localdate(), request.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) if born else None


def taken_back(events: Iterable[Event]) -> set[int]:
    """The numbers of the steps that were undone."""
    return {event.facts["event"] for event in events if event.kind == Event.Kind.UNDONE}


def calls_in(events: Sequence[Event]) -> list[Event]:
    """The calls that count: without those that were taken back. `events` may leave out other kinds, but not UNDONE."""
    undone = taken_back(events)
    return [event for event in events if event.kind in Event.CALLS and event.pk not in undone]


def contact_so_far(calls: Sequence[Event]) -> str:
    """The last call, and how many there were: "No answer, today, 11 am (2 calls)"."""
    if not calls:
        return _("Not called yet")
    last = calls[-1]
    words = f"{Event.Kind(last.kind).label}, {recent(last.at)}"
    return f"{words} ({_('%(count)d calls') % {'count': len(calls)}})" if len(calls) > 1 else words


def next_try(request: AppointmentRequest, calls: Sequence[Event], now: datetime) -> str:
    """After calls that reached nobody: when to try again, at another time of day than before if there was one only."""
    missed = _missed_in_a_row(calls)
    if not missed or request.status != Status.NEW:
        return ""
    count = len(missed)
    tries = ngettext("%(count)d try without an answer.", "%(count)d tries without an answer.", count) % {"count": count}
    if count >= ENOUGH_TRIES:
        other = _("Send times by email") if request.email else _("Try one last time")
        return f"{tries} " + _("%(other)s, or close it as “%(reason)s”.") % {
            "other": other,
            "reason": CloseReason.NO_ANSWER.label,
        }
    by = _("Try again by %(time)s.") % {"time": _when(request.call_by, now)}
    if request.call_by < now:
        by = _("Try again now.")
    halves = {local(call.at).hour < NOON for call in missed}
    if len(halves) == 1:
        return f"{tries} {by} {_other_half(now, before_noon=halves.pop())}".strip()
    return f"{tries} {by}"


def _missed_in_a_row(calls: Sequence[Event]) -> list[Event]:
    missed: list[Event] = []
    for call in reversed(calls):
        if call.kind == Event.Kind.SPOKE:
            break
        missed.append(call)
    return missed


def _other_half(now: datetime, *, before_noon: bool) -> str:
    """That the other half of the day may be luckier, unless it has begun."""
    if (local(now).hour < NOON) != before_noon:
        return ""
    if before_noon:
        return _("So far only in the morning: an afternoon may be better.")
    return _("So far only in the afternoon: a morning may be better.")


# --- Why it is here ---


def why_this_office(request: AppointmentRequest, names: dict[str, str]) -> str:
    """The routing decision in a sentence or two. `names`: office slug -> name."""
    routing = request.routing
    if isinstance(routing, Unreadable):
        return _("Why it came to this office %(cannot)s.") % {"cannot": routing}
    office = names.get(routing["office"], routing["office"])
    if request.is_message:
        return _("The message was written to %(office)s.") % {"office": office}
    by_distance = sorted(routing["miles"].items(), key=lambda pair: pair[1])
    places = _(" and ").join(
        _("about %(miles)d miles from %(office)s") % {"miles": round(miles), "office": names.get(slug, slug)}
        for slug, miles in by_distance
    )
    where = (
        _("ZIP code %(zip)s is %(places)s.") % {"zip": request.zip_code, "places": places}
        if places
        else _("ZIP code %(zip)s is not in our table.") % {"zip": request.zip_code}
    )
    reason = {
        Rule.CHOSEN: _("The patient chose %(office)s."),
        Rule.OVERRIDE: _("A routing override for this ZIP code says %(office)s."),
        Rule.NEAREST: _("%(office)s is the nearest, and the patient has no preference."),
        Rule.NEAR_TIE: _("The offices are about equally far and the patient has no preference. Check the office."),
        Rule.FAR: _("All offices are far away and the patient has no preference. Check the office."),
        Rule.UNKNOWN_ZIP: _("The patient has no preference. Check the office."),
        Rule.ONLY_OFFICE: _("%(office)s was the only office taking requests."),
    }[Rule(routing["rule"])]
    return f"{where} {reason % {'office': office}}"


def who_changed_it(events: Sequence[Event]) -> list[str]:
    """Who sent it to another office since, when and why; what was taken back is left out."""
    return [
        _("%(name)s, %(time)s: %(words)s. %(reason)s")
        % {"name": line.doer, "time": line.at, "words": line.title, "reason": line.note}
        for line in history(events)
        if line.kind == Event.Kind.REROUTED and not line.undone
    ]


# --- History and mails ---


@dataclass(frozen=True)
class Line:
    """A line of the history."""

    kind: str
    title: str
    at: str
    doer: str
    note: str
    undone: bool


def history(events: Sequence[Event]) -> list[Line]:
    """Oldest first. A step that was taken back stays, marked as such."""
    undone = taken_back(events)
    return [
        Line(
            kind=event.kind,
            title=event_in_words(event),
            at=recent(event.at),
            doer=_("web form") if event.kind == Event.Kind.RECEIVED else event.doer,
            note=event.note,
            undone=event.pk in undone,
        )
        for event in events
    ]


def event_in_words(event: Event) -> str:
    """The title of a line in the history."""
    facts = event.facts or {}
    label = str(Event.Kind(event.kind).label)
    if isinstance(event.facts, Unreadable):
        return f"{label} ({event.facts})"
    match event.kind:
        case Event.Kind.REROUTED:
            return _("Sent from %(before)s to %(after)s") % {"before": facts["from"], "after": facts["to"]}
        case Event.Kind.BOOKED:
            return _("Visit booked for %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
        case Event.Kind.CHOSEN:
            return _("Patient chose %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
        case Event.Kind.PROPOSED:
            return _("Times offered: %(times)s") % {"times": "; ".join(times_in_words(facts["times"]))}
        case Event.Kind.CLOSED:
            return _("Closed: %(reason)s") % {"reason": CloseReason(facts["reason"]).label}
        case Event.Kind.ASSIGNED:
            return _("Assigned to %(name)s") % {"name": facts["to"]} if facts["to"] else _("Assigned to nobody")
        case Event.Kind.DUPLICATE:
            return _("Closed as a duplicate of %(reference)s") % {"reference": facts["of"]}
        case Event.Kind.UNDONE:
            return _("Taken back: %(step)s") % {"step": Event.Kind(facts["undone"]).label}
    return label


def times_in_words(times: Iterable[str]) -> list[str]:
    """Offered times, as stored, for people."""
    return [moment(datetime.fromisoformat(at)) for at in times]


@dataclass(frozen=True)
class MailState:
    """A mail's pill: state "sent", "failed" or ""."""

    label: str
    state: str
    words: str


def mail_state(mail: Mail) -> MailState:
    """Whether it arrived at the mail server."""
    label = str(Mail.Kind(mail.kind).label)
    if mail.sent_at:
        return MailState(label, "sent", _("Sent %(time)s") % {"time": recent(mail.sent_at)})
    if mail.problem:
        words = ngettext("Not delivered yet, %(count)d try", "Not delivered yet, %(count)d tries", mail.tries)
        if mail.kind in Mail.TO_PATIENT:
            words = ngettext(
                "Not delivered yet, %(count)d try: call instead",
                "Not delivered yet, %(count)d tries: call instead",
                mail.tries,
            )
        return MailState(label, "failed", words % {"count": mail.tries})
    return MailState(label, "", _("Not sent yet"))


# --- A line of the list ---


@dataclass(frozen=True)
class NextStep:
    """The next step as a button: it opens the request at the right panel, and changes nothing by itself."""

    label: str
    icon: str
    panel: str = "next"

    @property
    def address(self) -> str:
        """What follows the address of the request's page. The panels that are folded up are opened by the server.

        The next step itself is just below who the patient is, the number, and what can't wait: these stay in sight.
        """
        return "#caller" if self.panel == "next" else f"?open={self.panel}#{self.panel}"


def next_step(request: AppointmentRequest, now: datetime, *, called: bool) -> NextStep:
    """The one thing to do next."""
    match request.status:
        case Status.HELD:
            return NextStep(_("Check"), "info")
        case Status.CLOSED:
            return NextStep(_("Reopen"), "swap", "reopen")
        case Status.BOOKED if request.booked_for and request.booked_for < now:
            return NextStep(_("Close"), "check", "close")
        case Status.BOOKED:
            return NextStep(_("See visit"), "calendar")
        case Status.PROPOSED if request.email:
            return NextStep(_("Remind"), "mail")
        case Status.CONTACTED | Status.PROPOSED:
            return NextStep(_("Call"), "phone")
    if request.check_office and not called:
        return NextStep(_("Check office"), "swap", "send")
    if request.is_message and not called:
        return NextStep(_("Answer"), "phone")
    return NextStep(_("Call again") if called else _("Call now"), "phone")


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    request: AppointmentRequest
    clock: Clock
    flags: str
    read_first: str  # what an urgent request’s own words speak of
    wishes: str
    contact: str
    contact_notes: str
    step: NextStep
    pressing: bool
    check_office: bool
    trouble: str
    viewer: str


def row(request: AppointmentRequest, now: datetime, viewer: str = "") -> Row:
    """Needs `office` selected, and `events` prefetched: the calls, and what was undone. viewer: who has it open."""
    clock_pill = call_clock(request, now)
    calls = calls_in(list(request.events.all()))
    return Row(
        request=request,
        clock=clock_pill,
        flags=flags(request),
        read_first=", ".join(f"“{piece['words']}”" for piece in request.safety.get("words", [])),
        wishes=wishes(request),
        contact=contact_so_far(calls),
        contact_notes=contact_notes(request),
        step=next_step(request, now, called=bool(calls)),
        pressing=clock_pill.state in ("late", "soon"),
        check_office=request.check_office and request.status == Status.NEW,
        trouble=trouble(request, now),
        viewer=viewer,
    )
