"""Which articles fit a query, and which of them best."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from articles.search.corpus import ALIKE, Corpus
from articles.search.excerpt import excerpt
from articles.search.query import Slot
from articles.search.text import words_of
from articles.search.values import Hit

MOST_HITS = 20
LOOKED_AT_AGAIN = 50  # articles whose names are compared with the query word by word
LEAST_COVERED = 0.3  # of the query's weight, or it is no hit
LEAST_STRONG = 0.15  # of it by names and summary
LEAST_SHARE = 0.33  # of the best hit's score, or it is no hit
WHOLE_NAME = 1.3  # what it counts that the query is a name; a part of one can reach a little over 1

Scored = tuple[float, int]  # and the number of the article


@dataclass(slots=True)
class _Tally:
    """What the words of a query say for an article."""

    score: float = 0.0
    covered: float = 0.0
    strong: float = 0.0  # covered by names and summary alone


def ranked(corpus: Corpus, slots: list[Slot], typed: str) -> tuple[Hit, ...]:
    """The hits of a query, best first."""
    total = sum(slot.weight for slot in slots)
    by_words = sorted(_by_words(corpus, slots, total), key=lambda pair: (-pair[0], pair[1]))
    again = list(_by_names(corpus, slots, typed, total, by_words[:LOOKED_AT_AGAIN]))
    again.sort(key=lambda pair: (-pair[0], corpus.documents[pair[1]].title))
    marked = {stem for slot in slots for stem, share in slot.stems.items() if share > ALIKE}
    return tuple(
        Hit(corpus.documents[number], score, excerpt(corpus, corpus.documents[number], marked))
        for score, number in again[:MOST_HITS]
        if score >= LEAST_SHARE * again[0][0]
    )


def _by_words(corpus: Corpus, slots: list[Slot], total: float) -> Iterator[Scored]:
    """The articles that have enough of the words.

    Words that stand only somewhere in the text make no hit, unless somebody looks for a single word, or all of them
    are there and one ("sweaty feet") stands where it counts.
    """
    for number, tally in _tallies(corpus, slots).items():
        said, cover = tally.strong, tally.covered
        told = len(slots) == 1 or said >= LEAST_STRONG * total or (said and cover > 0.99 * total)
        if cover >= LEAST_COVERED * total and told:
            yield tally.score * (cover + said) / 2 / total, number


def _tallies(corpus: Corpus, slots: list[Slot]) -> Mapping[int, _Tally]:
    found: defaultdict[int, _Tally] = defaultdict(_Tally)
    for slot in slots:
        for number, (share, impact) in _strong_matches(corpus, slot).items():
            tally = found[number]
            tally.score += slot.weight * share * impact
            tally.covered += slot.weight * share
            tally.strong += slot.weight * share
        if slot.stem in corpus.weak:
            weak = corpus.weak[slot.stem]
            for number, impact in zip(weak.documents, weak.impacts, strict=True):
                tally = found[number]
                tally.score += slot.weight * impact
                tally.covered += slot.weight
    return found


def _strong_matches(corpus: Corpus, slot: Slot) -> dict[int, tuple[float, float]]:
    """The articles that satisfy a word by names and summary: by which share, and with which impact."""
    found: dict[int, tuple[float, float]] = {}
    for stem, share in slot.stems.items():
        if (postings := corpus.strong.get(stem)) is None:
            continue
        for number, impact in zip(postings.documents, postings.impacts, strict=True):
            before = found.get(number)
            if before is None or before[0] * before[1] < share * impact:
                found[number] = (share, impact)
    return found


def _by_names(corpus: Corpus, slots: list[Slot], typed: str, total: float, found: list[Scored]) -> Iterator[Scored]:
    """The same articles with what their names add."""
    whole = " ".join(words_of(typed))
    wanted: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, slot in enumerate(slots):
        for stem, share in slot.stems.items():
            wanted[stem].append((place, share * slot.weight))
    for score, number in found:
        named = whole in corpus.names_of[number].whole
        best = WHOLE_NAME if named else _best_name(corpus, number, wanted, len(slots), total)
        yield score + total * best, number


def _best_name(
    corpus: Corpus, number: int, wanted: dict[str, list[tuple[int, float]]], count: int, total: float
) -> float:
    """How well the best of an article's names fits the query: 0 to a little over 1.

    `wanted` has the places in the query that a stem satisfies, and what each is worth then.
    """
    best = 0.0
    for stems in corpus.names_of[number].stems:
        if wanted.keys().isdisjoint(stems):
            continue
        named = said = 0.0
        worth: dict[int, tuple[float, int]] = {}  # by place in the query: how much, and the place in the name
        for position, stem in enumerate(stems):
            weight = corpus.weights[stem]
            named += weight
            if stem in wanted:
                said += weight
                for place, value in wanted[stem]:
                    if place not in worth or value > worth[place][0]:
                        worth[place] = (value, position)
        matched = sum(value for value, _position in worth.values())
        positions = [worth[place][1] for place in sorted(worth)]
        in_order = sum(later == earlier + 1 for earlier, later in pairwise(positions))
        order = 1 + 0.15 * in_order / max(1, count - 1)
        best = max(best, (matched / total) * (0.4 + 0.6 * said / named) * order)
    return best
