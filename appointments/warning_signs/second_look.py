"""What a patient's own words add to what they ticked.

It only ever raises: the words found are taken as if ticked, beside what was. Whoever wrote them is asked once before
anything is sent, and the desk reads them first, whatever the answer.
"""

from collections.abc import Collection
from dataclasses import dataclass

from appointments.warning_signs import current
from appointments.warning_signs.table import Judgment, Table


@dataclass(frozen=True)
class SecondLook:
    """`words`: the pieces of the text that make it urgent, as (the sign's name for the desk, what was written)."""

    ticked: Judgment
    together: Judgment
    words: tuple[tuple[str, str], ...]

    @property
    def raises(self) -> bool:
        """Whether the words are more urgent than what was ticked."""
        return self.together.level.is_urgent and self.together.level.rank > self.ticked.level.rank

    @property
    def quoted(self) -> list[str]:
        """What to ask about, each piece once."""
        return list(dict.fromkeys(words for _short, words in self.words))


@dataclass(frozen=True)
class Addition(SecondLook):
    """The same for what is written later: `words` are only those that had not been written before."""

    @property
    def raises(self) -> bool:
        """Whether it tells of something new that is urgent."""
        return bool(self.words)


def in_text(text: str) -> SecondLook:
    """What a text says by itself, for forms that ask about nothing; named by the setting SECOND_LOOK."""
    return look(current.current(), text)


def look(table: Table, text: str, ticked: Collection[str] = ()) -> SecondLook:
    """Read `text` beside the ticked signs and conditions."""
    found = table.found_in(text)
    together = table.judge({*ticked, *(piece.sign for piece in found)})
    urgent = {slug for slug, level in together.levels.items() if level.is_urgent and slug not in ticked}
    short = {row.slug: row.short for row in table.rows}
    return SecondLook(
        ticked=table.judge(ticked),
        together=together,
        words=tuple((short[piece.sign], piece.words) for piece in found if piece.sign in urgent),
    )


def in_addition(table: Table, before: str, text: str, ticked: Collection[str], *, urgent: bool) -> Addition:
    """Read `text` beside what was written `before`: a condition named there counts. Of what is `urgent` already only
    more urgent words count.
    """
    known, seen = look(table, before, ticked), look(table, f"{before}\n{text}", ticked)
    new = tuple(pair for pair in seen.words if pair not in known.words)
    if urgent and seen.together.level.rank <= max(known.together.level.rank, seen.ticked.level.rank):
        new = ()
    return Addition(seen.ticked, seen.together, new)
