"""The items of a WordPress export (WXR), one after the other, never the whole file in memory.

Where the XML is broken the rest of that item is lost; reading goes on with the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

from articles.importing.items import Refused

MOST_HEAD = 1_000_000  # bytes before the first item


@dataclass
class Entry:
    """An <item>: its texts by the names of their elements, without namespaces' addresses."""

    texts: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: int = 0

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "").strip()


class _Target:
    """Collects items while the parser reads."""

    def __init__(self) -> None:
        self.done: list[Entry] = []
        self.entry: Entry | None = None
        self.path: list[str] = []
        self.words: list[str] = []
        self.meta_key = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _name(tag)
        if name == "item" and self.path[-1:] == ["channel"]:
            self.entry = Entry()
        self.path.append(name)
        self.words = []

    def data(self, data: str) -> None:
        if self.entry:
            self.words.append(data)

    def end(self, tag: str) -> None:
        name, text = self.path.pop(), "".join(self.words)
        self.words = []
        if self.entry is None:
            return
        if name == "item" and self.path[-1:] == ["channel"]:
            self.done.append(self.entry)
            self.entry = None
        elif self.path[-1:] == ["item"]:
            if name == "category":
                self.entry.labels.append(text.strip())
            elif name == "wp:comment":
                self.entry.comments += 1
            else:
                self.entry.texts[name] = text
        elif name == "wp:meta_key":
            self.meta_key = text
        elif name == "wp:meta_value" and self.path[-1:] == ["wp:postmeta"]:
            self.entry.meta[self.meta_key] = text

    def close(self) -> None:
        """Nothing is left to do."""


def entries(path: Path) -> Iterator[Entry | Refused]:
    """Every item, in order; where the file breaks, the line and column, and then the items after that."""
    with path.open("rb") as file:
        head = b""
        target, parser = _Target(), None
        first_line = 0  # of the file, that the parser's own first line after the head is
        head_lines, skipping = 0, False
        parser = XMLParser(target=target)
        number = 0
        in_head = True
        for number, line in enumerate(file, start=1):
            if in_head and b"<item" not in line and len(head) < MOST_HEAD:
                head += line
            elif in_head:
                in_head = False
                head += line.partition(b"<item")[0]
                head_lines = head.count(b"\n")
                first_line = head_lines
            if skipping:
                if b"<item>" not in line:
                    continue
                skipping = False
                line = line[line.index(b"<item>") :]
                target = _Target()
                parser = XMLParser(target=target)
                parser.feed(head)
                first_line = number - 1
            try:
                parser.feed(line)
            except (ParseError, DefusedXmlException) as problem:
                yield from target.done
                yield _broken(path, problem, first_line - head_lines)
                if in_head or isinstance(problem, DefusedXmlException):
                    return
                skipping = True
                continue
            yield from target.done
            target.done.clear()
        if not skipping:
            try:
                parser.close()
            except ParseError as problem:
                yield _broken(path, problem, first_line - head_lines)


def _broken(path: Path, problem: Exception, shift: int) -> Refused:
    """Where and why, in the file's own lines."""
    if not isinstance(problem, ParseError):
        return Refused(path.name, "it declares entities of its own, which only an attack does")
    line, column = problem.position
    return Refused(path.name, f"broken at line {line + shift}, column {column + 1}: {str(problem).partition(':')[0]}")


def _name(tag: str) -> str:
    """ "{http://wordpress.org/export/1.2/}post_type" as "wp:post_type", whatever the version."""
    space, _brace, name = tag.rpartition("}")
    for part, short in (("/excerpt/", "excerpt"), ("/export/", "wp"), ("/content/", "content"), ("/dc/", "dc")):
        if part in space:
            return f"{short}:{name}"
    return name
