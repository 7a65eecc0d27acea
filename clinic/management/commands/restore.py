"""Put a backup in the place of the database and the pictures."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.audit import Broken
from clinic import backup
from clinic.database_copy import CopyFailed


class Command(BaseCommand):
    """Proves everything on a copy first; what was there stays beside it."""

    help = "Restore a backup, with the FIELD_KEYS and DIGEST_KEY of its time. Stop the web server and the worker first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and the private key."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key's file")
        parser.add_argument("--replace", action="store_true", help="also when there is a database or pictures already")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        started = time.monotonic()
        if backup.has_something() and not options["replace"]:
            raise CommandError(
                "There is a database or there are pictures already, and nothing was touched. With --replace the backup "
                "takes their place and they are kept beside it."
            )
        try:
            self.stdout.write("Opening the backup ...")
            with backup.opened(options["file"], options["key"]) as found:
                kept = backup.restore(found, self.stdout.write)
        except (backup.BackupFailed, CopyFailed, Broken) as problem:
            raise CommandError(f"Not restored. {problem}.") from problem
        except OSError as problem:
            raise CommandError(f"Not restored: {problem.strerror} ({problem.filename or 'writing'})") from problem
        manifest = found.manifest
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}: {sum(manifest['tables'].values()):,} rows and "
            f"{len(manifest['parts']) - 1:,} pictures, {time.monotonic() - started:.1f} s. The audit trail is whole."
        )
        for place in kept:
            self.stdout.write(f"What was there before is kept: {place}")
        self.stdout.write(
            "Everybody has to sign in again. Look through the accounts: who was shut out after the backup was made is "
            "let in again. Then start the web server and the worker."
        )
