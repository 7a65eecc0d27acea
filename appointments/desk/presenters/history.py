"""What happened so far, and which mails went out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.desk.presenters.pills import Pill
from appointments.models import CloseReason, Event, Mail
from appointments.models.history import taken_back
from common.encrypted_fields import Unreadable
from common.times import moment, recent


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


def who_changed_the_office(lines: Iterable[Line]) -> list[str]:
    """Who sent it to another office since, when and why; what was taken back is left out."""
    return [
        _("%(name)s, %(time)s: %(words)s. %(reason)s")
        % {"name": line.doer, "time": line.at, "words": line.title, "reason": line.note}
        for line in lines
        if line.kind == Event.Kind.REROUTED and not line.undone
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
class MailLine:
    """A mail, and whether it arrived at the mail server."""

    label: str
    pill: Pill


def mail_line(mail: Mail) -> MailLine:
    label = str(Mail.Kind(mail.kind).label)
    if mail.sent_at:
        return MailLine(label, Pill(_("Sent %(time)s") % {"time": recent(mail.sent_at)}, "sent", "check"))
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
