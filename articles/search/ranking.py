"""Which articles fit a query, and which of them best."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from articles.search.corpus import ALIKE, Corpus
from articles.search.excerpt import excerpt
from articles.search.query import Slot, is_missing
from articles.search.text import words_of
from articles.search.values import Hit

MOST_HITS = 20
LOOKED_AT_AGAIN = 50  # articles whose names are compared with the query word by word
LEAST_COVERED = 0.3  # of the query's weight, or it is no hit
LEAST_BESIDE_MISSING = 0.6  # of it where it names an ailment that no article is about
LEAST_BESIDE_UNKNOWN = 0.5  # of it where one of two words is none of the articles'
LEAST_STRONG = 0.15  # of it by names and summary
LEAST_SHARE = 0.33  # of the best hit's score, or it is no hit
WHOLE_NAME = 1.3  # what it counts that the query is a name; a part of one can reach a little over 1
LEARNED = 1.25  # what it costs to be as far behind the likeliest as that is ahead in what was learned
SURE = 0.2  # how far ahead of all others the likeliest must be to be found by that alone
OTHER_PART = 0.8  # what remains of a score for each part of the body that no name of the article has
NO_MATCH = (0.0, 0.0)
Scored = tuple[float, int]  # and the number of the article


@dataclass(slots=True)
class _Tally:
    """What the words of a query say for an article."""

    score: float = 0.0
    covered: float = 0.0
    strong: float = 0.0  # covered by names and summary alone


def ranked(corpus: Corpus, slots: list[Slot], typed: str) -> tuple[Hit, ...]:
    """The hits of a query, best first."""
    told = any(slot.stem not in corpus.circumstances for slot in slots)
    if (not told or _is_elsewhere(corpus, slots)) and not corpus.has_name(typed):
        return ()
    total = sum(slot.weight for slot in slots)
    by_words = sorted(_by_words(corpus, slots, total), key=lambda pair: (-pair[0], pair[1]))
    again = list(_by_names(corpus, slots, typed, total, by_words[:LOOKED_AT_AGAIN]))
    again.sort(key=lambda pair: (-pair[0], corpus.documents[pair[1]].title))
    least = LEAST_SHARE * again[0][0] if again else 0.0
    again = _by_what_was_typed(corpus, slots, typed, again)
    marked = {stem for slot in slots for stem, share in slot.stems.items() if share > ALIKE}
    return tuple(
        Hit(corpus.documents[number], score, excerpt(corpus, corpus.documents[number], marked))
        for place, (score, number) in enumerate(again[:MOST_HITS])
        if place == 0 or score >= least
    )


def _by_what_was_typed(corpus: Corpus, slots: list[Slot], typed: str, found: list[Scored]) -> list[Scored]:
    """In the order that what people typed before makes likely, too, with the likeliest article among them.

    An article of which nobody knows is as likely as the likeliest, and the name of an article is left alone. Where
    nothing was found, the likeliest alone is, if it is about a foot and there is little doubt. One that is likelier
    still may not be public: then nothing is found by what was typed.
    """
    if corpus.has_name(typed):
        return found
    behind = {corpus.numbers[slug]: by for slug, by in corpus.learned.likely(typed).items() if slug in corpus.numbers}
    if not behind:
        return found
    first, likeliest = max((by, number) for number, by in behind.items())
    second = max((by for number, by in behind.items() if number != likeliest), default=-SURE)
    if not found:
        sure = first == 0 and second <= -SURE
        return [(0.0, likeliest)] if sure and _says_enough(corpus, slots) else []
    best = found[0][0]
    if first == 0 and all(number != likeliest for _score, number in found):
        found = [*found, (0.0, likeliest)]
    return sorted(found, key=lambda pair: -(pair[0] / best + LEARNED * behind.get(pair[1], first)))


def _says_enough(corpus: Corpus, slots: list[Slot]) -> bool:
    """Whether a query is about a foot, more than a sign of many problems, and no ailment that we have no article of."""
    stems = {slot.stem for slot in slots}
    of_a_foot = not stems.isdisjoint(corpus.foot) and stems.isdisjoint(corpus.ailments)
    return of_a_foot and not _are_signs(corpus, slots)


def _by_words(corpus: Corpus, slots: list[Slot], total: float) -> Iterator[Scored]:
    """The articles that have enough of the words.

    Words that stand only somewhere in the text make no hit, unless somebody looks for a single word, or all of them
    are there and one ("sweaty feet") stands where it counts.
    """
    least = _least_covered(corpus, slots) * total
    # Beside a word that we have never heard ("tax form"), a word of some summary is not enough.
    unknown = any(_is_unknown(corpus, slot) for slot in slots)
    named = set[int]().union(*(corpus.named.get(stem, ()) for slot in slots for stem in slot.stems))
    signs_alone = _are_signs(corpus, slots)
    if unknown and all(slot.stem in corpus.treatments for slot in slots if not _is_unknown(corpus, slot)):
        return  # "cataract surgery": of what it is for we have never heard
    for number, tally in _tallies(corpus, slots).items():
        if signs_alone and not _is_named_so(corpus, number, slots):
            continue
        said, cover = tally.strong, tally.covered
        told = len(slots) == 1 or said >= LEAST_STRONG * total or (said and cover > 0.99 * total)
        if cover >= least and told and (number in named or not unknown):
            yield tally.score * (cover + said) / 2 / total, number


def _least_covered(corpus: Corpus, slots: list[Slot]) -> float:
    """The share of a query that an article must cover: more beside what none is about, since none beats a wrong one."""
    if any(is_missing(corpus, slot) for slot in slots):
        return LEAST_BESIDE_MISSING
    if len(slots) == 2 and any(_is_unknown(corpus, slot) for slot in slots):
        return LEAST_BESIDE_UNKNOWN
    return LEAST_COVERED


def _is_unknown(corpus: Corpus, slot: Slot) -> bool:
    """Whether no article has a word or anything that would do for it. Treatments say little either way."""
    return not slot.stems and slot.stem not in corpus.treatments


def _is_named(corpus: Corpus, number: int, slot: Slot) -> bool:
    """Whether a name of an article has a word of the query, or what will do for it."""
    return any(number in corpus.named.get(stem, ()) for stem in slot.stems)


def _are_signs(corpus: Corpus, slots: list[Slot]) -> bool:
    """Whether a query tells a sign of many problems, "swollen", and where, and nothing else."""
    signs = [slot for slot in slots if slot.stem in corpus.signs]
    return bool(signs) and all(slot in signs or slot.stem in corpus.somewhere for slot in slots)


def _is_named_so(corpus: Corpus, number: int, slots: list[Slot]) -> bool:
    """Whether an article's name says no more than the query does, but where: "swollen ankle"."""
    said = {stem for slot in slots for stem in slot.stems}
    return any(said.issuperset(stems) and not corpus.signs.isdisjoint(stems) for stems in corpus.names_of[number].stems)


def _is_elsewhere(corpus: Corpus, slots: list[Slot]) -> bool:
    """Whether a query is about another part of the body, or no person, and about no foot."""
    stems = {slot.stem for slot in slots}
    return not stems.isdisjoint(corpus.elsewhere) and stems.isdisjoint(corpus.foot)


def _tallies(corpus: Corpus, slots: list[Slot]) -> Mapping[int, _Tally]:
    found: defaultdict[int, _Tally] = defaultdict(_Tally)
    for slot in slots:
        matches = _strong_matches(corpus, slot)
        for number, (share, impact) in matches.items():
            tally = found[number]
            tally.score += slot.weight * share * impact
            tally.covered += slot.weight * share
            tally.strong += slot.weight * share
        if slot.stem in corpus.weak and not is_missing(corpus, slot):
            weak = corpus.weak[slot.stem]
            for number, impact in zip(weak.documents, weak.impacts, strict=True):
                tally = found[number]
                tally.score += slot.weight * impact
                tally.covered += slot.weight * (1 - matches.get(number, NO_MATCH)[0])
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
        other_parts = sum(slot.stem in corpus.parts and not _is_named(corpus, number, slot) for slot in slots)
        yield (score + total * best) * OTHER_PART**other_parts, number


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
