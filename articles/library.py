"""Reading an article's text file: YAML front matter, then Markdown with the fixed section headings.

    ## Symptoms | Signs of heel pain      a section, with an optional heading of its own
    ### Now, ### Today, ### Soon          the urgency cards, in "When to get help"
    ### Do, ### Do not                    in any ordinary section
    ### How long does it last?            a question, in "Common questions"
    ![description](drawing:heel "caption")  a drawing that comes with the site
    [flat feet](article:flat-feet)        a link to another article

Raises ValueError, naming the line where it can, for anything else.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import yaml
from django.urls import reverse
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.token import Token

from articles.blocks import DRAWINGS
from articles.models import SUMMARY_WORDS, BodyArea

HEADINGS = {
    "What it is": "overview",
    "Symptoms": "symptoms",
    "When to get help": "urgency",
    "What you can do": "self_care",
    "How we treat it": "treatment",
    "Why it happens": "causes",
    "Prevention": "prevention",
    "Common questions": "questions",
}
URGENCY = {"Now": "now", "Today": "today", "Soon": "soon"}
DOS = {"Do": "do", "Do not": "do_not"}

_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass
class LibraryArticle:
    """An article as its file says it: model fields, related slugs, and the body as Wagtail's raw stream data."""

    fields: dict[str, Any]
    related: list[str]
    body: list[dict[str, Any]] = field(default_factory=list)


def parse(text: str, slug: str) -> LibraryArticle:
    """The article of a text file."""
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not match:
        raise ValueError("The file must begin with front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if unknown := set(front.get("areas", [])) - set(BodyArea.values):
        raise ValueError(f"Unknown areas: {', '.join(sorted(unknown))}")
    summary = " ".join(front["summary"].split())
    if len(summary.split()) > SUMMARY_WORDS:
        raise ValueError(f"The summary has more than {SUMMARY_WORDS} words")
    article = LibraryArticle(
        fields={
            "slug": slug,
            "title": front["title"],
            "medical_name": front.get("medical_name", ""),
            "short_title": front.get("short_title", ""),
            "summary": summary,
            "description": front["description"],
            "areas": front.get("areas", []),
            "lay_names": "\n".join(front.get("lay_names", [])),
            "ask": front.get("ask", ""),
            "home_position": front.get("home"),
        },
        related=front.get("related", []),
    )
    for heading, tokens in _split(_markdown.parse(match[2]), "h2"):
        name, _bar, own = heading.partition(" | ")
        if name not in HEADINGS:
            raise ValueError(f"Unknown section “{name}”")
        kind = HEADINGS[name]
        article.body.append({"type": kind, "value": _section(kind, own, tokens)})
    if sources := front.get("sources"):
        article.body.append({"type": "sources", "value": [{"url": "", **source} for source in sources]})
    return article


def _split(tokens: list[Token], tag: str) -> list[tuple[str, list[Token]]]:
    """The tokens under each heading of a level; what stands before the first one must be nothing."""
    parts: list[tuple[str, list[Token]]] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open" and token.tag == tag:
            parts.append((tokens[position + 1].content, []))
            position += 3
            continue
        if not parts:
            raise ValueError(f"Line {(token.map or [0])[0] + 1} of the text stands before any heading")
        parts[-1][1].append(token)
        position += 1
    return parts


def _section(kind: str, heading: str, tokens: list[Token]) -> Any:
    """A section's raw value."""
    if kind == "urgency":
        cards = {URGENCY[name]: _items(inner) for name, inner in _split(tokens, "h3")}
        return {"now": [], "today": [], "soon": [], **cards}
    if kind == "questions":
        return [{"question": name, "answer": _html(inner)} for name, inner in _split(tokens, "h3")]
    first_h3 = next((i for i, t in enumerate(tokens) if t.type == "heading_open"), len(tokens))
    content = _content(tokens[:first_h3])
    if tokens[first_h3:]:
        lists = {DOS[name]: _items(inner) for name, inner in _split(tokens[first_h3:], "h3")}
        content.append({"type": "dos", "value": {"do": [], "do_not": [], **lists}})
    return {"heading": heading, "content": content}


def _content(tokens: list[Token]) -> list[dict[str, Any]]:
    """Text blocks, cut where a drawing stands by itself in a paragraph."""
    blocks: list[dict[str, Any]] = []
    text: list[Token] = []

    def end_text() -> None:
        if text:
            blocks.append({"type": "text", "value": _html(text)})
            text.clear()

    position = 0
    while position < len(tokens):
        paragraph = tokens[position : position + 3]
        if paragraph[0].type == "paragraph_open" and (drawing := _drawing(paragraph[1])):
            end_text()
            blocks.append({"type": "drawing", "value": drawing})
            position += 3
            continue
        text.append(tokens[position])
        position += 1
    end_text()
    return blocks


def _drawing(inline: Token) -> dict[str, str] | None:
    """The drawing of a paragraph that holds nothing else."""
    children = inline.children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    name = str(children[0].attrs["src"]).removeprefix("drawing:")
    if name not in DRAWINGS:
        raise ValueError(f"There is no drawing “{name}”")
    return {"name": name, "alt": children[0].content, "caption": str(children[0].attrs.get("title", ""))}


def _items(tokens: list[Token]) -> list[str]:
    """The plain text of a list's items."""
    return [token.content for token in tokens if token.type == "inline"]


def _html(tokens: list[Token]) -> str:
    """Rich text with the few elements that editors have too."""
    html: list[str] = []
    for token in tokens:
        if token.type == "inline":
            html.extend(_inline(child) for child in token.children or [])
        elif token.tag in ("p", "ul", "ol", "li") and not token.hidden:
            html.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
        elif not token.hidden:
            raise ValueError(f"Line {(token.map or [0])[0] + 1} of the text: {token.type} can’t be used here")
    return "".join(html)


def _inline(token: Token) -> str:
    """Text, bold words, links."""
    match token.type:
        case "text":
            return escape(token.content)
        case "softbreak":
            return " "
        case "strong_open":
            return "<b>"
        case "strong_close":
            return "</b>"
        case "link_open":
            return f'<a href="{escape(_address(str(token.attrs["href"])))}">'
        case "link_close":
            return "</a>"
    raise ValueError(f"{token.type} can’t be used in the text")


def _address(href: str) -> str:
    """Where a link goes: another article by its slug, or a secure web address."""
    parts = urlparse(href)
    if parts.scheme == "article":
        return reverse("articles:detail", args=[parts.path])
    if parts.scheme == "https":
        return href
    raise ValueError(f"The link {href} is neither an article nor a secure web address")
