"""Mails that are owed. Written in the transaction of the change they tell of, delivered by the worker.

Delivery is at least once: a row is leased, sent, then marked. A worker killed in between leaves a lease that runs
out, and the mail goes again under the same Message-ID. Nothing is ever given up: the waits grow to an hour, and the
desk sees that a mail is late.
"""

import logging
from datetime import timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from appointments.emails import compose
from appointments.models import AppointmentRequest, Mail, Office

LEASE = timedelta(minutes=2)  # longer than one try can take: EMAIL_TIMEOUT for each of a few commands
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60)]

log = logging.getLogger(__name__)


def queue(kind: Mail.Kind, request: AppointmentRequest, office: Office) -> None:
    """Owe a mail from now on. Call it inside the transaction of the change."""
    now = timezone.now()
    domain = settings.BASE_URL.split("://")[1].split(":")[0]
    Mail.objects.create(
        request=request, kind=kind, office=office, message_id=make_msgid(domain=domain), created_at=now, due_at=now
    )


def deliver_due() -> int:
    """Try every mail that is due, one at a time. Returns how many were sent."""
    sent = 0
    while mail := _claim():
        sent += _deliver(mail)
    return sent


def _claim() -> Mail | None:
    """Lease the mail that has waited longest; its lease is committed before anything is sent."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Mail.objects.select_for_update(skip_locked=True).filter(sent_at=None, due_at__lte=now)
        mail = waiting.order_by("due_at", "pk").first()
        if mail:
            mail.due_at = now + LEASE
            mail.tries += 1
            mail.save(update_fields=["due_at", "tries"])
    return mail


def _deliver(mail: Mail) -> bool:
    """Hand one leased mail to the mail server, and note how that went."""
    try:
        get_connection(fail_silently=False).send_messages([compose(mail)])
    except Exception as problem:  # noqa: BLE001 whatever it is, the mail is tried again and the desk sees it
        mail.problem = type(problem).__name__
        mail.due_at = timezone.now() + WAITS[min(mail.tries, len(WAITS)) - 1]
        mail.save(update_fields=["problem", "due_at"])
        log.warning("Mail %s not delivered (%s), try %s", mail.pk, mail.problem, mail.tries)
        return False
    mail.sent_at = timezone.now()
    mail.problem = ""
    mail.save(update_fields=["sent_at", "problem"])
    return True
