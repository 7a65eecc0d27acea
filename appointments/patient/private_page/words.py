"""What the private page says of a request: the headline and the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest, CloseReason, Event, Status
from appointments.offices import OfficeFacts
from appointments.vocabulary import Headline
from common.times import moment, moment_by


def headline_of(found: AppointmentRequest, office: OfficeFacts) -> Headline:
    """What happens next, in the patient's words."""
    name = {"office": office.name}
    if found.status == Status.CLOSED:
        closing = CloseReason(found.close_reason).closing
        return closing.of_message if found.is_message else closing.of_visit
    if found.status == Status.BOOKED and found.booked_for:
        if found.booked_for > timezone.now():
            return Headline(_("Your visit is booked"))
        return Headline(_("Your visit"), _("It was booked for %(moment)s.") % {"moment": moment(found.booked_for)})
    if found.status == Status.PROPOSED and found.choose_by:
        return Headline(
            _("Choose a time for your visit"),
            _("The %(office)s office has held these times for you. Please choose %(by)s.")
            % {**name, "by": moment_by(found.choose_by)},
        )
    if found.status == Status.CONTACTED:
        return Headline(
            _("We have talked"),
            _("The %(office)s office will get back to you %(by)s.") % {**name, "by": moment_by(found.call_by)},
        )
    if found.is_message:
        title = _("We will answer you")
        sentence = (
            _("The %(office)s office will answer %(by)s.")
            if found.first_called_at is None
            else _("The %(office)s office tried to reach you, and will try again %(by)s.")
        )
    elif found.first_called_at is None:
        title, sentence = _("We will call you"), _("The %(office)s office will call you %(by)s.")
    else:
        title, sentence = _("We will call you again"), _("The %(office)s office will try again %(by)s.")
    by = found.promised_by if found.first_called_at is None else found.call_by
    if by < timezone.now():
        late = (
            _("We should have answered by now, and we are sorry. The %(office)s office knows. You can also call us.")
            if found.is_message
            else _("We should have called by now, and we are sorry. The %(office)s office knows. You can also call us.")
        )
        return Headline(title, late % name)
    return Headline(title, sentence % {**name, "by": moment_by(by)})


@dataclass(frozen=True)
class TimelineStep:
    """A line of the timeline: state "done", "here" or "todo"."""

    state: str
    words: str
    when: str = ""


def timeline(found: AppointmentRequest) -> list[TimelineStep]:
    """What happened so far, in plain words and with nothing about health, and what comes next."""
    steps = [
        TimelineStep("done", words, moment(event.at))
        for event in _told(list(found.events.all()))
        if (words := _words(event, about_message=found.is_message))
    ]
    if found.status == Status.PROPOSED:
        until = capfirst(moment_by(found.choose_by)) if found.choose_by else ""
        steps += [TimelineStep("here", _("Your turn to choose"), until), TimelineStep("todo", _("Visit booked"))]
    elif found.status == Status.BOOKED and found.booked_for:
        steps.append(TimelineStep("done", _("Visit booked"), moment(found.booked_for)))
    elif found.status != Status.CLOSED:
        if found.is_message:
            steps.append(TimelineStep("here", _("The office answers you")))
        else:
            steps += [TimelineStep("here", _("The office calls you")), TimelineStep("todo", _("Visit booked"))]
    return steps


def _told(events: Sequence[Event]) -> list[Event]:
    """Without the steps that the desk took back."""
    undone = {event.facts["event"] for event in events if event.kind == Event.Kind.UNDONE}
    return [event for event in events if event.pk not in undone]


def _words(event: Event, *, about_message: bool) -> str:
    """An event as the patient reads it; "" for what is the desk's own business."""
    kind = Event.Kind
    match event.kind:
        case kind.REROUTED:
            if not event.facts:
                return _("Sent to another office")
            return _("Sent to the %(office)s office") % {"office": event.facts["to"]}
        case kind.BOOKED:
            return _("The office booked your visit")
    of_message = {
        kind.RECEIVED: _("Message received"),
        kind.CANCELLED: _("You took it back"),
        kind.CLOSED: _("Message closed"),
        kind.DUPLICATE: _("Put together with what else you wrote"),
        kind.REOPENED: _("Message opened again"),
    }
    if about_message and event.kind in of_message:
        return of_message[kind(event.kind)]
    return {
        kind.RECEIVED: _("Request received"),
        kind.SPOKE: _("The office called you"),
        kind.VOICEMAIL: _("The office called and left a voicemail"),
        kind.NO_ANSWER: _("The office called and missed you"),
        kind.PROPOSED: _("Times offered"),
        kind.REMINDED: _("Times offered again"),
        kind.CHOSEN: _("You chose a time"),
        kind.NONE_SUITS: _("You asked for other times"),
        kind.LAPSED: _("The offered times ran out"),
        kind.CHANGED: _("You changed how we reach you"),
        kind.CANCELLED: _("You canceled"),
        kind.CLOSED: _("Request closed"),
        kind.DUPLICATE: _("Put together with your other request"),
        kind.REOPENED: _("Request opened again"),
    }.get(kind(event.kind), "")
