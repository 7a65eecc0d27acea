"""The articles of one language, taken apart for the search: which stems each has, and how much they count there."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log

from articles.search.languages import lexicon_of
from articles.search.learned import NOTHING_LEARNED, Learned
from articles.search.phrases import EXACT, Phrases
from articles.search.slips import letters
from articles.search.stems import Stems, topics
from articles.search.stems import stem as stem_of
from articles.search.text import words_of
from articles.search.values import Answer, Document

# What a word weighs by the field it stands in. The text below the summary can never reach what a summary counts.
TITLE, OTHER_NAME, MEDICAL_NAME, SUMMARY, TEXT = 10.0, 7.0, 6.0, 3.0, 0.5
HALF_IMPACT = 8.0  # the weight at which another mention begins to count for little
MOST_TIMES = 50
MENTION = 0.1  # how much less rare a mention in the text makes a word of names or summaries
MOST_TOLD = 0.35  # the share of articles with a word in their names above which it tells nothing
SHORTEST_TO_REPAIR = 5  # letters of a word about the practice
FEW = 2  # articles
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


NOWHERE = Postings()


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


def _each(answers: Sequence[Answer], kind: str) -> list[tuple[str, Answer]]:
    return [(phrase, answer) for answer in answers for phrase in getattr(answer, kind)]


class Corpus:
    """Every article, ready to be searched. Building it is the slow part; it never changes."""

    def __init__(
        self,
        documents: Iterable[Document],
        language: str,
        answers: Sequence[Answer] = (),
        learned: Learned = NOTHING_LEARNED,
    ) -> None:
        self.language = language
        self.learned = learned
        self.lexicon = lexicon_of(language)
        self.alike = {
            self.stem(word): {self.stem(other): ALIKE for other in others}
            for word, others in self.lexicon.alike.items()
        }
        self.sayings = Phrases(self.lexicon.sayings, self._stem_of_long, self.lexicon.stop)
        self.elsewhere = {self.stem(word) for word in self.lexicon.elsewhere}
        self.ailments = {self.stem(word) for word in self.lexicon.ailments}
        self.treatments = {self.stem(word) for word in self.lexicon.treatments}
        self.ordinary = {self.stem(word) for word in self.lexicon.ordinary}
        self.foot = {self.stem(word) for word in self.lexicon.foot}
        self.circumstances = {self.stem(word) for word in self.lexicon.circumstances}
        self.signs = {self.stem(word) for word in self.lexicon.signs}
        child = self.lexicon.child
        self.child = {self.stem(word) for word in (child, *self.lexicon.alike.get(child, ())) if word}
        self.parts = {self.stem(word) for word in self.lexicon.parts}
        self.aids = Phrases(self.lexicon.aids, self._stem_of_long, self.lexicon.stop)
        self.documents: list[Document] = []
        self.names_of: list[Names] = []
        self.titled: set[str] = set()  # stems of titles and medical names
        self.strong = ByStem()  # by names and summary
        self.weak = ByStem()  # by the text below alone
        self.named: defaultdict[str, set[int]] = defaultdict(set)  # the articles with a stem in one of their names
        self.name_words: set[str] = set()
        self.suggestions: dict[str, str] = {}
        self.stems = Stems(language, self.lexicon.stop)
        for document in documents:
            self._add(document)
        self.numbers = {document.slug: number for number, document in enumerate(self.documents)}
        # Where, but not what: "foot", and not "Achilles".
        self.somewhere = self.parts | {stem for stem in self.foot if len(self.named.get(stem, ())) > FEW}
        self.weights = {stem: self._weight(stem) for stem in self.weak.keys() | self.strong.keys()}
        self._add_answers(answers)
        self.by_start: defaultdict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for word in self.stems:
            if len(word) > 6 or (len(word) > 3 and word in self.name_words):
                self.by_start[len(word), word[0]].append((letters(word), word))
        for word in self.practice_words - self.stems.keys():
            self.by_start[len(word), word[0]].append((letters(word), word))
        self.sorted_name_words = sorted(self.name_words)

    def stem(self, word: str) -> str:
        """The stem of a folded word of this language."""
        return stem_of(word, self.language)

    @property
    def topics(self) -> Mapping[str, str]:
        """Words about the body and its ailments that the articles may lack, by their stems."""
        return topics(self.language)

    def _weight(self, stem: str) -> float:
        """How much a stem tells: the rarer, the more. Names and summaries count; a text that mentions it a little."""
        strong, weak = len(self.strong.get(stem, NOWHERE).documents), len(self.weak.get(stem, NOWHERE).documents)
        having = strong + MENTION * weak if strong else weak
        return log((len(self.documents) + 1) / (having + 0.5)) + 0.1

    def has_name(self, typed: str) -> bool:
        """Whether this is, word for word, the name of an article: then it means that and nothing else."""
        return " ".join(words_of(typed)) in self.suggestions

    def tells(self, word: str) -> bool:
        """Whether a folded word stands in the titles of some articles only: "bunion", and not "foot"."""
        stem = self.stem(word)
        return stem in self.titled and len(self.named[stem]) <= MOST_TOLD * len(self.documents)

    def _add_answers(self, answers: Sequence[Answer]) -> None:
        """What the site says of the practice, by the words that ask for it."""
        self.answers = answers
        filler = self.lexicon.stop
        self.asked_by = Phrases(_each(answers, "phrases"), self._stem_of_long, filler)
        self.hinted_by = Phrases(_each(answers, "hints"), self._stem_of_long, filler)
        self.practice: defaultdict[str, set[str]] = defaultdict(set)  # names of answers by the stems of their words
        words = set()
        for answer in answers:
            words |= {
                word for phrase in (*answer.phrases, *answer.hints) for word in phrase.replace(EXACT, "").split()
            } | answer.words
            for word in answer.words:
                self.practice[self.stem(word)].add(answer.name)
        words -= filler
        self.practice_stems = {self.stem(word) for word in words}
        self.practice_words = {word for word in words if len(word) >= SHORTEST_TO_REPAIR}

    def stems_in_phrases(self, words: Iterable[str]) -> list[str]:
        """The stems of folded words as phrases have them."""
        return [self._stem_of_long(word) for word in words]

    def _stem_of_long(self, word: str) -> str:
        """The stem of a word in a phrase; short ones stand as they are: "walk-ins" is not "walk in"."""
        return self.stem(word) if len(word) > 3 else word

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
            if weight != OTHER_NAME:
                self.titled.update(stems)
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
