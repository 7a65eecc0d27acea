"""The second look at what a patient wrote: which warning signs are named in these words.

A reader is made of lines, each of one sign (patterns.py tells how a line is written), and finds them in any text, in
English and Spanish mixed. What is denied, over, or told of others is left out (doubt.py). It takes values and gives
values: what a sign means for the patient is decided elsewhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from appointments.warning_signs.doubt import Doubts, doubts_of
from appointments.warning_signs.letters import END, tokens_of
from appointments.warning_signs.patterns import (
    Alternative,
    BadPattern,
    Group,
    Lexicon,
    Pattern,
    Phrase,
    Slot,
    Word,
    patterns_of,
)
from appointments.warning_signs.vocabulary import SMALL

__all__ = ["BadPattern", "Found", "Reader"]

_APART = 12  # words from the first to the last of a line with +
_LATER = 6  # words between the two sides of "..."
_LATER_HARMLESS = 3  # "nail is black", not "nail trim, and now my toe is black"
_SMALL_BETWEEN = 3  # small words that may stand between the words of a phrase
_LONGEST_QUOTE = 80  # letters
_MOST_OF_A_SIGN = 8  # more of the same in one text tell nothing new
_MOST_LETTERS = 5000  # of a text; the site's own forms take fewer


@dataclass(frozen=True)
class Found:
    """A sign, and the words that name it, cut from the text as written. `start` and `end` are their places in it."""

    sign: str
    words: str
    start: int
    end: int


class _Span(NamedTuple):
    """Words `start` to `end` (not included) of a text; those that a line names, and those that carry its meaning."""

    start: int
    end: int
    named: tuple[int, ...]
    keys: tuple[int, ...]


def _words(start: int, end: int, *, said: bool) -> _Span:
    named = tuple(range(start, end))
    return _Span(start, end, named, named if said else ())


class Reader:
    """Finds the signs that its lines name. Raises BadPattern for a line that cannot be read."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self._lexicon = Lexicon()
        self._headed: dict[Word, list[Pattern]] = {}  # by a word that a line may begin with
        self._always: list[Pattern] = []  # begins with a number
        for pattern in patterns_of(lines, self._lexicon):
            head = pattern.groups[0].phrases[0].slots[0]
            for number in head.by_first:
                self._headed.setdefault(number, []).append(pattern)
            if head.ranges:
                self._always.append(pattern)

    def found(self, text: str) -> list[Found]:
        """The signs in the first _MOST_LETTERS of a text, by their places; each word counts once for a sign."""
        reading = _Reading(text[:_MOST_LETTERS], self._lexicon)
        patterns = dict.fromkeys(self._always)
        for number in reading.numbers:
            patterns.update(dict.fromkeys(self._headed.get(number, ())))
        by_sign: dict[str, list[Pattern]] = {}
        for pattern in filter(reading.may_meet, patterns):
            by_sign.setdefault(pattern.sign, []).append(pattern)
        found = [reading.quoted(sign, span) for sign, lines in by_sign.items() for span in reading.spans_of_sign(lines)]
        return sorted(found, key=lambda each: (each.start, each.end, each.sign))


class _Reading:
    """One text while it is read. What several lines look for is looked for once."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        known: dict[str, frozenset[int]] = {}
        self._numbers: list[frozenset[int]] = []
        self._places: dict[Word, list[int]] = {}
        for place, token in enumerate(self._tokens):
            numbers = known.get(token.word)
            if numbers is None:
                numbers = known[token.word] = lexicon.numbers_of(token.word)
            self._numbers.append(numbers)
            for number in numbers:
                self._places.setdefault(number, []).append(place)
        self._values = {
            place: float(token.word) for place, token in enumerate(self._tokens) if token.word[0].isdecimal()
        }
        self._present: dict[Slot, bool] = {}
        self._slots: dict[Slot, dict[int, tuple[int, bool]]] = {}
        self._phrases: dict[Phrase, list[_Span]] = {}
        self._groups: dict[Group, list[_Span]] = {}
        self._standing: dict[tuple[Group, bool], list[_Span]] = {}

    def quoted(self, sign: str, span: _Span) -> Found:
        """The words of a span, at most _LONGEST_QUOTE letters of them."""
        start, last = self._tokens[span.start].start, span.end - 1
        while last > span.start and self._tokens[last].end - start > _LONGEST_QUOTE:
            last -= 1
        end = min(self._tokens[last].end, start + _LONGEST_QUOTE)
        return Found(sign, self._text[start:end], start, end)

    @property
    def numbers(self) -> Iterable[Word]:
        """The lexicon's words that the text has."""
        return self._places

    def may_meet(self, pattern: Pattern) -> bool:
        """Whether each slot of a line has a word in the text, wherever it stands: most lines need no closer look."""
        return all(self._has(slot) for group in pattern.groups for phrase in group.phrases for slot in phrase.slots)

    def _has(self, slot: Slot) -> bool:
        if slot not in self._present:
            self._present[slot] = bool(slot.ranges) or not self._places.keys().isdisjoint(slot.by_first)
        return self._present[slot]

    def spans_of_sign(self, lines: list[Pattern]) -> list[_Span]:
        """Where the lines of one sign are met, each word once; the first and longest win."""
        patterns = [line for line in lines if not line.harmless]
        found = [span for pattern in patterns for span in self._met(pattern)]
        harmless = [line for line in lines if line.harmless] if found else []
        if masked := {key for line in harmless for span in self._met(line) for key in span.keys}:
            found = [span for pattern in patterns for span in self._met(pattern, masked)]
        found.sort(key=lambda span: (span.start, -span.end))
        kept: list[_Span] = []
        for span in found:
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        return kept[:_MOST_OF_A_SIGN]

    def _met(self, pattern: Pattern, masked: "set[int] | None" = None) -> Iterator[_Span]:
        """Where a line is met: one span of each group, to each of the first group's the nearest others."""
        groups = []
        for group in pattern.groups:
            spans = self._spans_of_group(group) if pattern.harmless else self._standing_of(group, ever=pattern.ever)
            if masked:
                spans = [span for span in spans if masked.isdisjoint(span.keys)]
            if not spans:
                return
            groups.append((spans, [span.start for span in spans], int(group.around)))
        (firsts, _starts, _around), *others = groups
        end = given = 0
        for first in firsts:
            if first.start < end:
                continue
            chosen = [first]
            for spans, starts, sentences in others:
                near = self._nearest(spans, starts, first, sentences)
                if near is None:
                    break
                chosen.append(near)
            else:
                end = max(span.end for span in chosen)
                yield _Span(
                    min(span.start for span in chosen),
                    end,
                    tuple(word for span in chosen for word in span.named),
                    tuple(key for span in chosen for key in span.keys),
                )
                given += 1
                if given == _MOST_OF_A_SIGN and not pattern.harmless:
                    return

    def _nearest(self, spans: list[_Span], starts: list[int], first: _Span, sentences: int) -> _Span | None:
        """The span nearest to the first, before or behind it, at most so many sentences away."""
        behind, before = bisect_left(starts, first.end), bisect_left(starts, first.start)
        near = spans[behind : behind + 1] + [
            span for span in spans[max(0, before - 2) : before] if span.end <= first.start
        ]
        sentence = self._tokens[first.start].sentence
        near = [
            span
            for span in near
            if max(span.start - first.end, first.start - span.end) <= _APART
            and abs(self._tokens[span.start].sentence - sentence) <= sentences
        ]
        return min(near, key=lambda span: max(span.start - first.end, first.start - span.end), default=None)

    @cached_property
    def _doubts(self) -> Doubts:
        return doubts_of(self._tokens)

    def _standing_of(self, group: Group, *, ever: bool) -> list[_Span]:
        """The spans of a group of which no word that carries the meaning is denied or over."""
        if (group, ever) not in self._standing:
            self._standing[group, ever] = [
                span for span in self._spans_of_group(group) if self._stands(span, ever=ever)
            ]
        return self._standing[group, ever]

    def _stands(self, span: _Span, *, ever: bool) -> bool:
        return not any(
            (self._doubts.over[key] and not ever)
            or (self._doubts.denied_by[key] >= 0 and self._doubts.denied_by[key] not in span.named)
            for key in span.keys
        )

    def _spans_of_group(self, group: Group) -> list[_Span]:
        """Where the phrases of a group stand one behind the other."""
        if group not in self._groups:
            spans = self._spans_of_phrase(group.phrases[0])
            for phrase in group.phrases[1:]:
                later = self._spans_of_phrase(phrase) if spans else []
                starts = [span.start for span in later]
                reach = _LATER_HARMLESS if phrase.strict else _LATER
                spans = [joined for span in spans if (joined := self._joined(span, later, starts, reach))]
            self._groups[group] = spans
        return self._groups[group]

    def _joined(self, span: _Span, later: list[_Span], starts: list[int], reach: int) -> _Span | None:
        """The span with the next of the later ones, if that stands in the same sentence and not too far behind."""
        place = bisect_left(starts, span.end)
        if place == len(later):
            return None
        near = later[place]
        same = self._tokens[near.start].sentence == self._tokens[span.end - 1].sentence
        if not same or near.start - span.end > reach:
            return None
        return _Span(span.start, near.end, span.named + near.named, span.keys + near.keys)

    def _spans_of_phrase(self, phrase: Phrase) -> list[_Span]:
        """Where a phrase stands, in the order of its places."""
        if phrase not in self._phrases:
            ends = self._ends_of(phrase.slots[0])
            if len(phrase.slots) > 1:  # few words of a wide list have the next word behind them
                later = self._ends_of(phrase.slots[1])
                reach = 1 if phrase.strict else _SMALL_BETWEEN + 1
                ends = {
                    start: (end, said)
                    for start, (end, said) in ends.items()
                    if any(place in later for place in range(end, end + reach))
                }
            spans = [_words(start, end, said=said) for start, (end, said) in ends.items()]
            for slot in phrase.slots[1:]:
                ends = self._ends_of(slot) if spans else {}
                spans = (
                    [longer for span in spans if (longer := self._longer(span, ends, strict=phrase.strict))]
                    if ends
                    else []
                )
            self._phrases[phrase] = spans
        return self._phrases[phrase]

    def _longer(self, span: _Span, ends: dict[int, tuple[int, bool]], *, strict: bool) -> _Span | None:
        """The span with the next slot, which stands at once behind it, or behind small words."""
        for place in range(span.end, min(span.end + (0 if strict else _SMALL_BETWEEN) + 1, len(self._tokens))):
            if self._tokens[place].gap == END:
                return None
            if place in ends:
                end, said = ends[place]
                more = _words(place, end, said=said)
                return _Span(span.start, end, span.named + more.named, span.keys + more.keys)
            if self._tokens[place].word not in SMALL:
                return None
        return None

    def _ends_of(self, slot: Slot) -> dict[int, tuple[int, bool]]:
        """Where a slot's alternatives begin, in order: the end of the longest, and whether the line itself says it."""
        if slot not in self._slots:
            ends: dict[int, tuple[int, bool]] = {}
            for first in slot.by_first.keys() & self._places.keys():
                for rest, said in slot.by_first[first]:
                    for place in self._places[first]:
                        end = place + 1 + len(rest)
                        if (end, said) > ends.get(place, (0, False)) and (not rest or self._follows(rest, place + 1)):
                            ends[place] = (end, said)
            for low, high in slot.ranges:
                ends |= {place: (place + 1, True) for place, value in self._values.items() if low <= value <= high}
            self._slots[slot] = {place: ends[place] for place in sorted(ends)}
        return self._slots[slot]

    def _follows(self, rest: Alternative, place: int) -> bool:
        """Whether just these words stand from this place on, in the same sentence."""
        if place + len(rest) > len(self._tokens):
            return False
        for there, word in enumerate(rest, place):
            if self._tokens[there].gap == END:
                return False
            if isinstance(word, int):
                if word not in self._numbers[there]:
                    return False
            elif not word[0] <= self._values.get(there, -1) <= word[1]:
                return False
        return True
