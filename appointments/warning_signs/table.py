"""Signs, conditions and rules of one version of the safety check. Values in, values out: no database, no clock.

A level only ever rises: each sign has its own, and each rule that holds raises the signs it names. So more signs, or a
condition, never make anything less urgent.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from appointments.vocabulary import Level, highest
from appointments.warning_signs.reader import Found, Reader


@dataclass(frozen=True)
class Condition:
    """What makes a sign more serious: diabetes and the like."""

    slug: str
    question: str
    short: str
    words: str = ""


@dataclass(frozen=True)
class Sign:
    """Something that may not be able to wait. `words` holds patterns for `reader`, one a line."""

    slug: str
    question: str
    short: str
    level: Level
    advice: str = ""
    home: str = ""
    only_911: bool = False  # nothing but an ambulance is right
    words: str = ""


@dataclass(frozen=True)
class Rule:
    """These signs together, or with any condition, raise to this level."""

    signs: frozenset[str]
    level: Level
    with_condition: bool = False
    home: str = ""
    only_911 = False


@dataclass(frozen=True)
class Judgment:
    """What a set of signs and conditions comes to."""

    level: Level
    levels: dict[str, Level]  # of each sign, raised by its company
    gravest: Sign | None = None
    only_911: bool = False


@lru_cache(maxsize=4)
def _reader(words: tuple[tuple[str, str], ...]) -> Reader:
    """Reading a word list in takes a moment, so the last ones are kept."""
    return Reader((slug, line) for slug, text in words for line in filter(None, map(str.strip, text.splitlines())))


@dataclass(frozen=True)
class Table:
    """A version: what is asked, what it means, and what patients call it. Version 0 knows nothing."""

    version: int = 0
    signs: tuple[Sign, ...] = ()
    conditions: tuple[Condition, ...] = ()
    rules: tuple[Rule, ...] = field(default=())

    @property
    def rows(self) -> tuple[Sign | Condition, ...]:
        """Signs, then conditions."""
        return (*self.signs, *self.conditions)

    def judge(self, slugs: Collection[str]) -> Judgment:
        """The level of these signs and conditions together. What the version does not know counts nothing."""
        present = [sign for sign in self.signs if sign.slug in slugs]
        names = {sign.slug for sign in present}
        at_risk = any(condition.slug in slugs for condition in self.conditions)
        levels = {sign.slug: sign.level for sign in present}
        for rule in self.rules:
            if rule.signs <= names and (at_risk or not rule.with_condition):
                for slug in rule.signs:
                    levels[slug] = highest(levels[slug], rule.level)
        gravest = max(present, key=lambda sign: (levels[sign.slug].rank, sign.only_911), default=None)
        return Judgment(
            level=highest(*levels.values()),
            levels=levels,
            gravest=gravest,
            only_911=any(sign.only_911 for sign in present),
        )

    def matters_with_condition(self, slugs: Collection[str]) -> bool:
        """Whether a condition would make these signs more urgent: then it has to be known."""
        any_condition = [condition.slug for condition in self.conditions[:1]]
        return self.judge([*slugs, *any_condition]).level != self.judge(slugs).level

    def found_in(self, text: str) -> list[Found]:
        """The signs and conditions that a text speaks of."""
        return _reader(tuple((row.slug, row.words) for row in self.rows)).found(text)

    def on_home(self, level: Level, *, only_911: bool = False) -> list[str]:
        """What the home page lists under this level, in the table's order; apart, what is for an ambulance alone."""
        rows: Iterable[Sign | Rule] = (*self.signs, *self.rules)
        return [row.home for row in rows if row.home and row.level == level and row.only_911 == only_911]
