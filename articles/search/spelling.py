"""Words that no article has, written as the articles write them."""

from itertools import product
from math import ceil

from articles.search.corpus import Corpus
from articles.search.query import Slot
from articles.search.slips import SOUNDING_ALIKE, letters, slips

MOST_REPAIRS = 6  # words of one query whose spelling is looked up


def repaired(corpus: Corpus, typed: str, slots: list[Slot]) -> tuple[str, bool]:
    """What was typed with better spelling, and whether that differs."""
    changes = []
    looked_up = 0
    for place, slot in enumerate(slots):
        better = _sounds_like(corpus, place, slots)
        if not better and not slot.stems and looked_up < MOST_REPAIRS:
            looked_up += 1
            better = _spelled(corpus, slot, slots)
        if better:
            changes.append((slot, better))
    for slot, better in reversed(changes):
        typed = typed[: slot.start] + better + typed[slot.end :]
    return typed, bool(changes)


def _sounds_like(corpus: Corpus, place: int, slots: list[Slot]) -> str:
    """A word that sounds like this one ("heal": "heel"), if only that makes sense beside its neighbor."""
    better = corpus.lexicon.sounds_like.get(slots[place].word)
    if not better or corpus.stem(better) not in corpus.named:
        return ""
    if slots[place].stem not in corpus.weights:
        return better
    typed = {slot.stem for slot in slots}
    alike = set.intersection(*(corpus.named.get(stem, set()) for stem in typed))
    if any(typed.issubset(stems) for number in alike for stems in corpus.names_of[number].stems):
        return ""
    pair_of = corpus.stem(better)
    for neighbor in slots[max(0, place - 1) : place] + slots[place + 1 : place + 2]:
        both = corpus.named[pair_of] & corpus.named.get(neighbor.stem, set())
        if any({pair_of, neighbor.stem} <= set(stems) for number in both for stems in corpus.names_of[number].stems):
            return better
    return ""


def _spelled(corpus: Corpus, slot: Slot, slots: list[Slot]) -> str:
    """The right spelling of a word that no article has; "" if there is none."""
    word = slot.word
    if (
        len(word) < 4
        or slot.stem in corpus.ordinary
        or slot.stem in corpus.topics
        or slot.stem in corpus.elsewhere
        or slot.stem in corpus.practice_stems
        or any(map(str.isdigit, word))
    ):
        return ""
    for cut in range(3, len(word) - 2):
        if word[:cut] in corpus.name_words and word[cut:] in corpus.name_words:
            return f"{word[:cut]} {word[cut:]}"
    context: set[int] = set()
    for other in slots:
        context |= corpus.named.get(other.stem, set())
    ranked = [
        (cost - (0.4 if not context.isdisjoint(corpus.named.get(corpus.stem(near), ())) else 0), near)
        for cost, near in _look_up(corpus, word)
    ]
    return min(ranked)[1] if ranked else ""


def _look_up(corpus: Corpus, word: str) -> list[tuple[float, str]]:
    """The words of the articles that are one or two slips away, with how far they are."""
    most = 0.7 if len(word) < 6 else 2.0 if len(word) < 10 else 3.0
    mine = letters(word)
    found = []
    starts = [word[0], *(SOUNDING_ALIKE.get(word[0], "") if len(word) > 5 else "")]
    for length, start in product(range(len(word) - ceil(most), len(word) + ceil(most) + 1), starts):
        for mask, other in corpus.by_start.get((length, start), ()):
            if (mask ^ mine).bit_count() > 2 * ceil(most):
                continue
            # A word of the names is likelier than one that merely occurs; the first letter is seldom wrong.
            named = other in corpus.name_words
            bound = most if named or (other in corpus.practice_words and len(other) > 8) else 1.0
            if (cost := slips(word, other, bound)) <= bound:
                found.append((cost + (0 if named else 0.5) + (0 if start == word[0] else 0.5), other))
    return sorted(found)[:5]
