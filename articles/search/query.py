"""The words of a query that count, and what will do for each."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from articles.search.corpus import Corpus
from articles.search.phrases import Found, Phrases
from articles.search.text import Token, tokens

CHILD = 0.75  # how much of its weight a word for a child keeps: it says whose foot it is, and not what it has
CIRCUMSTANCE = 0.35  # of any other word that says no more
MOST_WORDS = 24
SAME_WORD, JOINED, BEGINNING = 1.0, 0.95, 0.7  # how much a match counts, by how it came about
# How much a word weighs that no article has.
UNKNOWN, UNKNOWN_TREATMENT, MISSING_AILMENT = 1.5, 0.5, 4.0


@dataclass(slots=True)
class Slot:
    """A word of the query: where it stands in it, and the stems that satisfy it, each with how well it does."""

    start: int
    end: int
    word: str
    stem: str
    stems: dict[str, float]
    weight: float = 0.0


def slots_of(corpus: Corpus, typed: str) -> list[Slot]:
    """The words that count, each with the stems that will do."""
    if (ages := corpus.lexicon.child_age) is not None:
        typed = ages.sub(lambda match: corpus.lexicon.child.ljust(len(match[0])), typed)
    words = list(tokens(typed))[: MOST_WORDS * 2]
    if not corpus.has_name(typed):
        words = _said_plainly(corpus, words)
    slots: list[Slot] = []
    child = CHILD
    joined: dict[str, float] = {}
    for position, (start, end, word) in enumerate(words):
        before, joined = joined, {}
        if position + 1 < len(words) and (both := word + words[position + 1][2]) in corpus.stems:
            joined = {corpus.stem(both): JOINED}  # "toe nail": "toenail"
        if word in corpus.lexicon.stop or len(word) == 1 or len(slots) == MOST_WORDS:
            continue
        stem = corpus.stem(word)
        slot = Slot(start, end, word, stem, {**corpus.alike.get(stem, {}), **before, **joined, stem: SAME_WORD})
        if stem not in corpus.weights and not any(other in corpus.weights for other in slot.stems):
            slot.stems.update(dict.fromkeys(_continued(corpus, word), BEGINNING))
        slot.stems = {other: share for other, share in slot.stems.items() if other in corpus.weights}
        slot.weight = _weight(corpus, slot)
        if slot.stem in corpus.circumstances:
            slot.weight *= CIRCUMSTANCE
        if slot.stem in corpus.child:  # "my 13 year old girl" is one
            slot.weight, child = slot.weight * child, 0.0
        slots.append(slot)
    return slots


def _said_plainly(corpus: Corpus, words: list[Token]) -> list[Token]:
    """With the articles' words for what people say in several, and for an aid the problem that it is for.

    An aid counts only where the other words name no problem: "splint for a bunion" is about the bunion.
    """
    words = _instead(words, _found(corpus, corpus.sayings, words))
    aids = list(_found(corpus, corpus.aids, words))
    said = {place for aid in aids for place in range(aid.start, aid.end)}
    if any(corpus.tells(word) for place, (_start, _end, word) in enumerate(words) if place not in said):
        return words
    return _instead(words, aids)


def _found(corpus: Corpus, phrases: Phrases[str], words: list[Token]) -> Iterator[Found[str]]:
    folded = [word for _start, _end, word in words]
    return phrases.found(folded, corpus.stems_in_phrases(folded))


def _instead(words: list[Token], found: Iterable[Found[str]]) -> list[Token]:
    """With the meaning of phrases in their place, the longest first."""
    meant: dict[int, list[Token]] = {}
    for phrase in sorted(found, key=lambda phrase: -phrase.said):
        places = range(phrase.start, phrase.end)
        if meant.keys().isdisjoint(places):
            start, end = words[phrase.start][0], words[phrase.end - 1][1]
            meant |= {place: [] for place in places}
            meant[phrase.start] = [(start, end, word) for word in phrase.meaning.split()]
    return [token for place, word in enumerate(words) for token in meant.get(place, [word])]


def _weight(corpus: Corpus, slot: Slot) -> float:
    """How much a word tells: the rarer, the more."""
    if is_missing(corpus, slot):
        return MISSING_AILMENT
    if slot.stem in corpus.weights:
        return corpus.weights[slot.stem]
    if slot.stems:
        return max(corpus.weights[other] for other in slot.stems)
    return UNKNOWN_TREATMENT if slot.stem in corpus.treatments else UNKNOWN


def is_missing(corpus: Corpus, slot: Slot) -> bool:
    """Whether a word is an ailment that articles mention at most, and none is about."""
    return slot.stem in corpus.ailments and not any(stem in corpus.strong for stem in slot.stems)


def _continued(corpus: Corpus, word: str) -> list[str]:
    """The stems of names' words that begin like this one."""
    if len(word) < 4 or (stem := corpus.stem(word)) in corpus.topics or stem in corpus.practice_stems:
        return []
    start = bisect_left(corpus.sorted_name_words, word)
    found = []
    for other in corpus.sorted_name_words[start : start + 12]:
        if not other.startswith(word):
            break
        found.append(corpus.stem(other))
    return found
