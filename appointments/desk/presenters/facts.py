"""The answers as the page of one inquiry lists them: by the table of answers, in its order and with its labels."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.answers import Answer, labels, value_of
from appointments.desk.presenters.contact import wishes
from appointments.desk.presenters.safety import safety_answers
from appointments.models import AppointmentRequest
from appointments.vocabulary import BeenBefore, Channel, InsuranceKind, Reminders, VisitFor
from common.phones import phone_in_words
from common.times import moment


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it, in one line if it must not be broken."""

    label: str
    words: str
    one_line: bool = False


def facts(inquiry: AppointmentRequest, names: Container[str] | None = None) -> list[Fact]:
    """Those of these answers that are to be seen. names: None for all."""
    answers = [
        Fact(str(label), words, one_line=answer.name == "phone")
        for answer, label in labels("desk")
        if (names is None or answer.name in names) and (words := _words(inquiry, answer)) is not None
    ]
    return [*answers, Fact(_("Promised by"), moment(inquiry.promised_by))]


def _words(inquiry: AppointmentRequest, answer: Answer) -> str | None:
    """None for what is left out."""
    if answer.name in WORDS:
        return WORDS[answer.name](inquiry)
    value = value_of(answer, inquiry)
    return None if value == "" else str(value)


def born(inquiry: AppointmentRequest) -> str | None:
    """The date of birth and today's age; None for a message, which asks for none."""
    birth_date: Any = inquiry.birth_date
    if not birth_date:
        return None if birth_date is None else str(birth_date)
    today = timezone.localdate()
    age = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return f"{date_format(birth_date, 'm/d/Y')} ({_('age %(age)s') % {'age': age}})"


def _visit_for(inquiry: AppointmentRequest) -> str:
    if not inquiry.visit_for:
        return str(inquiry.visit_for)
    who = VisitFor.of(inquiry.visit_for) or VisitFor.OTHER
    words = who.at_desk if inquiry.channel == Channel.WEB else who.told_desk
    return str(words) % {"name": inquiry.caller_name, "relation": inquiry.caller_relation}


def _been_before(inquiry: AppointmentRequest) -> str | None:
    if not inquiry.been_before:
        return None if inquiry.been_before == "" else str(inquiry.been_before)
    return str((BeenBefore.of(inquiry.been_before) or BeenBefore.UNSURE).label)


def _source_article(inquiry: AppointmentRequest) -> str:
    if inquiry.channel != Channel.WEB:
        return str(Channel(inquiry.channel).label)
    if not inquiry.source_article:
        return _("No article") if inquiry.source_article == "" else str(inquiry.source_article)
    return _("Article: %(article)s") % {"article": inquiry.source_article}


def _or(name: str, words: Callable[[], str]) -> Callable[[AppointmentRequest], str]:
    """The value of a column, or words for none."""

    def value(inquiry: AppointmentRequest) -> str:
        given = getattr(inquiry, name)
        return words() if given == "" else str(given)

    return value


# What does not stand there as it is kept, or also when it is empty.
WORDS: dict[str, Callable[[AppointmentRequest], str | None]] = {
    "visit_for": _visit_for,
    "birth_date": born,
    "been_before": _been_before,
    "phone": lambda inquiry: phone_in_words(inquiry.phone),
    "email": _or("email", lambda: _("None given")),
    "insurance": lambda inquiry: InsuranceKind.in_words(inquiry.insurance_kind, inquiry.insurance) or _("Not given"),
    "reason": lambda inquiry: str(inquiry.reason),
    "details": _or("details", lambda: _("Nothing added")),
    "flags": safety_answers,
    "days": lambda inquiry: wishes(inquiry) or None,
    "reminders": lambda inquiry: str(Reminders(inquiry.reminders).label) if inquiry.email else None,
    "source_article": _source_article,
}
