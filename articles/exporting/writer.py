"""An article's text file, section by section."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml
from django.urls import reverse
from wagtail.images.models import AbstractImage

from articles.blocks import OUT_OF
from articles.exporting.markdown import Markdown, escape
from articles.exporting.record import record_of
from articles.library import (
    CHANCE,
    DOS,
    FACTS,
    FIRST,
    HEADINGS,
    SOURCE,
    STEPS,
    UNKNOWN,
    URGENCY,
    clean_rich_text,
    parse,
)
from articles.links import ARTICLE_LINK
from articles.models import Article

PICTURES = "images"  # the folder beside the text files
_NAMES = {kind: name for name, kind in HEADINGS.items()}
_CARDS = {card: name for name, card in URGENCY.items()}
_LISTS = {which: name for name, which in DOS.items()}
_BLOCK_END = "---"
_BEGUN_BY_A_HEADING = ("dos", "first", "steps", "chance")  # what follows would be read as theirs


@dataclass
class Exported:
    """A text file, and the pictures that belong to it by their names in the folder."""

    text: str
    pictures: dict[str, AbstractImage] = field(default_factory=dict)


def to_text(article: Article, slug_of: dict[int, str]) -> Exported:
    """A version of an article. `slug_of`: every article's slug by its number, for links and related ones."""
    return Writer(slug_of).write(article)


class Writer:
    """Writes one text; `pictures` are those that it shows."""

    def __init__(self, slug_of: dict[int, str]) -> None:
        self.slug_of = slug_of
        self.pictures: dict[str, AbstractImage] = {}

    def write(self, article: Article) -> Exported:
        body = [part for block in article.body if (part := self._section(block.block_type, block.value))]
        front = yaml.safe_dump(self._front(article), allow_unicode=True, sort_keys=False, width=10_000)
        return Exported(f"---\n{front}---\n\n" + "\n\n".join(body) + "\n", self.pictures)

    def _front(self, article: Article) -> dict[str, Any]:
        """What is true and not empty. State, reviewer and dates are for people: an import makes drafts of all."""
        related = [self.slug_of.get(link.related_id) for link in article.related_links.all()]
        front = {
            "title": article.title,
            "medical_name": article.medical_name,
            "short_title": article.short_title,
            "summary": article.summary,
            "description": article.description,
            "areas": list(article.areas),
            "lay_names": article.lay_names.splitlines(),
            "related": [slug for slug in related if slug],
            "home": article.home_position,
            "ask": article.ask,
            "questions_open": article.questions_open,
            "sample": article.sample,
            "language": article.locale.language_code,
            "state": "published" if article.is_public() else "draft",
            "reviewer": str(article.reviewer or ""),
            "last_reviewed": article.last_reviewed and article.last_reviewed.isoformat(),
            "next_review": article.next_review and article.next_review.isoformat(),
            "old_addresses": [old.path for old in article.old_addresses.order_by("path")],
            **record_of(article),
            "sources": [
                dict(source) for block in article.body if block.block_type == "sources" for source in block.value
            ],
        }
        pictures = {name: image.title for name, image in self.pictures.items()}
        required = {"title", "summary", "description"}
        return {name: value for name, value in {**front, "pictures": pictures}.items() if value or name in required}

    def _section(self, kind: str, value: Any) -> str:
        if kind == "sources":  # in the front matter
            return ""
        lines = [f"## {_NAMES[kind]}"]
        if kind == "urgency":
            lines += [self._list(name, value[card]) for card, name in _CARDS.items() if value[card]]
        elif kind == "questions":
            for question in value:
                lines += [f"### {escape(question['question'])}", self.rich_text(str(question["answer"].source))]
        else:
            if value["heading"]:
                lines[0] += f" | {escape(value['heading'])}"
            lines += self.content(value["content"])
        return "\n\n".join(line for line in lines if line)

    def content(self, blocks: Any) -> Iterator[str]:
        """The blocks of a section, and what keeps them apart."""
        before = ""
        for block in blocks:
            if before in (*_BEGUN_BY_A_HEADING, block.block_type):
                yield _BLOCK_END
            yield self.block(block.block_type, block.value)
            before = block.block_type

    def block(self, kind: str, value: Any) -> str:
        """One block."""
        if kind == "text":
            return self.rich_text(str(value.source))
        if kind == "dos":
            return "\n\n".join(self._list(name, value[which]) for which, name in _LISTS.items())
        if kind == "first":
            return f"### {FIRST}\n\n{escape(value['text'])}"
        if kind == "steps":
            return self._steps(value)
        if kind == "chance":
            many = UNKNOWN if value["many"] is None else value["many"]
            out_of = "" if value["many"] is None and value["out_of"] == str(OUT_OF[0]) else f" of {value['out_of']}"
            source = f"- {SOURCE}: {escape(value['source'])}" if value["source"] else ""
            return "\n\n".join(filter(None, [f"### {CHANCE}{many}{out_of}", escape(value["outcome"]), source]))
        if kind == "drawing":
            address, alt = f"drawing:{value['name']}", value["alt"]
        else:
            image = value["image"]
            address, alt = self._picture(image), image.contextual_alt_text if image else ""
        title = f' "{escape(value["caption"], quote=True)}"' if value["caption"] else ""
        return (
            f"![{escape(alt or '')}](<{address}>{title})"
            if " " in address
            else f"![{escape(alt or '')}]({address}{title})"
        )

    def _steps(self, value: Any) -> str:
        lines = [f"### {STEPS}{escape(value['heading'])}"]
        lines.append("\n".join(f"{number}. {escape(step)}" for number, step in enumerate(value["steps"], 1)))
        lines.append("\n".join(f"- {name}: {escape(value[fact])}" for name, fact in FACTS.items() if value[fact]))
        if (picture := value["picture"])["name"] or picture["alt"]:
            lines.append(f"![{escape(picture['alt'])}](drawing:{picture['name']})")
        return "\n\n".join(filter(None, lines))

    def _picture(self, image: Any) -> str:
        """A picture's address in the folder; it is written there later."""
        if image is None:
            return f"{PICTURES}/missing"
        name = PurePosixPath(image.file.name).name
        self.pictures[name] = image
        return f"{PICTURES}/{name}{'#decorative' if image.decorative else ''}"

    def _list(self, heading: str, items: Any) -> str:
        return "\n".join([f"### {heading}", *(f"- {escape(item)}" for item in items)])

    def rich_text(self, html: str) -> str:
        """Markdown if it says the same, else the text's own form."""
        html = ARTICLE_LINK.sub(self._link_by_slug, html)
        writer = Markdown()
        writer.feed(html)
        markdown = writer.text()
        if _read_again(markdown) == clean_rich_text(html):
            return markdown
        fence = "`" * (max(map(len, re.findall("`+", html)), default=0) + 3)
        return f"{fence}html\n{clean_rich_text(html)}\n{fence}" if html else ""

    def _link_by_slug(self, link: re.Match[str]) -> str:
        slug = self.slug_of.get(int(link["pk"])) if link["pk"] else link["slug"]
        return f'<a href="{reverse("articles:detail", args=[slug])}">{link["words"]}</a>' if slug else link["words"]


def _read_again(markdown: str) -> str:
    """What an import would make of a text, to be sure that it is the same."""
    front = "---\ntitle: x\nsummary: x\ndescription: x\n---\n"
    try:
        body = parse(f"{front}## Common questions\n\n### x\n\n{markdown}\n", "x", exported=True).body
    except ValueError:
        return ""
    value = body[0]["value"]
    return clean_rich_text(value[0]["answer"]) if len(value) == 1 else ""
