"""What the forms of a word have in common."""

from collections.abc import Mapping
from functools import lru_cache

from articles.search.languages import lexicon_of


def stem(word: str, language: str) -> str:
    """What the forms of a folded word have in common: heels, heel; cracking, cracked, cracks. Not a word itself."""
    word = lexicon_of(language).irregular.get(word, word)
    if language == "en":
        return _english_stem(word)
    return _spanish_stem(word) if language == "es" else word


def _english_stem(word: str) -> str:
    if len(word) < 4 or not word.isascii():
        return word[:-1] if len(word) == 3 and word[-1] == "s" and word[-2] not in "aius" else word
    word = _without_ending(_english_singular(word))
    if word.endswith("tion") and len(word) > 5:
        word = word[:-3]
    if len(word) > 3 and word[-1] in "ey" and word[-2] not in "aeiou":
        word = word[:-1]
    return word


def _english_singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "uses")):
        return word[:-2]
    return word[:-1] if word[-1] == "s" and word[-2] not in "sui" else word


def _without_ending(word: str) -> str:
    """Without the ending of a quality or of a verb: cracking, cracked; stopping, stop."""
    for ending in ("fulness", "ness", "ful", "ing", "ed"):
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < 3 or set("aeiouy").isdisjoint(rest) or (ending == "ed" and rest[-1] == "e"):
            continue
        doubled = ending in ("ing", "ed") and rest[-1] == rest[-2] and rest[-1] not in "lsz"
        return rest[:-1] if doubled else rest
    return word


def _spanish_stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ces"):
        word = word[:-3] + "z"
    elif len(word) > 4 and word.endswith("es"):
        word = word[:-2]
    elif len(word) > 3 and word[-1] == "s" and not word.endswith("is"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


@lru_cache
def topics(language: str) -> Mapping[str, str]:
    """Words about the body, its ailments and their treatment that the articles may lack, by their stems."""
    lexicon = lexicon_of(language)
    return {stem(word, language): word for word in lexicon.topics | lexicon.ailments | lexicon.treatments}


class Stems(dict[str, str]):
    """The stem of every word that was met; "" for filler words."""

    def __init__(self, language: str, stop: frozenset[str]) -> None:
        self.language, self.stop = language, stop

    def __missing__(self, word: str) -> str:
        self[word] = base = "" if word in self.stop else stem(word, self.language)
        return base
