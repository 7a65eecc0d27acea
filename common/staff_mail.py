"""Mails to staff: how to set a new password, which article waits for whom.

Owed in the transaction of what they tell of, so that no page waits for the mail server or breaks with it, and sent by
the worker. Encrypted while they wait, for some hold a key; gone once they are sent, or given up after KEPT.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from common import mail_queue
from common.crypto import CannotDecrypt
from common.models import StaffMail

KEPT = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)  # a link to a new password is good no longer

log = logging.getLogger(__name__)


def queue(to: str, subject: str, text: str) -> None:
    """Owe a mail from now on. Call it inside the transaction of what it tells of."""
    now = timezone.now()
    content = {"to": to, "subject": subject, "text": text.strip() + "\n"}
    StaffMail.objects.create(content=content, message_id=mail_queue.message_id(), created_at=now, due_at=now)


def deliver_due() -> int:
    """Try the mails that are due. Returns how many went."""
    return mail_queue.deliver_each(StaffMail.objects.all(), _deliver)


def _deliver(mail: StaffMail) -> bool:
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    try:
        content = mail.content
        if not content:
            raise CannotDecrypt
        EmailMessage(content["subject"], content["text"], to=[content["to"]], headers=headers).send()
    except Exception as problem:  # noqa: BLE001 whatever it is, the mail is tried again
        kind = type(problem).__name__
        if timezone.now() - mail.created_at > KEPT:
            log.error("A mail to a member of staff is given up: the mail server did not take it (%s)", kind)
            mail.delete()
            return False
        mail.due_at = mail_queue.after(mail.tries)
        mail.save(update_fields=["due_at"])
        log.warning("A mail to a member of staff was not delivered (%s), try %s", kind, mail.tries)
        return False
    mail.delete()
    return True
