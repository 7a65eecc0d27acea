"""Mails that are owed. Written in the transaction of the change they tell of, delivered by the worker.

Delivery is at least once: a row is leased, sent, then marked. A worker killed in between leaves a lease that runs
out, and the mail goes again under the same Message-ID. Nothing is ever given up: the waits grow to an hour, and the
desk sees that a mail is late.
"""

import logging
import time
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from appointments.emails import compose
from appointments.models import AppointmentRequest, Mail, Office

LEASE = timedelta(seconds=6 * settings.EMAIL_TIMEOUT)  # longer than one try takes: a few steps, one of which may hang
WAITS = [timedelta(minutes=minutes) for minutes in settings.MAIL_WAIT_MINUTES]

ROUND_SECONDS = 60

log = logging.getLogger(__name__)


def queue(
    kind: Mail.Kind,
    request: AppointmentRequest | None,
    office: Office,
    *,
    wait: timedelta = timedelta(),
    deadline: datetime | None = None,
) -> None:
    """Owe a mail from now on, to be sent when `wait` is over. Call it inside the transaction of the change.

    deadline: what a reminder is about; a second one for the same raises IntegrityError.
    """
    now = timezone.now()
    domain = settings.BASE_URL.split("://")[1].split(":")[0]
    Mail.objects.create(
        request=request,
        kind=kind,
        office=office,
        message_id=make_msgid(domain=domain),
        created_at=now,
        due_at=now + wait,
        deadline=deadline,
    )


def deliver_due() -> int:
    """Try the mails that are due, one at a time, until none is left or ROUND_SECONDS are over. Returns how many went.

    A mail server that hangs would else keep the worker from everything else it has to do.
    """
    sent = 0
    end = time.monotonic() + ROUND_SECONDS
    while time.monotonic() <= end and (mail := _claim()):
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
