"""Reading a page's text file: YAML front matter, then Markdown under headings of its own.

    ## Your rights                a section
    PHONES                        a paragraph of its own: the offices with their phones
    ```ar                         a text in another language
    ```questions                  questions under ###, as in an article; they stand after the section
    {NJ} a line, {not NJ} a line  only where the practice has an office in the state, or has none there

Raises ValueError, naming what is wrong. What `export_articles` writes is the same with a little more (`exported=True`),
as articles/library.py tells.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from markdown_it.token import Token

from articles.blocks import FOREIGN
from articles.library import Body, tokens_of
from articles.models import ROLES, SUMMARY_WORDS, PageKind

FRONT = {"title", "kind", "role", "summary", "description", "law", "place", "effective_on"}
OF_STATE = re.compile(r"\{(not )?([A-Z]{2})\} ")
PHONES, QUESTIONS, FOOTER = "PHONES", "questions", "footer"


@dataclass
class LibraryPage:
    """A page as its file says it: model fields, and the body as Wagtail's raw stream data."""

    fields: dict[str, Any]
    body: list[dict[str, Any]] = field(default_factory=list)
    front: dict[str, Any] = field(default_factory=dict)


def of_states(text: str, states: Collection[str]) -> str:
    """A page's file with the lines that hold in these states: "NJ". Law and public programs are the states' own."""
    kept: list[str] = []
    for line in text.split("\n"):
        told = OF_STATE.match(line)
        if told is None or (told[2] in states) == (not told[1]):
            kept.append(line[told.end() :] if told else line)
    return "\n".join(kept)


def parse_page(text: str, slug: str, *, exported: bool = False) -> LibraryPage:
    """The page of a text file."""
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not match:
        raise ValueError("The file must begin with front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if not isinstance(front, dict):
        raise ValueError("The front matter must be names with values")
    if not exported and (unknown := set(front) - FRONT):
        raise ValueError(f"Unknown in the front matter: {', '.join(sorted(unknown))}")
    summary = front["summary"] if exported else " ".join(front["summary"].split())
    if len(summary.split()) > SUMMARY_WORDS and not exported:
        raise ValueError(f"The summary has more than {SUMMARY_WORDS} words")
    role, kind = front.get("role", ""), front["kind"]
    if kind not in PageKind.values or (role and role not in ROLES):
        raise ValueError(f"Unknown kind or role: {kind}, {role}")
    return LibraryPage(
        fields={
            "slug": slug,
            "title": front["title"],
            "kind": kind,
            "role": role,
            "summary": summary,
            "description": front["description"],
            "law": front.get("law", ""),
            "in_footer": front.get("place", "") == FOOTER,
            "effective_on": _day(front, "effective_on"),
        },
        body=_PageBody(exported).read(match[2]),
        front=front,
    )


def _day(front: dict[str, Any], name: str) -> date | None:
    value = front.get(name)
    return value if isinstance(value, date) else None


class _PageBody(Body):
    """Reads the Markdown below the front matter."""

    def read(self, text: str) -> list[dict[str, Any]]:
        """Sections in their order, and the questions between them."""
        tokens, body = tokens_of(text), []
        while tokens and _is_fence(tokens[0], QUESTIONS):
            body.append(self.own_block([tokens.pop(0)]))
        for heading, inner in self.split(tokens, "h2"):
            content = self.content_of(inner)
            after = [block for block in content if block["type"] == QUESTIONS]
            if content[len(content) - len(after) :] != after:
                raise ValueError(f"Questions stand in the middle of “{heading}”")
            content = content[: len(content) - len(after)]
            body += [{"type": "section", "value": {"heading": heading, "content": content}}, *after]
        return body

    def own(self, tokens: list[Token], position: int) -> int:
        """Phones, texts in other languages, questions."""
        token = tokens[position]
        if token.type == "fence" and not (token.info == "html" and self.exported):
            return 1
        return 3 if token.type == "paragraph_open" and tokens[position + 1].content == PHONES else 0

    def own_block(self, tokens: list[Token]) -> dict[str, Any]:
        """The block of a fence, or of the word PHONES."""
        token = tokens[0]
        if token.type != "fence":
            return {"type": "phones", "value": None}
        if token.info == QUESTIONS:
            asked = Body(self.exported).split(tokens_of(token.content), "h3")
            answers = Body(self.exported)
            return {
                "type": QUESTIONS,
                "value": [{"question": name, "answer": answers.html(inner)} for name, inner in asked],
            }
        if token.info not in FOREIGN:
            raise ValueError(f"Unknown language “{token.info}”")
        words = token.content.removesuffix("\n")
        text = words if self.exported else " ".join(words.split())
        return {"type": "foreign", "value": {"language": token.info, "text": text}}


def _is_fence(token: Token, info: str) -> bool:
    return token.type == "fence" and token.info == info
