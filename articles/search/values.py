"""What goes into the search, and what comes out."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the search reads it."""

    slug: str
    title: str
    medical_name: str = ""
    other_names: tuple[str, ...] = ()
    summary: str = ""
    description: str = ""
    areas: tuple[str, ...] = ()
    headings: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site says of the practice itself, and the words in which people ask for it.

    `phrases` settle it wherever they stand in a query ("parking"), `hints` unless the query names a problem, too ("see
    a doctor"), `words` only where it has none but such words: "open now", and not "open sore". `shows` says what stands
    below the text, `address` is that of the page where one reads on, or the name of one of the site's own.
    """

    name: str
    title: str | Promise
    text: str | Promise
    shows: Literal["offices", "phones", ""] = ""
    address: str = ""
    link: str | Promise = ""
    phrases: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a summary; marked if it is what was searched for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with the sentence that shows best why."""

    document: Document
    score: float
    summary: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What was found; an answer stands before all hits. `words` were searched: what was typed, with another spelling if
    `repaired`.

    `did_you_mean` is another spelling that was not used, because the words were to be taken as typed.
    """

    words: str
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    repaired: bool = False
    did_you_mean: str = ""
