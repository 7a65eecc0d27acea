"""Words as the search compares them."""

import re
import unicodedata
from collections.abc import Iterator

Token = tuple[int, int, str]  # where a word begins and ends in what was typed, and the word, folded

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"))
# Letters that Unicode takes for whole: with a stroke, or two in one.
_WHOLE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_ACCENT = re.compile(r"(?<!n)\u0303|[\u0300-\u0302\u0304-\u036f]")
_RUN = re.compile(r"[^\W_]+")
TYPED = re.compile(r"[^\W_]+(?:['’‘ʼ`´′][^\W_]+)*")


def fold(text: str) -> str:
    """Without case, accents and apostrophes; the tilde of ñ stays, because uña is not una."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold().translate(_WHOLE))
        text = unicodedata.normalize("NFC", _ACCENT.sub("", text))
    return text.lower().replace("'", "")


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return _RUN.findall(fold(text))


def tokens(typed: str) -> Iterator[Token]:
    """Each word, in order."""
    for match in TYPED.finditer(typed):
        for word in words_of(match[0]):
            yield match.start(), match.end(), word
