"""Finding an article in the words people really type: plain values in, plain values out, the same on any database.

An `Index` is built once from all articles and then only read, so it may be shared by threads. A search

1. cuts the words out of what was typed, without case, accents, apostrophes and filler words, down to their stems,
2. repairs the spelling of words that no article has, by the words that the articles do have,
3. scores every article by the fields a word stands in (title and other names first), rarer words counting more,
4. looks at the names of the best ones again: how much of a name was typed, and in which order.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, product
from math import log

from articles.search.lexicon import LEXICONS, NO_LEXICON, Lexicon

MOST_LETTERS = 200  # of a query; the rest is cut off
MOST_WORDS = 24
MOST_REPAIRS = 6  # words of one query whose spelling is looked up
MOST_HITS = 20
MOST_SUGGESTIONS = 8
LOOKED_AT_AGAIN = 50  # articles whose names are compared with the query word by word

# What a word weighs by the field it stands in. The text below the summary can never reach what a summary counts.
TITLE, OTHER_NAME, MEDICAL_NAME, SUMMARY, TEXT = 10.0, 7.0, 6.0, 3.0, 0.5
HALF_IMPACT = 8.0  # the weight at which another mention begins to count for little
MOST_TIMES = 50

SAME_WORD, JOINED, ALIKE, BEGINNING = 1.0, 0.95, 0.6, 0.7  # how much a match counts, by how it came about
UNKNOWN, MISSING_TOPIC = 1.5, 4.0  # how much a word weighs that no article has; the second for names of other ailments
LEAST_COVERED = 0.3  # of the query's weight, or it is no hit
LEAST_STRONG = 0.15  # of it by names and summary
LEAST_SHARE = 0.33  # of the best hit's score, or it is no hit

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"))
_ACCENT = re.compile(r"(?<!n)\u0303|[\u0300-\u0302\u0304-\u036f]")
_RUN = re.compile(r"[^\W_]+")
_TYPED = re.compile(r"[^\W_]+(?:['’‘ʼ`´′][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the search reads it."""

    slug: str
    title: str
    medical_name: str = ""
    other_names: tuple[str, ...] = ()
    summary: str = ""
    description: str = ""
    areas: tuple[str, ...] = ()
    headings: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a summary; marked if it is what was searched for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with the sentence that shows best why."""

    document: Document
    score: float
    summary: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What was found. `words` were searched: what was typed, with another spelling if `repaired`.

    `did_you_mean` is another spelling that was not used, because the words were to be taken as typed.
    """

    words: str
    hits: tuple[Hit, ...] = ()
    repaired: bool = False
    did_you_mean: str = ""


@dataclass(slots=True)
class _Slot:
    """A word of the query: where it stands in it, and the stems that satisfy it, each with how well it does."""

    start: int
    end: int
    word: str
    stem: str
    stems: dict[str, float]
    weight: float = 0.0


@dataclass(slots=True)
class _Names:
    """The names of an article: as they are searched, and as stems without filler words."""

    whole: list[str] = field(default_factory=list)
    stems: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True)
class _Postings:
    """The articles that have a stem, by number, and how much it counts in each."""

    documents: "array[int]" = field(default_factory=lambda: array("I"))
    impacts: "array[float]" = field(default_factory=lambda: array("f"))


def _impact(weight: float) -> float:
    return weight / (weight + HALF_IMPACT)


# By how often the text below the summary has a word: it can hardly reach what a summary counts.
TEXT_WEIGHTS = [0.0, *(TEXT * (1 + log(times)) for times in range(1, MOST_TIMES + 1))]
TEXT_IMPACTS = [_impact(weight) for weight in TEXT_WEIGHTS]


def fold(text: str) -> str:
    """Without case, accents and apostrophes; the tilde of ñ stays, because uña is not una."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
        text = unicodedata.normalize("NFC", _ACCENT.sub("", text))
    return text.lower().replace("'", "")


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return _RUN.findall(fold(text))


def stem(word: str, language: str) -> str:
    """What the forms of a folded word have in common: heels, heel; cracking, cracked, cracks. Not a word itself."""
    word = LEXICONS.get(language, NO_LEXICON).irregular.get(word, word)
    if language == "en":
        return _english_stem(word)
    return _spanish_stem(word) if language == "es" else word


def _english_stem(word: str) -> str:
    if len(word) < 4 or not word.isascii():
        return word[:-1] if len(word) == 3 and word[-1] == "s" and word[-2] not in "aius" else word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zzes", "uses")):
        word = word[:-2]
    elif word[-1] == "s" and word[-2] not in "sui":
        word = word[:-1]
    for ending in ("fulness", "ness", "ful", "ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _has_vowel(rest) and not (ending == "ed" and rest[-1] == "e"):
            word = rest
            if ending in ("ing", "ed") and rest[-1] == rest[-2] and rest[-1] not in "lsz":
                word = rest[:-1]
            break
    if word.endswith("tion") and len(word) > 5:
        word = word[:-3]
    if len(word) > 3 and word[-1] in "ey" and word[-2] not in "aeiou":
        word = word[:-1]
    return word


def _spanish_stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ces"):
        word = word[:-3] + "z"
    elif len(word) > 4 and word.endswith("es"):
        word = word[:-2]
    elif len(word) > 3 and word[-1] == "s" and not word.endswith("is"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


def _has_vowel(word: str) -> bool:
    return not set("aeiouy").isdisjoint(word)


class _ByStem(dict[str, _Postings]):
    """Postings that begin when a stem is first met."""

    def __missing__(self, one: str) -> _Postings:
        self[one] = postings = _Postings()
        return postings


class _Stems(dict[str, str]):
    """The stem of every word that was met; "" for filler words."""

    def __init__(self, language: str, stop: frozenset[str]) -> None:
        self.language, self.stop = language, stop

    def __missing__(self, word: str) -> str:
        self[word] = one = "" if word in self.stop else stem(word, self.language)
        return one


class Index:
    """Every article of one language, ready to be searched. Building it is the slow part; it never changes."""

    def __init__(self, documents: Iterable[Document], language: str) -> None:
        self.language = language
        self._lexicon: Lexicon = LEXICONS.get(language, NO_LEXICON)
        self._alike = {
            stem(word, language): {stem(other, language): ALIKE for other in others}
            for word, others in self._lexicon.alike.items()
        }
        self.documents: list[Document] = []
        self._names: list[_Names] = []
        self._strong = _ByStem()  # by names and summary
        self._weak = _ByStem()  # by the text below alone
        self._named: defaultdict[str, set[int]] = defaultdict(set)  # the articles with a stem in one of their names
        self._name_words: set[str] = set()
        self._suggestions: dict[str, str] = {}
        self._stems = _Stems(language, self._lexicon.stop)
        for document in documents:
            self._add(document)
        self._weights = {}
        for having in (self._weak, self._strong):
            for one, postings in having.items():
                rarity = (len(self.documents) + 1) / (len(postings.documents) + 0.5)
                self._weights[one] = log(rarity) + 0.1
        self._by_start: defaultdict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for word in self._stems:
            if len(word) > 6 or (len(word) > 3 and word in self._name_words):
                self._by_start[len(word), word[0]].append((_letters(word), word))
        self._sorted_name_words = sorted(self._name_words)

    def _add(self, document: Document) -> None:
        number, stop = len(self.documents), self._lexicon.stop
        weights: dict[str, float] = {}
        names = _Names()
        titled = [(TITLE, document.title), (MEDICAL_NAME, document.medical_name)]
        for weight, name in (*titled, *((OTHER_NAME, name) for name in document.other_names)):
            words = words_of(name)
            whole = " ".join(words)
            if not words or whole in names.whole:
                continue
            self._suggestions.setdefault(whole, name)
            self._name_words.update(word for word in words if word not in stop)
            stems = tuple(one for word in words if (one := self._stems[word]))
            names.whole.append(whole)
            names.stems.append(stems)
            for one in stems:
                # Many names with the same word say it louder, but not many times as loud.
                weights[one] = max(weights.get(one, 0), weight) + 1
                self._named[one].add(number)
        for one, times in self._counted(f"{document.summary} {document.description}").items():
            weights[one] = weights.get(one, 0) + SUMMARY * (1 + log(times))
        # A heading says a word twice more.
        for one, times in self._counted(f"{document.headings} {document.headings} {document.text}").items():
            times = min(times, MOST_TIMES)
            if one in weights:
                weights[one] += TEXT_WEIGHTS[times]
                continue
            postings = self._weak[one]
            postings.documents.append(number)
            postings.impacts.append(TEXT_IMPACTS[times])
        for one, weight in weights.items():
            postings = self._strong[one]
            postings.documents.append(number)
            postings.impacts.append(_impact(weight))
        self.documents.append(replace(document, headings="", text=""))
        self._names.append(names)

    def _counted(self, text: str) -> Counter[str]:
        """How often each stem occurs, filler words apart."""
        counts = Counter(map(self._stems.__getitem__, words_of(text)))
        del counts[""]
        return counts

    # --- Searching ---

    def search(self, typed: str, *, exact: bool = False) -> Results:
        """The articles for what was typed, best first. `exact`: without repairing the spelling."""
        typed = unicodedata.normalize("NFC", typed[:MOST_LETTERS])
        slots = self._slots(typed)
        repaired, repairs = self._repaired(typed, slots)
        if exact:
            return Results(typed, self._ranked(slots, typed), did_you_mean=repaired if repairs else "")
        if repairs:
            slots = self._slots(repaired)
        return Results(repaired, self._ranked(slots, repaired), repaired=repairs)

    def suggest(self, typed: str) -> list[str]:
        """Names that go on as what was typed does; those that begin with it first, short ones first."""
        wanted = " ".join(words_of(typed[:MOST_LETTERS]))
        if len(wanted) < 2:
            return []
        inside = f" {wanted}"
        found = [
            (not whole.startswith(wanted), len(whole), name)
            for whole, name in self._suggestions.items()
            if wanted in whole and (whole.startswith(wanted) or inside in whole)
        ]
        return [name for _inside, _length, name in sorted(found)[:MOST_SUGGESTIONS]]

    def stem_of(self, word: str) -> str:
        """The stem of a folded word; "" for a filler word."""
        return "" if word in self._lexicon.stop else stem(word, self.language)

    def knows(self, word: str) -> bool:
        """Whether a folded word is a filler word, or any article has a form of it."""
        return word in self._lexicon.stop or stem(word, self.language) in self._weights

    def names(self, word: str) -> bool:
        """Whether a folded word stands in an article's name."""
        return stem(word, self.language) in self._named

    def _slots(self, typed: str) -> list[_Slot]:
        """The words that count, each with the stems that will do."""
        if (ages := self._lexicon.child_age) is not None:
            typed = ages.sub(lambda match: self._lexicon.child.ljust(len(match[0])), typed)
        tokens = list(_tokens(typed))[: MOST_WORDS * 2]
        slots: list[_Slot] = []
        joined: dict[str, float] = {}
        for position, (start, end, word) in enumerate(tokens):
            before, joined = joined, {}
            if position + 1 < len(tokens) and (both := word + tokens[position + 1][2]) in self._stems:
                joined = {stem(both, self.language): JOINED}  # "toe nail": "toenail"
            if word in self._lexicon.stop or len(word) == 1 or len(slots) == MOST_WORDS:
                continue
            one = stem(word, self.language)
            slot = _Slot(start, end, word, one, {**self._alike.get(one, {}), **before, **joined, one: SAME_WORD})
            if one not in self._weights and not any(other in self._weights for other in slot.stems):
                slot.stems.update(dict.fromkeys(self._continued(word), BEGINNING))
            slot.stems = {other: share for other, share in slot.stems.items() if other in self._weights}
            slot.weight = self._weight(slot)
            slots.append(slot)
        return slots

    def _weight(self, slot: _Slot) -> float:
        """How much a word tells: the rarer, the more."""
        if slot.stem in self._weights:
            return self._weights[slot.stem]
        if slot.stems:
            return max(self._weights[other] for other in slot.stems)
        return MISSING_TOPIC if slot.stem in _topics(self.language) else UNKNOWN

    def _continued(self, word: str) -> list[str]:
        """The stems of names' words that begin like this one."""
        if len(word) < 4 or stem(word, self.language) in _topics(self.language):
            return []
        start = bisect_left(self._sorted_name_words, word)
        found = []
        for other in self._sorted_name_words[start : start + 12]:
            if not other.startswith(word):
                break
            found.append(stem(other, self.language))
        return found

    def _ranked(self, slots: list[_Slot], typed: str) -> tuple[Hit, ...]:
        """The hits of a query, best first."""
        total = sum(slot.weight for slot in slots)
        scores: defaultdict[int, float] = defaultdict(float)
        covered: defaultdict[int, float] = defaultdict(float)
        strong: defaultdict[int, float] = defaultdict(float)  # by names and summary alone
        for slot in slots:
            for number, (share, impact) in self._strong_matches(slot).items():
                scores[number] += slot.weight * share * impact
                covered[number] += slot.weight * share
                strong[number] += slot.weight * share
            if slot.stem in self._weak:
                weak = self._weak[slot.stem]
                for number, impact in zip(weak.documents, weak.impacts, strict=True):
                    scores[number] += slot.weight * impact
                    covered[number] += slot.weight
        least = LEAST_COVERED * total
        ranked = []
        for number, score in scores.items():
            cover = covered[number]
            # Words that stand only somewhere in the text make no hit, unless somebody looks for a single word, or all
            # of them are there and one ("sweaty feet") stands where it counts.
            said = strong[number]
            if cover >= least and (len(slots) == 1 or said >= LEAST_STRONG * total or (said and cover > 0.99 * total)):
                ranked.append((score * (cover + said) / 2 / total, number))
        ranked.sort(key=lambda pair: (-pair[0], pair[1]))
        whole = " ".join(words_of(typed))
        wanted: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, slot in enumerate(slots):
            for one, share in slot.stems.items():
                wanted[one].append((place, share * slot.weight))
        again = [
            (
                score
                + total
                * (1.3 if whole in self._names[number].whole else self._best_name(number, wanted, len(slots), total)),
                number,
            )
            for score, number in ranked[:LOOKED_AT_AGAIN]
        ]
        again.sort(key=lambda pair: (-pair[0], self.documents[pair[1]].title))
        marked = {one for slot in slots for one, share in slot.stems.items() if share > ALIKE}
        return tuple(
            Hit(self.documents[number], score, self._excerpt(self.documents[number], marked))
            for score, number in again[:MOST_HITS]
            if score >= LEAST_SHARE * again[0][0]
        )

    def _strong_matches(self, slot: _Slot) -> dict[int, tuple[float, float]]:
        """The articles that satisfy a word by names and summary: by which share, and with which impact."""
        found: dict[int, tuple[float, float]] = {}
        for one, share in slot.stems.items():
            if (postings := self._strong.get(one)) is None:
                continue
            for number, impact in zip(postings.documents, postings.impacts, strict=True):
                before = found.get(number)
                if before is None or before[0] * before[1] < share * impact:
                    found[number] = (share, impact)
        return found

    def _best_name(self, number: int, wanted: dict[str, list[tuple[int, float]]], count: int, total: float) -> float:
        """How well the best of an article's names fits the query: 0 to a little over 1.

        `wanted` has the places in the query that a stem satisfies, and what each is worth then.
        """
        best = 0.0
        for stems in self._names[number].stems:
            if wanted.keys().isdisjoint(stems):
                continue
            named = said = 0.0
            worth: dict[int, tuple[float, int]] = {}  # by place in the query: how much, and the place in the name
            for position, one in enumerate(stems):
                weight = self._weights[one]
                named += weight
                if one in wanted:
                    said += weight
                    for place, value in wanted[one]:
                        if place not in worth or value > worth[place][0]:
                            worth[place] = (value, position)
            matched = sum(value for value, _position in worth.values())
            positions = [worth[place][1] for place in sorted(worth)]
            in_order = sum(later == earlier + 1 for earlier, later in pairwise(positions))
            order = 1 + 0.15 * in_order / max(1, count - 1)
            best = max(best, (matched / total) * (0.4 + 0.6 * said / named) * order)
        return best

    def _excerpt(self, document: Document, marked: set[str]) -> tuple[Piece, ...]:
        """The sentence about the article that has most of the words, with these marked."""
        sentences = [document.description, *_SENTENCE_END.split(document.summary)]
        best = max(sentences, key=lambda sentence: len({self._stems.get(word) for word in words_of(sentence)} & marked))
        pieces: list[Piece] = []
        end = 0
        for match in _TYPED.finditer(best):
            if not any(self._stems.get(word) in marked for word in words_of(match[0])):
                continue
            between = best[end : match.start()]
            if pieces and not between.strip():
                pieces[-1] = Piece(pieces[-1].text + between + match[0], marked=True)
            else:
                pieces += [Piece(between, marked=False), Piece(match[0], marked=True)]
            end = match.end()
        return tuple(piece for piece in (*pieces, Piece(best[end:], marked=False)) if piece.text)

    # --- Spelling ---

    def _repaired(self, typed: str, slots: list[_Slot]) -> tuple[str, bool]:
        """What was typed with better spelling, and whether that differs."""
        changes = []
        looked_up = 0
        for place, slot in enumerate(slots):
            better = self._sounds_like(place, slots)
            if not better and not slot.stems and looked_up < MOST_REPAIRS:
                looked_up += 1
                better = self._spelled(slot, slots)
            if better:
                changes.append((slot, better))
        for slot, better in reversed(changes):
            typed = typed[: slot.start] + better + typed[slot.end :]
        return typed, bool(changes)

    def _sounds_like(self, place: int, slots: list[_Slot]) -> str:
        """A word that sounds like this one ("heal": "heel"), if only that makes sense beside its neighbor."""
        better = self._lexicon.sounds_like.get(slots[place].word)
        if not better or stem(better, self.language) not in self._named:
            return ""
        if slots[place].stem not in self._weights:
            return better
        if set.intersection(*(self._named.get(slot.stem, set()) for slot in slots)):
            return ""
        pair_of = stem(better, self.language)
        for neighbor in slots[max(0, place - 1) : place] + slots[place + 1 : place + 2]:
            both = self._named[pair_of] & self._named.get(neighbor.stem, set())
            if any({pair_of, neighbor.stem} <= set(stems) for number in both for stems in self._names[number].stems):
                return better
        return ""

    def _spelled(self, slot: _Slot, slots: list[_Slot]) -> str:
        """The right spelling of a word that no article has; "" if there is none."""
        word = slot.word
        if len(word) < 4 or slot.stem in _topics(self.language) or any(map(str.isdigit, word)):
            return ""
        for cut in range(3, len(word) - 2):
            if word[:cut] in self._name_words and word[cut:] in self._name_words:
                return f"{word[:cut]} {word[cut:]}"
        context: set[int] = set()
        for other in slots:
            context |= self._named.get(other.stem, set())
        ranked = [
            (cost - (0.4 if not context.isdisjoint(self._named.get(stem(near, self.language), ())) else 0), near)
            for cost, near in self._look_up(word)
        ]
        return min(ranked)[1] if ranked else ""

    def _look_up(self, word: str) -> list[tuple[float, str]]:
        """The words of the articles that are one or two slips away, with how far they are."""
        most = 1.0 if len(word) < 6 else 2.0
        letters = _letters(word)
        found = []
        starts = [word[0], *(_SOUNDING_ALIKE.get(word[0], "") if len(word) > 5 else "")]
        for length, start in product(range(len(word) - int(most), len(word) + int(most) + 1), starts):
            for mask, other in self._by_start.get((length, start), ()):
                if (mask ^ letters).bit_count() > 2 * most:
                    continue
                # A word of the names is likelier than one that merely occurs; the first letter is seldom wrong.
                named = other in self._name_words
                bound = most if named else 1.0
                if (cost := slips(word, other, bound)) <= bound:
                    found.append((cost + (0 if named else 0.5) + (0 if start == word[0] else 0.5), other))
        return sorted(found)[:5]


def worth_counting(typed: str, index: Index) -> str:
    """The words of a search that found nothing, if they can only be about feet; "" for anything that may be private.

    Kept are at most six words of 2 to 24 letters. One must be about the body, and every other one must be a word of
    the articles, too, or misspell one: so no number, no mail address, and no name that the articles do not have.
    """
    if not _ONLY_WORDS.fullmatch(typed.strip()):
        return ""
    words = words_of(typed)
    if not 0 < len(words) <= 6 or not all(2 <= len(word) <= 24 and word.isalpha() for word in words):
        return ""
    about = [word for word in words if _is_about(word, index)]
    if not about or not all(index.knows(word) for word in words if word not in about):
        return ""
    return " ".join(words)


_ONLY_WORDS = re.compile(r"(?:[^\W\d_]|[\s'’,.?!-])+")


def _is_about(word: str, index: Index) -> bool:
    """Whether a word is about the body, or misspells one that is. Short words are too near to people's names."""
    topics = _topics(index.language)
    if index.names(word) or stem(word, index.language) in topics:
        return True
    if len(word) < 6:
        return False
    most = 1.0 if len(word) < 8 else 2.0
    return any(
        other[0] == word[0] and abs(len(other) - len(word)) <= 2 and slips(word, other, most) <= most
        for other in topics.values()
    )


@lru_cache
def _topics(language: str) -> Mapping[str, str]:
    """Words about the body and its ailments that the articles may lack, by their stems."""
    return {stem(word, language): word for word in LEXICONS.get(language, NO_LEXICON).topics}


def _tokens(typed: str) -> Iterator[tuple[int, int, str]]:
    """Each word: where it begins and ends in what was typed, and the word itself, folded."""
    for match in _TYPED.finditer(typed):
        for word in words_of(match[0]):
            yield match.start(), match.end(), word


def _letters(word: str) -> int:
    """Which letters a word has, a bit for each."""
    mask = 0
    for character in word:
        mask |= 1 << (ord(character) & 31)
    return mask


_SOUNDING_ALIKE = {
    **{vowel: "aeiouy".replace(vowel, "") for vowel in "aeiouy"},
    "c": "ks",
    "k": "c",
    "s": "czx",
    "z": "sx",
    "x": "sz",
    "f": "vp",
    "v": "f",
    "p": "f",
    "m": "n",
    "n": "mk",
}


def slips(typed: str, right: str, most: float) -> float:
    """How many slips lie between two words; more than `most` means too many to count.

    A letter too many, missing or wrong is one slip. Two letters in the wrong order, a wrong vowel, and letters that
    sound alike are a smaller one, and a letter doubled or not the smallest.
    """
    before_last: list[float] = []
    last = [float(j) for j in range(len(right) + 1)]
    for i, here in enumerate(typed, start=1):
        row = [float(i)]
        for j, there in enumerate(right, start=1):
            if here == there:
                cost = last[j - 1]
            else:
                cost = last[j - 1] + (0.65 if there in _SOUNDING_ALIKE.get(here, "") else 1)
            cost = min(
                cost,
                last[j] + (0.45 if i > 1 and typed[i - 2] == here else 1),
                row[j - 1] + (0.45 if j > 1 and right[j - 2] == there else 1),
            )
            if i > 1 and j > 1 and here == right[j - 2] and typed[i - 2] == there and here != there:
                cost = min(cost, before_last[j - 2] + 0.65)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return last[-1]
