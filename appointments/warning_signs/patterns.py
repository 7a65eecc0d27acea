"""The lines of the word list, and the words in them.

A line is read by people who are no programmers:

    open sore              these words, one after the other ("open, very bad sore": small words between don't matter)
    red/pink sore*         one of these; * is any ending
    stepped ... nail       the one, and up to six words later the other
    black + FOOT           both in one sentence, near each other, in any order
    temperature + 100.4-108    a number from ... to
    blood-flow             several words that count as one between /
    =pie ... frio          just this word: no plural, no slip ("pies frios" is another thing)
    (not) black shoe*      harmless: these words are no sign, though another line names one of them
    (ever) stent* + LEG    counts although it is told of the past

Words in capitals stand for lists of words that all signs share (vocabulary.py). Capitals, accents, apostrophes,
doubled letters, plurals and one slip in a longer word do not matter anywhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appointments.warning_signs.letters import plain_words
from appointments.warning_signs.vocabulary import AROUND, ENDINGS, NAMES, ORDINARY

_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\*?|\d+(?:\.\d+)?")
_SHORTEST_BEGINNING = 2  # letters before a *
_SLIP_FROM, _TAIL, _TWO_SLIPS_FROM, _LONGEST = 5, 7, 9, 16  # letters

Word = int | tuple[float, float]  # a number of the lexicon, or a number from ... to
Alternative = tuple[Word, ...]


class BadPattern(ValueError):
    """What is wrong with which line, in words for who wrote it."""


@dataclass(frozen=True)
class Slot:
    """One place of a phrase. What comes from a list in capitals is not asked whether it is denied: "my toe is not
    black" denies no toe.
    """

    said: tuple[Alternative, ...]
    listed: tuple[Alternative, ...]
    strict: bool  # no small words before it


Phrase = tuple[Slot, ...]
Group = tuple[Phrase, ...]  # phrases in their order, with other words between


@dataclass(frozen=True)
class Pattern:
    """A line, read: groups that stand near each other in any order."""

    sign: str
    groups: tuple[Group, ...]
    harmless: bool
    ever: bool
    around: frozenset[Group]  # groups that may stand in the sentence before or after, too


class Lexicon:
    """The words of all lines: which of them may a patient's word be?"""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, set[int]] = {}
        self._beginnings: dict[str, set[int]] = {}
        self._slips: dict[str, set[tuple[str, int, int]]] = {}

    def number_of(self, word: str) -> int:
        """The number of a plain word of a pattern, with its = or *; a new one if it is new."""
        if word in self._numbers:
            return self._numbers[word]
        number = self._numbers[word] = len(self._numbers)
        if word.startswith("="):
            self._exact.setdefault(word[1:], set()).add(number)
            return number
        stem = word.removesuffix("*")
        forms = {stem, f"{stem}s", f"{stem}es"}
        slips = dict.fromkeys(forms, _slips_in(stem))
        if word.endswith("*"):
            self._beginnings.setdefault(stem, set()).add(number)
            slips |= {stem + ending: _slips_in(stem) or int(_TAIL <= len(stem + ending)) for ending in ENDINGS}
        for form in forms:
            self._exact.setdefault(form, set()).add(number)
        for form, allowed in slips.items():
            for left in _without_letters(form, allowed) if allowed else ():
                self._slips.setdefault(left, set()).add((form, number, allowed))
        return number

    def numbers_of(self, word: str) -> frozenset[int]:
        """Which words of the patterns this word of a text is. A slip only if it is no known word."""
        found = set(self._exact.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, min(len(word), _LONGEST) + 1):
            found |= self._beginnings.get(word[:length], set())
        if found or word in ORDINARY or not _SLIP_FROM <= len(word) <= _LONGEST + 2:
            return frozenset(found)
        return frozenset(self._slips_of(word))

    def _slips_of(self, word: str) -> Iterator[int]:
        for left in _without_letters(word, _slips_in(word)):
            for form, number, allowed in self._slips.get(left, ()):
                if form[0] == word[0] and distance(word, form, allowed) <= allowed:
                    yield number


def read(sign: str, line: str, lexicon: Lexicon) -> Pattern:
    """The line as a pattern. Raises BadPattern."""
    text = line.strip()
    harmless, ever = text.lower().startswith("(not)"), text.lower().startswith("(ever)")
    body = text.partition(")")[2] if harmless or ever else text
    if not body.strip():
        raise BadPattern(f"“{line}”: this line has no words. Write at least one word, or take the line out.")
    groups = tuple(
        tuple(_phrase(part, line, lexicon, strict=harmless) for part in group.split("..."))
        for group in body.replace("…", "...").split("+")
    )
    if not any(slot.said for group in groups for phrase in group for slot in phrase) and not harmless:
        raise BadPattern(f"“{line}”: words in capitals alone would find too much. Add a word of the sign itself.")
    around = frozenset(
        group
        for group, words in zip(groups, body.split("+"), strict=True)
        if set(words.strip().split("/")) <= AROUND and not harmless
    )
    return Pattern(sign, groups, harmless, ever, around)


def _phrase(part: str, line: str, lexicon: Lexicon, *, strict: bool) -> Phrase:
    words = part.split()
    if not words:
        raise BadPattern(f"“{line}”: a word is missing before or after + or “...”.")
    return tuple(_slot(word, line, lexicon, strict=strict) for word in words)


def _slot(word: str, line: str, lexicon: Lexicon, *, strict: bool) -> Slot:
    said: list[Alternative] = []
    listed: list[Alternative] = []
    for choice in word.split("/"):
        if choice in NAMES:
            listed.extend(_words_of(phrase, lexicon) for phrase in NAMES[choice])
        elif choice.isupper() and len(choice) > 1 and not any(sign.isdigit() for sign in choice):
            raise BadPattern(f"“{line}”: {choice} is no list we have. The lists are {', '.join(sorted(NAMES))}.")
        elif limits := _RANGE.fullmatch(choice):
            low, high = float(limits[1]), float(limits[2])
            if low > high:
                raise BadPattern(f"“{line}”: {choice} is from a larger number to a smaller one.")
            said.append(((low, high),))
        else:
            said.append(_alternative(choice, line, lexicon))
    return Slot(tuple(said), tuple(listed), strict)


def _alternative(choice: str, line: str, lexicon: Lexicon) -> Alternative:
    if not choice:
        raise BadPattern(f"“{line}”: a word is missing before or after /.")
    stem = choice.removeprefix("=").removesuffix("*")
    if "*" in stem or (choice.endswith("*") and len(stem) < _SHORTEST_BEGINNING):
        raise BadPattern(f"“{line}”: a * stands at the end of a word, after at least {_SHORTEST_BEGINNING} letters.")
    if not all(_WORD.fullmatch(piece) for piece in stem.split("-")) and not re.fullmatch(r"\w+", stem):
        raise BadPattern(f"“{line}”: only letters, numbers and / * = + ... can be used, not “{choice}”.")
    return _words_of(choice, lexicon)


def _words_of(phrase: str, lexicon: Lexicon) -> Alternative:
    """The numbers of a phrase's words; "a1c" and "blood-thinner" are several words, as in a text."""
    words = plain_words(phrase.strip("=*"))
    if phrase.endswith("*"):
        words[-1] += "*"
    if phrase.startswith("="):
        words = [f"={word}" for word in words]
    return tuple(
        (float(word), float(word)) if word[0].isdigit() else lexicon.number_of(word) for word in words
    )


def _slips_in(word: str) -> int:
    """How many slips a word of this length may have."""
    return 0 if len(word) < _SLIP_FROM else 1 if len(word) < _TWO_SLIPS_FROM else 2


def _without_letters(word: str, letters: int) -> set[str]:
    """The word, and what is left of it without one letter, or two."""
    left = {word}
    for _time in range(letters):
        left |= {piece[:place] + piece[place + 1 :] for piece in left for place in range(len(piece))}
    return left


def distance(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with their neighbor; `most` + 1 if there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        after = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        before, row = row, after
        if min(row) > most:
            return most + 1
    return row[-1]


def patterns_of(lines: Iterable[tuple[str, str]], lexicon: Lexicon) -> list[Pattern]:
    """All lines. Empty ones and those that begin with # say nothing."""
    return [read(sign, line, lexicon) for sign, line in lines if line.strip() and not line.strip().startswith("#")]
