"""What a source is read into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from articles.library import LibraryArticle
from articles.page_library import LibraryPage


@dataclass(frozen=True)
class Comment:
    """What a reader wrote below an article. Nobody is named."""

    key: str  # the same each time it is read
    text: str
    at: str  # the date as the source has it


@dataclass
class Item:
    """An article as its source has it. Its text is not clean yet."""

    source: str  # the same each time it is read: a GUID, or a file in its folder
    name: str  # for people: a title or a file
    title: str = ""
    slug: str = ""
    html: str = ""
    is_named: bool = False  # the slug is a person's choice, and tells more than a heading
    summary: str = ""  # an excerpt, or a page's description
    description: str = ""  # for search engines
    author: str = ""
    date: str = ""
    labels: tuple[str, ...] = ()  # categories and tags
    old_addresses: tuple[str, ...] = ()
    base: str = ""  # what its relative links begin from, if it has no old address
    from_a_copy: bool = False  # with what stands around the article on its page
    loose: bool = False  # lines stand for paragraphs, as in WordPress's old editor
    picture: str = ""  # at the top of the article
    alt_texts: Mapping[str, str] = field(default_factory=dict)  # by a picture's address
    folder: Path | None = None  # of the file, for the pictures beside it
    library: LibraryArticle | None = None  # what we wrote ourselves comes in sections already
    is_page: bool = False  # a page of the site, and no article
    page: LibraryPage | None = None  # the same, of a page
    language: str = ""
    same_as: str = ""  # of what an article and its translations have in common
    addresses_too: tuple[str, ...] = ()  # by which other items of the source link to it
    comments: list[Comment] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # in the source's own words
    notes: list[str] = field(default_factory=list)  # what an editor should know


@dataclass(frozen=True)
class LeftOut:
    """Something that is no article for us, and why, in words that many can share: "menu entries"."""

    name: str
    why: str
    kind: str = ""  # of WordPress's items, if those of this kind can be articles


@dataclass(frozen=True)
class Refused:
    """Something that should have been an article and could not be read, and where it broke."""

    name: str
    why: str


@dataclass(frozen=True)
class Noted:
    """Something about the source as a whole."""

    what: str
