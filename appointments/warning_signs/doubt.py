"""Which words of a text are denied, and which tell of what is over. The grammar of it, in English and Spanish.

Both are read forward from the word that says so ("no fever, chills or pus", "used to have an ulcer"), and what is over
also backward ("my toe was black, gone now"). Never across the end of a sentence: what a patient adds cannot take back
what stands before. In doubt nothing is denied, for all that a sign does is to ask once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from appointments.warning_signs.letters import COMMA, END, NOTHING, PAUSE, Token, plain_words
from appointments.warning_signs.vocabulary import PARTS, doubts, words


class Kind(Enum):
    """What a phrase does to the words around it."""

    NEUTRAL = auto()  # looks like a denial and is none: "not only", "won't heal"
    DENIES = auto()  # up to the next verb: "no", "without"
    DENIES_CLAUSE = auto()  # the whole clause: "I don't think it is infected"
    WAS = auto()  # what follows is over: "used to have"
    OVER = auto()  # what stands before is over: "gone now"
    LONG_AGO = auto()  # the clause tells of years ago
    MONTHS_AGO = auto()  # the clause tells of months ago; what began then may go on
    STILL = auto()  # it does go on
    TURNS = auto()  # another thought begins: "but", "now"


_BEGAN = words("began")
_AND = words("and")
_OF_OURS = frozenset({"of", "mine", "ours", "in", "law", "once"})
_OR = frozenset({"or", "nor", "ni"})
_SAYS = words("says")
_BEFORE_A_PART = words("before_a_part")
_STARTS_A_NAME = words("starts_a_name")
_LEADS_ON = words("leads_on")
_FAMILY = words("family")
_HAD = words("had")
_ENDED = words("ended")
_EVENTS = words("events")
_VERBS = words("verbs")
_SINCE = words("since")
_NO_SUBJECT = words("no_subject")
_YEAR = "20#"
_SHORT, _LONG = 6, 12  # words that a denial reaches in one part of a sentence


@dataclass(frozen=True)
class Doubts:
    """For each word, the place of the word that denies it (or -1), and whether it tells of what is over."""

    denied_by: list[int]
    over: list[bool]


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: Kind


def doubts_of(tokens: list[Token]) -> Doubts:
    """Read the whole text once."""
    denied_by, over = [-1] * len(tokens), [False] * len(tokens)
    marks = _marks(tokens)
    kinds = {place: mark for mark in marks for place in range(mark.start, mark.end)}
    still = {tokens[mark.start].sentence for mark in marks if mark.kind is Kind.STILL}
    still |= {token.sentence for token in tokens if token.word in _SINCE}
    for mark in marks:
        match mark.kind:
            case Kind.DENIES | Kind.DENIES_CLAUSE if not _is_an_answer(tokens, mark):
                for place in chain(range(mark.start + 1, mark.end), _reach(tokens, mark, kinds)):
                    denied_by[place] = mark.start
            case Kind.WAS:
                for place in _reach(tokens, mark, kinds):
                    over[place] = True
            case Kind.OVER if not _goes_on_turning(tokens, mark):
                for place in _name_after(tokens, mark) or _before(tokens, mark, kinds):
                    over[place] = True
            case Kind.LONG_AGO | Kind.MONTHS_AGO:
                clause = _clause(tokens, mark, kinds)
                if tokens[mark.start].sentence in still:
                    for place in clause:
                        over[place] |= tokens[place].word in _EVENTS
                elif mark.kind is Kind.LONG_AGO or not any(tokens[place].word in _BEGAN for place in clause):
                    for place in clause:
                        over[place] = True
    for place in _told_of_family(tokens, kinds):
        over[place] = True
    return Doubts(denied_by, over)


def _phrases() -> dict[str, dict[tuple[str, ...], Kind]]:
    """By the first word, longest first. "#" stands for a number, "20#" for a year."""
    found: dict[str, dict[tuple[str, ...], Kind]] = {}
    for kind in Kind:
        for phrase in doubts(kind.name):
            said = tuple(
                _YEAR if "0#" in word else word if word == "#" else plain_words(word)[0] for word in phrase.split()
            )
            found.setdefault(said[0], {})[said] = kind
    return found


_BY_FIRST_WORD = _phrases()
_LENGTHS = {word: sorted({len(words) for words in phrases}, reverse=True) for word, phrases in _BY_FIRST_WORD.items()}


def _marks(tokens: list[Token]) -> list[_Mark]:
    """The phrases of a text, the longest at each place; they do not overlap."""
    said = [_said(token.word) for token in tokens]
    marks: list[_Mark] = []
    place = 0
    while place < len(tokens):
        for length in _LENGTHS.get(said[place], ()):
            end = place + length
            kind = _BY_FIRST_WORD[said[place]].get(tuple(said[place:end]))
            if kind and end <= len(tokens) and _in_one_breath(tokens, place, end):
                marks.append(_Mark(place, end, kind))
                place = end
                break
        else:
            place += 1
    return marks


def _said(word: str) -> str:
    """A word as the phrases have it."""
    if not word[0].isdecimal():
        return word
    four = len(word) == 4 and word[:2] in ("19", "20")
    two = len(word) == 2 and word[0] == "0"
    return _YEAR if four or two else "#"


def _in_one_breath(tokens: list[Token], start: int, end: int) -> bool:
    return all(tokens[place].gap == NOTHING for place in range(start + 1, end))


def _is_an_answer(tokens: list[Token], mark: _Mark) -> bool:
    """ "No, my toe is black"."""
    return mark.end < len(tokens) and tokens[mark.end].gap != NOTHING and tokens[mark.start].word in ("no", "nope")


def _goes_on_turning(tokens: list[Token], mark: _Mark) -> bool:
    """ "It is gone black"."""
    following = tokens[mark.end] if mark.end < len(tokens) else None
    return (
        tokens[mark.end - 1].word == "gone"
        and following is not None
        and following.gap == NOTHING
        and following.word not in _AND
        and following.word not in ("now", "but", "thank", "thanks", "so", "since", "pero", "after", "completely")
    )


def _reach(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> Iterator[int]:
    """The words that a denial covers: its own part of the sentence, and the parts that only go on with its list."""
    whole_clause = mark.kind is Kind.DENIES_CLAUSE
    counted, first = 0, True
    for place in range(mark.end, len(tokens)):
        token = tokens[place]
        if token.gap in (PAUSE, END):
            return
        other = kinds.get(place)
        if other and other.kind in (Kind.TURNS, Kind.NEUTRAL, Kind.DENIES, Kind.DENIES_CLAUSE, Kind.STILL):
            return
        if token.gap == COMMA or token.word in _AND:
            if not _goes_on(tokens, place + (token.word in _AND)):
                return
            counted, first = 0, False
        counted += 1
        if counted > (_LONG if whole_clause else _SHORT):
            return
        if first and not whole_clause and counted > 1 and token.word in _SAYS and mark.kind is not Kind.WAS:
            return
        yield place


def _goes_on(tokens: list[Token], start: int) -> bool:
    """Whether the part of a sentence from here on is only more of a list ("or swollen"), not a word of its own."""
    if start < len(tokens) and tokens[start].word in _AND:
        start += 1
    for place in range(start, min(start + _SHORT, len(tokens))):
        token = tokens[place]
        if place > start and (token.gap != NOTHING or token.word in _AND):
            return True
        if token.word in PARTS and tokens[place - 1].word not in _BEFORE_A_PART:
            return False
        led_on = tokens[place - 1].word in (_LEADS_ON if place > start else _OR)
        if token.word in _SAYS and not (led_on and (place > start or token.word.endswith("ing"))):
            return False
    return True


def _before(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> Iterator[int]:
    """The words of which "gone now" tells: those of its own subject, or without one all of the sentence before it."""
    place = mark.start - 1
    bare, all_of_it = True, False
    while place >= 0 and tokens[place + 1].gap != END:
        all_of_it |= bare and tokens[place + 1].gap in (COMMA, PAUSE)
        if not all_of_it and tokens[place + 1].gap == NOTHING and tokens[place].word not in _NO_SUBJECT:
            bare = False
        if not bare and tokens[place + 1].gap in (COMMA, PAUSE):
            return
        other = kinds.get(place)
        if not bare and (tokens[place].word in _VERBS or (other and other.kind is Kind.TURNS)):
            return
        yield place
        starts_a_name = tokens[place].word in _STARTS_A_NAME
        if not bare and starts_a_name and place and tokens[place - 1].word not in _LEADS_ON - _AND:
            return
        place -= 1


def _name_after(tokens: list[Token], mark: _Mark) -> range:
    """What is over may follow in one breath: "healed ulcer", and in Spanish "ya sanó la herida"."""
    end = mark.end
    if end == len(tokens) or tokens[end].gap != NOTHING:
        return range(0)
    if mark.end - mark.start == 1 and (
        tokens[mark.start].gap != NOTHING or tokens[mark.start - 1].word in _STARTS_A_NAME
    ):
        return range(end, min(end + 2, len(tokens)))
    if tokens[end].word in _STARTS_A_NAME:
        while end < min(mark.end + _SHORT, len(tokens)) and tokens[end].gap == NOTHING:
            if tokens[end].word in _SAYS - _STARTS_A_NAME:
                break
            end += 1
    return range(mark.end, end)


def _clause(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> range:
    """The words of the clause around a time long ago; a time alone between commas counts for the clause beside it."""
    start, end = _clause_around(tokens, mark.start, kinds)
    if end - start - (mark.end - mark.start) > 1:
        return range(start, end)
    if end < len(tokens) and tokens[end].gap == COMMA and (start == 0 or tokens[start].gap == END):
        return range(start, _clause_around(tokens, end, kinds)[1])
    if start and tokens[start].gap in (COMMA, NOTHING):
        return range(_clause_around(tokens, start - 1, kinds)[0], end)
    return range(start, end)


def _clause_around(tokens: list[Token], place: int, kinds: dict[int, _Mark]) -> tuple[int, int]:
    start = place
    while start and tokens[start].gap == NOTHING and not _turns(kinds.get(start)):
        start -= 1
    end = place + 1
    while end < len(tokens) and tokens[end].gap == NOTHING and not _turns(kinds.get(end)):
        end += 1
    return start, end


def _turns(mark: _Mark | None) -> bool:
    return mark is not None and mark.kind is Kind.TURNS


def _told_of_family(tokens: list[Token], kinds: dict[int, _Mark]) -> Iterator[int]:
    """ "My father lost his leg to gangrene", "a mi abuelo le amputaron un dedo por gangrena"."""
    for place, token in enumerate(tokens):
        if token.word not in _FAMILY:
            continue
        yield from _life_ended(tokens, place)
        verb = place + 1
        while verb < len(tokens) and tokens[verb].word in _OF_OURS:
            verb += 1
        for had in range(verb, min(verb + 2, len(tokens))):
            if tokens[had].word in _HAD and tokens[had].sentence == token.sentence:
                for told in range(had, min(had + _LONG, len(tokens))):
                    if tokens[told].gap != NOTHING or _turns(kinds.get(told)) or tokens[told].word in ("and", "y"):
                        break
                    yield told


def _life_ended(tokens: list[Token], relative: int) -> Iterator[int]:
    """ "My aunt got sepsis from a sore and died": but not "my aunt's toe died"."""
    for place in range(relative + 1, min(relative + _LONG, len(tokens))):
        if tokens[place].sentence != tokens[relative].sentence:
            return
        if tokens[place].word in _ENDED and tokens[place - 1].word not in PARTS | {"just", "has", "have"}:
            yield from range(relative, place)
