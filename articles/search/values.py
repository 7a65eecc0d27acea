"""What goes into the search, and what comes out."""

from dataclasses import dataclass


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
    """What was found. `words` were searched: what was typed, with another spelling if `repaired`.

    `did_you_mean` is another spelling that was not used, because the words were to be taken as typed.
    """

    words: str
    hits: tuple[Hit, ...] = ()
    repaired: bool = False
    did_you_mean: str = ""
