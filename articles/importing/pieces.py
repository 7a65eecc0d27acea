"""Taking a cleaned text apart: its headings, paragraphs, lists and pictures, in their order."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.utils.html import escape

from articles.importing.cleaning import plain

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CAPTION_LENGTH = 300


@dataclass
class Piece:
    """A heading, a paragraph or list, a picture, or the end of questions, in their order on the page."""

    kind: str  # "text", "picture", "end", or a heading's element
    text: str  # a heading's words, rich text, a picture's address
    alt: str = ""
    caption: str = ""


def pieces(html: str, *, loose: bool = False, address: str = "") -> list[Piece]:
    """A cleaned text, taken apart. `address`: where it stood; links to pages of the same site become addresses of this
    one, by whatever protocol, with www or without. With `loose` an empty line ends a paragraph, a line's end is one.
    """
    reader = _Reader(loose, address)
    reader.feed(html)
    reader.close()
    return reader.finish()


def host_of(address: str) -> str:
    """ "www.old.example" and "old.example" are one; "" for what is no address."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


class _Reader(HTMLParser):
    """Reads cleaned HTML, which is well formed. Works along the text, so that no depth of nesting can hurt it."""

    def __init__(self, loose: bool, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loose, self.address, self.host = loose, address, host_of(address)
        self.found: list[Piece] = []
        self.words: list[str] = []
        self.open: list[tuple[str, str]] = []  # bold words and links that have begun: end tag, start tag
        self.lists: list[str] = []
        self.pictures: list[Piece] = []  # to be set after the paragraph they stand in
        self.figure = self.captions = self.preformatted = 0
        self.cells = 0

    def finish(self) -> list[Piece]:
        """All that was found."""
        self.lists.clear()
        self._end_block()
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._start_inline(tag, dict(attrs)):
            self._start_block(tag)
        self.figure += tag == "figure"
        self.captions += tag == "figcaption"
        self.preformatted += tag == "pre"
        if tag == "dt" and not self.lists:
            self._begin("</b>", "<b>")
        if tag == "hr" and not self.lists:
            self.found.append(Piece("end", ""))

    def _start_inline(self, tag: str, values: dict[str, str | None]) -> bool:
        """Whether it was something that stands among words."""
        match tag:
            case "b" | "strong":
                self._begin("</b>", "<b>")
            case "a":
                address = self._address(values.get("href") or "")
                self._begin("</a>", f'<a href="{escape(address)}">' if address else "")
            case "br":
                self.words.append("<br/>")
            case "img":
                self.pictures.append(Piece("picture", values.get("src") or "", plain(values.get("alt") or "")))
                if not self.lists and not re.sub(r"<[^>]*>", "", "".join(self.words)).strip():
                    self._end_block()
            case _:
                return False
        return True

    def _start_block(self, tag: str) -> None:
        if tag in ("ul", "ol", "table"):
            self._list(tag)
        elif not self.lists:
            self._end_block()
        elif tag in ("li", "tr"):
            self._trim_breaks()
            self.words.append("<li>")
            self.cells = 0
        elif tag in ("td", "th"):
            if self.cells:
                self.words.append(" – ")
            self.cells += 1
        else:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "strong", "a"):
            self._finish("</a>" if tag == "a" else "</b>")
            return
        if tag == "dt" and not self.lists:
            self._finish("</b>")
        if tag == "figcaption":
            self._caption()
        elif tag in ("ul", "ol", "table") and self.lists:
            self._trim_breaks()
            self.words.append(f"</{self.lists.pop()}>")
            if not self.lists:
                self._end_block()
        elif tag in ("li", "tr") and self.lists:
            self._trim_breaks()
            self.words.append("</li>")
        elif tag in ("td", "th"):
            self._trim_breaks()
        elif self.lists:
            self._break()
        else:
            self._end_block(tag)
        self.figure -= tag == "figure"
        self.captions -= tag == "figcaption"
        self.preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if self.preformatted:
            self.words.append("<br/>".join(escape(line) for line in data.strip("\n").split("\n")))
            return
        if not (self.loose and not self.lists and not self.captions):
            self._say(data)
            return
        for number, paragraph in enumerate(re.split(r"\n\s*\n", data)):
            if number:
                self._end_block()
            for line_number, line in enumerate(paragraph.split("\n")):
                if line_number:
                    self._break()
                self._say(line)

    def _say(self, data: str) -> None:
        text = re.sub(r"[\s\xa0]+", " ", data)
        if text and (text != " " or self.words):
            self.words.append(escape(text))

    def _begin(self, end: str, start: str) -> None:
        if any(tag == end for tag, _start in self.open):
            start = ""  # bold in bold says no more
        self.open.append((end, start))
        self.words.append(start)

    def _finish(self, end: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == end:
                inner = self.open[place + 1 :]
                self._close_inline(inner)
                self._close_inline([self.open[place]])
                self.words.extend(start for _end, start in inner)
                del self.open[place]
                return

    def _close_inline(self, opened: list[tuple[str, str]]) -> None:
        self.words.extend(end for end, start in reversed(opened) if start)

    def _address(self, href: str) -> str:
        """Another page of the same site keeps only its path: it leads on from there once that page has moved in."""
        href = href.strip()
        try:
            parts = urlsplit(href)
            if not parts.scheme and not parts.netloc and (parts.path or parts.query) and self.address:
                parts = urlsplit(urljoin(self.address, href))
            if not parts.netloc and parts.path.startswith("/"):
                return f"{parts.path}{'?' + parts.query if parts.query else ''}"
            if parts.netloc and self.host and host_of(parts.geturl()) == self.host:
                return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        except ValueError:
            return ""
        if parts.netloc:
            return parts._replace(scheme=parts.scheme or "https").geturl()
        return parts.geturl() if parts.scheme in ("mailto", "tel") or parts.path.startswith("/") else ""

    def _list(self, tag: str) -> None:
        if not self.lists:
            self._end_block()
        self._trim_breaks()
        self.lists.append("ol" if tag == "ol" else "ul")
        self.words.append(f"<{self.lists[-1]}>")

    def _break(self) -> None:
        """Blocks inside a list's item become its lines."""
        if self.words and not re.search(r"(?:<br/>|<li>|</li>|<[uo]l>)\s*$", self.words[-1]):
            self.words.append("<br/>")

    def _trim_breaks(self) -> None:
        while self.words and (self.words[-1] == "<br/>" or not self.words[-1].strip()):
            self.words.pop()

    def _caption(self) -> None:
        words, self.words = plain("".join(self.words)), []
        bare = [picture for picture in self.pictures if not picture.caption]
        if words and bare and len(words) <= CAPTION_LENGTH:
            bare[-1].caption = words
        elif words:
            self.found.append(Piece("text", f"<p>{escape(words)}</p>"))

    def _end_block(self, tag: str = "p") -> None:
        self._trim_breaks()
        self._close_inline(self.open)
        html = re.sub(r"^(?:<br/>|\s)+|(?:<br/>|\s)+$", "", "".join(self.words))
        self.words = [start for _end, start in self.open]
        if re.sub(r"<[^>]*>", "", html).strip():
            html = re.sub(r" +", " ", html)
            html = re.sub(r"<li>\s*</li>|<(?:b|a href=\"[^\"]*\")>\s*</(?:b|a)>", "", html)
            html = re.sub(r"\s*((?:\s–\s)*</li>|<li>|</?[uo]l>|<br/>)\s*", lambda edge: edge[1].strip(" –"), html)
            if tag in HEADINGS:
                self.found.append(Piece(tag, plain(html)))
            else:
                whole = html if html.startswith(("<ul>", "<ol>")) else f"<p>{html}</p>"
                self.found.append(Piece("text", whole))
        if not self.figure or tag == "figure":
            self.found.extend(self.pictures)
            self.pictures = []
