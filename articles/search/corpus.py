"""The articles of one language, taken apart for the search: which stems each has, and how much they count there."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import log

from articles.search.lexicon import LEXICONS, NO_LEXICON, Lexicon
from articles.search.slips import letters
from articles.search.stems import Stems, topics
from articles.search.stems import stem as stem_of
from articles.search.text import words_of
from articles.search.values import Document

# What a word weighs by the field it stands in. The text below the summary can never reach what a summary counts.
TITLE, OTHER_NAME, MEDICAL_NAME, SUMMARY, TEXT = 10.0, 7.0, 6.0, 3.0, 0.5
HALF_IMPACT = 8.0  # the weight at which another mention begins to count for little
MOST_TIMES = 50
ALIKE = 0.6  # how much a word counts that means or sounds the same


@dataclass(slots=True)
class Names:
    """The names of an article: as they are searched, and as stems without filler words."""

    whole: list[str] = field(default_factory=list)
    stems: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Postings:
    """The articles that have a stem, by number, and how much it counts in each."""

    documents: "array[int]" = field(default_factory=lambda: array("I"))
    impacts: "array[float]" = field(default_factory=lambda: array("f"))

    def add(self, number: int, impact: float) -> None:
        """Another article."""
        self.documents.append(number)
        self.impacts.append(impact)


class ByStem(dict[str, Postings]):
    """Postings that begin when a stem is first met."""

    def __missing__(self, stem: str) -> Postings:
        self[stem] = postings = Postings()
        return postings


def _impact(weight: float) -> float:
    return weight / (weight + HALF_IMPACT)


# By how often the text below the summary has a word: it can hardly reach what a summary counts.
TEXT_WEIGHTS = [0.0, *(TEXT * (1 + log(times)) for times in range(1, MOST_TIMES + 1))]
TEXT_IMPACTS = [_impact(weight) for weight in TEXT_WEIGHTS]


class Corpus:
    """Every article, ready to be searched. Building it is the slow part; it never changes."""

    def __init__(self, documents: Iterable[Document], language: str) -> None:
        self.language = language
        self.lexicon: Lexicon = LEXICONS.get(language, NO_LEXICON)
        self.alike = {
            self.stem(word): {self.stem(other): ALIKE for other in others}
            for word, others in self.lexicon.alike.items()
        }
        self.documents: list[Document] = []
        self.names_of: list[Names] = []
        self.strong = ByStem()  # by names and summary
        self.weak = ByStem()  # by the text below alone
        self.named: defaultdict[str, set[int]] = defaultdict(set)  # the articles with a stem in one of their names
        self.name_words: set[str] = set()
        self.suggestions: dict[str, str] = {}
        self.stems = Stems(language, self.lexicon.stop)
        for document in documents:
            self._add(document)
        self.weights: dict[str, float] = {}
        for having in (self.weak, self.strong):
            for stem, postings in having.items():
                rarity = (len(self.documents) + 1) / (len(postings.documents) + 0.5)
                self.weights[stem] = log(rarity) + 0.1
        self.by_start: defaultdict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for word in self.stems:
            if len(word) > 6 or (len(word) > 3 and word in self.name_words):
                self.by_start[len(word), word[0]].append((letters(word), word))
        self.sorted_name_words = sorted(self.name_words)

    def stem(self, word: str) -> str:
        """The stem of a folded word of this language."""
        return stem_of(word, self.language)

    @property
    def topics(self) -> Mapping[str, str]:
        """Words about the body and its ailments that the articles may lack, by their stems."""
        return topics(self.language)

    def _add(self, document: Document) -> None:
        number = len(self.documents)
        weights = self._add_names(number, document)
        for stem, times in self._counted(f"{document.summary} {document.description}").items():
            weights[stem] = weights.get(stem, 0) + SUMMARY * (1 + log(times))
        # A heading says a word twice more.
        for stem, times in self._counted(f"{document.headings} {document.headings} {document.text}").items():
            times = min(times, MOST_TIMES)
            if stem in weights:
                weights[stem] += TEXT_WEIGHTS[times]
            else:
                self.weak[stem].add(number, TEXT_IMPACTS[times])
        for stem, weight in weights.items():
            self.strong[stem].add(number, _impact(weight))
        self.documents.append(replace(document, headings="", text=""))

    def _add_names(self, number: int, document: Document) -> dict[str, float]:
        """Returns what each stem of the names weighs."""
        weights: dict[str, float] = {}
        names = Names()
        titled = [(TITLE, document.title), (MEDICAL_NAME, document.medical_name)]
        for weight, name in (*titled, *((OTHER_NAME, name) for name in document.other_names)):
            words = words_of(name)
            whole = " ".join(words)
            if not words or whole in names.whole:
                continue
            self.suggestions.setdefault(whole, name)
            self.name_words.update(word for word in words if word not in self.lexicon.stop)
            stems = tuple(stem for word in words if (stem := self.stems[word]))
            names.whole.append(whole)
            names.stems.append(stems)
            for stem in stems:
                # Many names with the same word say it louder, but not many times as loud.
                weights[stem] = max(weights.get(stem, 0), weight) + 1
                self.named[stem].add(number)
        self.names_of.append(names)
        return weights

    def _counted(self, text: str) -> Counter[str]:
        """How often each stem occurs, filler words apart."""
        counts = Counter(map(self.stems.__getitem__, words_of(text)))
        del counts[""]
        return counts
