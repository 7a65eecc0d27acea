"""Reading a WordPress export (WXR): one pass for its pictures, one for its articles, never the whole file in memory.

Where the XML is broken the rest of that item is lost; reading goes on with the next one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

from articles.importing.items import Item, LeftOut, Refused

MOST_HEAD = 1_000_000  # bytes before the first item
LEFT_OUT = {
    "attachment": "pictures and files (articles take theirs from the media folder)",
    "page": "pages (import them with --pages)",
    "nav_menu_item": "menu entries",
    "revision": "old versions",
}
NO_ARTICLE = {"trash": "in the trash", "auto-draft": "never written"}
_SHORTCODE_ATTRIBUTE = r"{}=[\"']?([^\"'\]]*)[\"']?"


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


def read(path: Path, *, pages: bool) -> Iterator[Item | LeftOut | Refused]:
    """The articles of an export. With `pages` its pages are articles too."""
    pictures: dict[str, tuple[str, str]] = {}  # of each attachment, by number: address and description
    children: dict[str, list[str]] = {}
    for entry in _entries(path):
        if isinstance(entry, Entry) and entry["wp:post_type"] == "attachment":
            alt = entry.meta.get("_wp_attachment_image_alt", "").strip()
            pictures[entry["wp:post_id"]] = (entry["wp:attachment_url"], alt)
            children.setdefault(entry["wp:post_parent"], []).append(entry["wp:post_id"])
    alt_texts = {address: alt for address, alt in pictures.values() if alt}
    for entry in _entries(path):
        if isinstance(entry, Refused):
            yield entry
            continue
        name = re.sub(r"<[^>]*>", "", entry["title"]) or entry["wp:post_name"] or f"item {entry['wp:post_id']}"
        for _comment in range(entry.comments):
            yield LeftOut(f"on “{name}”", "readers’ comments")
        if why := _why_not(entry, pages=pages):
            yield LeftOut(name, why)
            continue
        html, loose = _html(entry, pictures, children)
        yield Item(
            source=f"{entry['guid'] or entry['link']} #{entry['wp:post_id']}",
            name=name,
            title=entry["title"],
            slug=entry["wp:post_name"],
            html=html,
            summary=entry["excerpt:encoded"],
            author=entry["dc:creator"],
            date=entry["wp:post_date"] or entry["pubDate"],
            labels=tuple(dict.fromkeys(entry.labels)),
            old_addresses=tuple(_addresses(entry)),
            loose=loose,
            picture=pictures.get(entry.meta.get("_thumbnail_id", ""), ("", ""))[0],
            alt_texts=alt_texts,
        )


def _why_not(entry: Entry, *, pages: bool) -> str:
    """Why an item is no article; "" if it is one."""
    kind, status = entry["wp:post_type"] or "post", entry["wp:status"]
    if kind != "post" and not (pages and kind == "page"):
        return LEFT_OUT.get(kind, f"of the kind “{kind}”")
    if status in NO_ARTICLE:
        return NO_ARTICLE[status]
    if entry["wp:post_password"]:
        return "behind a password"
    return "" if re.sub(r"<!--.*?-->", "", entry["content:encoded"], flags=re.DOTALL).strip() else "without a text"


def _addresses(entry: Entry) -> Iterator[str]:
    """Where it was to be found: its own address, and WordPress's short one."""
    for address in (entry["link"], entry["guid"]):
        parts = urlsplit(address)
        if parts.path.strip("/") or re.fullmatch(r"(?:p|page_id)=\d+", parts.query):
            yield address


def _html(entry: Entry, pictures: dict[str, tuple[str, str]], children: dict[str, list[str]]) -> tuple[str, bool]:
    """The text with its shortcodes made into elements, and whether its lines stand for paragraphs."""
    html = entry["content:encoded"]
    blocks = "<!-- wp:" in html

    def caption(match: re.Match[str]) -> str:
        picture = re.search(r"<img[^>]*>", match[2])
        said = re.search(_SHORTCODE_ATTRIBUTE.format("caption"), match[1])
        words = said[1] if said else re.sub(r"<a [^>]*>\s*<img[^>]*>\s*</a>|<img[^>]*>", "", match[2])
        return f"<figure>{picture[0] if picture else ''}<figcaption>{words}</figcaption></figure>"

    def gallery(match: re.Match[str]) -> str:
        ids = re.search(_SHORTCODE_ATTRIBUTE.format("ids"), match[1])
        numbers = ids[1].split(",") if ids else children.get(entry["wp:post_id"], [])
        found = [pictures[number.strip()] for number in numbers if number.strip() in pictures]
        return "".join(f'<figure><img src="{_attribute(address)}"></figure>' for address, _alt in found)

    html = re.sub(r"\[caption([^\]]*)\](.*?)\[/caption\]", caption, html, flags=re.DOTALL)
    html = re.sub(r"\[gallery([^\]]*)\]", gallery, html)
    return html, not blocks


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _entries(path: Path) -> Iterator[Entry | Refused]:
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
