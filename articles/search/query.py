"""The words of a query that count, and what will do for each."""

from bisect import bisect_left
from dataclasses import dataclass

from articles.search.corpus import Corpus
from articles.search.text import tokens

MOST_WORDS = 24
SAME_WORD, JOINED, BEGINNING = 1.0, 0.95, 0.7  # how much a match counts, by how it came about
UNKNOWN, MISSING_TOPIC = 1.5, 4.0  # how much a word weighs that no article has; the second for names of other ailments


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
    slots: list[Slot] = []
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
        slots.append(slot)
    return slots


def _weight(corpus: Corpus, slot: Slot) -> float:
    """How much a word tells: the rarer, the more."""
    if slot.stem in corpus.weights:
        return corpus.weights[slot.stem]
    if slot.stems:
        return max(corpus.weights[other] for other in slot.stems)
    return MISSING_TOPIC if slot.stem in corpus.topics else UNKNOWN


def _continued(corpus: Corpus, word: str) -> list[str]:
    """The stems of names' words that begin like this one."""
    if len(word) < 4 or corpus.stem(word) in corpus.topics:
        return []
    start = bisect_left(corpus.sorted_name_words, word)
    found = []
    for other in corpus.sorted_name_words[start : start + 12]:
        if not other.startswith(word):
            break
        found.append(corpus.stem(other))
    return found
