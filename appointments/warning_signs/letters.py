"""A text as its words: small letters without accents or invisible signs, doubled letters once, each with its place.

"Sweling", "SWELLING" and "swelling" are one word, and so are "can't" and "cant". Nothing is decoded twice or guessed
here; slips of other kinds are the lexicon's work (patterns.py).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*")
_TILDE = "\u0303"
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_APOSTROPHES = dict.fromkeys("'’‘`´ʼ＇", "'")
_SENTENCE_END = re.compile(r"[!?;]|(?<!\.)\.(?!\.)|\n\s*\n")
_LIST = re.compile(r"[,/&+]")
_PAUSE = re.compile(r"\n|\.\.|[–—:()\[\]\"“”«»¿¡|•*]|\s-+|-+\s")
_JOINED = {("can", "not"): "cannot", ("toe", "nail"): "toenail", ("toe", "nails"): "toenails", ("to", "day"): "today"}

# What stands before a word: nothing that matters, a comma or the like, a longer pause, the end of a sentence.
NOTHING, COMMA, PAUSE, END = range(4)


class Token(NamedTuple):
    """A word. `start` and `end` are places in the text as written, `gap` is what stands before the word."""

    word: str
    start: int
    end: int
    gap: int
    sentence: int


def tokens_of(text: str) -> list[Token]:
    """The words of a text, in their order. Signs that are no letters (emoji, brackets) only part the words."""
    folded, places = _folded(text)
    tokens: list[Token] = []
    behind, sentence = 0, 0
    for match in _WORD.finditer(folded):
        start, end = match.span()
        gap = _gap(folded[behind:start], text[places[start]]) if tokens else END
        word = plain(match[0])
        behind = end
        if gap == NOTHING and tokens and (joined := _JOINED.get((tokens[-1].word, word))):
            first = tokens.pop()
            tokens.append(Token(joined, first.start, places[end - 1] + 1, first.gap, sentence))
            continue
        sentence += gap == END
        tokens.append(Token(word, places[start], places[end - 1] + 1, gap, sentence))
    return tokens


def plain(word: str) -> str:
    """A folded word without its apostrophes, each doubled letter once; a number with a point."""
    if word[0].isdecimal():
        return word.replace(",", ".")
    word = word.replace("'", "")
    if "ñ" in word and not word.startswith("uñ"):  # "uña" is no "una"
        word = word.replace("ñ", "n")
    return _DOUBLED.sub(r"\1", word)


def plain_words(text: str) -> list[str]:
    """The words alone, as a pattern's are kept."""
    return [token.word for token in tokens_of(text)]


def _folded(text: str) -> tuple[str, "range | list[int]"]:
    """Small letters without accents, and for each of them its place in the text."""
    if text.isascii():
        return text.lower().replace("`", "'"), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter == _TILDE and letters and letters[-1] == "n":
            letters[-1] = "ñ"
            continue
        folded = letter.lower() if letter.isascii() and letter != "`" else _fold(letter)
        letters.append(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places


@lru_cache(maxsize=4096)
def _fold(letter: str) -> str:
    """One letter in its plain form: no accents, nothing of invisible signs, common letters for full-width ones."""
    if letter in _APOSTROPHES:
        return "'"
    if letter in "ñÑ":
        return "ñ"
    if letter == "…":
        return ".."
    apart = unicodedata.normalize("NFKD", letter)
    kept = "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    return kept.casefold()


def _gap(between: str, following: str) -> int:
    """What the signs between two words say. A new line ends a sentence unless it goes on in small letters."""
    if between in (" ", ""):
        return NOTHING
    if _SENTENCE_END.search(between) or ("\n" in between and not following.islower()):
        return END
    if _PAUSE.search(between):
        return PAUSE
    return COMMA if _LIST.search(between) else NOTHING
