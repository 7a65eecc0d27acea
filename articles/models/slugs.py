"""The last part of an article's address."""

from collections.abc import Container
from itertools import chain, count

SLUG_LENGTH = 120
RESERVED_SLUGS = frozenset({"search", "suggest"})  # /conditions/search/ and /conditions/suggest/


def free_slug(wanted: str, taken: Container[str]) -> str:
    """The wanted one if no other article has it and no page of ours needs it, else with a number behind it."""
    numbered = (f"{wanted[: SLUG_LENGTH - 6]}-{number}" for number in count(2))
    return next(slug for slug in chain([wanted], numbered) if slug not in RESERVED_SLUGS and slug not in taken)
