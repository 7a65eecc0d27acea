"""Mails that are owed to patients and offices. Written in the transaction of the change they tell of, delivered by the
worker.

The waits grow to an hour, and the desk sees that a mail is late. Only what a patient's mail server refuses for good is
given up: the desk is told at once to call instead.
"""

import logging
import secrets
import smtplib
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.utils import timezone

from appointments.mail.compose import address_of, compose
from appointments.mail.still_owed import is_owed
from appointments.models import AppointmentRequest, Mail, Office
from common import mail_queue

log = logging.getLogger(__name__)

PERMANENT = range(500, 600)  # (RFC 5321, 4.2.1)
OUR_OWN_TROUBLE = b"5.7."  # a server that does not let this site send says nothing of the address (RFC 3463, 3.8)


def queue(
    kind: Mail.Kind,
    inquiry: AppointmentRequest | None,
    office: Office,
    *,
    wait: timedelta = timedelta(),
    deadline: datetime | None = None,
) -> None:
    """Owe a mail from now on, to be sent when `wait` is over. Call it inside the transaction of the change.

    None is owed to who has no address: the first-day checklist says which offices have none.
    deadline: what a reminder is about; a second one for the same raises IntegrityError.
    """
    if not address_of(kind, inquiry, office):
        return
    now = timezone.now()
    Mail.objects.create(
        request=inquiry,
        kind=kind,
        office=office,
        message_id=mail_queue.message_id(),
        created_at=now,
        due_at=now + wait,
        deadline=deadline,
        mark=secrets.token_urlsafe(16) if inquiry and kind in Mail.MARKED else "",
    )


def deliver_due() -> int:
    """Try the mails that are due. Returns how many went."""
    return mail_queue.deliver_each(Mail.objects.owed(), _deliver)


def _deliver(mail: Mail) -> bool:
    """Hand one leased mail to the mail server, and note how that went. What is not owed any more is dropped."""
    if not is_owed(mail):
        mail.delete()
        return False
    try:
        get_connection(fail_silently=False).send_messages([compose(mail)])
    except Exception as problem:  # noqa: BLE001 whatever it is, the mail is tried again and the desk sees it
        given_up = mail.kind in Mail.TO_PATIENT and _is_for_good(problem)
        mail.problem = Mail.REFUSED if given_up else type(problem).__name__
        mail.due_at = mail_queue.after(mail.tries)
        mail.save(update_fields=["problem", "due_at"])
        log.warning("Mail %s not delivered (%s), try %s", mail.pk, type(problem).__name__, mail.tries)
        return False
    mail.sent_at = timezone.now()
    mail.problem = ""
    mail.save(update_fields=["sent_at", "problem"])
    return True


def _is_for_good(problem: Exception) -> bool:
    """Whether the mail server says that this address takes no mail, and never will."""
    answers: list[tuple[int, bytes]] = []
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers = list(problem.recipients.values())
    elif isinstance(problem, smtplib.SMTPDataError):
        words = problem.smtp_error
        answers = [(problem.smtp_code, words.encode() if isinstance(words, str) else words)]
    return any(code in PERMANENT and not words.startswith(OUR_OWN_TROUBLE) for code, words in answers)
