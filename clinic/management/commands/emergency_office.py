"""`manage.py emergency_office tess belleville --reason staff-away`: an office for hours, when no manager is there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appointments.models import EmergencyAccess, Office
from clinic.accounts import access
from common.models import User
from common.times import moment


class Command(BaseCommand):
    """For the operator; a manager does it in /admin/ under Access."""

    help = f"Give somebody of a front desk another office's requests for {access.EMERGENCY_HOURS} hours."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, which office, and why."""
        parser.add_argument("username")
        parser.add_argument("office", help="the office's web address, like toms-river")
        parser.add_argument("--reason", choices=EmergencyAccess.Reason.values, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Written into the audit; the managers are told by mail."""
        person = User.objects.filter(username=options["username"], is_active=True).first()
        office = Office.objects.filter(slug=options["office"]).first()
        if person is None or office is None:
            raise CommandError("Nobody who may sign in has this user name." if office else "There is no such office.")
        try:
            given = access.give_in_emergency(person=person, office=office, reason=options["reason"], by=None)
        except access.NotNow as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{person.username} sees the requests of {office.name} until {moment(given.ends_at)}.")
