"""What a source is read into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from articles.library import LibraryArticle


@dataclass
class Item:
    """An article as its source has it. Its text is not clean yet."""

    source: str  # the same each time it is read: a GUID, or a file in its folder
    name: str  # for people: a title or a file
    title: str = ""
    slug: str = ""
    html: str = ""
    summary: str = ""  # an excerpt, or a page's description
    author: str = ""
    date: str = ""
    labels: tuple[str, ...] = ()  # categories and tags
    old_addresses: tuple[str, ...] = ()
    loose: bool = False  # lines stand for paragraphs, as in WordPress's old editor
    picture: str = ""  # at the top of the article
    alt_texts: Mapping[str, str] = field(default_factory=dict)  # by a picture's address
    folder: Path | None = None  # of the file, for the pictures beside it
    library: LibraryArticle | None = None  # what we wrote ourselves comes in sections already
    language: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Something that is no article for us, and why, in words that many can share: "menu entries"."""

    name: str
    why: str


@dataclass(frozen=True)
class Refused:
    """Something that should have been an article and could not be read, and where it broke."""

    name: str
    why: str
