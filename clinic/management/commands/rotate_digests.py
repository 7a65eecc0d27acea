"""Make look-ups anew under the newest key of DIGEST_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.models import EarlierLink
from clinic.operations import database_copy, digest_rotation
from common import audit


class Command(BaseCommand):
    """Safe while the site runs, and after an interruption: run it again."""

    help = (
        "Make search keys and the addresses of private pages anew under the first key of DIGEST_KEY. First put the new "
        "key in front of the old one, as in DIGEST_KEY=2:new,1:old, and restart the web server and the worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Also to end what the old key still opens."""
        parser.add_argument(
            "--end-old-links", action="store_true", help="addresses that were mailed under an older key stop working"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Requests first; then what is said of the older keys is true."""
        database_copy.wait_long()
        audit.record(actor=audit.operator(), action="digests rotated")
        skipped: list[str] = []
        rows = 0
        for count in digest_rotation.rotate(skipped):
            rows += count
            if rows % 5_000 < count:
                self.stdout.write(f"{rows:,} requests so far")
                self.stdout.flush()
        self.stdout.write(f"{rows:,} requests are found under the newest key.")
        if options["end_old_links"]:
            ended, _by_model = EarlierLink.objects.all().delete()
            self.stdout.write(f"{ended:,} addresses that were mailed under an older key lead nowhere any more.")
        if skipped:
            raise CommandError(
                f"Of {len(skipped):,} requests something can't be read, so they are found only under the older key: "
                f"{', '.join(skipped[:20])}. manage.py check_data says what; then run this again."
            )
        if older := digest_rotation.finish():
            self.stdout.write(
                f"Older: {', '.join(older)}. Keep them in DIGEST_KEY, behind the newest, as long as the audit has "
                f"entries from before (AUDIT_YEARS); without them verify_audit can't prove those, and "
                f"addresses that were mailed before end."
            )
