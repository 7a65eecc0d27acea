"""Mail servers in trouble, as Django sees them."""

import smtplib
import socket
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

TROUBLES = {
    "refuses": ConnectionRefusedError(),
    "wants another password": smtplib.SMTPAuthenticationError(535, b"no"),
    "has no address": socket.gaierror(-2, "Name or service not known"),
    "hangs up": smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    "hangs": TimeoutError(),
}


class Backend(BaseEmailBackend):
    """For EMAIL_BACKEND. Tests set the trouble."""

    trouble: Exception = ConnectionRefusedError()

    def open(self) -> None:
        """Wagtail does this itself."""
        raise self.trouble

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Django does this."""
        raise self.trouble


DEAD = f"{__name__}.{Backend.__name__}"
