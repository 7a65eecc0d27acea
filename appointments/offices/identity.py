"""Who the practice is, as the admin says; the rest of the site asks `common.identity`."""

from django.db import Error
from django.urls import reverse

from appointments.models import PracticeSettings
from appointments.offices.cache import practice
from common.identity import Identity, from_settings


def identity() -> Identity:
    """Kept like the offices. Without a database that was ever read: as the settings say."""
    given = from_settings()
    try:
        own = practice()
    except Error:
        return given
    return Identity(
        name=own.name or given.name,
        brand=(own.first_line, own.second_line) if own.first_line else given.brand,
        letters=own.reference_letters or given.letters,
        look=own.look,
        mark=reverse("mark", args=[own.mark_name]) if own.mark_name else "",
    )


def mark() -> bytes | None:
    """The mark's picture, a PNG; None without one. One query."""
    return PracticeSettings.objects.values_list("mark", flat=True).first()
