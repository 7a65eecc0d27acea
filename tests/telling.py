"""Looking for what a patient sent in a text that must not tell it."""

import re
from collections.abc import Iterable


def told_by(text: str, values: Iterable[str]) -> list[str]:
    """The values that stand in the text.

    Digits count only where they stand alone: the ids, links and keys around them hold any digits by chance.
    """
    return [
        value
        for value in values
        if re.search(rf"(?<![\w.]){value}(?!\w)" if value.isdigit() else re.escape(value), text)
    ]
