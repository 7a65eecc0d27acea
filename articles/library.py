"""Reading an article's text file: YAML front matter, then Markdown with the fixed section headings.

    ## Symptoms | Signs of heel pain      a section, with an optional heading of its own
    ### Now, ### Today, ### Soon          the urgency cards, in "When to get help"
    ### Do, ### Do not                    in any ordinary section, as are:
    ### First                             the one thing to do first: a paragraph
    ### Steps: Stretch your calf          numbered steps, then "- How long:", "- How often:", "- Stop if:", a drawing
    ### Chance: 8 of 10                   of what the paragraph says, then "- Source: title"; or ### Chance: unknown
    ### How long does it last?            a question, in "Common questions"
    #### Shoes that fit                   a subheading, in the text of any ordinary section
    ![description](drawing:heel "caption")  a drawing that comes with the site
    [flat feet](article:flat-feet)        a link to another article
    ---                                   ends a block where what follows would be read as a part of it

Raises ValueError, naming the line where it can, for anything else.

What `export_articles` writes is the same with a little more, because an editor's draft may be longer, unfinished, or
laid out in other ways than a starter article (`exported=True`):

    ![description](images/heel.jpg "caption")   a picture in the folder; with #decorative after its name if it is that
    ```html                                     a text that Markdown can't say exactly
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import unquote, urlparse

import nh3
import yaml
from django.urls import reverse
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.token import Token

from articles.blocks import DRAWINGS, OUT_OF
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
FIRST = "First"
STEPS = "Steps: "
FACTS = {"How long": "how_long", "How often": "how_often", "Stop if": "stop_if"}
CHANCE = "Chance: "
UNKNOWN = "unknown"
SOURCE = "Source"
RICH_TEXT_TAGS = {"p", "h3", "ul", "ol", "li", "b", "br", "a"}  # what editors have; `br` is their Shift-Enter
LINK_SCHEMES = {"https", "http", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False})


def tokens_of(markdown: str) -> list[Token]:
    """What Markdown is read into."""
    return _markdown.parse(markdown)


def clean_rich_text(html: str) -> str:
    """Rich text with nothing in it that editors could not have written. Always the same form for the same text."""
    return nh3.clean(
        html,
        tags=RICH_TEXT_TAGS,
        attributes={"a": {"href", "linktype", "id"}},
        url_schemes=LINK_SCHEMES,
        link_rel=None,
    )


@dataclass
class LibraryArticle:
    """An article as its file says it: model fields, related slugs, and the body as Wagtail's raw stream data.

    A picture's raw value has its name in the folder where the number of the picture belongs.
    """

    fields: dict[str, Any]
    related: list[str]
    body: list[dict[str, Any]] = field(default_factory=list)
    front: dict[str, Any] = field(default_factory=dict)


def parse(text: str, slug: str, *, exported: bool = False) -> LibraryArticle:
    """The article of a text file."""
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not match:
        raise ValueError("The file must begin with front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if not isinstance(front, dict):
        raise ValueError("The front matter must be names with values")
    if unknown := set(front.get("areas", [])) - set(BodyArea.values):
        raise ValueError(f"Unknown areas: {', '.join(sorted(unknown))}")
    summary = front["summary"] if exported else " ".join(front["summary"].split())
    if len(summary.split()) > SUMMARY_WORDS and not exported:
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
        front=front,
    )
    if exported:
        article.fields |= {name: bool(front.get(name)) for name in ("questions_open", "sample")}
    article.body = Body(exported).read(match[2])
    if sources := front.get("sources"):
        article.body.append({"type": "sources", "value": [{"url": "", **source} for source in sources]})
    return article


class Body:
    """Reads the Markdown below the front matter."""

    def __init__(self, exported: bool) -> None:
        self.exported = exported

    def read(self, text: str) -> list[dict[str, Any]]:
        body = []
        for heading, tokens in self.split(tokens_of(text), "h2"):
            name, _bar, own = heading.partition(" | ")
            if name not in HEADINGS:
                raise ValueError(f"Unknown section “{name}”")
            kind = HEADINGS[name]
            body.append({"type": kind, "value": self._section(kind, own, tokens)})
        return body

    def content(self, text: str) -> list[dict[str, Any]]:
        """The blocks of Markdown without headings."""
        return self.content_of(tokens_of(text))

    def own(self, tokens: list[Token], position: int) -> int:
        """How many tokens a block has that only a page of another kind knows; 0 if none begins there."""
        return 0

    def own_block(self, tokens: list[Token]) -> dict[str, Any]:
        """That block."""
        raise NotImplementedError

    def split(self, tokens: list[Token], tag: str) -> list[tuple[str, list[Token]]]:
        """The tokens under each heading of a level; what stands before the first one must be nothing."""
        parts: list[tuple[str, list[Token]]] = []
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "heading_open" and token.tag == tag:
                parts.append((_plain(tokens[position + 1]), []))
                position += 3
                continue
            if not parts:
                raise ValueError(f"Line {(token.map or [0])[0] + 1} of the text stands before any heading")
            parts[-1][1].append(token)
            position += 1
        return parts

    def _section(self, kind: str, heading: str, tokens: list[Token]) -> Any:
        """A section's raw value."""
        if kind == "urgency":
            cards = {_known(name, URGENCY): _items(inner) for name, inner in self.split(tokens, "h3")}
            return {"now": [], "today": [], "soon": [], **cards}
        if kind == "questions":
            return [{"question": name, "answer": self.html(inner)} for name, inner in self.split(tokens, "h3")]
        return {"heading": heading, "content": self.content_of(tokens)}

    def content_of(self, tokens: list[Token]) -> list[dict[str, Any]]:
        """Text, cut where a picture stands by itself in a paragraph, and the blocks that a heading begins."""
        blocks: list[dict[str, Any]] = []
        begun = ""  # what the words and the picture that follow belong to
        for kind, found in self._parts(tokens):
            if kind == "end":
                begun = ""
            elif kind == "heading":
                begun = self._begin(_plain(found[1]), begun, blocks)
            elif kind == "own":
                blocks.append(self.own_block(found))
                begun = ""
            elif kind == "picture":
                picture = self._picture(found[1])
                if begun == "steps" and picture and picture["type"] == "drawing" and not picture["value"]["caption"]:
                    blocks[-1]["value"]["picture"] = {name: picture["value"][name] for name in ("name", "alt")}
                elif picture:
                    blocks.append(picture)
                begun = ""
            elif rest := self._fill(begun, found, blocks):
                blocks.append({"type": "text", "value": self.html(rest)})
                begun = ""
        return blocks

    def _parts(self, tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
        """Headings, pictures and ends of blocks, each by itself, and the text between them."""
        text: list[Token] = []
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "heading_open" and token.tag == "h3":
                part, step = "heading", 3
            elif token.type == "hr":
                part, step = "end", 1
            elif step := self.own(tokens, position):
                part = "own"
            elif token.type == "paragraph_open" and self._picture(tokens[position + 1]):
                part, step = "picture", 3
            else:
                text.append(token)
                position += 1
                continue
            if text:
                yield "text", text
                text = []
            yield part, tokens[position : position + step]
            position += step
        if text:
            yield "text", text

    def _begin(self, heading: str, before: str, blocks: list[dict[str, Any]]) -> str:
        """Begins the block of a heading, and says what its words belong to."""
        if heading == FIRST:
            blocks.append({"type": "first", "value": {"text": ""}})
            return "first"
        if heading.startswith(STEPS.rstrip()):
            facts = dict.fromkeys(FACTS.values(), "")
            name = heading.removeprefix(STEPS.rstrip()).strip()
            picture = {"name": "", "alt": ""}
            blocks.append({"type": "steps", "value": {"heading": name, "steps": [], **facts, "picture": picture}})
            return "steps"
        if heading.startswith(CHANCE.rstrip()):
            blocks.append({"type": "chance", "value": {**_chance(heading), "outcome": "", "source": ""}})
            return "chance"
        which = _known(heading, DOS)
        if before not in DOS.values() or blocks[-1]["value"][which]:
            blocks.append({"type": "dos", "value": {"do": [], "do_not": []}})
        return which

    def _fill(self, begun: str, tokens: list[Token], blocks: list[dict[str, Any]]) -> list[Token]:
        """Puts words into the block that has begun. Returns those that do not belong to it any more."""
        if not begun:
            return tokens
        value = blocks[-1]["value"]
        if begun in DOS.values():
            value[begun] = _items(tokens)
            return []
        if begun == "steps":
            steps, tokens = _first(tokens, "ordered_list")
            value["steps"] = _items(steps)
            facts, tokens = _first(tokens, "bullet_list")
            value.update(_facts(facts, FACTS))
            return tokens
        words, tokens = _first(tokens, "paragraph")
        value["text" if begun == "first" else "outcome"] = "".join(_items(words))
        if begun == "chance":
            facts, tokens = _first(tokens, "bullet_list")
            value.update(_facts(facts, {SOURCE: "source"}))
        return tokens

    def _picture(self, inline: Token) -> dict[str, Any] | None:
        """The drawing, or the picture of the folder, of a paragraph that holds nothing else."""
        children = inline.children or []
        if len(children) != 1 or children[0].type != "image":
            return None
        address, alt = unquote(str(children[0].attrs["src"])), _plain(children[0])
        caption = str(children[0].attrs.get("title", ""))
        name = address.removeprefix("drawing:")
        if self.exported and name == address:
            path, _hash, kind = address.partition("#")
            image = {"image": path, "decorative": kind == "decorative", "alt_text": alt}
            return {"type": "figure", "value": {"image": image, "caption": caption}}
        if name not in DRAWINGS and not (self.exported and not name):
            raise ValueError(f"There is no drawing “{name}”")
        return {"type": "drawing", "value": {"name": name, "alt": alt, "caption": caption}}

    def html(self, tokens: list[Token]) -> str:
        """Rich text with the few elements that editors have too."""
        html: list[str] = []
        for token in tokens:
            if token.type == "inline":
                html.extend(self._inline(child) for child in token.children or [])
            elif token.type == "fence" and token.info == "html" and self.exported:
                html.append(clean_rich_text(token.content.removesuffix("\n")))
            elif token.tag in ("p", "h4", "ul", "ol", "li") and not token.hidden:
                tag = "h3" if token.tag == "h4" else token.tag
                html.append(f"<{'/' if token.nesting < 0 else ''}{tag}>")
            elif not token.hidden:
                raise ValueError(f"Line {(token.map or [0])[0] + 1} of the text: {token.type} can’t be used here")
        return "".join(html)

    def _inline(self, token: Token) -> str:
        """Text, bold words, links."""
        match token.type:
            case "text":
                return escape(token.content)
            case "softbreak":
                return " "
            case "hardbreak":
                return "<br/>"
            case "strong_open":
                return "<b>"
            case "strong_close":
                return "</b>"
            case "link_open":
                return f'<a href="{escape(self._address(str(token.attrs["href"])))}">'
            case "link_close":
                return "</a>"
        raise ValueError(f"{token.type} can’t be used in the text")

    def _address(self, href: str) -> str:
        """Where a link goes: another article by its slug, or a secure web address."""
        parts = urlparse(href)
        if parts.scheme == "article":
            return reverse("articles:detail", args=[parts.path])
        if (
            parts.scheme == "https"
            or (not parts.scheme and href.startswith("/"))
            or (self.exported and parts.scheme in {"", *LINK_SCHEMES})
        ):
            return href
        raise ValueError(f"The link {href} is neither an article, nor a page of ours, nor a secure web address")


def _first(tokens: list[Token], kind: str) -> tuple[list[Token], list[Token]]:
    """The block of that kind at the beginning, or nothing; and the rest."""
    if not tokens or tokens[0].type != f"{kind}_open":
        return [], tokens
    depths = accumulate(token.nesting for token in tokens)
    end = next(count for count, depth in enumerate(depths, 1) if not depth)
    return tokens[:end], tokens[end:]


def _facts(tokens: list[Token], names: dict[str, str]) -> dict[str, str]:
    """Lines of a name and a value: "- How long: 30 seconds"."""
    found = {}
    for line in _items(tokens):
        name, _colon, value = line.partition(":")
        found[_known(name, names)] = value.strip()
    return found


def _chance(heading: str) -> dict[str, Any]:
    """The numbers of "Chance: 8 of 10"; none of "Chance: unknown"."""
    many, _of, out_of = heading.removeprefix(CHANCE).partition(" of ")
    if many == UNKNOWN:
        return {"many": None, "out_of": out_of or str(OUT_OF[0])}
    if not many.isdecimal() or out_of not in map(str, OUT_OF):
        raise ValueError(f"“{heading}” is neither “Chance: 8 of 10” nor “Chance: unknown”")
    return {"many": int(many), "out_of": out_of}


def _items(tokens: list[Token]) -> list[str]:
    """The plain text of a list's items."""
    return [_plain(token) for token in tokens if token.type == "inline"]


def _plain(token: Token) -> str:
    """The words of a line, without its markup."""
    texts = {"softbreak": " ", "hardbreak": " "}
    return "".join(texts.get(child.type, child.content) for child in token.children or [])


def _known(name: str, names: dict[str, str]) -> str:
    """The block's own name of a heading."""
    if name not in names:
        raise ValueError(f"“{name}” can’t be a heading here")
    return names[name]
