"""What happened so far, and which mails went out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.answers import ANSWERS, Answer
from appointments.call_wishes import after_in_words
from appointments.desk.presenters.pills import Pill
from appointments.models import CloseReason, Event, Mail
from appointments.models.history import taken_back
from appointments.vocabulary import Channel, InsuranceKind, Level, Reminders
from common.encrypted_fields import Unreadable
from common.times import day_in_list, duration, moment, recent


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
            doer=_how_it_came(event) if event.kind == Event.Kind.RECEIVED else event.doer,
            note=event.note or changes_in_words(event),
            undone=event.pk in undone,
        )
        for event in events
    ]


def _how_it_came(event: Event) -> str:
    """By which door, and who opened it: "web form"; "by phone, written down by tess"."""
    facts = event.facts or {}
    how = str(Channel(facts.get("channel") or Channel.WEB).how)
    if event.by:
        how = _("%(how)s, written down by %(name)s") % {"how": how, "name": event.by}
    return how + _(". Agreed to the use of these details.") if facts.get("consent") else how


def who_changed_the_office(lines: Iterable[Line]) -> list[str]:
    """Who sent it to another office since, when and why; what was taken back is left out."""
    return [
        _("%(name)s, %(time)s: %(words)s. %(reason)s")
        % {"name": line.doer, "time": line.at, "words": line.title, "reason": line.note}
        for line in lines
        if line.kind == Event.Kind.REROUTED and not line.undone
    ]


def changes_in_words(event: Event) -> str:
    """What was put right, a line each: "Phone: (732) 555-0142 → (732) 555-0143"; "" for other events. Those that the
    patient changed before it was written down how are only named.
    """
    changed = event.facts.get("changed", {})
    if not isinstance(changed, dict):
        return ""
    return "\n".join(
        f"{capfirst(str(answer.called))}: {' → '.join(_value(answer, value) for value in changed[answer.name])}"
        for answer in ANSWERS
        if answer.name in changed
    )


def _value(answer: Answer, value: Any) -> str:
    return str(answer.words(value)) if value not in (None, "", []) else _("none")


def event_in_words(event: Event) -> str:
    """The title of a line in the history."""
    facts = event.facts or {}
    label = str(Event.Kind(event.kind).label)
    if isinstance(event.facts, Unreadable):
        return f"{label} ({event.facts})"
    if "closed" in facts:
        return f"{label}. {_('Closed: %(reason)s') % {'reason': CloseReason(facts['closed']).label}}"
    match event.kind:
        case Event.Kind.REROUTED:
            return _("Sent from %(before)s to %(after)s") % {"before": facts["from"], "after": facts["to"]}
        case Event.Kind.BOOKED:
            booked = _("Visit booked for %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
            return with_details(booked, facts)
        case Event.Kind.CHOSEN:
            return _("Patient chose %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
        case Event.Kind.PROPOSED:
            offered = _("Times offered: %(times)s") % {"times": "; ".join(times_in_words(facts["times"]))}
            return with_details(offered, facts)
        case Event.Kind.CLOSED:
            return _("Closed: %(reason)s") % {"reason": CloseReason(facts["reason"]).label}
        case Event.Kind.ASSIGNED:
            return _("Assigned to %(name)s") % {"name": facts["to"]} if facts["to"] else _("Assigned to nobody")
        case Event.Kind.SAFETY if "level" in facts:
            return f"{label}: {Level(facts['level']).label}"
        case Event.Kind.DUPLICATE:
            return _("Closed as a duplicate of %(reference)s") % {"reference": facts["of"]}
        case Event.Kind.CALL_LATER if "at" in facts:
            return _("To be called %(when)s") % {"when": after_in_words(datetime.fromisoformat(facts["at"]))}
        case Event.Kind.RECOUNTED:
            return _recounted(facts)
        case Event.Kind.MISSED:
            return _("Did not come: %(moment)s") % {"moment": moment(datetime.fromisoformat(facts["booked_for"]))}
        case Event.Kind.BACK if "given_up" in facts:
            words = _("Back to “needs a call”: gives up %(moment)s")
            return words % {"moment": moment(datetime.fromisoformat(facts["given_up"]))}
        case Event.Kind.COMING if facts["kept"]:
            return _("Patient keeps the visit")
        case Event.Kind.EARLIER if not facts["wanted"]:
            return _("Need not be called any more if something opens earlier")
        case Event.Kind.REMINDERS:
            return _("Reminders of visits: %(how)s") % {"how": Reminders(facts["reminders"]).label}
        case Event.Kind.CHARTED if facts["number"]:
            return _("Entered in the chart, number %(number)s") % {"number": facts["number"]}
        case Event.Kind.INSURANCE:
            before, after = (InsuranceKind.in_words(**facts[when]) or _("not known") for when in ("before", "after"))
            return _("Insurance: %(after)s (before: %(before)s)") % {"after": after, "before": before}
        case Event.Kind.NETWORK:
            return _told_network(facts)
        case Event.Kind.UNDONE:
            return _("Taken back: %(step)s") % {"step": Event.Kind(facts["undone"]).label}
    return label


def _told_network(facts: dict[str, Any]) -> str:
    """What was true when the patient was told."""
    if not facts["plan"]:
        return _("Told to ask the insurance company: the plan is not known")
    if not facts["listed"]:
        return _("Told whether we take the plan: %(plan)s, not on the list of %(office)s") % facts
    checked = day_in_list(date.fromisoformat(facts["checked_on"])) if facts["checked_on"] else _("never")
    words = _("Told whether we take the plan: %(plan)s, on the list of %(office)s, checked %(checked)s")
    return words % {**facts, "checked": checked}


def _recounted(facts: dict[str, Any]) -> str:
    """What new hours or settings moved, from when to when."""
    words = {
        "promised_by": _("promised by %(now)s (was %(before)s)"),
        "call_by": _("call by %(now)s (was %(before)s)"),
        "choose_by": _("may choose until %(now)s (was %(before)s)"),
    }
    moved = [
        words[name] % dict(zip(("before", "now"), times_in_words(facts[name]), strict=True))
        for name in words
        if name in facts and all(facts[name])
    ]
    if off := facts.get("withdrawn") or facts.get("off"):
        moved.insert(
            0, _("closed by then, so no longer offered: %(times)s") % {"times": "; ".join(times_in_words(off))}
        )
    return _("Hours or settings changed: %(moved)s") % {"moved": "; ".join(moved)}


def with_details(words: str, facts: Mapping[str, Any]) -> str:
    """And of what kind, and with whom, where that is known: "... (Follow-up, 15 min, with Dr. Lee)"."""
    if "minutes" not in facts:
        return words
    return f"{words} ({visit_in_words(facts['visit'], facts['minutes'], facts['with'])})"


def visit_in_words(kind: str, minutes: int, with_whom: str) -> str:
    """ "Follow-up, 15 min, with Dr. Lee"."""
    person = _("with %(name)s") % {"name": with_whom} if with_whom else ""
    return ", ".join(part for part in (kind, duration(minutes), person) if part)


def times_in_words(times: Iterable[str]) -> list[str]:
    """Offered times, as stored, for people."""
    return [moment(datetime.fromisoformat(at)) for at in times]


@dataclass(frozen=True)
class MailLine:
    """A mail, and whether it arrived at the mail server."""

    label: str
    pill: Pill


def mail_line(mail: Mail) -> MailLine:
    label = str(Mail.Kind(mail.kind).label)
    if mail.sent_at:
        return MailLine(label, Pill(_("Sent %(time)s") % {"time": recent(mail.sent_at)}, "sent", "check"))
    if mail.problem == Mail.REFUSED:
        return MailLine(label, Pill(undelivered(mail.problem), "failed", "warning"))
    if mail.problem:
        words = ngettext("Not delivered yet, %(count)d try", "Not delivered yet, %(count)d tries", mail.tries)
        if mail.kind in Mail.TO_PATIENT:
            words = ngettext(
                "Not delivered yet, %(count)d try: call instead",
                "Not delivered yet, %(count)d tries: call instead",
                mail.tries,
            )
        return MailLine(label, Pill(words % {"count": mail.tries}, "failed", "warning"))
    return MailLine(label, Pill(_("Not sent yet")))


def undelivered(problem: str) -> str:
    """Why a mail did not reach the patient, and what to do."""
    if problem == Mail.REFUSED:
        return _("Email address refused: call instead")
    return _("Email not delivered yet: call instead")
