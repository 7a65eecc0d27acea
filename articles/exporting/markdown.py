"""Words and rich text as Markdown."""

import re
from html.parser import HTMLParser

from django.urls import reverse


def escape(text: str, *, quote: bool = False) -> str:
    """A line of text that Markdown will read as it is."""
    text = re.sub(r'([\\`*_\[\]<>&#"])' if quote else r"([\\`*_\[\]<>&#])", r"\\\1", text)
    text = re.sub(r"^(\s*)([-+=~!])", r"\1\\\2", text)
    return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", text).replace("\n", "&#10;")


class Markdown(HTMLParser):
    """Rich text as Markdown. What it can't say well is noticed by reading the result again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.words: list[str] = []
        self.heading = False  # a subheading has begun
        self.lists: list[
            tuple[str, int]
        ] = []  # of each list that is open: its marker, or "" for numbers; and its count
        self.marker = ""  # of the item that has begun and has no words yet
        self.links: list[str] = []
        self.ended = ""  # the list that has just ended: another one right after it needs another marker

    def text(self) -> str:
        self._flush()
        return "\n".join(self.blocks).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A paragraph, a list, an item, bold words, a link, a line's end."""
        if tag in ("ul", "ol"):
            self._flush()
            if not self.lists:
                self.blocks.append("")
            plain = {"ul": "-", "ol": "."}[tag]
            other = {"-": "*", ".": ")"}[plain]
            self.lists.append((other if self.ended == plain else plain, 0))
        elif tag == "li" and self.lists:
            self._flush()
            marker, count = self.lists[-1]
            self.lists[-1] = (marker, count + 1)
            self.marker = f"{count + 1}{marker} " if marker in ".)" else f"{marker} "
        elif tag in ("p", "h3"):
            self._flush()
            self.blocks.append("")
            self.heading = tag == "h3"
        elif tag in ("b", "strong"):
            self.words.append("**")
        elif tag == "a":
            self.links.append(_target(dict(attrs).get("href") or ""))
            self.words.append("[")
        elif tag == "br":
            self.words.append("\\\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self._flush()
            self.ended = self.lists.pop()[0]
        elif tag in ("li", "p", "h3"):
            self._flush()
        elif tag in ("b", "strong"):
            self.words.append("**")
        elif tag == "a" and self.links:
            self.words.append(f"]({self.links.pop()})")

    def handle_data(self, data: str) -> None:
        self.words.append(escape(data.replace("\n", " ")) if not self.words else _escape_inside(data, self.words[-1]))

    def _flush(self) -> None:
        words = "".join(self.words)
        self.words = []
        if not words.strip() and not self.marker:
            return
        if self.lists:
            indent = "   " * (len(self.lists) - 1)
            lead = indent + (self.marker or "   ")
            width = indent + " " * (len(self.marker) or 3)
        else:
            lead, width = "#### " if self.heading else "", ""
            self.heading = False
        self.blocks.append(lead + words.replace("\n", f"\n{width}"))
        self.marker = self.ended = ""


def _escape_inside(data: str, before: str) -> str:
    """Words inside a line; only after a line's end can they be mistaken for the beginning of something."""
    if before.endswith("\n"):
        return escape(data.replace("\n", " "))
    return re.sub(r"([\\`*_\[\]<>&#])", r"\\\1", data.replace("\n", " "))


def _target(href: str) -> str:
    """A link's address as Markdown writes it; an article by its name."""
    match = re.fullmatch(re.escape(reverse("articles:index")) + r"([-\w]+)/", href)
    address = f"article:{match[1]}" if match else href
    return f"<{address}>" if re.search(r"[\s()<>\\]", address) else address
