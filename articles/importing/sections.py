"""From the words of a page to the fixed sections of an article. Nothing is lost: what fits no section has a place."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape

from articles.blocks import SECTIONS
from articles.importing.cleaning import QUESTION_TAG, plain
from articles.importing.kinds import CARDS, KINDS
from articles.importing.pieces import HEADINGS, Piece

HEADING_LENGTH, QUESTION_LENGTH, ITEM_LENGTH, SOURCE_LENGTH = 80, 160, 200, 200
LEAST_WORDS = 6  # of a paragraph that can be an article's summary
SUBHEADING = "h3"
YEAR = re.compile(r"\b(?:19[5-9]\d|20\d\d)\b")
LIST_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
BOLD_QUESTION = re.compile(r"<p><b>([^<]*\?)\s*</b></p>")


@dataclass
class Arranged:
    """A body whose pictures still have their addresses, and what an editor should know."""

    body: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_words: str = ""


def arrange(found: list[Piece], title: str) -> Arranged:
    """The pieces in their sections."""
    arranger = _Arranger(title)
    for piece in found:
        arranger.take(piece)
    return arranger.result()


class _Arranger:
    def __init__(self, title: str) -> None:
        self.title = title
        self.sections: dict[str, dict[str, Any]] = {}
        self.questions: list[dict[str, str]] = []
        self.sources: list[dict[str, Any]] = []
        self.cards: dict[str, list[str]] = {}
        self.notes: list[str] = []
        self.kind, self.level, self.heading = "overview", 1, ""
        self.before = (self.kind, self.level, self.heading)  # where a text goes on below questions that end
        self.urgent_heading = ""  # of the lists that follow
        self.lead = ""  # a line in front of a list that may say how urgent it is
        self.first_words = ""

    def take(self, piece: Piece) -> None:
        if piece.kind in HEADINGS:
            self._flush_lead()
            self._take_heading(int(piece.kind[1]), piece.text)
        elif piece.kind == "end":
            self._flush_lead()
            if self.kind == "questions":
                self.kind, self.level, self.heading = self.before
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
        values["questions"] = [question for question in self.questions if question["answer"]]
        for question in self.questions:
            if not question["answer"]:
                self._add_heading("overview", question["question"])
                values["overview"] = self.sections["overview"]
        values["sources"] = self.sources
        body = [{"type": kind, "value": values[kind]} for kind in SECTIONS if values.get(kind)]
        return Arranged(body, self.notes, self.first_words)

    def _take_heading(self, level: int, text: str) -> None:
        if text.casefold() == self.title.casefold() and (level == 1 or not self.sections):
            return
        kind = next((kind for kind, words in KINDS.items() if words.search(text)), "")
        within_questions = self.kind == "questions" and level > self.level
        asked = text.endswith("?") and (not kind or level == int(QUESTION_TAG[1]))
        if within_questions or asked:
            self._begin_question(text, level, within=within_questions)
        elif kind in ("questions", "sources", "urgency"):
            self._leave_questions()
            self.kind, self.level, self.heading = kind, level, text
            if kind != "urgency" and text.casefold() != str(SECTIONS[kind]).casefold():
                self.notes.append(f"What stood under “{text}” is now under “{SECTIONS[kind]}”")
        elif kind:
            self._begin_section(kind, level, text)
        else:
            if level <= self.level:
                self.kind, self.level = "overview", level
            self._add_heading(self._section(), text)

    def _begin_question(self, text: str, level: int, *, within: bool) -> None:
        if len(text) > QUESTION_LENGTH:
            self._add_heading("overview", text)
            return
        if self.kind != "questions":
            self.before = (self._section(), self.level, self.heading)
        self.questions.append({"question": text, "answer": ""})
        self.kind, self.level = "questions", self.level if within else level - 1

    def _leave_questions(self) -> None:
        self.before = ("overview", 1, "")

    def _begin_section(self, kind: str, level: int, text: str) -> None:
        first = kind not in self.sections
        self.kind, self.level, self.heading = kind, level, text
        if first and len(text) <= HEADING_LENGTH:
            own = "" if text.casefold() == str(SECTIONS[kind]).casefold() else text
            self.sections[kind] = {"heading": own, "content": []}
        else:
            self._add_heading(kind, text)

    def _add_heading(self, kind: str, text: str) -> None:
        """A subheading within a section."""
        self._add_text(kind, f"<{SUBHEADING}>{escape(text)}</{SUBHEADING}>")

    def _take_text(self, html: str) -> None:
        if self.kind == "questions":
            if match := BOLD_QUESTION.fullmatch(html):
                self._take_bold_question(plain(match[1]))
            elif self.questions:
                self.questions[-1]["answer"] += html
            else:
                self._add_text("overview", html)
        elif self.kind == "sources" and all(len(plain(item)) <= SOURCE_LENGTH for item in _items(html)):
            self.sources.extend(_source(item) for item in _items(html))
        elif self.kind == "urgency":
            self._take_urgency(html)
        else:
            self._add_text(self._section(), html)

    def _take_bold_question(self, text: str) -> None:
        if len(text) <= QUESTION_LENGTH:
            self.questions.append({"question": text, "answer": ""})
        elif self.questions:
            self.questions[-1]["answer"] += f"<p><b>{escape(text)}</b></p>"

    def _take_urgency(self, html: str) -> None:
        """A list goes into a card; what the cards can't hold stands in the overview under its heading."""
        items = [plain(item) for item in LIST_ITEM.findall(html)] if html.startswith("<") and "<li>" in html else []
        if items and all(0 < len(item) <= ITEM_LENGTH for item in items) and html.count("<li>") == len(items):
            self.urgent_heading = self.heading or self.urgent_heading
            said = f"{self.urgent_heading} {plain(self.lead)}"
            card = next((card for card, words in CARDS.items() if words.search(said)), "soon")
            self.cards.setdefault(card, []).extend(items)
            if self.heading:
                self.notes.append(f"The list under “{self.heading}” is now in “{SECTIONS['urgency']}”")
                self.heading = ""
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
            self._add_heading("overview", self.heading)
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
