"""Write into a broken audit trail that somebody has looked into it, so that it goes on and can be verified again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import audit

LONGEST = 200


class Command(BaseCommand):
    """What was found stays in the trail, and so do who closed it and why. Damage done later is a new incident."""

    help = "Close what verify_audit has found broken, for a reason that is kept. Changes no entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="kept for years: name no patient")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what was broken. Ends with 1 when nothing was."""
        reason = " ".join(options["reason"].split())
        if not reason or len(reason) > LONGEST:
            raise CommandError(f"Give a reason of 1 to {LONGEST} characters.")
        found = audit.close_incident(actor=audit.operator(), reason=reason)
        if audit.lock_again(actor=audit.operator(), reason=reason):
            found = ". ".join(filter(None, [found, "The database no longer refused to change entries; it does again"]))
        if not found:
            raise CommandError("Nothing was written: the audit trail is whole.")
        self.stdout.write(f"{found}.\nThis incident is closed, and stays in the trail. Now run: manage.py verify_audit")
