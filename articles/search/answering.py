"""Questions about the practice itself: which of the site's answers a query asks for, and which of its words."""

from collections.abc import Sequence

from articles.search.corpus import Corpus
from articles.search.phrases import Found
from articles.search.text import Token, tokens
from articles.search.values import Answer

Span = tuple[int, int]  # where words stand in what was typed


def answered(corpus: Corpus, typed: str) -> tuple[Answer | None, list[Span]]:
    """The answer to a query, and the words that asked for it; None if it is not about the practice."""
    if corpus.has_name(typed):
        return None, []
    tokens_typed = list(tokens(typed))
    words = [word for _start, _end, word in tokens_typed]
    stems = corpus.stems_in_phrases(words)
    found = list(corpus.asked_by.found(words, stems))
    if not found:
        hints = list(corpus.hinted_by.found(words, stems))
        said = {place for hint in hints for place in range(hint.start, hint.end)}
        if not any(_is_of_a_problem(corpus, word) for place, word in enumerate(words) if place not in said):
            found = hints
    if found:
        return _best(corpus, found), [_span(tokens_typed, phrase) for phrase in found]
    counted = [word for word in words if word not in corpus.lexicon.stop and len(word) > 1]
    asking = [corpus.stem(word) for word in counted if word not in corpus.lexicon.foot]
    if not asking or not all(stem in corpus.practice for stem in asking):
        return None, []
    best = max(corpus.answers[::-1], key=lambda answer: sum(answer.name in corpus.practice[stem] for stem in asking))
    return best, [(start, end) for start, end, _word in tokens_typed]


def _is_of_a_problem(corpus: Corpus, word: str) -> bool:
    """Whether a word stands in an article's name and is no mere part of the foot, or is about something else at all."""
    stem = corpus.stem(word)
    if word in corpus.lexicon.stop or stem in corpus.foot:
        return False
    named = any(other in corpus.named for other in (stem, *corpus.alike.get(stem, ())))
    return named or stem in corpus.elsewhere or stem in corpus.ailments


def _best(corpus: Corpus, found: Sequence[Found[Answer]]) -> Answer:
    """The answer of the longest phrase; of the first row among equals."""
    return max(found, key=lambda phrase: (phrase.said, -corpus.answers.index(phrase.meaning))).meaning


def _span(words: Sequence[Token], phrase: Found[Answer]) -> Span:
    return words[phrase.start][0], words[phrase.end - 1][1]
