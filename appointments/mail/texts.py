"""What mails and calls say: the texts of `data/messages.yaml`, or the practice's own words (`MessageText`).

A text has places in curly brackets, filled from a fixed list per key. Nothing in those lists can name a patient or
anything about health, so no wording can put that into a mail; the day of a visit stands in one mail alone, which goes
to who has ticked exactly that. Whom to ask for is said in a call alone, and never to voicemail.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import references
from appointments.models import AppointmentRequest, Mail, MessageText
from appointments.offices import OfficeFacts, facts_of
from appointments.offices.first_questions import answers
from common.identity import identity
from common.times import moment_by

PLACE = re.compile(r"\{(\w+)\}")


class Script(TextChoices):
    """What is said on the phone."""

    DISCREET = "discreet_script", _("What to say first, where only a first name may be said")
    CALL = "call_script", _("What to say in a call")
    VOICEMAIL = "voicemail_script", _("What to say to voicemail")
    MESSAGE_CALL = "message_call_script", _("What to say when answering a message")


class AboutMessage(TextChoices):
    """What mails say instead where the patient wrote a message and asked for no visit."""

    NOTICE = "message_notice", _("Notice of a message to office")
    RECEIPT = "message_receipt", _("Receipt of a message to patient")
    CANCELLED = "message_cancelled", _("Cancellation of a message to patient")


class AboutVisit(TextChoices):
    """What reminders to staff say instead where a visit is to be settled."""

    LATE_OFFICE = "unsettled_office", _("Reminder of a visit to settle, to office")
    LATE_MANAGER = "unsettled_manager", _("Reminder of a visit to settle, to manager")


INSTEAD: dict[str, AboutMessage] = {
    Mail.Kind.OFFICE_NOTICE: AboutMessage.NOTICE,
    Mail.Kind.RECEIPT: AboutMessage.RECEIPT,
    Mail.Kind.CANCELLED: AboutMessage.CANCELLED,
}
OF_VISIT: dict[str, AboutVisit] = {
    Mail.Kind.LATE_OFFICE: AboutVisit.LATE_OFFICE,
    Mail.Kind.LATE_MANAGER: AboutVisit.LATE_MANAGER,
}
TO_PATIENT: tuple[str, ...] = (*Mail.TO_PATIENT, AboutMessage.RECEIPT, AboutMessage.CANCELLED)
LABELS = {key: label for keys in (Mail.Kind, AboutMessage, AboutVisit, Script) for key, label in keys.choices}
_ALWAYS = ("practice", "office", "office_phone", "emergency")
_TO_PATIENT = (*_ALWAYS, "reference", "reference_aloud", "calls_from", "link", "second_fact", "short_address")
_FIRST_QUESTIONS = ("bring", "how_long", "parking", "cost")
_TO_STAFF = (*_ALWAYS, "reference", "received", "deadline", "desk_link")
_IN_CALL = (*_ALWAYS, "reference", "reference_aloud", "deadline")
COUNTS = (
    "needs_call",
    "overdue",
    "waiting",
    "quarantine",
    "booked_today",
    "to_settle",
    "not_charted",
    "estimates_late",
)
# What each key may be filled with. The deadline is never the patient's once times are offered: it would tell of them.
PLACES: dict[str, tuple[str, ...]] = {
    Mail.Kind.RECEIPT: (*_TO_PATIENT, *_FIRST_QUESTIONS, "deadline"),
    Mail.Kind.OFFER: _TO_PATIENT,
    Mail.Kind.BOOKED: (*_TO_PATIENT, *_FIRST_QUESTIONS),
    Mail.Kind.CANCELLED: _TO_PATIENT,
    Mail.Kind.LINK: _TO_PATIENT,
    Mail.Kind.PATIENT_NEWS: _TO_PATIENT,
    Mail.Kind.REPLY: _TO_PATIENT,
    Mail.Kind.VISIT_SOON: _TO_PATIENT,
    Mail.Kind.VISIT_SOON_AT: (*_TO_PATIENT, "visit_moment"),  # only for who ticked that
    AboutMessage.RECEIPT: (*_TO_PATIENT, "deadline"),
    AboutMessage.CANCELLED: _TO_PATIENT,
    Mail.Kind.OFFICE_NOTICE: _TO_STAFF,
    AboutMessage.NOTICE: _TO_STAFF,
    Mail.Kind.OFFICE_NEWS: _TO_STAFF,
    Mail.Kind.LATE_OFFICE: _TO_STAFF,
    Mail.Kind.LATE_MANAGER: _TO_STAFF,
    Mail.Kind.MANAGER_ASKED: _TO_STAFF,
    **dict.fromkeys(AboutVisit, (*_ALWAYS, "reference", "desk_link")),
    Mail.Kind.DIGEST: (*_ALWAYS, *COUNTS, "desk_link"),
    **dict.fromkeys(Script, _IN_CALL),
    **dict.fromkeys((Script.CALL, Script.MESSAGE_CALL), (*_IN_CALL, "ask_for")),
    Script.DISCREET: ("ask_for",),  # no place may tell who is calling
}
# Without these a mail leads nowhere.
NEEDED: dict[str, str] = {
    **dict.fromkeys((Mail.Kind.RECEIPT, AboutMessage.RECEIPT, Mail.Kind.OFFER, Mail.Kind.BOOKED), "link"),
    **dict.fromkeys((Mail.Kind.LINK, Mail.Kind.PATIENT_NEWS, Mail.Kind.REPLY), "link"),
    **dict.fromkeys((Mail.Kind.VISIT_SOON, Mail.Kind.VISIT_SOON_AT), "link"),
    **dict.fromkeys((AboutMessage.NOTICE, *AboutVisit), "desk_link"),
    **{key: "desk_link" for key in Mail.Kind if key not in Mail.TO_PATIENT},
}


@dataclass(frozen=True)
class Wording:
    """A text with its places still open. Scripts have no subject."""

    subject: str
    body: str


@cache
def _defaults() -> dict[str, dict[str, Wording]]:
    texts = yaml.safe_load((Path(__file__).parents[1] / "data" / "messages.yaml").read_text())
    return {
        key: {language: Wording(text.get("subject", ""), text["body"].strip()) for language, text in languages.items()}
        for key, languages in texts.items()
    }


def key_of(mail: Mail) -> str:
    """Which text the mail says."""
    inquiry = mail.request
    if inquiry and inquiry.is_message:
        return INSTEAD.get(mail.kind, mail.kind)
    if inquiry and mail.deadline and mail.deadline == inquiry.booked_for:  # a call is due at another moment
        return OF_VISIT.get(mail.kind, mail.kind)
    return mail.kind


def default_wording(key: str, language: str) -> Wording:
    """What the software says: in that language, else in the site's own. Raises KeyError for an unknown key."""
    languages = _defaults()[key]
    return languages.get(language) or languages[settings.LANGUAGE_CODE]


def wording(key: str, language: str) -> Wording:
    """What is said here: the practice's own words in that language, else the software's. One query."""
    return wordings([key], language)[0]


def wordings(keys: Sequence[str], language: str) -> list[Wording]:
    """The same of each of these. One query."""
    found = MessageText.objects.filter(key__in=keys, language=language)
    own = {text.key: Wording(text.subject, text.body) for text in found}
    return [own.get(key) or default_wording(key, language) for key in keys]


def unknown_places(key: str, text: str) -> list[str]:
    """What stands in curly brackets and can't be filled, and brackets that belong to nothing."""
    unknown = [f"{{{name}}}" for name in PLACE.findall(text) if name not in PLACES[key]]
    return unknown + re.findall(r"[{}]", PLACE.sub("", text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled. Raises KeyError for a place that has no value."""
    return PLACE.sub(lambda match: values[match[1]], text)


def without_empty(text: str, values: Mapping[str, str]) -> str:
    """`text` without the lines that have a place with nothing to fill it: what is not known is not spoken of."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if all(values.get(name, "?") for name in PLACE.findall(line))).strip()


def office_values(office: OfficeFacts) -> dict[str, str]:
    """What every text may say."""
    return {
        "practice": identity().name,
        "office": office.name,
        "office_phone": office.phone_in_words,
        "calls_from": office.calls_from_in_words,
        **answers(office),
        "emergency": settings.EMERGENCY_NUMBER,
    }


def scripts(keys: Sequence[str], inquiry: AppointmentRequest) -> list[str]:
    """What to say on the phone, in the language the patient wants to be spoken to, if there are words in it. One query
    for all of them.
    """
    spoken = inquiry.contact["language"]
    language = spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        values = {
            **office_values(facts_of(inquiry.office)),
            "reference": inquiry.reference,
            "reference_aloud": references.aloud(inquiry.reference),
            "deadline": moment_by(inquiry.promised_by),
            "ask_for": inquiry.caller_name or inquiry.patient_name or gettext("the person who wrote to us"),
        }
        return [fill(own.body, values) for own in wordings(keys, language)]
