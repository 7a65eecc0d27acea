"""The lines of the word list, and the words in them.

A line is read by people who are no programmers:

    open sore              these words, one after the other ("open, very bad sore": small words between don't matter)
    red/pink sore*         one of these; * is any ending
    stepped ... nail       the one, and up to six words later the other
    black + FOOT           both in one sentence, near each other, in any order
    temperature + 100.4-108    a number from ... to
    blood-flow             several words that count as one between /
    =pie ... frio          just this word: no plural, no slip ("pies frios" is another thing)
    (not) black shoe*      harmless: these words, just so, are no sign, though another line names one of them; here
                           ... is up to three words
    (ever) stent* + LEG    counts although it is told of the past

Words in capitals stand for lists of words that all signs share (vocabulary.py): FOOT names a part, DARK says something
of its own. Capitals, accents, apostrophes, doubled letters, plurals and one slip in a longer word do not matter
anywhere.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appointments.warning_signs.letters import plain_words
from appointments.warning_signs.vocabulary import AROUND, ENDINGS, MEANINGS, NAMES, ordinary_words

_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]\w*(?:['’-]\w+)*")
_SHORTEST_BEGINNING = 2  # letters before a *
_SLIP_FROM, _TAIL, _TWO_SLIPS_FROM, _LONGEST = 5, 7, 9, 16  # letters
_KEYS, _PLACES = 2**44, 2**20  # together 64 bits
_PARTS = 64  # sorted one by one: all at once took 18 MB more while it lasted, and the process kept half of it

Word = int | tuple[float, float]  # a number of the lexicon, or a number from ... to
Alternative = tuple[Word, ...]


class BadPattern(ValueError):
    """What is wrong with which line, in words for who wrote it."""


def _bad(line: str, fault: str) -> BadPattern:
    return BadPattern(_("“%(line)s”: %(fault)s") % {"line": line.strip(), "fault": fault})


@dataclass(frozen=True, eq=False)
class Slot:
    """One place of a phrase: by its first word what else each alternative needs, and whether the line itself says it.

    What comes from a list of names is not asked whether it is denied: "my toe is not black" denies no toe. What comes
    from a list of meanings is ("not DARK").
    """

    by_first: dict[Word, tuple[tuple[Alternative, bool], ...]]
    ranges: tuple[tuple[float, float], ...]
    of_the_line: bool


@dataclass(frozen=True, eq=False)
class Phrase:
    """Slots one behind the other; small words may stand between them unless it is strict."""

    slots: tuple[Slot, ...]
    strict: bool


@dataclass(frozen=True, eq=False)
class Group:
    """Phrases in their order, with other words between. One of times and accidents may stand in the next sentence."""

    phrases: tuple[Phrase, ...]
    around: bool


@dataclass(frozen=True, eq=False)
class Pattern:
    """A line, read: groups that stand near each other in any order."""

    sign: str
    groups: tuple[Group, ...]
    harmless: bool
    ever: bool


class Lexicon:
    """The words of all lines: which of them may a patient's word be?"""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, tuple[int, ...]] = {}  # a set of each took four times as much
        self._beginnings: dict[str, set[int]] = {}
        self._forms: list[tuple[str, int, int]] = []  # (form, number, how many slips it may have)
        # For each form with letters left out its key, then the form's place; sorted. A dictionary of them took 45 MB.
        self._slips = [array("Q") for _part in range(_PARTS)]

    def number_of(self, word: str) -> int:
        """The number of a plain word of a pattern, with its = or *; a new one if it is new."""
        if word in self._numbers:
            return self._numbers[word]
        number = self._numbers[word] = len(self._numbers)
        if word.startswith("="):
            self._add_exact(word[1:], number)
            return number
        stem = word.removesuffix("*")
        for form in (stem, f"{stem}s", f"{stem}es"):
            self._add_exact(form, number)
            self._add_slips(form, number, _slips_in(stem))
        if word.endswith("*"):
            self._beginnings.setdefault(stem, set()).add(number)
            for form in (stem + ending for ending in ENDINGS):
                self._add_slips(form, number, int(len(stem) >= _SLIP_FROM or len(form) >= _TAIL))
        return number

    def numbers_of(self, word: str) -> frozenset[int]:
        """Which words of the patterns this word of a text is. A slip only if it is no known word."""
        found = set(self._exact.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, min(len(word), _LONGEST) + 1):
            found |= self._beginnings.get(word[:length], set())
        if found or word in ordinary_words() or not _SLIP_FROM <= len(word) <= _LONGEST + 2:
            return frozenset(found)
        return frozenset(self._slips_of(word))

    def _add_exact(self, form: str, number: int) -> None:
        self._exact[form] = (*self._exact.get(form, ()), number)

    def _add_slips(self, form: str, number: int, allowed: int) -> None:
        if allowed:
            place = len(self._forms)
            self._forms.append((form, number, allowed))
            for left in _without_letters(form, allowed):
                key = _key_of(left)
                self._slips[_part_of(key)].append(key | place)

    def settle(self) -> None:
        """All words are known: slips can be looked for."""
        self._slips = [array("Q", sorted(part)) for part in self._slips]

    def _slips_of(self, word: str) -> Iterator[int]:
        for left in _without_letters(word, _slips_in(word)):
            key = _key_of(left)
            part = self._slips[_part_of(key)]
            for entry in part[bisect_left(part, key) : bisect_left(part, key + _PLACES)]:
                form, number, allowed = self._forms[entry - key]
                if form[0] == word[0] and distance(word, form, allowed) <= allowed:
                    yield number


class Lines:
    """Reads lines into patterns. What several lines share (FOOT, above all) is read and later looked for only once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words: dict[str, list[Word]] = {}
        self._slots: dict[str, Slot] = {}
        self._phrases: dict[tuple[str, bool], Phrase] = {}
        self._groups: dict[tuple[str, bool], Group] = {}

    def read(self, sign: str, line: str) -> Pattern:
        """The line as a pattern. Raises BadPattern."""
        text = line.strip()
        harmless, ever = text.lower().startswith("(not)"), text.lower().startswith("(ever)")
        body = text.partition(")")[2] if harmless or ever else text
        if not body.strip():
            raise _bad(line, _("it has no words. Write at least one, or take the line out."))
        groups = tuple(self._group(part, line, strict=harmless) for part in body.replace("…", "...").split("+"))
        if not harmless and not any(
            slot.of_the_line for group in groups for phrase in group.phrases for slot in phrase.slots
        ):
            raise _bad(line, _("words in capitals alone would find too much. Add a word of the sign itself."))
        return Pattern(sign, groups, harmless, ever)

    def _group(self, part: str, line: str, *, strict: bool) -> Group:
        key = (" ".join(part.split()), strict)
        if key not in self._groups:
            phrases = tuple(self._phrase(piece, line, strict=strict) for piece in part.split("..."))
            around = not strict and set(key[0].split("/")) <= AROUND
            self._groups[key] = Group(phrases, around)
        return self._groups[key]

    def _phrase(self, piece: str, line: str, *, strict: bool) -> Phrase:
        words = piece.split()
        if not words:
            raise _bad(line, _("a word is missing before or after + or “...”."))
        key = (" ".join(words), strict)
        if key not in self._phrases:
            self._phrases[key] = Phrase(tuple(self._slot(word, line) for word in words), strict)
        return self._phrases[key]

    def _slot(self, word: str, line: str) -> Slot:
        if word not in self._slots:
            self._slots[word] = self._new_slot(word, line)
        return self._slots[word]

    def _new_slot(self, word: str, line: str) -> Slot:
        by_first: dict[Word, list[tuple[Alternative, bool]]] = {}
        ranges = []
        of_the_line = False
        for choice in word.split("/"):
            if choice in NAMES:
                for phrase in NAMES[choice]:
                    first, *rest = self._words_of(phrase)
                    by_first.setdefault(first, []).append((tuple(rest), False))
                continue
            of_the_line = True
            if choice in MEANINGS:
                for phrase in MEANINGS[choice]:
                    first, *rest = self._words_of(phrase)
                    by_first.setdefault(first, []).append((tuple(rest), True))
            elif limits := _RANGE.fullmatch(choice):
                ranges.append(_range(limits, line))
            elif _NUMBER.fullmatch(choice):
                ranges.append((float(choice), float(choice)))
            else:
                _check(choice, line)
                first, *rest = self._words_of(choice)
                by_first.setdefault(first, []).append((tuple(rest), True))
        return Slot({first: tuple(rests) for first, rests in by_first.items()}, tuple(ranges), of_the_line)

    def _words_of(self, phrase: str) -> list[Word]:
        """A phrase's words; "blood-flow" and "a1c" are several words, as in a text."""
        if phrase not in self._words:
            self._words[phrase] = self._read_words(phrase)
        return self._words[phrase]

    def _read_words(self, phrase: str) -> list[Word]:
        words = plain_words(phrase.strip("=*"))
        if phrase.endswith("*"):
            words[-1] += "*"
        if phrase.startswith("="):
            words = [f"={word}" for word in words]
        return [(float(word), float(word)) if word[0].isdecimal() else self._lexicon.number_of(word) for word in words]


def _range(limits: re.Match[str], line: str) -> tuple[float, float]:
    low, high = float(limits[1]), float(limits[2])
    if low > high:
        raise _bad(line, _("%(range)s goes from a larger number to a smaller one.") % {"range": limits[0]})
    return low, high


def _check(choice: str, line: str) -> None:
    if not choice:
        raise _bad(line, _("a word is missing before or after /."))
    if choice.isupper() and choice.isalpha() and len(choice) > 1:
        names = {"word": choice, "lists": ", ".join(sorted(NAMES | MEANINGS))}
        raise _bad(line, _("%(word)s is no list we have. The lists are %(lists)s.") % names)
    stem = choice.removeprefix("=").removesuffix("*")
    if "*" in stem or (choice.endswith("*") and len(stem) < _SHORTEST_BEGINNING):
        few = {"letters": _SHORTEST_BEGINNING}
        raise _bad(line, _("a * stands at the end of a word, after at least %(letters)s letters.") % few)
    if not _WORD.fullmatch(stem) or not plain_words(stem):
        raise _bad(line, _("only letters, numbers and / * = + - ... can be used, not “%(word)s”.") % {"word": choice})


def _slips_in(word: str) -> int:
    """How many slips a word of this length may have."""
    return 0 if len(word) < _SLIP_FROM else 1 if len(word) < _TWO_SLIPS_FROM else 2


def _key_of(letters: str) -> int:
    """A number that other letters may have, too, in a whole number of `_PLACES`; the rest is for a place."""
    return hash(letters) % _KEYS * _PLACES


def _part_of(key: int) -> int:
    return key // (_KEYS * _PLACES // _PARTS)


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
    reading = Lines(lexicon)
    found = [reading.read(sign, line) for sign, line in lines if line.strip() and not line.strip().startswith("#")]
    lexicon.settle()
    return found
