"""What the search knows of a language: filler words, odd forms, words that mean or sound the same.

Words are folded: no capitals, accents or apostrophes. `english.py` and `spanish.py` hold them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lexicon:
    """A language's words."""

    stop: frozenset[str] = frozenset()  # say nothing about the problem
    irregular: Mapping[str, str] = field(default_factory=dict)  # a form, and the word it belongs to
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a word people type, and words articles use
    sounds_like: Mapping[str, str] = field(default_factory=dict)  # a word that often stands for another one
    # What people say in several words, * for a few of any kind, and the articles' words for it.
    sayings: tuple[tuple[str, str], ...] = ()
    # Treatments and aids, and the problem that they are for, unless a query names one itself.
    aids: tuple[tuple[str, str], ...] = ()
    elsewhere: frozenset[str] = frozenset()  # other parts of the body, and other beings
    ordinary: frozenset[str] = frozenset()  # everyday words that look like misspelled ones
    signs: frozenset[str] = frozenset()  # go with many problems: alone they name none
    foot: frozenset[str] = frozenset()  # where it is about a foot all the same
    parts: frozenset[str] = frozenset()  # of the foot and leg, that an article about them names
    circumstances: frozenset[str] = frozenset()  # whose foot it is and when it hurts, but not what it has
    child_age: re.Pattern[str] | None = None  # how people say that it is about a child: "my 10 year old"
    child: str = ""  # the word for it; no longer than what the pattern matches
    # About the body, its ailments and a podiatrist's work: not to be "repaired" into something else, and worth
    # counting when no article is found. Words that are people's names, too, must stay out.
    topics: frozenset[str] = frozenset()
    ailments: frozenset[str] = frozenset()  # topics that only an article about them answers
    treatments: frozenset[str] = frozenset()  # topics that say little beside a problem


def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


def forms_in(text: str) -> dict[str, str]:
    """Lines of a word and its odd forms."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {form: word for word, *forms in lines for form in forms}


def groups_in(text: str) -> dict[str, tuple[str, ...]]:
    """Lines of words that mean much the same, each standing for all others of its line; before a ":" only that one."""
    alike: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        first, colon, rest = line.rpartition(":")
        words = [*first.split(), *rest.split()]
        for word in words[:1] if colon else words:
            alike[word] = (*alike.get(word, ()), *(other for other in words if other != word))
    return alike


def sayings_in(text: str) -> tuple[tuple[str, str], ...]:
    """Lines of phrases, each of which means the words after the ":"."""
    lines = [line.partition(":") for line in text.strip().splitlines()]
    return tuple((phrase.strip(), words.strip()) for phrases, _colon, words in lines for phrase in phrases.split("|"))
