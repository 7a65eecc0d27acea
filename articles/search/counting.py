"""Which searches that found nothing are worth keeping, and hold nothing private."""

import re

from articles.search.engine import Index
from articles.search.slips import slips
from articles.search.stems import stem, topics
from articles.search.text import words_of

_ONLY_WORDS = re.compile(r"(?:[^\W\d_]|[\s'’,.?!-])+")


def worth_counting(typed: str, index: Index) -> str:
    """The words of a search that found nothing, if they can only be about feet; "" for anything that may be private.

    Kept are at most six words of 2 to 24 letters. One must be about the body, and every other one must be a word of
    the articles, too, or misspell one: so no number, no mail address, and no name that the articles do not have.
    """
    if not _ONLY_WORDS.fullmatch(typed.strip()):
        return ""
    words = words_of(typed)
    if not 0 < len(words) <= 6 or not all(2 <= len(word) <= 24 and word.isalpha() for word in words):
        return ""
    about = [word for word in words if _is_about(word, index)]
    if not about or not all(index.knows(word) for word in words if word not in about):
        return ""
    return " ".join(words)


def _is_about(word: str, index: Index) -> bool:
    """Whether a word is about the body, or misspells one that is. Short words are too near to people's names."""
    about = topics(index.language)
    if index.names(word) or stem(word, index.language) in about:
        return True
    if len(word) < 6:
        return False
    most = 1.0 if len(word) < 8 else 2.0
    return any(
        other[0] == word[0] and abs(len(other) - len(word)) <= 2 and slips(word, other, most) <= most
        for other in about.values()
    )
