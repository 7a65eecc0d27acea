"""What people typed for each article, learned from: which article a query is likely to mean, word by word.

A weak judge beside the ranking (multinomial naive Bayes over words and pairs of words). It puts what was found in
another order and finds next to nothing itself, so what is about nothing of ours still finds nothing. Articles without
such phrases are not judged, and take no harm.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import exp, log

from articles.search.text import words_of
from articles.search.values import Document

SMOOTHING = 0.2
PAIR = 0.7  # what two words in a row count, beside one
LEAST = -15.0  # no article is less likely than that


class Learned:
    """How likely each article is by the words of a query."""

    def __init__(self, documents: Sequence[Document], stems: dict[str, str]) -> None:
        self.stems = stems
        self.judged = [number for number, document in enumerate(documents) if document.typed]
        counts: dict[int, defaultdict[str, float]] = {}
        for number in self.judged:
            counts[number] = defaultdict(float)
            document = documents[number]
            for phrase in dict.fromkeys(
                (document.title, document.medical_name, *document.other_names, *document.typed)
            ):
                for told, weight in self._told(phrase):
                    counts[number][told] += weight
        kinds = len(set().union(*counts.values()))
        self.weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self.base: dict[int, float] = {}
        for number, told_of in counts.items():
            self.base[number] = log(SMOOTHING) - log(sum(told_of.values()) + SMOOTHING * kinds)
            for told, times in told_of.items():
                self.weights[told][number] = log(times + SMOOTHING) - log(SMOOTHING)

    def likely(self, typed: str) -> dict[int, float]:
        """The logarithm of how likely each judged article is; empty if nothing of the query was ever met."""
        told = [(weight, self.weights[name]) for name, weight in self._told(typed) if name in self.weights]
        if not told:
            return {}
        total = sum(weight for weight, _by_article in told)
        scores = {number: base * total for number, base in self.base.items()}
        for weight, by_article in told:
            for number, more in by_article.items():
                scores[number] += weight * more
        best = max(scores.values())
        whole = best + log(sum(exp(score - best) for score in scores.values()))
        return {number: max(score - whole, LEAST) for number, score in scores.items()}

    def _told(self, text: str) -> Iterator[tuple[str, float]]:
        """The stems of a text and the pairs of neighbors, each once."""
        stems = list(dict.fromkeys(stem for word in words_of(text) if len(word) > 1 and (stem := self.stems[word])))
        for stem in stems:
            yield stem, 1.0
        for one, next_one in pairwise(stems):
            yield f"{one} {next_one}", PAIR
