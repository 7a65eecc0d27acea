"""References as people type them."""

import re

from django.conf import settings


def canonical_reference(typed: str) -> str:
    """ "gs 7k4m39" as it is stored: "GS-7K4M-39"."""
    letters = re.sub(r"[^A-Z0-9]", "", typed.upper()).removeprefix(settings.REFERENCE_PREFIX.upper())
    return f"{settings.REFERENCE_PREFIX}-{letters[:4]}-{letters[4:]}"
