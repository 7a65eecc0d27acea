"""Finding an article in the words people really type: plain values in, plain values out, the same on any database.

An `Index` is built once from all articles and then only read, so it may be shared by threads. A search

1. cuts the words out of what was typed, without case, accents, apostrophes and filler words, down to their stems,
2. repairs the spelling of words that no article has, by the words that the articles do have,
3. sees whether an answer about the practice is asked for, and leaves those words out,
4. scores every article by the fields a word stands in (title and other names first), rarer words counting more,
5. looks at the names of the best ones again: how much of a name was typed, and in which order.
"""

import unicodedata

from articles.search.answering import answered
from articles.search.corpus import Corpus
from articles.search.query import Slot, slots_of
from articles.search.ranking import ranked
from articles.search.spelling import repaired
from articles.search.text import words_of
from articles.search.values import Results

MOST_LETTERS = 200  # of a query; the rest is cut off
MOST_SUGGESTIONS = 8


class Index(Corpus):
    """Every article of one language, and the questions it answers."""

    def search(self, typed: str, *, exact: bool = False) -> Results:
        """The articles for what was typed, best first. `exact`: without repairing the spelling."""
        typed = unicodedata.normalize("NFC", typed[:MOST_LETTERS])
        slots = slots_of(self, typed)
        better, differs = repaired(self, typed, slots)
        if exact:
            return self._results(typed, slots, did_you_mean=better if differs else "")
        return self._results(better, slots_of(self, better) if differs else slots, repaired=differs)

    def _results(self, words: str, slots: list[Slot], *, repaired: bool = False, did_you_mean: str = "") -> Results:
        """An answer about the practice, and the articles for the rest of the words, if an article is named by one."""
        answer, asked = answered(self, words)
        if answer:
            slots = [slot for slot in slots if not any(start <= slot.start < end for start, end in asked)]
            if not any(slot.stem in self.named and slot.stem not in self.circumstances for slot in slots):
                slots = []
        return Results(words, ranked(self, slots, words), answer, repaired, did_you_mean)

    def suggest(self, typed: str) -> list[str]:
        """Names that go on as what was typed does; those that begin with it first, short ones first."""
        wanted = " ".join(words_of(typed[:MOST_LETTERS]))
        if len(wanted) < 2:
            return []
        inside = f" {wanted}"
        found = [
            (not whole.startswith(wanted), len(whole), name)
            for whole, name in self.suggestions.items()
            if wanted in whole and (whole.startswith(wanted) or inside in whole)
        ]
        return [name for _inside, _length, name in sorted(found)[:MOST_SUGGESTIONS]]

    def knows(self, word: str) -> bool:
        """Whether a folded word is a filler word, or any article has a form of it."""
        return word in self.lexicon.stop or self.stem(word) in self.weights

    def names(self, word: str) -> bool:
        """Whether a folded word stands in an article's name."""
        return self.stem(word) in self.named
