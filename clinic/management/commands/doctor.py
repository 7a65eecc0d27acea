"""Is this installation right, and if not, what is to be done?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.operations import doctor

STATES = {True: "right", False: "WRONG", None: "?"}


class Command(BaseCommand):
    """Looks at everything and changes nothing, but for a mail that it is told to send."""

    help = (
        "Look at settings, keys, database, files, proxy, mail, worker and backups; say what to do where one is wrong."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """A mail, and how to print."""
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="send a mail there, really")
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 when something is wrong."""
        found = []
        for finding in doctor.findings(options["mail"]):
            found.append(finding)
            if not options["json"]:
                self.stdout.write(f"{STATES[finding.right]:5}  {finding.about}: {finding.words}")
        if options["json"]:
            self.stdout.write(json.dumps([vars(finding) for finding in found], indent=1, ensure_ascii=False))
        if wrong := sum(finding.right is False for finding in found):
            raise CommandError(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
