"""What readers are told of a reviewer. A name never stands on a page without degree and type of license (N.J.S.A.
45:1-67 to 73), so it comes from the practice's list of podiatrists, and not from the account.
"""

from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string


class Person(NamedTuple):
    """A listed podiatrist. `license` is its type with the state, `address` the path of their page."""

    name: str
    degree: str
    license: str
    address: str


def person_of(user: int) -> Person | None:
    """Who that account belongs to, from wherever REVIEWER_PEOPLE points; None while they are not listed."""
    known: dict[int, Person] = import_string(settings.REVIEWER_PEOPLE)()
    return known.get(user)
