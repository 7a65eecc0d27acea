"""From the words of a page to the fixed sections of an article. Nothing is lost: what fits no section has a place."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape

from articles.blocks import SECTIONS
from articles.importing.cleaning import plain

HEADING_LENGTH, QUESTION_LENGTH, ITEM_LENGTH, SOURCE_LENGTH, CAPTION_LENGTH = 80, 160, 200, 200, 300
LEAST_WORDS = 6  # of a paragraph that can be an article's summary
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Which words of a heading mean which section, the most telling first.
KINDS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "questions": r"\bfaqs?\b|frequently asked|common questions|questions\b",
        "sources": r"^(?:references|sources|bibliography|citations|further reading)\b",
        "urgency": r"\bwhen (?:to|should (?:i|you)) (?:see|seek|call|get|contact|visit|worry)|emergenc|red flags"
        r"|warning signs|\bseek (?:medical|help|care)",
        "prevention": r"prevent|\bavoid|lower your risk|reduce your risk|keep it from",
        "self_care": r"home (?:care|treatment|remed)|at home|self[- ]care|what (?:you|i) can do|relieve",
        "treatment": r"treat|therap|surg|diagnos|\boptions\b|procedure|recover|how we (?:can )?help",
        "symptoms": r"symptom|\bsigns\b|feel like",
        "causes": r"\bcaus|\bwhy (?:it|do|does|is|are)\b|risk factor|who gets|how do (?:you|people) get",
        "overview": r"^(?:what|who) (?:is|are)\b|overview|^about\b|introduction|definition|anatomy|\btypes of\b",
    }.items()
}
CARDS = {
    "now": re.compile(r"\b911\b|emergenc", re.IGNORECASE),
    "today": re.compile(r"right away|immediately|same day|today|urgent|as soon as|at once|promptly", re.IGNORECASE),
}
YEAR = re.compile(r"\b(?:19[5-9]\d|20\d\d)\b")
LIST_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
BOLD_QUESTION = re.compile(r"<p><b>([^<]*\?)\s*</b></p>")


@dataclass
class Piece:
    """A heading, a paragraph or list, or a picture, in their order on the page."""

    kind: str  # "text", "picture", or a heading's element
    text: str  # a heading's words, rich text, a picture's address
    alt: str = ""
    caption: str = ""


@dataclass
class Arranged:
    """A body whose pictures still have their addresses, and what an editor should know."""

    body: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_words: str = ""


def pieces(html: str, *, loose: bool = False, host: str = "") -> list[Piece]:
    """A cleaned text, taken apart. Links to `host` become addresses of this site. With `loose` an empty line ends a
    paragraph, and a line's end is one.
    """
    reader = _Reader(loose, host)
    reader.feed(html)
    reader.close()
    return reader.finish()


def arrange(found: list[Piece], title: str) -> Arranged:
    """The pieces in their sections."""
    arranger = _Arranger(title)
    for piece in found:
        arranger.take(piece)
    return arranger.result()


class _Reader(HTMLParser):
    """Reads cleaned HTML, which is well formed. Works along the text, so that no depth of nesting can hurt it."""

    def __init__(self, loose: bool, host: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loose, self.host = loose, host
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
        values = dict(attrs)
        if tag in ("b", "strong"):
            self._begin("</b>", "<b>")
        elif tag == "a":
            address = self._address(values.get("href") or "")
            self._begin("</a>", f'<a href="{escape(address)}">' if address else "")
        elif tag == "br":
            self.words.append("<br/>")
        elif tag == "img":
            self.pictures.append(Piece("picture", values.get("src") or "", plain(values.get("alt") or "")))
            if not self.lists and not re.sub(r"<[^>]*>", "", "".join(self.words)).strip():
                self._end_block()
        elif tag in ("ul", "ol", "table"):
            self._list(tag)
        elif tag in ("li", "tr") and self.lists:
            self._trim_breaks()
            self.words.append("<li>")
            self.cells = 0
        elif tag in ("td", "th") and self.lists:
            if self.cells:
                self.words.append(" – ")
            self.cells += 1
        elif self.lists:
            self._break()
        else:
            self._end_block()
        self.figure += tag == "figure"
        self.captions += tag == "figcaption"
        self.preformatted += tag == "pre"
        if tag == "dt" and not self.lists:
            self._begin("</b>", "<b>")

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
        if any(one == end for one, _start in self.open):
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
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            return ""
        if parts.netloc and parts.hostname == self.host:
            return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
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


class _Arranger:
    def __init__(self, title: str) -> None:
        self.title = title
        self.sections: dict[str, dict[str, Any]] = {}
        self.questions: list[dict[str, str]] = []
        self.sources: list[dict[str, Any]] = []
        self.cards: dict[str, list[str]] = {}
        self.notes: list[str] = []
        self.kind, self.level, self.heading = "overview", 1, ""
        self.lead = ""  # a line in front of a list that may say how urgent it is
        self.first_words = ""

    def take(self, piece: Piece) -> None:
        """The next piece."""
        if piece.kind in HEADINGS:
            self._flush_lead()
            self._take_heading(int(piece.kind[1]), piece.text)
        elif piece.kind == "picture":
            self._flush_lead()
            self._add(self._section(), "figure", piece)
        else:
            words = plain(piece.text)
            if len(self.first_words.split()) < LEAST_WORDS:  # a sentence, not a line that is meant as a heading
                self.first_words = words if len(words.split()) >= LEAST_WORDS else self.first_words or words
            self._take_text(piece.text)

    def result(self) -> Arranged:
        """The filled sections, in their fixed order."""
        self._flush_lead()
        values: dict[str, Any] = dict(self.sections)
        if self.cards:
            values["urgency"] = {"now": [], "today": [], "soon": [], **self.cards}
        values["questions"] = [one for one in self.questions if one["answer"]]
        for one in self.questions:
            if not one["answer"]:
                self._add_text("overview", f"<p><b>{escape(one['question'])}</b></p>")
                values["overview"] = self.sections["overview"]
        values["sources"] = self.sources
        body = [{"type": kind, "value": values[kind]} for kind in SECTIONS if values.get(kind)]
        return Arranged(body, self.notes, self.first_words)

    def _take_heading(self, level: int, text: str) -> None:
        if text.casefold() == self.title.casefold() and (level == 1 or not self.sections):
            return
        kind = next((kind for kind, words in KINDS.items() if words.search(text)), "")
        within_questions = self.kind == "questions" and level > self.level
        if within_questions or (text.endswith("?") and not kind):
            if len(text) <= QUESTION_LENGTH:
                self.questions.append({"question": text, "answer": ""})
                self.kind, self.level = "questions", self.level if within_questions else level - 1
            else:
                self._add_text("overview", f"<p><b>{escape(text)}</b></p>")
            return
        if kind:
            first = kind not in self.sections
            self.kind, self.level, self.heading = kind, level, text
            if kind in ("questions", "sources", "urgency"):
                return
            if first and len(text) <= HEADING_LENGTH:
                own = "" if text.casefold() == str(SECTIONS[kind]).casefold() else text
                self.sections[kind] = {"heading": own, "content": []}
                return
        elif level <= self.level:
            self.kind, self.level = "overview", level
        self._add_text(self._section(), f"<p><b>{escape(text)}</b></p>")

    def _take_text(self, html: str) -> None:
        if self.kind == "questions":
            if match := BOLD_QUESTION.fullmatch(html):
                self.questions.append({"question": plain(match[1])[:QUESTION_LENGTH], "answer": ""})
            elif self.questions:
                self.questions[-1]["answer"] += html
            else:
                self._add_text("overview", html)
        elif self.kind == "sources" and all(len(plain(one)) <= SOURCE_LENGTH for one in _items(html)):
            self.sources.extend(_source(one) for one in _items(html))
        elif self.kind == "urgency":
            self._take_urgency(html)
        else:
            self._add_text(self._section(), html)

    def _take_urgency(self, html: str) -> None:
        """A list goes into a card; what the cards can't hold stands in the overview under its heading."""
        items = [plain(one) for one in LIST_ITEM.findall(html)] if html.startswith("<") and "<li>" in html else []
        if items and all(0 < len(one) <= ITEM_LENGTH for one in items) and html.count("<li>") == len(items):
            said = f"{self.heading} {plain(self.lead)}"
            card = next((card for card, words in CARDS.items() if words.search(said)), "soon")
            self.cards.setdefault(card, []).extend(items)
            if self.lead:
                self.notes.append(f"Stood above the list that is now in “When to get help”: “{plain(self.lead)}”")
                self.lead = ""
            return
        self._flush_lead()
        if plain(html).endswith(":"):
            self.lead = html
        else:
            self._add_urgency_text(html)

    def _flush_lead(self) -> None:
        lead, self.lead = self.lead, ""
        if lead:
            self._add_urgency_text(lead)

    def _add_urgency_text(self, html: str) -> None:
        if self.heading:
            self._add_text("overview", f"<p><b>{escape(self.heading)}</b></p>")
            self.notes.append(
                f"“{self.heading}” has text that the cards can’t hold; it is under “{SECTIONS['overview']}”"
            )
            self.heading = ""
        self._add_text("overview", html)

    def _section(self) -> str:
        """Where pictures and text go now."""
        return "overview" if self.kind in ("questions", "sources", "urgency") else self.kind

    def _add_text(self, kind: str, html: str) -> None:
        self._add(kind, "text", html)

    def _add(self, kind: str, block: str, value: Any) -> None:
        content = self.sections.setdefault(kind, {"heading": "", "content": []})["content"]
        if block == "text" and content and content[-1]["type"] == "text":
            content[-1]["value"] += value
        else:
            content.append({"type": block, "value": value})


def _items(html: str) -> list[str]:
    return LIST_ITEM.findall(html) or re.findall(r"<p>(.*?)</p>", html, re.DOTALL)


def _source(html: str) -> dict[str, Any]:
    """What can be read out of a reference; the rest is for the editor."""
    text = plain(html)
    link = re.search(r'href="(https?://[^"]+)"', html)
    year = YEAR.search(text)
    return {"title": text, "publisher": "", "year": int(year[0]) if year else None, "url": link[1] if link else ""}
