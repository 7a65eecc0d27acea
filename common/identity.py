"""Who the practice is: name, logo's lines, mark, look, letters of its references.

Set in the admin; what is empty there comes from the settings. `common` finds it through the setting IDENTITY.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Identity:
    """Of the whole practice."""

    name: str
    brand: tuple[str, str]  # the two lines of the logo; the second may be ""
    letters: str  # before every reference: "GS"
    look: str  # name of the colors; "" for the house's own
    mark: str  # address of its picture; "" for the drawing of ours


def from_settings() -> Identity:
    """As long as nobody has set anything, and where no database is to be had."""
    first, second = (*settings.PRACTICE_BRAND, "")[:2]
    return Identity(settings.PRACTICE_NAME, (first, second), settings.REFERENCE_PREFIX, "", "")


def identity() -> Identity:
    """As of now. Never raises."""
    find: Callable[[], Identity] = import_string(settings.IDENTITY)
    return find()
