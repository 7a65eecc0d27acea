"""What the search knows of each language; a language without an entry is searched too, only less cleverly."""

from articles.search.english import ENGLISH
from articles.search.lexicon import Lexicon
from articles.search.spanish import SPANISH

_LEXICONS = {"en": ENGLISH, "es": SPANISH}
_NO_LEXICON = Lexicon()


def lexicon_of(language: str) -> Lexicon:
    """The words of a language."""
    return _LEXICONS.get(language, _NO_LEXICON)
