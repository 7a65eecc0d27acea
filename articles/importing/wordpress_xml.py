"""The items of a WordPress export (WXR), one after the other, never the whole file in memory.

Characters that XML forbids, bytes that are no UTF-8, and a bare "&" are mended; that is noted with the item. Where the
XML is broken in other ways the rest of that item is lost; reading goes on with the next one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

from articles.importing.items import Noted, Refused

MOST_HEAD = 1_000_000  # bytes before the first item
PIECE = 64 * 1024  # bytes read at a time: an export may be one line
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORBIDDEN_REFERENCE = re.compile(rb"&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));")
BARE_AMPERSAND = re.compile(rb"&(?!#\d+;|#x[0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w{2,31};)?")
MARKS = re.compile(rb"<!\[CDATA\[|\]\]>|<!--|-->")
MARKED = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}


@dataclass
class Entry:
    """An <item>: its texts by the names of their elements, without namespaces' addresses."""

    texts: dict[str, str] = field(default_factory=dict)
    labels: list[tuple[str, str, str]] = field(default_factory=list)  # taxonomy, short name, name
    meta: dict[str, str] = field(default_factory=dict)
    comments: list[dict[str, str]] = field(default_factory=list)
    mended: bool = False  # characters were left out or replaced

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    @property
    def name(self) -> str:
        """For people."""
        return re.sub(r"<[^>]*>", "", self["title"]) or self["wp:post_name"] or f"item {self['wp:post_id']}"


class _Target:
    """Collects items while the parser reads."""

    def __init__(self) -> None:
        self.done: list[Entry] = []
        self.entry: Entry | None = None
        self.path: list[str] = []
        self.words: list[str] = []
        self.meta_key = ""
        self.label = ("", "")
        self.said: dict[str, str] = {}  # a comment of a reader; a target’s "comment" would be asked for XML’s own
        self.site = ""  # its address

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _name(tag)
        if name == "item" and self.path[-1:] == ["channel"]:
            self.entry = Entry()
        elif name == "category":
            self.label = (attributes.get("domain", "category"), attributes.get("nicename", ""))
        elif name == "wp:comment":
            self.said = {}
        self.path.append(name)
        self.words = []

    def data(self, data: str) -> None:
        if self.entry or self.path[-1:] in (["link"], ["wp:base_blog_url"]):
            self.words.append(data)

    def end(self, tag: str) -> None:
        name, text = self.path.pop(), "".join(self.words)
        above = self.path[-1:]
        self.words = []
        if self.entry is None:
            if name in ("link", "wp:base_blog_url") and above == ["channel"]:
                self.site = text.strip() or self.site
        elif name == "item" and above == ["channel"]:
            self.done.append(self.entry)
            self.entry = None
        elif name == "category" and above == ["item"]:
            self.entry.labels.append((*self.label, text.strip()))
        elif name == "wp:comment" and above == ["item"]:
            self.entry.comments.append(self.said)
        elif above == ["wp:comment"]:
            self.said[name] = text
        elif above == ["item"]:
            self.entry.texts[name] = text
        elif name == "wp:meta_key":
            self.meta_key = text
        elif name == "wp:meta_value" and above == ["wp:postmeta"]:
            self.entry.meta[self.meta_key] = text

    def close(self) -> None:
        """Nothing is left to do."""


class _Mender:
    """Makes pieces of a file into what an XML parser takes."""

    def __init__(self) -> None:
        self.inside = b""  # CDATA or a comment: its end
        self.mended = False

    def mend(self, piece: bytes) -> bytes:
        """Nothing is changed in what is right; `mended` says whether something was."""
        before = piece
        if FORBIDDEN.search(piece):
            piece = FORBIDDEN.sub(b"", piece)
        try:
            piece.decode()
        except UnicodeDecodeError:
            piece = _utf8(piece)
        if b"&" in piece or b"<!" in piece or self.inside:
            piece = b"".join(self._by_part(piece))
        self.mended = self.mended or piece != before
        return piece

    def _by_part(self, piece: bytes) -> Iterator[bytes]:
        """Outside of CDATA and comments an ampersand means something."""
        place = 0
        for mark in MARKS.finditer(piece):
            if self.inside and mark[0] != self.inside:
                continue
            part = piece[place : mark.start()]
            yield part if self.inside else _ampersands(part)
            stray = mark[0] == b"]]>" and not self.inside
            yield b"]]&gt;" if stray else mark[0]
            self.inside = b"" if self.inside else MARKED.get(mark[0], b"")
            place = mark.end()
        yield piece[place:] if self.inside else _ampersands(piece[place:])


def _ampersands(part: bytes) -> bytes:
    if b"&" not in part:
        return part
    part = FORBIDDEN_REFERENCE.sub(b"", part)

    def one(match: re.Match[bytes]) -> bytes:
        named = match[1]
        letter = unescape(f"&{named.decode()}") if named else ""
        if named and not letter.startswith("&"):
            return letter.encode()  # "&nbsp;", which XML does not know
        return b"&amp;" + (named or b"")

    return BARE_AMPERSAND.sub(one, part)


def _utf8(piece: bytes) -> bytes:
    """Bytes that are no UTF-8 come from an older Windows."""
    text = piece.decode("utf-8", errors="surrogateescape")
    return re.sub(
        "[\udc80-\udcff]", lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", errors="replace"), text
    ).encode()


def _pieces(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The number of the line, and at most a line; a long one is cut behind a tag or a space."""
    number, rest = 1, b""
    first = True
    while True:
        read = file.readline(PIECE)
        piece = rest + read
        rest = b""
        if not piece:
            return
        if first:
            piece = piece.removeprefix(b"\xef\xbb\xbf").lstrip()
            number += 0 if piece else 1
            first = not piece
            if first:
                continue
        if read and not read.endswith(b"\n"):
            cut = max(piece.rfind(b">"), piece.rfind(b" ")) + 1
            rest = piece[cut:] if cut else b""
            piece = piece[:cut] if cut else piece
        yield number, piece
        number += piece.count(b"\n")


def entries(path: Path) -> Iterator[Entry | Refused | Noted]:
    """Every item, in order; where the file breaks, the line and column, and then the items after that."""
    reading = _Reading(path)
    with path.open("rb") as file:
        for number, piece in _pieces(file):
            yield from reading.take(number, piece)
            if reading.over:
                return
    yield from reading.finish()


class _Reading:
    """A file that is being read. After a break the parser begins anew with the head, which the items need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head, self.in_head = b"", True
        self.skipping = self.over = False
        self._begin(0)

    def _begin(self, shift: int) -> None:
        """`shift`: from the parser's own lines to the file's."""
        self.shift = shift
        self.target, self.mender = _Target(), _Mender()
        self.parser = XMLParser(target=self.target)

    def take(self, number: int, piece: bytes) -> Iterator[Entry | Refused | Noted]:
        """What a piece of line `number` completes."""
        if self.in_head:
            self.shift = self.shift if self.head else number - 1
            before, found, after = piece.partition(b"<item")
            if not found:
                yield from self._feed(self._headed(before))
                return
            yield from self._feed(self._headed(before))
            self.in_head = False
            if self.mender.mended:
                yield Noted("Letters in the head of the export were left out or replaced: no text can have them")
                self.mender.mended = False
            piece = found + after
        if self.skipping:
            place = piece.find(b"<item>")
            if place < 0 or self.over:
                return
            piece, self.skipping = piece[place:], False
            self._begin(number - 1 - self.head.count(b"\n"))
            self.parser.feed(self.head)
        if not self.over:
            yield from self._feed(self.mender.mend(piece))

    def finish(self) -> Iterator[Entry | Refused | Noted]:
        """At the file's end: whether it is whole."""
        if not self.skipping:
            try:
                self.parser.close()
            except ParseError as problem:
                yield _broken(self.path, problem, self.shift, self.target.entry)

    def _headed(self, piece: bytes) -> bytes:
        mended = self.mender.mend(piece)
        if len(self.head) < MOST_HEAD:
            self.head += mended
        return mended

    def _feed(self, piece: bytes) -> Iterator[Entry | Refused | Noted]:
        try:
            self.parser.feed(piece)
        except (ParseError, DefusedXmlException) as problem:
            yield from self.target.done
            yield _broken(self.path, problem, self.shift, self.target.entry)
            self.skipping = True
            self.over = self.in_head or isinstance(problem, DefusedXmlException)
            return
        if self.mender.mended and not self.in_head:
            entry = self.target.entry or next(reversed(self.target.done), None)
            if entry:
                entry.mended = True
            self.mender.mended = False
        yield from self.target.done
        self.target.done.clear()


def _broken(path: Path, problem: Exception, shift: int, entry: Entry | None) -> Refused:
    """Where and why, in the file's own lines."""
    if not isinstance(problem, ParseError):
        return Refused(path.name, "it declares entities of its own, which only an attack does")
    line, column = problem.position
    within = f" (in “{entry.name}”)" if entry and entry["title"] else ""
    return Refused(
        path.name, f"broken at line {line + shift}, column {column + 1}: {str(problem).partition(':')[0]}{within}"
    )


def _name(tag: str) -> str:
    """ "{http://wordpress.org/export/1.2/}post_type" as "wp:post_type", whatever the version."""
    space, _brace, name = tag.rpartition("}")
    for part, short in (("/excerpt/", "excerpt"), ("/export/", "wp"), ("/content/", "content"), ("/dc/", "dc")):
        if part in space:
            return f"{short}:{name}"
    return name
