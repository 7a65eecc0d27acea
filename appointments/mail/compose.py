"""What each mail says. No mail carries a patient's name or phone number, the time of a visit, or anything about health.

They are made when they are sent, so the outbox holds neither text nor address. The words are those of `texts.py`;
the HTML is made from the same plain text, so both parts always say the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from appointments import private_link, references
from appointments.mail import texts
from appointments.mail.texts import Wording
from appointments.models import (
    ESTIMATE_OWED,
    NOT_CHARTED,
    STILL_BOOKED,
    TO_CALL,
    AppointmentRequest,
    Mail,
    Office,
    Status,
)
from appointments.offices import OfficeFacts, facts_of, practice
from common import colors
from common.identity import identity
from common.times import moment, moment_by

BUTTON = re.compile(r"(?P<label>[^\n]+?):?\s+\{(?P<place>link|desk_link)\}")
MARKED = {"reference", "deadline", *texts.COUNTS}  # stand out in the HTML part
PARAMETER = "notice"  # of the desk's link: which mail it stood in
ROW = re.compile(r"([^\n:]+): +([^\n]+)")


class NoAddress(Exception):
    """There is no address to send this mail to."""


@dataclass(frozen=True)
class Block:
    """A piece of the HTML part: kind "heading", "text", "button" or "rows"."""

    kind: str
    text: str = ""
    href: str = ""
    rows: tuple[tuple[str, str], ...] = ()


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The message of an outbox row. Raises NoAddress."""
    inquiry = mail.request
    address = address_of(mail.kind, inquiry, mail.office)
    if not address:
        raise NoAddress
    language = inquiry.language if inquiry and mail.kind in Mail.TO_PATIENT else settings.LANGUAGE_CODE
    with translation.override(language):
        key, office = texts.key_of(mail), facts_of(mail.office)
        values = sample_values(key, office) if mail.is_rehearsal else _values(key, inquiry, office)
        if mail.mark:
            values["desk_link"] += f"?{PARAMETER}={mail.mark}"
        subject, text, html = render(key, texts.wording(key, language), values, office)
        if mail.is_rehearsal:
            subject = _("Nothing to do, a rehearsal: %(subject)s") % {"subject": subject}
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        reply_to=settings.REPLY_TO if mail.kind in Mail.TO_PATIENT else None,
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    return message


def render(key: str, wording: Wording, values: dict[str, str], office: OfficeFacts) -> tuple[str, str, str]:
    """Subject, text part and HTML part, in the language that is active. Raises KeyError for an unknown place."""
    to_patient = key in texts.TO_PATIENT
    subject = texts.fill(wording.subject, values).replace("\N{NO-BREAK SPACE}", " ")
    wanted = texts.without_empty(wording.body, values)
    context = {
        "subject": subject,
        "body": texts.fill(wanted, values),
        "blocks": list(blocks(wanted, values, office)),
        "edge": colors.light((identity().look or "pine") if to_patient else office.color),
        "to_patient": to_patient,
        "office": office,
        "practice_brand": identity().brand,
        "reply_words": _reply_words(),
    }
    text = render_to_string("appointments/mail/mail.txt", context)
    return subject, text, render_to_string("appointments/mail/mail.html", context)


def sample_values(key: str, office: OfficeFacts) -> dict[str, str]:
    """Made-up values of the right shape, to show what a wording will look like."""
    now = timezone.now()
    samples = {
        "reference": str(references.EXAMPLE),
        "reference_aloud": references.aloud(str(references.EXAMPLE)),
        "second_fact": _second_fact(None),
        "short_address": private_link.short_address(),
        "received": moment(now),
        "deadline": _deadline(key, now + timedelta(hours=4)),
        "link": f"{settings.BASE_URL}/",
        "visit_moment": moment(now + timedelta(days=2)),
        "ask_for": "Pat Sample",
        "desk_link": f"{settings.BASE_URL}{reverse('admin:appointments_appointmentrequest_changelist')}",
        **{name: str(count) for count, name in enumerate(texts.COUNTS, start=1)},
    }
    return {**texts.office_values(office), **samples}


def digest_counts(office: OfficeFacts) -> dict[str, int]:
    """What the daily summary of an office counts, as of now. One query."""
    now = timezone.now()
    today = Q(booked_for__date=timezone.localdate(now))
    counted = AppointmentRequest.objects.filter(office=office.pk).aggregate(
        needs_call=Count("pk", filter=Q(status__in=TO_CALL)),
        overdue=Count("pk", filter=Q(status__in=TO_CALL, call_by__lt=now)),
        waiting=Count("pk", filter=Q(status__in=(Status.CONTACTED, Status.PROPOSED))),
        quarantine=Count("pk", filter=Q(status=Status.HELD)),
        booked_today=Count("pk", filter=Q(status__in=STILL_BOOKED) & today),
        to_settle=Count("pk", filter=Q(status__in=STILL_BOOKED, booked_for__lt=now)),
        not_charted=Count("pk", filter=NOT_CHARTED),
        estimates_late=Count("pk", filter=ESTIMATE_OWED & Q(estimate_by__lt=now)),
    )
    return {name: counted[name] for name in texts.COUNTS}


def address_of(kind: str, inquiry: AppointmentRequest | None, office: Office) -> str:
    """Where a mail of this kind goes; "" if there is no address."""
    if kind == Mail.Kind.OFFICE_NOTICE and inquiry is None:
        return str(settings.REHEARSAL_EMAIL)
    if kind in Mail.TO_MANAGER:
        return practice().manager_email
    if kind in Mail.TO_PATIENT:
        return inquiry.email if inquiry else ""
    return office.notice_email


def _reply_words() -> str:
    """What to know before answering a mail; without REPLY_TO nobody may be reading the answers."""
    if settings.REPLY_TO:
        return _("Please do not reply with health details. Email is not private.")
    return _("Please do not reply to this email: answers to it may not be read. Call us instead.")


def _values(key: str, inquiry: AppointmentRequest | None, office: OfficeFacts) -> dict[str, str]:
    """What the places of a mail are filled with."""
    values = texts.office_values(office)
    if inquiry is None:
        desk_list = reverse("admin:appointments_appointmentrequest_changelist")
        counts = digest_counts(office)
        return {
            **values,
            **{name: str(count) for name, count in counts.items()},
            "desk_link": f"{settings.BASE_URL}{desk_list}?office={office.slug}",
        }
    by = inquiry.promised_by if key in texts.TO_PATIENT else inquiry.call_by
    return {
        **values,
        "reference": inquiry.reference,
        "reference_aloud": references.aloud(inquiry.reference),
        "second_fact": _second_fact(inquiry),
        "short_address": private_link.short_address(),
        "received": moment(inquiry.created_at),
        "deadline": _deadline(key, by),
        "link": f"{settings.BASE_URL}{private_link.path(inquiry)}",
        "visit_moment": moment(inquiry.booked_for) if inquiry.booked_for else "",
        "desk_link": f"{settings.BASE_URL}{inquiry.get_absolute_url()}",
    }


def _second_fact(inquiry: AppointmentRequest | None) -> str:
    """What the private page asks for."""
    if inquiry and not inquiry.birth_date:
        return _("the last 4 digits of your phone number")
    return _("the last 4 digits of your phone number, or the patient’s date of birth")


def _deadline(key: str, by: datetime) -> str:
    """Patients read "by 5 pm on Tuesday", staff a day and a time."""
    return moment_by(by) if key in texts.TO_PATIENT else moment(by)


def blocks(body: str, values: dict[str, str], office: OfficeFacts) -> Iterator[Block]:
    """The HTML part's pieces, from the text with its places still open."""
    plain = {name: conditional_escape(value) for name, value in values.items()}
    marked = plain | {name: format_html("<strong>{}</strong>", plain[name]) for name in MARKED & plain.keys()}
    marked["office_phone"] = format_html('<a href="tel:{}">{}</a>', office.phone, plain["office_phone"])
    heading, _line_end, rest = body.partition("\n")
    yield Block("heading", _filled(heading, plain))
    for paragraph in re.split(r"\n\s*\n", rest.strip()):
        lines = paragraph.split("\n")
        if button := BUTTON.fullmatch(paragraph):
            yield Block("button", _filled(button["label"], plain), href=values[button["place"]])
        elif len(lines) > 1 and all(ROW.fullmatch(line) for line in lines):
            pairs = [line.split(": ", 1) for line in lines]
            yield Block("rows", rows=tuple((_filled(name, plain), _filled(value, marked)) for name, value in pairs))
        elif paragraph:
            yield Block("text", _filled(paragraph, marked))


def _filled(text: str, values: Mapping[str, str]) -> SafeString:
    """A piece of a wording as HTML. The values are HTML already."""
    return mark_safe(texts.fill(conditional_escape(text).replace("\n", "<br>"), values))  # noqa: S308
