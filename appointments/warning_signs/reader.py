"""The second look at what a patient wrote: which warning signs are named in these words.

A reader is made of lines, each of one sign (patterns.py tells how a line is written), and finds them in any text, in
English and Spanish mixed. What is denied, over, or told of others is left out (doubt.py). It takes values and gives
values: what a sign means for the patient is decided elsewhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appointments.warning_signs.doubt import Doubts, doubts_of
from appointments.warning_signs.letters import END, Token, tokens_of
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
_SMALL_BETWEEN = 3  # small words that may stand between the words of a phrase
_LONGEST_QUOTE = 80  # letters
_MOST_OF_A_SIGN = 8  # more of the same in one text tell nothing new


@dataclass(frozen=True)
class Found:
    """A sign, and the words that name it, cut from the text as written. `start` and `end` are their places in it."""

    sign: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Words `start` to `end` (not included) of a text, and those of them that carry the meaning."""

    start: int
    end: int
    keys: tuple[int, ...]


class Reader:
    """Finds the signs that its lines name. Raises BadPattern for a line that cannot be read."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self._lexicon = Lexicon()
        patterns = patterns_of(lines, self._lexicon)
        self._harmless: dict[str, list[Pattern]] = {}
        self._by_sign: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            group = self._harmless if pattern.harmless else self._by_sign
            group.setdefault(pattern.sign, []).append(pattern)

    def found(self, text: str) -> list[Found]:
        """The signs in a text, in the order of their places; each word of it counts once for a sign."""
        reading = _Reading(text, self._lexicon)
        found = [
            reading.quoted(sign, span)
            for sign, patterns in self._by_sign.items()
            for span in reading.spans_of_sign(patterns, self._harmless.get(sign, []))
        ]
        return sorted(found, key=lambda each: (each.start, each.end, each.sign))


class _Reading:
    """One text while it is read."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._tokens: list[Token] = tokens_of(text)
        known: dict[str, frozenset[int]] = {}
        self._numbers: list[frozenset[int]] = []
        self._places: dict[int, list[int]] = {}
        for place, token in enumerate(self._tokens):
            if token.word not in known:
                known[token.word] = lexicon.numbers_of(token.word)
            numbers = known[token.word]
            self._numbers.append(numbers)
            for number in numbers:
                self._places.setdefault(number, []).append(place)
        self._digits = [place for place, token in enumerate(self._tokens) if token.word[0].isdigit()]
        self._group_spans: dict[Group, list[_Span]] = {}
        self._doubts: Doubts | None = None

    def quoted(self, sign: str, span: _Span) -> Found:
        """The words of a span, at most _LONGEST_QUOTE letters of them."""
        start, end = self._tokens[span.start].start, self._tokens[span.end - 1].end
        last = span.end - 1
        while end - start > _LONGEST_QUOTE and last > span.start:
            last -= 1
            end = self._tokens[last].end
        end = min(end, start + _LONGEST_QUOTE)
        return Found(sign, self._text[start:end], start, end)

    def spans_of_sign(self, patterns: list[Pattern], harmless: list[Pattern]) -> list[_Span]:
        """Where the lines of one sign are met, each word once; the first and longest win."""
        masked: set[int] | None = None
        found: list[_Span] = []
        for pattern in patterns:
            for span in self._spans(pattern, set()):
                if masked is None:
                    masked = {key for line in harmless for met in self._spans_harmless(line) for key in met}
                if masked and masked.intersection(span.keys):
                    found.extend(self._spans(pattern, masked))
                    break
                found.append(span)
        found.sort(key=lambda span: (span.start, -span.end))
        kept: list[_Span] = []
        for span in found:
            if not kept or span.start >= kept[-1].end:
                kept.append(span)
        return kept[:_MOST_OF_A_SIGN]

    def _spans(self, pattern: Pattern, masked: set[int]) -> Iterator[_Span]:
        groups = []
        for group in pattern.groups:
            spans = self._spans_of_group(group)
            if not spans:
                return
            groups.append(spans)
        groups = [[span for span in spans if self._stands(span, pattern, masked)] for spans in groups]
        yield from self._together(groups, [group in pattern.around for group in pattern.groups])

    def _spans_harmless(self, pattern: Pattern) -> Iterator[tuple[int, ...]]:
        groups = [self._spans_of_group(group) for group in pattern.groups]
        for span in self._together(groups, [False] * len(groups)):
            yield span.keys

    def _together(self, groups: list[list[_Span]], around: list[bool]) -> Iterator[_Span]:
        """One span of each group, near each other: to each of the first group's the nearest others."""
        if not all(groups):
            return
        firsts, *others = groups
        starts = [[span.start for span in spans] for spans in others]
        end = -1
        given = 0
        for first in firsts:
            if first.start < end:
                continue
            chosen = [first]
            for spans, places, sentences in zip(others, starts, around[1:], strict=True):
                near = self._nearest(spans, places, first, sentences)
                if near is None:
                    break
                chosen.append(near)
            else:
                start, end = min(span.start for span in chosen), max(span.end for span in chosen)
                if end - start <= _APART + 2 * len(chosen):
                    yield _Span(start, end, tuple(key for span in chosen for key in span.keys))
                    given += 1
                    if given == _MOST_OF_A_SIGN:
                        return

    def _nearest(self, spans: list[_Span], places: list[int], first: _Span, sentences: int) -> _Span | None:
        """The span nearest to the first, at most so many sentences away."""
        behind = bisect_left(places, first.end)
        before = bisect_left(places, first.start)
        near = []
        if behind < len(spans):
            near.append(spans[behind])
        near.extend(span for span in spans[max(0, before - 2) : before] if span.end <= first.start)
        near = [
            span
            for span in near
            if abs(self._tokens[span.start].sentence - self._tokens[first.start].sentence) <= sentences
            and max(span.end, first.end) - min(span.start, first.start) <= _APART + 2
        ]
        return min(near, key=lambda span: (max(span.start - first.end, first.start - span.end)), default=None)

    def _stands(self, span: _Span, pattern: Pattern, masked: set[int]) -> bool:
        """Whether no word that carries the meaning is denied, over or harmless."""
        if self._doubts is None:
            self._doubts = doubts_of(self._tokens)
        for key in span.keys:
            denied_by = self._doubts.denied_by[key]
            if denied_by >= 0 and not span.start <= denied_by < span.end:
                return False
            if (self._doubts.over[key] and not pattern.ever) or key in masked:
                return False
        return True

    def _spans_of_group(self, group: Group) -> list[_Span]:
        """Where the phrases of a group stand one behind the other; read once for a text."""
        if group not in self._group_spans:
            self._group_spans[group] = list(self._read_group(group))
        return self._group_spans[group]

    def _read_group(self, group: Group) -> Iterator[_Span]:
        first, *later = group
        heads = {alternative[0] for alternative in first[0].said + first[0].listed}
        for start in sorted({place for head in heads for place in self._places_of(head)}):
            end, keys = self._phrase_at(start, first)
            for phrase in later:
                end, keys = self._phrase_after(end, phrase, keys) if end else (0, ())
            if end:
                yield _Span(start, end, keys)

    def _places_of(self, word: Word) -> list[int]:
        return self._places.get(word, []) if isinstance(word, int) else self._digits

    def _phrase_after(self, place: int, phrase: Phrase, keys: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        for start in range(place, min(place + _LATER + 1, len(self._tokens))):
            if self._tokens[start].gap == END:
                break
            end, more = self._phrase_at(start, phrase)
            if end:
                return end, keys + more
        return 0, ()

    def _phrase_at(self, start: int, phrase: Phrase) -> tuple[int, tuple[int, ...]]:
        """The end of a phrase that begins here, and its words that carry the meaning; 0 if none begins here."""
        place, keys = start, ()
        for number, slot in enumerate(phrase):
            first = place if number == 0 else self._behind_small(place, slot)
            if first < 0:
                return 0, ()
            said, listed = self._longest(slot.said, first), self._longest(slot.listed, first)
            if not said and not listed:
                return 0, ()
            place = max(said, listed)
            if said >= listed:
                keys += tuple(range(first, said))
        return place, keys

    def _behind_small(self, place: int, slot: Slot) -> int:
        """The next place where the slot may begin: here, or behind small words; -1 if there is none."""
        for there in range(place, min(place + (0 if slot.strict else _SMALL_BETWEEN) + 1, len(self._tokens))):
            if self._tokens[there].gap == END:
                return -1
            if self._longest(slot.said, there) or self._longest(slot.listed, there):
                return there
            if self._tokens[there].word not in SMALL:
                return -1
        return -1

    def _longest(self, alternatives: tuple[Alternative, ...], place: int) -> int:
        """The end of the longest alternative that stands here, or 0."""
        longest = 0
        for alternative in alternatives:
            end = place + len(alternative)
            if end > longest and end <= len(self._tokens) and self._is(alternative, place):
                longest = end
        return longest

    def _is(self, alternative: Alternative, place: int) -> bool:
        for there, word in enumerate(alternative, place):
            if there > place and self._tokens[there].gap == END:
                return False
            if isinstance(word, int):
                if word not in self._numbers[there]:
                    return False
            elif not (self._tokens[there].word[0].isdigit() and word[0] <= float(self._tokens[there].word) <= word[1]):
                return False
        return True
