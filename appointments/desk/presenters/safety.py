"""What should not wait, and what can't be read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appointments.answers import called
from appointments.models import AppointmentRequest, Event
from common.encrypted_fields import EncryptedTextField, Unreadable

NAMED_FIRST = ("patient_name", "birth_date")  # whom it is about


@dataclass(frozen=True)
class SafetyWarning:
    """What to read before anything else: a heading, what the patient told us, and what to make of it."""

    heading: str
    lines: list[str] | None
    advice: str


def flags(inquiry: AppointmentRequest) -> str:
    """What should not wait, in a few words each; that the answers can't be read is one of these things."""
    if isinstance(inquiry.safety, Unreadable):
        return _("the safety answers %(cannot)s") % {"cannot": inquiry.safety}
    return ", ".join(flag["short"] for flag in (*inquiry.safety["flags"], *inquiry.safety.get("conditions", [])))


def read_first(inquiry: AppointmentRequest) -> str:
    """What an urgent inquiry’s own words speak of."""
    return ", ".join(f"“{piece['words']}”" for piece in inquiry.safety.get("words", []))


def warning_of(inquiry: AppointmentRequest) -> SafetyWarning | None:
    """For the top of its page, if it can't wait, or nobody can know whether it can."""
    safety = inquiry.safety
    if not safety:
        return SafetyWarning(
            _("What the patient told us about warning signs can’t be read"), None, _("Call soon, and ask.")
        )
    if not inquiry.urgent:
        return None
    lines = [f"“{piece['words']}” ({piece['sign']})" for piece in safety.get("words", [])]
    lines += [sign["question"] for sign in (*safety["flags"], *safety.get("conditions", []))]
    if not safety.get("words"):
        advice = _("The patient was told to get care at once, and sent this all the same.")
        return SafetyWarning(_("Urgent: what the patient told us"), lines, advice)
    match safety.get("so"):
        case None:
            advice = _("The patient was not asked whether this is so today. Ask first.")
        case False:
            advice = _("Asked before sending, the patient answered that it is not so today. Make sure.")
        case _:
            advice = _("The patient was told to get care at once, and sent this all the same.")
    return SafetyWarning(_("Read this first: what the patient wrote"), lines, advice)


def safety_answers(inquiry: AppointmentRequest) -> str:
    """The answers of the safety check: "Red skin, fever. With: diabetes"."""
    safety = inquiry.safety
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
