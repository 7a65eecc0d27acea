"""Delete closed requests that are old enough; the worker does so every day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments import retention
from appointments.offices import practice
from common import clock


class Command(BaseCommand):
    """With --dry-run it says what would go, and deletes nothing."""

    help = "Delete closed requests whose time in the practice's settings (keep closed requests, days) is over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only looking, or doing it."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")
        parser.add_argument(
            "--confirm", action="store_true", help="the server's clock is right, and much may be deleted at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many, and with --dry-run their references."""
        days = practice().keep_closed_days
        if options["dry_run"]:
            references = list(retention.old_requests(retention.cut(days)).values_list("reference", flat=True))
            self.stdout.write(f"{len(references)} requests closed more than {days} days ago would be deleted")
            for reference in references:
                self.stdout.write(reference)
            if kept := retention.on_hold():
                self.stdout.write(f"{kept} closed requests stay, however old, for a legal hold")
            return
        if options["confirm"]:
            clock.confirm()
        try:
            gone = retention.purge(confirmed=options["confirm"])
        except clock.HeldBack as problem:
            raise CommandError(f"Nothing was deleted. {problem}") from problem
        self.stdout.write(f"{gone} requests closed more than {days} days ago were deleted")
