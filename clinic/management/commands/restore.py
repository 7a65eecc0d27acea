"""Put a backup in the place of the database and the pictures."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.operations import backup, backup_file, restoring
from clinic.operations.database_copy import CopyFailed
from common.audit import Broken


class Command(BaseCommand):
    """Proves everything on a copy first; what was there stays beside it."""

    help = "Restore a backup, with the FIELD_KEYS and DIGEST_KEY of its time. Stop the web server and the worker first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and the private key."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key's file")
        parser.add_argument("--replace", action="store_true", help="also when there is a database or pictures already")
        parser.add_argument("--try", action="store_true", help="prove the backup on a copy, and change nothing")
        parser.add_argument(
            "--audit-broken",
            default="",
            metavar="REASON",
            help="also when the backup's audit trail is broken; the reason is written into the audit",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        started = time.monotonic()
        only_try = options["try"]
        if restoring.has_something() and not (options["replace"] or only_try):
            raise CommandError(
                "There is a database or there are pictures already, and nothing was touched. With --replace the backup "
                "takes their place and they are kept beside it."
            )
        try:
            self.stdout.write("Opening the backup ...")
            with backup_file.opened(options["file"], options["key"]) as found:
                for doubt in backup.doubts(found.manifest):
                    self.stderr.write(f"What the backup says of itself: {doubt}")
                if only_try:
                    restoring.try_out(found, self.stdout.write)
                    self.stdout.write(
                        f"It can be restored: the backup of {found.manifest['made_at']}. Nothing was changed."
                    )
                    return
                if lost := restoring.requests_since(found.manifest):
                    self.stderr.write(
                        f"{lost:,} requests came in after this backup was made. They are not in it: after the restore "
                        f"they are only in the database that is kept beside it."
                    )
                kept = restoring.restore(found, self.stdout.write, audit_broken=options["audit_broken"])
        except (backup_file.BackupFailed, CopyFailed, Broken) as problem:
            raise CommandError(f"Not restored. {problem}.") from problem
        except OSError as problem:
            raise CommandError(f"Not restored: {problem.strerror} ({problem.filename or 'writing'})") from problem
        manifest = found.manifest
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}: {sum(manifest['tables'].values()):,} rows and "
            f"{len(manifest['parts']) - 1:,} pictures, {time.monotonic() - started:.1f} s."
        )
        for place in kept:
            self.stdout.write(f"What was there before is kept: {place}")
        self.stdout.write(
            "Everybody has to sign in again. Look through the accounts: who was shut out after the backup was made is "
            "let in again. Then start the web server and the worker."
        )
