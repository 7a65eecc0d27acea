"""For systemd: a unit of the site has failed, and nobody may be looking."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.operations import operator_notes


class Command(BaseCommand):
    """Needs no database."""

    help = "Tell the operator that a unit has failed (deploy/systemd/clinic-failed@.service)."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Which."""
        parser.add_argument("unit")

    def handle(self, *args: Any, **options: Any) -> None:
        """By mail and webhook."""
        if not (settings.OPERATOR_EMAIL or settings.OPERATOR_WEBHOOK):
            raise CommandError("Nobody is told: set OPERATOR_EMAIL or OPERATOR_WEBHOOK.")
        unit = options["unit"]
        operator_notes.tell(
            f"{unit} has failed on {settings.BASE_URL}",
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "message": f"{unit} has failed. “journalctl -u {unit}” says why; “manage.py doctor” what to do.",
            },
        )
