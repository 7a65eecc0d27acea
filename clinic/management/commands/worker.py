"""The one process beside the web server: delivers mails, reminds, publishes what is scheduled, deletes what is old."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections

from appointments import actions, day_figures, drafts, retention
from appointments.desk import unseen
from appointments.mail import escalation, outbox, visit_reminders
from articles import deleting, schedule
from articles.importing import jobs as imports
from articles.mail import reminders
from articles.public import helpful
from clinic.accounts import access, kept_forms, sessions
from clinic.operations import alarms, keys, rehearsal, search_upkeep, sqlite_statistics
from common import audit, clock, heartbeat, page_record, staff_mail

log = logging.getLogger("clinic.worker")

JOBS: tuple[Callable[[], Any], ...] = (
    outbox.deliver_due,
    staff_mail.deliver_due,
    schedule.publish_scheduled,
    drafts.delete_expired,
    kept_forms.delete_expired,
    sessions.delete_expired,
    access.end_over,
    audit.prune,
    heartbeat.beat,
    rehearsal.rehearse,
    alarms.watch,
    alarms.step_patrol,
    actions.lapse_offers,
    actions.mend_book,
    unseen.look,
    escalation.remind_offices,
    escalation.remind_manager,
    escalation.send_digests,
    visit_reminders.remind_patients,
    day_figures.count_touched,
    retention.purge,
    reminders.queue_due,
    sqlite_statistics.refresh,
    search_upkeep.step,
    imports.step,
    imports.forget_old,
    page_record.forget_old,
    helpful.forget_old,
    deleting.forget_old,
)
# What these delete does not come back; they wait while the clock is in doubt.
DELETING = {drafts.delete_expired, kept_forms.delete_expired, sessions.delete_expired, audit.prune}
DELETING |= {retention.purge, page_record.forget_old, imports.forget_old, helpful.forget_old}
DELETING |= {deleting.forget_old}
HELD_BACK_SECONDS = 60 * 60
# Seconds from one run of a job to its next, where every round would be too often.
PAUSES: dict[Callable[[], Any], int] = {
    sessions.delete_expired: 60 * 60,
    audit.prune: 60 * 60,
    access.end_over: 60,
    heartbeat.beat: 30,
    rehearsal.rehearse: 60,
    alarms.watch: 60,
    actions.lapse_offers: 60,
    actions.mend_book: 60 * 60,
    unseen.look: 30,
    escalation.remind_offices: 60,
    escalation.remind_manager: 60,
    escalation.send_digests: 60,
    visit_reminders.remind_patients: 60,
    day_figures.count_touched: 60,
    retention.purge: 24 * 60 * 60,
    reminders.queue_due: 60 * 60,
    sqlite_statistics.refresh: 24 * 60 * 60,
    imports.forget_old: 24 * 60 * 60,
    deleting.forget_old: 24 * 60 * 60,
    helpful.forget_old: 24 * 60 * 60,
    page_record.forget_old: 24 * 60 * 60,
}


def _may_write() -> bool:
    """Whether the keys fit; False while the database is away. Raises CommandError if they don't."""
    try:
        keys.require()
    except Error:
        log.warning("The database is away: the worker waits for it")
        close_old_connections()
        return False
    return True


class Command(BaseCommand):
    """Runs until it is told to stop; a job that fails is logged and tried again on the next round.

    It does not start with keys that don't fit the database.
    """

    help = "Deliver mails, remind of requests, publish scheduled articles, delete what is old, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and for tests just once."""
        parser.add_argument("--every", type=float, default=5, help="seconds between rounds, but in an import")
        parser.add_argument("--once", action="store_true", help="one round, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ctrl-C and SIGTERM end it after the job at hand."""
        stop = threading.Event()
        if not options["once"]:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, lambda *_received: stop.set())
        while not stop.is_set() and not _may_write():
            if options["once"]:
                return
            stop.wait(options["every"])
        next_run: dict[Callable[[], Any], float] = {}
        while not stop.is_set():
            failed = False
            for job in JOBS:
                if time.monotonic() < next_run.get(job, 0):
                    continue
                try:
                    if job in DELETING and (doubt := clock.doubt()):
                        raise clock.HeldBack(doubt)
                    job()
                except (clock.HeldBack, audit.Broken):  # `alarms` tells of it
                    log.warning("The job %s is held back", job.__name__)
                    next_run[job] = time.monotonic() + HELD_BACK_SECONDS
                except Exception:
                    log.exception("The job %s failed", job.__name__)
                    failed = True
                else:
                    next_run[job] = time.monotonic() + PAUSES.get(job, 0)
                close_old_connections()
            if options["once"]:
                return
            if failed or not imports.is_under_way():
                stop.wait(options["every"])
