"""The people who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff. Our own model from the first migration on, because it can't be swapped later."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username
