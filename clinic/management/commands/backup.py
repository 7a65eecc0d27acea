"""Write one encrypted file with the database and the pictures."""

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from clinic.operations import backup, backup_file
from clinic.operations.database_copy import CopyFailed
from common import audit

log = logging.getLogger("clinic.backup")


@contextmanager
def _operator_told() -> Iterator[None]:
    """Nobody reads what a nightly command prints: that it failed is logged, which tells the operator."""
    try:
        yield
    except Exception as problem:
        log.error("No backup was made (%s): run the command by hand to see why", type(problem).__name__)
        raise


class Command(BaseCommand):
    """Safe while the site runs."""

    help = "Back up the database and the pictures, encrypted to BACKUP_PUBLIC_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, or a new pair of keys."""
        parser.add_argument("target", nargs="?", type=Path, help="a new file, or a folder")
        parser.add_argument(
            "--keep", type=int, default=0, help="in a folder: keep this many backups, delete older ones"
        )
        parser.add_argument("--unverified", action="store_true", help="don't read through what is backed up")
        parser.add_argument("--make-key", type=Path, metavar="FILE", help="write a new private key into a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        """One file, or none."""
        signal.signal(signal.SIGTERM, lambda *_received: sys.exit(143))  # so that the copy made on the way is removed
        try:
            if options["make_key"]:
                self._make_key(options["make_key"])
            elif options["target"]:
                with _operator_told():
                    self._back_up(options["target"], options["keep"], verify=not options["unverified"])
            else:
                raise CommandError("Name a file or a folder to back up to.")
        except (backup_file.BackupFailed, CopyFailed, audit.Broken) as problem:
            raise CommandError(f"No backup was made. {problem}") from problem
        except DatabaseError as problem:
            raise CommandError(f"No backup was made: the database says “{problem}”") from problem
        except OSError as problem:
            raise CommandError(f"No backup was made: {problem.strerror} ({problem.filename or 'writing'})") from problem

    def _make_key(self, path: Path) -> None:
        public = backup_file.make_key(path)
        self.stdout.write(f"BACKUP_PUBLIC_KEYS={public}")
        self.stdout.write(
            f"Set this, then move {path} off this server, to two safe places: who has it can open every backup, and "
            f"without it nobody can."
        )

    def _back_up(self, target: Path, keep: int, *, verify: bool) -> None:
        started = time.monotonic()
        path, manifest = backup.write(target, verify=verify)
        try:
            audit.record(actor=audit.operator(), action="backup finished", record=path.name[:100])
        except DatabaseError as problem:  # the file is whole all the same
            self.stderr.write(f"The checklist will still ask for this backup: the database says “{problem}”.")
        rows = sum(manifest["tables"].values())
        pictures = len(manifest["parts"]) - 1
        self.stdout.write(
            f"{path}: {path.stat().st_size / 1e6:,.1f} MB, {rows:,} rows and {pictures:,} pictures, "
            f"{time.monotonic() - started:.1f} s"
        )
        if manifest["audit_mark"]:
            self.stdout.write(f"The audit's mark, to note down: {manifest['audit_mark']}")
        for doubt in backup.doubts(manifest):
            self.stderr.write(f"Look at this. {doubt}")
        if manifest["audit_broken"] or manifest["unreadable"]:
            log.error("A backup holds a broken audit trail, or values that can't be read")
        elif verify:
            self.stdout.write("Verified: its audit trail is whole, and every value in it can be read.")
        self.stdout.write(backup.KEEP_KEYS_APART)
        if keep > 0 and target.is_dir():
            for old in sorted(target.glob("clinic-*Z.backup.age"))[:-keep]:
                old.unlink()
                self.stdout.write(f"Deleted the older {old.name}")
