"""The measure of a text."""

import re
from dataclasses import dataclass

from articles.readability.plainer import hard_words
from articles.readability.syllables import syllables

LONG_SENTENCE = 25  # words
GRADES = (5.0, 8.0)  # what patients' texts should stay between: half of US adults read at grade 8 or below

_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bDr\.)(?<!\bvs\.)[”\"’)]*\s+(?=[“\"‘(]?[A-Z0-9])")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")


@dataclass(frozen=True)
class Reading:
    """What `judge` found. An empty text has grade 0."""

    grade: float
    sentences: int
    words: int
    longest: int  # words of the longest sentence
    long_sentences: list[str]
    hard_words: list[tuple[str, str]]  # as written and simpler, each once, in the order of the text


def judge(text: str) -> Reading:
    """How hard an English text is. Each line is a sentence of its own, as list items are; numbers count as words."""
    found = sentences(text)
    counts = [len(words(sentence)) for sentence in found]
    return Reading(
        grade=_flesch_kincaid(len(found), sum(counts), sum(syllables(word) for word in words(text))),
        sentences=len(found),
        words=sum(counts),
        longest=max(counts, default=0),
        long_sentences=[sentence for sentence, count in zip(found, counts, strict=True) if count > LONG_SENTENCE],
        hard_words=hard_words(text),
    )


def sentences(text: str) -> list[str]:
    """The sentences; a line ends one, too."""
    cut = (_SENTENCE_END.split(" ".join(line.split())) for line in text.splitlines())
    return [sentence for line in cut for sentence in line if words(sentence)]


def words(text: str) -> list[str]:
    """The words and numbers. “X-ray” and “don’t” are one word each."""
    return _WORD.findall(text)


def _flesch_kincaid(sentences: int, words: int, syllables: int) -> float:
    """The US school grade (Kincaid and others, 1975), 0 at the least."""
    if not sentences:
        return 0.0
    return round(max(0.0, 0.39 * words / sentences + 11.8 * syllables / words - 15.59), 1)
