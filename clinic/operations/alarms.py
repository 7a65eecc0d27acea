"""What managers and the operator must know of, in one place: the desk's banner, `/readyz`, the checklist, mails.

A watch is a function that returns a sentence for managers, "" when all is well, or None when it can't tell yet. The
worker asks each of them every minute and keeps what they say (`Alarm`); the operator is told when an alarm begins, and
once a day while it stands. To have something watched, put its function into WATCHES: its name is the alarm's.

Whether the worker itself runs, nobody can ask the worker: the web server's processes look for its heartbeat.
"""

import logging
import threading
import time
from collections.abc import Callable, Generator
from datetime import timedelta

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.models import CharField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import retention
from appointments.desk import unseen
from clinic.operations import data_check, operator_notes, rehearsal
from common import audit, clock, heartbeat
from common.models import Alarm, AuditEntry, WorkerBeat

Watch = Callable[[], str | None]
WORKER = "worker"
UNSEEN = "seen by nobody"
TOLD_EVERY = timedelta(days=1)
BACKUP_TOO_OLD = timedelta(days=2)  # a nightly one that failed once, and may have taken some hours
STEP_SECONDS = 2  # of following the audit trail; then the worker does something else
DAY, HOUR, MINUTE = 24 * 60 * 60, 60 * 60, 60

log = logging.getLogger(__name__)


# --- What is watched ---


class Patrol:
    """Follows the whole audit trail once a day, in short steps, and sends its mark out of this machine."""

    def __init__(self) -> None:
        self.walk: Generator[None, None, audit.Trail] | None = None
        self.due = 0.0

    def step(self) -> str | None:
        """Go on for STEP_SECONDS; a sentence, or "", when the end is reached."""
        if self.walk is None and time.monotonic() < self.due:
            return None
        self.walk = self.walk or audit.verify_in_steps()
        end = time.monotonic() + STEP_SECONDS
        try:
            while time.monotonic() < end:
                next(self.walk)
        except StopIteration as done:
            self._rest(DAY)
            return self._found_whole(done.value)
        except audit.Broken as problem:
            self._rest(HOUR)
            if operator_notes.once_in("audit broken", DAY - HOUR):
                log.error("The audit trail is broken. %s. See docs/security.md", problem)
            return audit.trouble()
        except BaseException:
            self._rest(0)
            raise
        return None

    def _rest(self, seconds: int) -> None:
        self.walk, self.due = None, time.monotonic() + seconds

    def _found_whole(self, trail: audit.Trail) -> str:
        words = f"The audit trail is whole. Its mark, to compare with later by verify_audit --expect: {trail.mark}"
        if operator_notes.once_in("audit mark", DAY - HOUR):
            log.info("%s", words)
            operator_notes.tell_operator(_("Audit mark of %(site)s") % {"site": settings.BASE_URL}, words)
        return ""


patrol = Patrol()


def audit_lock() -> str:
    """Somebody lifted what keeps audit entries from being changed."""
    if audit.is_locked():
        return ""
    return _(
        "The database no longer refuses to change the audit trail. Ask the person who looks after the server: "
        "“manage.py verify_audit” says what to do."
    )


def backup() -> str:
    """The last backup is too old, or the site has been used for days without one."""
    if settings.DEMO:
        return ""
    since = timezone.now() - BACKUP_TOO_OLD
    if AuditEntry.objects.filter(action="backup finished", at__gte=since).exists():
        return ""
    if not AuditEntry.objects.filter(at__lt=since).exists():
        return ""
    return _("No backup has been made for two days. Tell the person who looks after the server.")


WATCHES: dict[str, Watch] = {
    "audit": audit.glance,
    "audit lock": audit_lock,
    "whole audit": patrol.step,
    "backup": backup,
    "clock": clock.trouble,
    "audit pruning": audit.held_back,
    "purging": retention.held_back,
    UNSEEN: unseen.trouble,
    "stored values": data_check.step,
    "rehearsal": rehearsal.trouble,
}


def watch() -> None:
    """Ask all of them; one that fails is logged, and what it said before stands."""
    clock.notice_jump()
    for name, look in WATCHES.items():
        try:
            said = look()
        except Exception:
            log.exception("The watch “%s” failed", name)
        else:
            if said is not None:
                _keep(name, said)


def step_patrol() -> None:
    """Go on following the audit trail, and reading what is stored, if that is under way: oftener than once a minute."""
    if patrol.walk and (said := patrol.step()) is not None:
        _keep("whole audit", said)
    if data_check.check.walk and (said := data_check.step()) is not None:
        _keep("stored values", said)


def _keep(name: str, text: str) -> None:
    alarm = Alarm.objects.filter(pk=name).first()
    if not text:
        if alarm:
            alarm.delete()
            log.info("The alarm is over: %s", name)
        return
    now = timezone.now()
    alarm = alarm or Alarm(name=name, since=now)
    if alarm.told_at is None or abs(now - alarm.told_at) > TOLD_EVERY:
        log.error("Alarm (%s): %s", name, text)
        alarm.told_at = now
    alarm.text = text
    alarm.save()


# --- Who reads it ---


def standing() -> tuple[bool, list[tuple[str, str]]]:
    """Whether the worker is late, and (name, sentence) of each alarm, oldest first. One query."""
    beat = Value(WORKER, CharField()), Value("", CharField())
    beats = WorkerBeat.objects.order_by().values_list(*beat, "at")
    rows = list(beats.union(Alarm.objects.order_by().values_list("name", "text", "since"), all=True))
    heard = next((at for name, _text, at in rows if name == WORKER), None)
    told = sorted((at, name, text) for name, text, at in rows if name != WORKER)
    return heartbeat.is_late(heard), [(name, text) for _at, name, text in told]


def start_listening_for_worker() -> None:
    """In each process of the web server: tell the operator when the worker is not heard of."""
    threading.Thread(target=_listen_for_worker, name="listen for worker", daemon=True).start()


def _listen_for_worker() -> None:
    time.sleep(heartbeat.WORKER_LATE_AFTER.total_seconds())  # both may have just been started
    while True:
        check_worker()
        time.sleep(MINUTE)


def check_worker() -> None:
    """Log an error, which the operator gets, at most once an hour."""
    try:
        if heartbeat.worker_is_late() and operator_notes.once_in("worker late", HOUR):
            log.error("The worker has not been heard of for five minutes: no mail goes out")
        elif rehearsal.is_missing() and operator_notes.once_in("rehearsal missing", DAY - HOUR):
            log.error("The worker runs, and has not made this morning's rehearsal")
    except (Error, OSError) as problem:  # the database is away: whoever asks it says so
        log.warning("Nobody could look for the worker (%s)", type(problem).__name__)
    finally:
        if not connection.in_atomic_block:
            close_old_connections()
