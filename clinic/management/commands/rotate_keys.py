"""Put everything that is encrypted in the database under the newest key of FIELD_KEYS."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments import audit
from clinic import key_rotation
from clinic.common.crypto import CannotDecrypt, key_ring


class Command(BaseCommand):
    """Safe while the site runs, and after an interruption: run it again."""

    help = (
        "Encrypt again, under the first key of FIELD_KEYS, what older keys have encrypted. First put the new key in "
        "front of the old ones and restart the web server and the worker, so that nobody writes with the old one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """To look without touching."""
        parser.add_argument("--check", action="store_true", help="only count what each key encrypts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, rotate, count."""
        ring = list(key_ring(settings.FIELD_KEYS))
        try:
            before = key_rotation.values_by_key()
            self._show(before, ring)
            if not options["check"] and set(before) - {ring[0]}:
                self._rotate()
                self._finish(key_rotation.values_by_key(), ring)
            else:
                self._finish(before, ring, checked=options["check"])
        except CannotDecrypt as problem:
            raise CommandError(
                f"{problem}. What was done before it is complete: put the missing key back into FIELD_KEYS "
                f"(or restore the value from a backup), then run this again."
            ) from problem

    def _rotate(self) -> None:
        audit.record(actor=audit.operator(), action="keys rotated")
        rows: Counter[str] = Counter()
        for label, count in key_rotation.rotate():
            rows[label] += count
            if rows[label] % 5_000 < count:
                self.stdout.write(f"{label}: {rows[label]:,} rows so far")
                self.stdout.flush()
        for label, count in rows.items():
            self.stdout.write(f"{label}: {count:,} rows encrypted again")

    def _show(self, found: Counter[str], ring: list[str]) -> None:
        for key_id in [*ring, *sorted(set(found) - set(ring))]:
            note = " (the newest)" if key_id == ring[0] else ""
            self.stdout.write(f"Key {key_id}{note}: {found[key_id]:,} values")

    def _finish(self, found: Counter[str], ring: list[str], *, checked: bool = False) -> None:
        old = [key_id for key_id in ring[1:] if found[key_id]]
        unused = [key_id for key_id in ring[1:] if not found[key_id]]
        if old and not checked:
            raise CommandError(
                f"Meanwhile something was written under an older key ({', '.join(old)}): restart the web server and "
                f"the worker with the new FIELD_KEYS, then run this again."
            )
        if unused:
            self.stdout.write(
                f"No longer used in this database: {', '.join(unused)}. They may leave FIELD_KEYS; keep them with the "
                f"backups made until now, which still need them."
            )
        if not old:
            self.stdout.write("Everything is under the newest key.")
