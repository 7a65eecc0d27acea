"""What should not wait, and what can't be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.answers import called
from appointments.models import AppointmentRequest, Event, Status
from appointments.models.history import taken_back
from appointments.vocabulary import Channel, Level
from appointments.warning_signs.care import Care, care_for
from appointments.warning_signs.table import Judgment
from common.encrypted_fields import EncryptedTextField, Unreadable
from common.times import recent

NOT_ASKED = gettext_lazy("Safety questions not asked yet")
NAMED_FIRST = ("patient_name", "birth_date")  # whom it is about


@dataclass(frozen=True)
class SafetyWarning:
    """What to read before anything else: a heading, what the patient told us, and what to make of it."""

    heading: str
    lines: list[str] | None
    advice: str


@dataclass(frozen=True)
class SayNow:
    """What to tell somebody on the phone who should not wait."""

    title: str
    lines: list[str]


def say_now(told: Judgment) -> SayNow | None:
    """By what they told us of; None if it can wait. The same advice as on the web, for who is talking with us."""
    if not told.level.is_urgent:
        return None
    care: Care = care_for(told.level, only_911=told.only_911)
    title, lines = {
        "911": (care.title, [_("Do not drive yourself, and do not wait to see if it passes.")]),
        "emergency": (care.title, [_("If somebody can take you, the nearest emergency room is just as good.")]),
        "call": (
            _("This has to be seen today"),
            [
                _("Find a time today, or ask the podiatrist while they wait."),
                _("If nobody can see them today: urgent care or an emergency room now."),
            ],
        ),
        "closed": (care.title, [_("We are closed at this moment.")]),
    }[care.kind]
    advice = [told.gravest.advice] if told.gravest and told.gravest.advice else []
    return SayNow(title, [*advice, *lines])


def flags(inquiry: AppointmentRequest) -> str:
    """What should not wait, in a few words each; that the answers can't be read is one of these things."""
    if isinstance(inquiry.safety, Unreadable):
        return _("the safety answers %(cannot)s") % {"cannot": inquiry.safety}
    return ", ".join(flag["short"] for flag in (*inquiry.safety["flags"], *inquiry.safety.get("conditions", [])))


def read_first(inquiry: AppointmentRequest) -> str:
    """What an urgent inquiry’s own words speak of."""
    return ", ".join(f"“{piece['words']}”" for piece in inquiry.safety.get("words", []))


def told_urgent(inquiry: AppointmentRequest) -> bool:
    """Whether the patient told us what can't wait, whatever the desk has made of it since."""
    safety = inquiry.safety
    return bool(safety.get("words")) or Level(safety.get("level", Level.ROUTINE)).is_urgent


def _by_desk(inquiry: AppointmentRequest, events: Iterable[Event]) -> str:
    """Who of the desk made it urgent or not urgent, and why; "" if nobody did."""
    events = list(events)
    undone = taken_back(events)
    made = [event for event in events if event.kind in (Event.Kind.URGENT, Event.Kind.NOT_URGENT)]
    last = next((event for event in reversed(made) if event.pk not in undone), None)
    if last is None or (last.kind == Event.Kind.URGENT) != inquiry.urgent:
        return ""
    return f"{Event.Kind(last.kind).label} ({last.doer}, {recent(last.at)}): {last.note}"


def in_list(inquiry: AppointmentRequest) -> Iterator[str]:
    """What can't wait, and what somebody of the desk has made of it."""
    told, words = flags(inquiry), read_first(inquiry)
    if words:
        yield _("Read this first: %(words)s") % {"words": words}
    if (inquiry.urgent and told) or not inquiry.safety:
        yield _("Urgent: %(flags)s") % {"flags": told}
    elif inquiry.urgent and not words and inquiry.safety_asked:
        yield _("Urgent: see why")
    elif told_urgent(inquiry) and not inquiry.urgent:
        yield _("Made not urgent: %(flags)s") % {"flags": told} if told else _("Made not urgent")
    if not inquiry.safety_asked and inquiry.status != Status.CLOSED:
        yield str(NOT_ASKED)


def warning_of(inquiry: AppointmentRequest, events: Iterable[Event]) -> SafetyWarning | None:
    """For the top of its page, if it can't wait, or nobody can know whether it can. That somebody of the desk has made
    it not urgent hides nothing.
    """
    safety = inquiry.safety
    if not safety:
        return SafetyWarning(
            _("What the patient told us about warning signs can’t be read"), None, _("Call soon, and ask.")
        )
    by_desk = _by_desk(inquiry, events)
    lines = [f"“{piece['words']}” ({piece['sign']})" for piece in safety.get("words", [])]
    lines += [sign["question"] for sign in (*safety["flags"], *safety.get("conditions", []))]
    if not inquiry.safety_asked:
        if inquiry.urgent:
            heading = _("Urgent until somebody asks the safety questions")
            return SafetyWarning(heading, lines or None, by_desk or _("Ask them first."))
        return SafetyWarning(str(NOT_ASKED), lines or None, by_desk)
    if not told_urgent(inquiry):
        return SafetyWarning(_("Urgent"), None, by_desk) if inquiry.urgent else None
    if not inquiry.urgent:
        return SafetyWarning(_("The patient told us, and the desk made it not urgent"), lines, by_desk)
    told_at_once = _("The patient was told to get care at once, and sent this all the same.")
    if inquiry.channel != Channel.WEB:
        told_at_once = _("Whoever wrote this down was shown what to say. Make sure that they get care.")
    if not safety.get("words"):
        return SafetyWarning(_("Urgent: what the patient told us"), lines, told_at_once)
    match safety.get("so"):
        case None:
            advice = _("The patient was not asked whether this is so today. Ask first.")
        case False:
            advice = _("Asked before sending, the patient answered that it is not so today. Make sure.")
        case _:
            advice = told_at_once
    return SafetyWarning(_("Read this first: what the patient wrote"), lines, advice)


def safety_answers(inquiry: AppointmentRequest) -> str:
    """The answers of the safety check: "Red skin, fever. With: diabetes"."""
    safety = inquiry.safety
    if not inquiry.safety_asked:
        return str(NOT_ASKED)
    words = ", ".join(flag["short"] for flag in safety.get("flags", []))
    words = words or (_("None of these apply") if safety else str(safety))
    if conditions := ", ".join(condition["short"] for condition in safety.get("conditions", [])):
        words += f". {_('With:')} {conditions}"
    return words


def unreadable(inquiry: AppointmentRequest, events: Iterable[Event]) -> list[str]:
    """What of the inquiry can't be read, in words; of the history only that there is something."""
    names = {**called(), "routing": _("why this office"), "offered_times": _("offered times")}
    encrypted = [field.name for field in inquiry._meta.fields if isinstance(field, EncryptedTextField)]
    lost = [
        str(names[name])
        for name in dict.fromkeys((*NAMED_FIRST, *encrypted))
        if isinstance(getattr(inquiry, name), Unreadable)
    ]
    history = any(isinstance(value, Unreadable) for event in events for value in (event.note, event.facts))
    return [*lost, _("part of the history")] if history else lost
