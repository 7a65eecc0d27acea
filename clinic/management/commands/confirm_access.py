"""`manage.py confirm_access nora --reason first-account`: the second person where the practice has none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.accounts import access
from common.models import User

# Words of our own, because the audit keeps them for years.
REASONS = ("first-account", "single-practice", "nobody-there")


class Command(BaseCommand):
    """For the operator, who has checked by voice or in person that it is their account."""

    help = "Confirm the roles and offices that wait for a second person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", choices=REASONS, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Written into the audit; the managers are told by mail."""
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError("Nobody who may sign in has this user name.")
        try:
            access.confirm(person=person, by=None, reason=options["reason"])
        except access.NotNow as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{person.username} has the access now.")
