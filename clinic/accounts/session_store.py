"""Sessions in the database, as Django keeps them, but for one thing: a database that is busy is told as such."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Keeps Django's name: what it has signed is read by this class, too."""

    def save(self, must_create: bool = False) -> None:
        """Raises OperationalError, which is a page "try again" (503). Django would take a session that can't be
        written right now for one that somebody has ended, and answer 400.
        """
        try:
            super().save(must_create)
        except UpdateError as refusal:
            if isinstance(refusal.__context__, OperationalError):
                raise refusal.__context__ from None
            raise
