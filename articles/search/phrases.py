"""Several words that mean one thing, found in what was typed however they are bent and filled up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")

GAP = "*"  # in a phrase: a few words of any kind
EXACT = "="  # before a word of a phrase that counts in this form only
MOST_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class Found(Generic[Meaning]):
    """Words `start` to `end` (not included) are this phrase; `said` of them are its own."""

    start: int
    end: int
    said: int
    meaning: Meaning


class Phrases(Generic[Meaning]):
    """Phrases and what they mean. Filler words may stand between the words of one, other words only at its GAP."""

    def __init__(
        self, pairs: Iterable[tuple[str, Meaning]], stem: Callable[[str], str], filler: Collection[str]
    ) -> None:
        self._filler = filler
        self._by_first: defaultdict[str, list[tuple[tuple[str, ...], Meaning]]] = defaultdict(list)
        for phrase, meaning in pairs:
            stems = tuple(word if word[0] in GAP + EXACT else stem(word) for word in phrase.split())
            self._by_first[stems[0]].append((stems, meaning))

    def found(self, words: Sequence[str], stems: Sequence[str]) -> Iterator[Found[Meaning]]:
        """Every phrase in these folded words with their stems, wherever it begins."""
        for start, first in enumerate(stems):
            begun = [*self._by_first.get(first, ()), *self._by_first.get(EXACT + words[start], ())]
            for phrase, meaning in begun:
                if end := self._end(words, stems, start + 1, phrase[1:]):
                    yield Found(start, end, len(phrase) - phrase.count(GAP), meaning)

    def _end(self, words: Sequence[str], stems: Sequence[str], place: int, rest: tuple[str, ...]) -> int:
        """Where a phrase ends whose rest begins here; 0 if it does not go on so."""
        gap = False
        for wanted in rest:
            if wanted == GAP:
                gap = True
                continue
            last = min(place + MOST_BETWEEN, len(stems) - 1)
            while place <= last and stems[place] != wanted and (gap or words[place] in self._filler):
                place += 1
            if place > last or stems[place] != wanted:
                return 0
            place, gap = place + 1, False
        return place
