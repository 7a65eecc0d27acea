"""Prove that the audit trail is what was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import audit


class Command(BaseCommand):
    """Ends with 1 and a sentence when it is not whole. Prints no entry's contents."""

    help = "Verify the hash chain of the audit trail, and print the mark to note down outside the database."

    def add_arguments(self, parser: CommandParser) -> None:
        """What was noted last time."""
        parser.add_argument("--expect", default="", metavar="COUNT:HASH", help="the mark of an earlier run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow the chain from end to end."""
        try:
            trail = audit.verify(expected=options["expect"])
        except ValueError as problem:
            raise CommandError(f"{problem}, as this command prints it.") from problem
        except audit.Broken as problem:
            where = f" ({problem.entry.at:%Y-%m-%d %H:%M:%S %Z})" if problem.entry else ""
            raise CommandError(f"The audit trail is broken. {problem}{where}.") from problem
        if not audit.is_locked():
            raise CommandError(
                "The audit trail is whole, but the database no longer refuses to change it: its triggers are missing. "
                "Find out who removed them; then “manage.py close_audit_incident --reason ...” puts them back."
            )
        first, last = (f"{at:%Y-%m-%d %H:%M:%S %Z}" if at else "none" for at in (trail.first, trail.last))
        self.stdout.write(f"Entries: {trail.entries:,} (and {trail.pruned:,} deleted when their years were over)")
        self.stdout.write(f"First: {first}\nLast: {last}")
        for entry in trail.closed:
            reason = audit.reason_of(entry)
            self.stdout.write(f"Broken before entry {entry.pk} ({entry.at:%Y-%m-%d}): {reason} ({entry.actor})")
        self.stdout.write(f"Whole since entry {trail.closed[-1].pk}." if trail.closed else "Whole.")
        self.stdout.write(f"Note this down where the server can't write: {trail.mark}")
