"""What mails and calls say: the texts of `data/messages.yaml`, or the practice's own words (`MessageText`).

A text has places in curly brackets, filled from a fixed list per key. Nothing in those lists can name a patient, the
day of a visit, or anything about health, so no wording can put that into a mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from appointments.models import AppointmentRequest, Mail, MessageText
from appointments.offices import OfficeFacts, facts_of
from common.times import moment_by

PLACE = re.compile(r"\{(\w+)\}")


class Script(TextChoices):
    """What is said on the phone."""

    CALL = "call_script", _("What to say in a call")
    VOICEMAIL = "voicemail_script", _("What to say to voicemail")
    MESSAGE_CALL = "message_call_script", _("What to say when answering a message")


class AboutMessage(TextChoices):
    """What mails say instead where the patient wrote a message and asked for no visit."""

    NOTICE = "message_notice", _("Notice of a message to office")
    RECEIPT = "message_receipt", _("Receipt of a message to patient")
    CANCELLED = "message_cancelled", _("Cancellation of a message to patient")


INSTEAD: dict[str, AboutMessage] = {
    Mail.Kind.OFFICE_NOTICE: AboutMessage.NOTICE,
    Mail.Kind.RECEIPT: AboutMessage.RECEIPT,
    Mail.Kind.CANCELLED: AboutMessage.CANCELLED,
}
TO_PATIENT: tuple[str, ...] = (*Mail.TO_PATIENT, AboutMessage.RECEIPT, AboutMessage.CANCELLED)
LABELS = {**dict(Mail.Kind.choices), **dict(AboutMessage.choices), **dict(Script.choices)}
_ALWAYS = ("practice", "office", "office_phone", "emergency")
_TO_PATIENT = (*_ALWAYS, "reference", "link")
_TO_STAFF = (*_ALWAYS, "reference", "received", "deadline", "desk_link")
COUNTS = ("needs_call", "overdue", "waiting", "quarantine", "booked_today")
# What each key may be filled with. The deadline is never the patient's once times are offered: it would tell of them.
PLACES: dict[str, tuple[str, ...]] = {
    Mail.Kind.RECEIPT: (*_TO_PATIENT, "deadline"),
    Mail.Kind.OFFER: _TO_PATIENT,
    Mail.Kind.BOOKED: _TO_PATIENT,
    Mail.Kind.CANCELLED: _TO_PATIENT,
    AboutMessage.RECEIPT: (*_TO_PATIENT, "deadline"),
    AboutMessage.CANCELLED: _TO_PATIENT,
    Mail.Kind.OFFICE_NOTICE: _TO_STAFF,
    AboutMessage.NOTICE: _TO_STAFF,
    Mail.Kind.OFFICE_NEWS: _TO_STAFF,
    Mail.Kind.LATE_OFFICE: _TO_STAFF,
    Mail.Kind.LATE_MANAGER: _TO_STAFF,
    Mail.Kind.DIGEST: (*_ALWAYS, *COUNTS, "desk_link"),
    **dict.fromkeys(Script, (*_ALWAYS, "reference", "deadline")),
}
# Without these a mail leads nowhere.
NEEDED: dict[str, str] = {
    Mail.Kind.OFFER: "link",
    Mail.Kind.BOOKED: "link",
    AboutMessage.NOTICE: "desk_link",
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
    return INSTEAD.get(mail.kind, mail.kind) if mail.request and mail.request.is_message else mail.kind


def default_wording(key: str, language: str) -> Wording:
    """What the software says: in that language, else in the site's own. Raises KeyError for an unknown key."""
    languages = _defaults()[key]
    return languages.get(language) or languages[settings.LANGUAGE_CODE]


def wording(key: str, language: str) -> Wording:
    """What is said here: the practice's own words in that language, else the software's. One query."""
    own = MessageText.objects.filter(key=key, language=language).first()
    return Wording(own.subject, own.body) if own else default_wording(key, language)


def unknown_places(key: str, text: str) -> list[str]:
    """What stands in curly brackets and can't be filled, and brackets that belong to nothing."""
    unknown = [f"{{{name}}}" for name in PLACE.findall(text) if name not in PLACES[key]]
    return unknown + re.findall(r"[{}]", PLACE.sub("", text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled. Raises KeyError for a place that has no value."""
    return PLACE.sub(lambda match: values[match[1]], text)


def office_values(office: OfficeFacts) -> dict[str, str]:
    """What every text may say."""
    return {
        "practice": settings.PRACTICE_NAME,
        "office": office.name,
        "office_phone": office.phone_in_words,
        "emergency": settings.EMERGENCY_NUMBER,
    }


def script(key: str, inquiry: AppointmentRequest) -> str:
    """What to say on the phone, in the language the patient wants to be spoken to, if there are words in it."""
    spoken = inquiry.contact["language"]
    language = spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        values = {
            **office_values(facts_of(inquiry.office)),
            "reference": inquiry.reference,
            "deadline": moment_by(inquiry.promised_by),
        }
        return fill(wording(key, language).body, values)
