"""Delete audit entries whose years are over; the worker does it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appointments import audit


class Command(BaseCommand):
    """What is younger than AUDIT_YEARS can't be deleted, not even by hand."""

    help = "Delete the audit entries that are older than AUDIT_YEARS."

    def handle(self, *args: Any, **options: Any) -> None:
        """From the chain's start."""
        try:
            count = audit.prune()
        except audit.Broken as problem:
            raise CommandError(f"Nothing more is deleted, because the trail is broken. {problem}.") from problem
        self.stdout.write(f"{count:,} audit entries deleted.")
