"""`manage.py emergency_access tess --reason lost-phone`: lets somebody in again who has lost their second factor."""

import getpass
import os
from smtplib import SMTPException
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.accounts.sessions import end_sessions
from common import audit
from common.models import User
from common.times import moment

# Words of our own, because the audit keeps them for years: nobody types a story about a patient or a colleague here.
REASONS = ("lost-phone", "new-phone", "broken-phone", "lost-key", "other-device-fault")


class Command(BaseCommand):
    """For the operator, who has checked by voice or in person that it is them. It needs their password all the same."""

    help = "Remove a member of staff's second factors and sessions; they set up a new one when they next sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", choices=REASONS, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Written into the audit in the same transaction; the managers are told by mail afterwards."""
        operator = os.environ.get("SUDO_USER") or getpass.getuser()
        with transaction.atomic():
            user = User.objects.select_for_update().filter(username=options["username"], is_active=True).first()
            if user is None:
                raise CommandError("Nobody who may sign in has this user name.")
            Authenticator.objects.filter(user=user.pk).delete()
            ended = end_sessions(user)
            audit.record(
                actor=f"operator {operator}", action="emergency access", record=f"{user.username}: {options['reason']}"
            )
        self.stdout.write(f"{user.username} sets up a new second factor at the next sign-in. Sessions ended: {ended}.")
        self._tell(user, operator, options["reason"])

    def _tell(self, user: User, operator: str, reason: str) -> None:
        """Managers and the person. A mail that fails is said, and undoes nothing."""
        told = User.objects.filter(Q(groups__name="Manager") | Q(pk=user.pk), is_active=True).exclude(email="")
        addresses = sorted(set(told.values_list("email", flat=True)))
        text = (
            f"The second factor of the account {user.username} was removed on the server by {operator}, "
            f"{moment(timezone.now())}. Reason: {reason}.\n\n"
            f"If you did not expect this, take the account’s access away now: {settings.BASE_URL}/admin/\n"
        )
        try:
            send_mail(f"Emergency access: {user.username}", text, None, addresses)
        except (OSError, SMTPException) as problem:
            self.stderr.write(f"Nobody was told by mail ({type(problem).__name__}). Tell the manager yourself.")
            return
        if addresses:
            self.stdout.write(f"Told by mail: {len(addresses)}.")
        else:
            self.stderr.write("No manager has a mail address in their account. Tell the manager yourself.")
