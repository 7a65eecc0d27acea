"""A notice that nobody reads is noticed: the link in a mail to an office carries a mark, and opening it at the desk
says that the mail was read.

Only who is signed in and sees the request counts: mail scanners open every link, and get the sign-in.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest, Mail, Office
from appointments.offices import OfficeFacts
from common.times import day

MARK = re.compile(r"[\w-]{22}", re.ASCII)  # as `outbox.queue` makes them
COLUMNS = ("pk", "last", "since", "ever")


def note_opened(inquiry: AppointmentRequest, mark: str) -> None:
    """Somebody of the office came by the link of this mail. One query if it can be a mark, else none."""
    if MARK.fullmatch(mark):
        mails = Mail.objects.filter(request=inquiry, office=inquiry.office_id, mark=mark, opened_at=None)
        mails.update(opened_at=timezone.now())


def troubles(offices: Iterable[OfficeFacts]) -> dict[int, str]:
    """Questions for managers, by the number of the office: notices went there, and for UNREAD_DAYS of its open days,
    today not counted, none has been opened. One query.
    """
    if not settings.UNREAD_DAYS:
        return {}
    marked = Mail.objects.filter(office=OuterRef("pk")).exclude(mark="")
    opened = marked.filter(opened_at__isnull=False).order_by("-opened_at").values("opened_at")
    waiting = marked.filter(sent_at__isnull=False, opened_at=None).order_by("sent_at").values("sent_at")
    rows = Office.objects.order_by().annotate(last=Subquery(opened[:1]))
    rows = rows.annotate(ever=Subquery(waiting[:1]), since=Subquery(waiting.filter(sent_at__gt=OuterRef("last"))[:1]))
    sent = {pk: (last, since if last else ever) for pk, last, since, ever in rows.values_list(*COLUMNS)}
    return {office.pk: asked for office in offices if (asked := _question(office, *sent.get(office.pk, (None, None))))}


def _question(office: OfficeFacts, last: datetime | None, first: datetime | None) -> str:
    """last: when a notice was opened; first: when the one was sent that has waited longest since."""
    if first is None or _open_days_since(first, office) < settings.UNREAD_DAYS:
        return ""
    if last is None:
        words = _("No notice to %(office)s has been opened yet; the first went on %(day)s. Is the mailbox right?")
    else:
        words = _("No notice to %(office)s has been opened since %(day)s. Is the mailbox right?")
    return words % {"office": office.name, "day": day(last or first)}


def _open_days_since(moment: datetime, office: OfficeFacts) -> int:
    """Days on which the office was open, after that one and before today."""
    first = timezone.localdate(moment)
    between = (timezone.localdate() - first).days
    return sum(bool(office.schedule.hours(first + timedelta(days=ahead))[0]) for ahead in range(1, between))
