"""The site finds out every morning that it works: a made-up request for each office goes all the way.

The request is sent through the pages, in a transaction that is rolled back (`rehearsal_walk.py`). Its notice goes
through the real outbox as a mail about no request, to REHEARSAL_EMAIL, where nobody has to read it. What failed is an
alarm (`alarms.py`), and tried again until it does not.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.mail import outbox
from appointments.models import Mail, Office, Rehearsal
from appointments.offices import OfficeFacts, directory
from clinic.operations.rehearsal_walk import Failed, Step, look_at_address, walk

HOUR = 6  # on the practice's clock: before anybody calls, after the backup
AGAIN_AFTER = timedelta(minutes=15)
MAIL_LATE_AFTER = timedelta(minutes=30)
MISSING_AFTER = timedelta(hours=1)
KEPT = timedelta(days=30)
PATIENCE_SECONDS = 60

log = logging.getLogger(__name__)
_away_since: float | None = None  # of this process


def rehearse() -> int:
    """For the worker: try each office that was not tried today, or has failed a while ago. Returns how many."""
    if not _is_on() or timezone.now() < _moment(timezone.localdate()):
        return 0
    today = timezone.localdate()
    if not any(_is_due(office, today) for office in _offices()):
        return 0
    away = _problem_of_address()
    if away and _waits_for_web_server():
        return 0
    claimed = [(office, rehearsal) for office in _offices() if (rehearsal := _claim(office, today))]
    for office, rehearsal in claimed:
        rehearsal.problem = away or _problem_of(office)
        _keep(rehearsal)
    Rehearsal.objects.filter(day__lt=today - KEPT).delete()
    Mail.objects.rehearsals().filter(created_at__lt=timezone.now() - KEPT).delete()
    return len(claimed)


def trouble() -> str | None:
    """For the alarms: what failed this morning, office by office; None while it may still come."""
    if not _is_on():
        return ""
    failed = _failed()
    if failed is None:
        return None
    if not failed:
        return ""
    what = "; ".join(f"{office}: {step.label}" for office, step in failed)
    return _(
        "The site rehearses every morning with a made-up request, and this failed. %(what)s. Requests or notices "
        "may be getting lost: look at the list often, and tell the person who looks after the server."
    ) % {"what": what}


def is_missing() -> bool:
    """For the web server's processes: whether nobody has made the one that was due an hour ago."""
    if not _is_on() or timezone.now() < _moment(timezone.localdate()) + MISSING_AFTER:
        return False
    return bool(_offices()) and not Rehearsal.objects.filter(day=timezone.localdate()).exists()


def last_success() -> datetime | None:
    """When the last one went all the way, of the office where that is longest ago; None if one never had any."""
    times = []
    for office in _offices():
        sent = Mail.objects.rehearsals().filter(office=office.pk, sent_at__isnull=False)
        days = [timezone.localdate(moment) for moment in sent.values_list("deadline", flat=True) if moment]
        last = Rehearsal.objects.filter(office=office.pk, problem="", day__in=days).order_by("-day").first()
        if last is None:
            return None
        times.append(last.at)
    return min(times, default=None)


def _is_on() -> bool:
    return bool(settings.REHEARSAL)


def _offices() -> Sequence[OfficeFacts]:
    """Those that take requests today; why another does not, its page in the admin says."""
    return [office for office in directory() if office.taking_requests]


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(HOUR)))


def _is_due(office: OfficeFacts, day: date) -> bool:
    """Whether it was not tried on that day, or has failed a while ago."""
    rehearsal = Rehearsal.objects.filter(office=office.pk, day=day).first()
    return rehearsal is None or bool(rehearsal.problem and rehearsal.at < timezone.now() - AGAIN_AFTER)


@transaction.atomic
def _claim(office: OfficeFacts, day: date) -> Rehearsal | None:
    """The day's row, if it is this worker's turn. Until it is done it says that it is missing."""
    now = timezone.now()
    rehearsal, made = Rehearsal.objects.get_or_create(
        office_id=office.pk, day=day, defaults={"at": now, "problem": Step.MISSING}
    )
    if made:
        return rehearsal
    waiting = Rehearsal.objects.filter(pk=rehearsal.pk, at__lt=now - AGAIN_AFTER).exclude(problem="")
    rehearsal.at = now
    return rehearsal if waiting.update(at=now) else None


def _problem_of_address() -> str:
    if not settings.REHEARSAL_URL:
        return ""
    global _away_since
    try:
        look_at_address()
    except Failed as failed:
        _away_since = _away_since or monotonic()
        return _told(failed)
    _away_since = None
    return ""


def _waits_for_web_server() -> bool:
    """Whether the worker shall look again in its next round before anything is said: after a restart it can be up
    before the web server is. Meanwhile mails go out.
    """
    return _away_since is not None and monotonic() < _away_since + PATIENCE_SECONDS


def _problem_of(office: OfficeFacts) -> str:
    """The step that failed, "" for none."""
    try:
        walk(office)
    except Failed as failed:
        return _told(failed)
    return ""


def _told(failed: Failed) -> str:
    log.warning("The rehearsal stopped at the step %s", failed.step.value, exc_info=failed.__cause__)
    return failed.step.value


@transaction.atomic
def _keep(rehearsal: Rehearsal) -> None:
    """How it went; and its mail is owed, once a day."""
    rehearsal.save(update_fields=["problem"])
    office, day = Office.objects.get(pk=rehearsal.office_id), _moment(rehearsal.day)
    if not Mail.objects.rehearsals().filter(office=office, deadline=day).exists():
        outbox.queue(Mail.Kind.OFFICE_NOTICE, None, office, deadline=day)


def _failed() -> list[tuple[str, Step]] | None:
    """(office, step) of the last morning; None while today's may still come."""
    now, today = timezone.now(), timezone.localdate()
    due = today if now >= _moment(today) else today - timedelta(days=1)
    done = {rehearsal.office_id: rehearsal for rehearsal in Rehearsal.objects.filter(day=due)}
    late = now >= _moment(due) + MISSING_AFTER
    sent = {mail.office_id: mail for mail in Mail.objects.rehearsals().filter(deadline=_moment(due))}
    offices = _offices()
    if not late and any(office.pk not in done or done[office.pk].problem == Step.MISSING for office in offices):
        return None
    if due != today and not done:  # of a site that began today, or had none to prove
        return []
    found = []
    for office in offices:
        rehearsal, mail = done.get(office.pk), sent.get(office.pk)
        if rehearsal is None:
            if due == today:  # else it began to take requests after that
                found.append((office.name, Step.MISSING))
        elif rehearsal.problem:
            found.append((office.name, Step(rehearsal.problem)))
        elif mail is None or (mail.sent_at is None and mail.created_at < now - MAIL_LATE_AFTER):
            found.append((office.name, Step.MAIL))
    return found
