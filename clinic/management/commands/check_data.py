"""Read every encrypted value of the database, and name those that can't be read."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.operations import key_rotation


class Command(BaseCommand):
    """Ends with 1 if there is one. Changes nothing, prints nothing of a value, and keeps nobody from writing."""

    help = "Read every stored value that is encrypted; name model, key and field of each that can't be read."

    def handle(self, *args: Any, **options: Any) -> None:
        """Some thousand values a second."""
        count = 0
        for unread in filter(None, key_rotation.unreadable()):
            count += 1
            self.stdout.write(f"{unread}: {unread.why}")
        if count:
            raise CommandError(
                f"{count:,} stored values can't be read. They are shown as such and stop nothing else. Restore them "
                f"from a backup, or enter them anew."
            )
        self.stdout.write("Every stored value can be read.")
