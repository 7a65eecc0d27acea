"""The one process beside the web server: delivers mails, publishes what is scheduled, deletes old drafts."""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from appointments import drafts, outbox

log = logging.getLogger("clinic.worker")


def publish_scheduled() -> None:
    """Articles whose date has come, or gone."""
    call_command("publish_scheduled")


JOBS: tuple[Callable[[], Any], ...] = (outbox.deliver_due, publish_scheduled, drafts.delete_expired)


class Command(BaseCommand):
    """Runs until it is told to stop; a job that fails is logged and tried again on the next round."""

    help = "Deliver mails, publish scheduled articles, delete expired drafts, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and for tests just once."""
        parser.add_argument("--every", type=float, default=5, help="seconds between rounds")
        parser.add_argument("--once", action="store_true", help="one round, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ctrl-C and SIGTERM end it after the job at hand."""
        stop = threading.Event()
        if not options["once"]:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, lambda *_received: stop.set())
        while not stop.is_set():
            for job in JOBS:
                try:
                    job()
                except Exception:
                    log.exception("The job %s failed", job.__name__)
                close_old_connections()
            if options["once"]:
                return
            stop.wait(options["every"])
