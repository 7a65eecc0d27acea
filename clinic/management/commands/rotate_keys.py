"""Put everything that is encrypted in the database under the newest key of FIELD_KEYS, each value for its place."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.operations import database_copy, key_rotation, keys
from clinic.operations.key_rotation import Unread
from common import audit
from common.crypto import key_ring
from common.models import KeyCheck

MOST_NAMED = 20


class Command(BaseCommand):
    """Safe while the site runs, and after an interruption: run it again."""

    help = (
        "Encrypt again, under the first key of FIELD_KEYS, what older keys have encrypted, and bind to its place what "
        "is bound to none. First put the new key in front of the old ones and restart the web server and the worker, "
        "so that nobody writes with the old one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """To look without touching."""
        parser.add_argument("--check", action="store_true", help="only count what each key encrypts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, rotate, count."""
        database_copy.wait_long()
        ring = list(key_ring(settings.FIELD_KEYS))
        found = key_rotation.values_by_key()
        old = dict(key_rotation.unbound())
        self._show(found, ring, old)
        skipped: list[Unread] = []
        if not options["check"]:
            if set(found) - {ring[0]} or old:
                self._rotate(skipped)
            self._stop_reading_unbound(skipped)
            found = key_rotation.values_by_key()
        self._finish(found, ring, skipped, checked=options["check"])

    def _rotate(self, skipped: list[Unread]) -> None:
        audit.record(actor=audit.operator(), action="keys rotated")
        rows: Counter[str] = Counter()
        for label, count in key_rotation.rotate(skipped):
            rows[label] += count
            if rows[label] % 5_000 < count:
                self.stdout.write(f"{label}: {rows[label]:,} rows so far")
                self.stdout.flush()
        for label, count in rows.items():
            self.stdout.write(f"{label}: {count:,} rows encrypted again")

    def _stop_reading_unbound(self, skipped: list[Unread]) -> None:
        if key_rotation.stop_reading_unbound(skipped):
            audit.record(actor=audit.operator(), action=keys.BOUND_ALL)
            self.stdout.write("All values are bound to their places; others are refused from now on.")

    def _show(self, found: Counter[str], ring: list[str], old: dict[str, int]) -> None:
        for key_id in [*ring, *sorted(set(found) - set(ring))]:
            note = " (the newest)" if key_id == ring[0] else ""
            self.stdout.write(f"Key {key_id}{note}: {found[key_id]:,} values")
        if old:
            self.stdout.write(f"Bound to no place yet: values of {sum(old.values()):,} rows")

    def _finish(self, found: Counter[str], ring: list[str], skipped: list[Unread], *, checked: bool) -> None:
        unused = [key_id for key_id in ring[1:] if not found[key_id]]
        if not checked:
            names = [f"FIELD_KEYS {key_id}" for key_id in unused]
            KeyCheck.objects.filter(name__in=names).update(needed=False)
        if skipped:
            named = "\n".join(f"{unread}: {unread.why}" for unread in skipped[:MOST_NAMED])
            raise CommandError(
                f"{len(skipped):,} stored values can't be read and stay as they are; all others are done.\n{named}\n"
                f"If a key is missing, put it back into FIELD_KEYS and run this again; else restore the value from a "
                f"backup. manage.py check_data names them all."
            )
        old = [key_id for key_id in ring[1:] if found[key_id]]
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
