"""Mails that are owed to patients and offices. Written in the transaction of the change they tell of, delivered by the
worker.

Nothing is ever given up: the waits grow to an hour, and the desk sees that a mail is late.
"""

import logging
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.utils import timezone

from appointments.mail.compose import compose
from appointments.models import AppointmentRequest, Mail, Office
from common import mail_queue

log = logging.getLogger(__name__)


def queue(
    kind: Mail.Kind,
    inquiry: AppointmentRequest | None,
    office: Office,
    *,
    wait: timedelta = timedelta(),
    deadline: datetime | None = None,
) -> None:
    """Owe a mail from now on, to be sent when `wait` is over. Call it inside the transaction of the change.

    deadline: what a reminder is about; a second one for the same raises IntegrityError.
    """
    now = timezone.now()
    Mail.objects.create(
        request=inquiry,
        kind=kind,
        office=office,
        message_id=mail_queue.message_id(),
        created_at=now,
        due_at=now + wait,
        deadline=deadline,
    )


def deliver_due() -> int:
    """Try the mails that are due. Returns how many went."""
    return mail_queue.deliver_each(Mail.objects.filter(sent_at=None), _deliver)


def _deliver(mail: Mail) -> bool:
    """Hand one leased mail to the mail server, and note how that went."""
    try:
        get_connection(fail_silently=False).send_messages([compose(mail)])
    except Exception as problem:  # noqa: BLE001 whatever it is, the mail is tried again and the desk sees it
        mail.problem = type(problem).__name__
        mail.due_at = mail_queue.after(mail.tries)
        mail.save(update_fields=["problem", "due_at"])
        log.warning("Mail %s not delivered (%s), try %s", mail.pk, mail.problem, mail.tries)
        return False
    mail.sent_at = timezone.now()
    mail.problem = ""
    mail.save(update_fields=["sent_at", "problem"])
    return True
