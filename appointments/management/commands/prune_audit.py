"""Delete audit entries whose years are over; the worker does it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import audit, clock


class Command(BaseCommand):
    """What is younger than AUDIT_YEARS can't be deleted, not even by hand."""

    help = "Delete the audit entries that are older than AUDIT_YEARS."

    def add_arguments(self, parser: CommandParser) -> None:
        """What a person says who has looked."""
        parser.add_argument(
            "--confirm", action="store_true", help="the server's clock is right, and much may be deleted at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """From the chain's start."""
        if options["confirm"]:
            clock.confirm()
        try:
            count = audit.prune(confirmed=options["confirm"])
        except clock.HeldBack as problem:
            raise CommandError(f"Nothing was deleted. {problem}") from problem
        except audit.Broken as problem:
            raise CommandError(f"Nothing more is deleted, because the trail is broken. {problem}.") from problem
        self.stdout.write(f"{count:,} audit entries deleted.")
