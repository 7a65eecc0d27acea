"""The words that all lines share: lists by their names in capitals, endings, small words, and words that are no slips.

They stand in `data/warning_grammar.yaml` and `data/ordinary_words.txt` and are read once.
"""

from functools import lru_cache
from pathlib import Path

import yaml

from appointments.warning_signs.letters import plain_words

_DATA = Path(__file__).parents[1] / "data"


@lru_cache(maxsize=1)
def _grammar() -> dict[str, dict[str, str]]:
    grammar: dict[str, dict[str, str]] = yaml.safe_load((_DATA / "warning_grammar.yaml").read_text())
    return grammar


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("/"))


def doubts(kind: str) -> tuple[str, ...]:
    """The phrases of one kind of doubt; # stands for a number."""
    return _phrases(_grammar()["doubts"][kind])


def words(name: str) -> frozenset[str]:
    """One of the lists of single words, as a text's words are kept."""
    return frozenset(plain_words(_grammar()["words"][name]))


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words of every day that look like a slip of some word of a sign ("would", "wound"), and are none."""
    return frozenset(plain_words((_DATA / "ordinary_words.txt").read_text()))


NAMES = {name: _phrases(text) for name, text in _grammar()["lists"].items()}
NAMES["LIMB"] = NAMES["FOOT"] + NAMES["LEG"]
MEANINGS = {name: _phrases(text) for name, text in _grammar()["meanings"].items()}
AROUND = frozenset({"HURT", "RECENT"})  # are often told in a sentence of their own: "I fell. My foot is crooked."
PARTS = frozenset(plain_words(phrase)[-1] for phrase in NAMES["LIMB"]) | frozenset(
    plain_words("toes ankles heels legs")
)
ENDINGS = _phrases(str(_grammar()["endings"]))
SMALL = frozenset(plain_words(str(_grammar()["small"])))
