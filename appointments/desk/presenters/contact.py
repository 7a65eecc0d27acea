"""When the patient can come, and how to reach them."""

from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest
from appointments.vocabulary import (
    ANY_DAY,
    ANY_DAY_WORDS,
    INTERPRETER,
    NO_WORD_OF_VOICEMAIL,
    BestWay,
    Language,
    TimeOfDay,
    Voicemail,
)
from common.encrypted_fields import Unreadable


def wishes(inquiry: AppointmentRequest) -> str:
    """The wished days and time of day: "Tue, Thu, mornings"; "" for a message."""
    if not inquiry.wishes:
        return unreadable_or_none(inquiry.wishes)
    days = inquiry.wishes["days"]
    named = str(ANY_DAY_WORDS) if ANY_DAY in days else ", ".join(str(WEEKDAYS_ABBR[int(number)]) for number in days)
    return f"{named}, {TimeOfDay(inquiry.wishes['time_of_day']).at_desk}"


def contact_notes(inquiry: AppointmentRequest) -> str:
    """What to know before dialling, for the list: who answers, voicemail, text, language, interpreter."""
    contact = inquiry.contact
    best_way, voicemail = BestWay.of(contact["best_way"]), Voicemail.of(contact.get("voicemail"))
    parts = [
        _how_unreadable(contact),
        _("Ask for %(name)s") % {"name": inquiry.caller_name} if inquiry.caller_name else "",
        str(voicemail.in_list) if voicemail else "",
        str(best_way.in_list) if best_way else "",
        str(_language(contact).in_list) % {"language": contact.get("other_language", "")},
        str(INTERPRETER[bool(contact.get("interpreter"))].in_list),
    ]
    return ". ".join(part for part in parts if part)


def contact_sentence(inquiry: AppointmentRequest) -> str:
    """The same for the page of one inquiry, in whole sentences."""
    contact = inquiry.contact
    best_way, voicemail = BestWay.of(contact["best_way"]), Voicemail.of(contact.get("voicemail"))
    language = str(_language(contact).at_desk) % {"language": contact.get("other_language", "")}
    interpreter = contact.get("interpreter")
    parts = [
        f"{how}." if (how := _how_unreadable(contact)) else "",
        _("Ask for %(name)s (%(relation)s).") % {"name": inquiry.caller_name, "relation": inquiry.caller_relation}
        if inquiry.caller_name
        else "",
        str(best_way.at_desk) % {"address": inquiry.email} if best_way else "",
        str(voicemail.at_desk if voicemail else NO_WORD_OF_VOICEMAIL),
        f"{language}." if contact else "",
        str(INTERPRETER[interpreter].at_desk) if interpreter is not None else "",
    ]
    return " ".join(part for part in parts if part)


def _language(contact: Any) -> Language:
    return Language.of(contact.get("language", Language.ENGLISH)) or Language.OTHER


def unreadable_or_none(value: Any) -> str:
    """That a value can't be read; "" for one that is only empty."""
    return str(value) if isinstance(value, Unreadable) else ""


def _how_unreadable(contact: Any) -> str:
    words = _("How to reach them %(cannot)s: leave no voicemail")
    return words % {"cannot": contact} if isinstance(contact, Unreadable) else ""
