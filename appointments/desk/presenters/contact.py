"""When the patient can come, and how to reach them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appointments.answers import days_in_words
from appointments.call_wishes import CallWishes, after_in_words, is_whole_day, times_only
from appointments.desk.presenters.clocks import day_from, when
from appointments.models import AppointmentRequest
from appointments.vocabulary import (
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
    return f"{days_in_words(inquiry.wishes['days'])}, {TimeOfDay(inquiry.wishes['time_of_day']).at_desk}"


def contact_notes(inquiry: AppointmentRequest, now: datetime) -> str:
    """What to know before dialling, for the list: when, who answers, voicemail, text, language, interpreter."""
    contact = inquiry.contact
    say_who = CallWishes.of(contact).say_who
    best_way, voicemail = BestWay.of(contact["best_way"]), Voicemail.of(contact.get("voicemail"))
    parts = [
        _how_unreadable(contact),
        _("Ask for %(name)s") % {"name": inquiry.caller_name} if inquiry.caller_name else "",
        _not_before(inquiry, now),
        times_only(inquiry.call_times),
        str(say_who.in_list) if say_who else "",
        str(voicemail.in_list) if voicemail else "",
        str(best_way.in_list) if best_way else "",
        *language_notes(inquiry),
    ]
    return ". ".join(part for part in parts if part)


def language_notes(inquiry: AppointmentRequest) -> list[str]:
    """Another language than English, and an interpreter."""
    contact = inquiry.contact
    language = str(_language(contact).in_list) % {"language": contact.get("other_language", "")}
    return [words for words in (language, str(INTERPRETER[bool(contact.get("interpreter"))].in_list)) if words]


def _not_before(inquiry: AppointmentRequest, now: datetime) -> str:
    """ "Not before Mon", "Not before Thu, 3 pm"."""
    after = inquiry.call_after
    if after is None or after <= now:
        return ""
    return _("Not before %(time)s") % {"time": day_from(after, now) if is_whole_day(after) else when(after, now)}


def _when_to_call(inquiry: AppointmentRequest, now: datetime) -> list[str]:
    """From when on, and at which times of the day; that what is urgent does not wait for what was wished."""
    wishes, only = CallWishes.of(inquiry.contact), times_only(inquiry.call_times)
    after = inquiry.call_after if inquiry.call_after and inquiry.call_after > now else None
    ignored = inquiry.urgent and (wishes.bits or wishes.after(now))
    return [
        _("Call %(when)s.") % {"when": after_in_words(after)} if after else "",
        f"{only}." if only else "",
        _("It is urgent: call now, whatever times were asked for.") if ignored and not after else "",
        str(wishes.say_who.at_desk) if wishes.say_who else "",
    ]


def contact_sentence(inquiry: AppointmentRequest, now: datetime) -> str:
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
        *_when_to_call(inquiry, now),
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
