"""A request as the desk reads it: clocks, wishes and contacts in words. No queries, no changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.deadlines import open_minutes_between
from appointments.forms import ANY_DAY
from appointments.models import AppointmentRequest, Event, Mail, Status
from appointments.offices import facts_of
from appointments.routing import Rule
from clinic.common.times import clock, duration, local, moment, recent

DUE_SOON_MINUTES = 60


class Tab(TextChoices):
    """The lists of the desk, by stage."""

    CALL = "call", gettext_lazy("Needs a call")
    WAITING = "waiting", gettext_lazy("Waiting on patient")
    BOOKED = "booked", gettext_lazy("Booked")
    CLOSED = "closed", gettext_lazy("Closed")


TAB_STATUSES: dict[str, tuple[Status, ...]] = {
    Tab.CALL: (Status.NEW,),
    Tab.WAITING: (Status.CONTACTED, Status.PROPOSED),
    Tab.BOOKED: (Status.BOOKED,),
    Tab.CLOSED: (Status.CLOSED,),
}


@dataclass(frozen=True)
class Clock:
    """The pill that says when to call: state "late", "soon", "due" or ""."""

    state: str
    words: str


def call_clock(request: AppointmentRequest, now: datetime) -> Clock:
    """How the desk's deadline stands, counted in the office's opening hours."""
    if request.status == Status.BOOKED and request.booked_for:
        return Clock("", moment(request.booked_for))
    if request.status != Status.NEW:
        return Clock("", str(Status(request.status).label))
    schedule = facts_of(request.office).schedule
    if request.call_by < now:
        late = open_minutes_between(request.call_by, now, schedule)
        return Clock("late", _("Overdue %(time)s") % {"time": duration(late)})
    left = open_minutes_between(now, request.call_by, schedule)
    if left <= DUE_SOON_MINUTES and local(request.call_by).date() == local(now).date():
        return Clock("soon", _("Due in %(time)s") % {"time": duration(left)})
    if local(request.call_by).date() == timezone.localdate():
        return Clock("due", _("Due %(time)s") % {"time": clock(request.call_by)})
    return Clock(
        "due",
        _("Due %(day)s, %(time)s")
        % {"day": date_format(local(request.call_by), _("D, M j")), "time": clock(request.call_by)},
    )


def wishes(request: AppointmentRequest) -> str:
    """The wished days and time of day: "Tue, Thu, mornings"."""
    days = request.wishes["days"]
    named = _("Any day") if ANY_DAY in days else ", ".join(str(WEEKDAYS_ABBR[int(number)]) for number in days)
    times = {"morning": _("mornings"), "afternoon": _("afternoons"), "any": _("any time")}
    return f"{named}, {times[request.wishes['time_of_day']]}"


def contact_so_far(events: Sequence[Event]) -> str:
    """The last call, and how many there were: "No answer, 2 tries"."""
    calls = [event for event in events if event.kind in Event.CALLS]
    if not calls:
        return _("Not called yet")
    last = calls[-1]
    words = f"{Event.Kind(last.kind).label}, {recent(last.at)}"
    return f"{words} ({_('%(count)d calls') % {'count': len(calls)}})" if len(calls) > 1 else words


def contact_notes(request: AppointmentRequest) -> str:
    """What to know before dialling, for the list: who answers, voicemail, text, language, interpreter."""
    contact = request.contact
    parts = [
        _("Ask for %(name)s") % {"name": request.caller_name} if request.caller_name else "",
        _("No voicemail") if contact["voicemail"] == "no" else "",
        _("Text is best") if contact["best_way"] == "text" else "",
        {"en": "", "es": _("Speaks Spanish")}.get(
            contact["language"], _("Speaks %(language)s") % {"language": contact["other_language"]}
        ),
        _("Interpreter") if contact["interpreter"] else "",
    ]
    return ". ".join(part for part in parts if part)


def contact_sentence(request: AppointmentRequest) -> str:
    """The same for the request's own page, in whole sentences."""
    contact = request.contact
    languages = {"en": _("English"), "es": _("Spanish")}
    parts = [
        _("Ask for %(name)s (%(relation)s).") % {"name": request.caller_name, "relation": request.caller_relation}
        if request.caller_name
        else "",
        _("Likes a text message.") if contact["best_way"] == "text" else _("Likes a phone call."),
        _("Voicemail is OK: say the practice name and number only.")
        if contact["voicemail"] == "yes"
        else _("Do not leave a voicemail."),
        f"{languages.get(contact['language'], contact['other_language'])}.",
        _("Wants an interpreter.") if contact["interpreter"] else _("No interpreter."),
    ]
    return " ".join(part for part in parts if part)


def age(request: AppointmentRequest) -> int:
    """The patient's age today, in years."""
    today, born = timezone.localdate(), request.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def why_this_office(request: AppointmentRequest, names: dict[str, str]) -> str:
    """The routing decision in a sentence or two. `names`: office slug -> name."""
    routing = request.routing
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
    office = names.get(routing["office"], routing["office"])
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


def event_in_words(event: Event) -> str:
    """The title of a line in the history."""
    facts = event.facts or {}
    match event.kind:
        case Event.Kind.REROUTED:
            return _("Sent from %(before)s to %(after)s") % {"before": facts["from"], "after": facts["to"]}
        case Event.Kind.BOOKED:
            return _("Visit booked for %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
        case Event.Kind.CLOSED:
            return _("Closed: %(reason)s") % {"reason": event.request.get_close_reason_display()}
    return str(Event.Kind(event.kind).label)


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
        return MailState(label, "failed", words % {"count": mail.tries})
    return MailState(label, "", _("Not sent yet"))


def row(request: AppointmentRequest, now: datetime) -> dict[str, Any]:
    """A line of the list. Needs `office` selected and `events` prefetched."""
    clock_pill = call_clock(request, now)
    called = any(event.kind in Event.CALLS for event in request.events.all())
    next_step = {
        Status.NEW: _("Call again") if called else _("Call now"),
        Status.BOOKED: _("See visit"),
        Status.CLOSED: _("See request"),
    }.get(Status(request.status), _("Call again"))
    if request.check_office and request.status == Status.NEW and not called:
        next_step = _("Check office")
    return {
        "request": request,
        "clock": clock_pill,
        "flags": ", ".join(flag["short"] for flag in request.safety["flags"]),
        "wishes": wishes(request),
        "contact": contact_so_far(list(request.events.all())),
        "contact_notes": contact_notes(request),
        "next_step": next_step,
        "check_office": request.check_office and request.status == Status.NEW,
        "pressing": clock_pill.state in ("late", "soon"),
    }
