"""Whether an article's "When to get help" says what the table says: advice for editors, and a test of what we ship."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from appointments.vocabulary import Level
from appointments.warning_signs import current
from appointments.warning_signs.table import Table

# The lists of an article's block, and the level each one tells readers.
LISTS = {"now": Level.EMERGENCY, "today": Level.NOW, "soon": Level.SOON}
# "a toe has turned black, or you have a fever": each may be true without the other.
ALTERNATIVES = re.compile(r"[,;]\s+or\s+(?=(?:you|your|a|an|the|one|redness|it|part|in)\b)")


def differences(lists: Mapping[str, Iterable[str]]) -> list[str]:
    """For each line that tells another level than the table of the version asked now: a sentence for the editor."""
    table = current.current()
    return [
        _("“%(line)s”: the warning signs say “%(level)s” for this.") % {"line": line, "level": level.label}
        for name, lines in lists.items()
        if name in LISTS
        for line in lines
        for level in told_otherwise(table, line, LISTS[name])
    ]


def told_otherwise(table: Table, line: str, told: Level) -> list[Level]:
    """The table's levels for what the line speaks of, where they are not `told`: too low for the whole line, or too
    high for a part of it that may be true by itself. A line without a sign, or with a routine one, is the editor's.
    """
    whole = _level(table, line)
    wrong = [whole] if whole and whole.rank > told.rank else []
    parts = [level for part in ALTERNATIVES.split(line) if (level := _level(table, part))]
    return wrong or [level for level in parts if level.rank < told.rank][:1]


def _level(table: Table, text: str) -> Level | None:
    found = {piece.sign for piece in table.found_in(text)}
    judgment = table.judge(found)
    return judgment.level if judgment.levels else None
