"""Reading a starter page's text file: YAML front matter, then Markdown under headings of its own.

    ## Your rights                a section
    PHONES                        alone on a line: the offices with their phones
    ::: ar                        a text in another language, up to a line of :::

Raises ValueError, naming what is wrong.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from articles.blocks import FOREIGN
from articles.library import Body
from articles.models import ROLES, SUMMARY_WORDS, PageKind

FRONT = {"title", "kind", "role", "summary", "description", "law", "place", "effective_on"}
SPECIAL = re.compile(r"^(?:::: +(?P<code>[\w-]+)\n(?P<text>.*?)\n:::|(?P<phones>PHONES))\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


@dataclass
class LibraryPage:
    """A page as its file says it: model fields, and the body as Wagtail's raw stream data."""

    fields: dict[str, Any]
    body: list[dict[str, Any]] = field(default_factory=list)


def parse_page(text: str, slug: str) -> LibraryPage:
    """The page of a text file."""
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not match:
        raise ValueError("The file must begin with front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if not isinstance(front, dict):
        raise ValueError("The front matter must be names with values")
    if unknown := set(front) - FRONT:
        raise ValueError(f"Unknown in the front matter: {', '.join(sorted(unknown))}")
    summary = " ".join(front["summary"].split())
    if len(summary.split()) > SUMMARY_WORDS:
        raise ValueError(f"The summary has more than {SUMMARY_WORDS} words")
    role, kind = front.get("role", ""), front["kind"]
    if kind not in PageKind.values or (role and role not in ROLES):
        raise ValueError(f"Unknown kind or role: {kind}, {role}")
    effective_on = front.get("effective_on")
    return LibraryPage(
        fields={
            "slug": slug,
            "title": front["title"],
            "kind": kind,
            "role": role,
            "summary": summary,
            "description": front["description"],
            "law": front.get("law", ""),
            "in_footer": front.get("place", "") == "footer",
            "effective_on": effective_on if isinstance(effective_on, date) else None,
        },
        body=_sections(match[2]),
    )


def _sections(text: str) -> list[dict[str, Any]]:
    before, *rest = HEADING.split(text)
    if before.strip():
        raise ValueError("Text stands before any heading")
    return [
        {"type": "section", "value": {"heading": heading, "content": list(_content(words))}}
        for heading, words in zip(rest[::2], rest[1::2], strict=True)
    ]


def _content(text: str) -> list[dict[str, Any]]:
    """Text, phones and texts in other languages, in their order."""
    found: list[dict[str, Any]] = []
    end = 0
    for match in SPECIAL.finditer(text):
        found += Body(exported=False).content(text[end : match.start()])
        if match["phones"]:
            found.append({"type": "phones", "value": None})
        elif match["code"] in FOREIGN:
            words = " ".join(match["text"].split())
            found.append({"type": "foreign", "value": {"language": match["code"], "text": words}})
        else:
            raise ValueError(f"Unknown language “{match['code']}”")
        end = match.end()
    return found + Body(exported=False).content(text[end:])
