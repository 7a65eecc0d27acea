"""The kinds of texts that are reviewed on a page, and what that page has to know of each."""

from dataclasses import dataclass
from itertools import count
from typing import Any, cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from articles.blocks import SECTIONS
from articles.models import Article, SitePage

Text = Article | SitePage
Name = str | Promise

# Parts of the page that a comment can be about, besides the sections.
WHOLE, HEAD, REST = "", "head", "rest"
AROUND: dict[str, Name] = {
    WHOLE: _("The whole text"),
    HEAD: _("Title and summary"),
    REST: _("Lists, search and address"),
}
OWN = "own-"  # before the key of a section that has no place among SECTIONS
KEY_LENGTH = 34


@dataclass(frozen=True)
class Kind:
    """`head` and `elsewhere` are fields: what stands at the top, and what readers meet elsewhere than on the page."""

    head: tuple[str, ...]
    elsewhere: tuple[str, ...]


KINDS: dict[type[Text], Kind] = {
    Article: Kind(
        ("title", "medical_name", "summary"),
        ("description", "areas", "lay_names", "ask", "short_title", "slug"),
    ),
    SitePage: Kind(("title", "summary"), ("description", "kind", "role", "in_footer", "slug")),
}


def kind_of(text: Text) -> Kind:
    return KINDS[type(text)]


def may_see(text: Text | type[Text]) -> str:
    """The right to read a review of it."""
    return f"articles.change_{text._meta.model_name}"


def address_name(text: Text, page: str) -> str:
    """Of one of the editor's pages about it."""
    name: str = cast("Any", text).snippet_viewset.get_url_name(page)
    return name


def review_url(text: Text) -> str:
    return reverse(f"{text._meta.model_name}_review", args=[text.pk])


def send_again_url(text: Text) -> str:
    return reverse(f"{text._meta.model_name}_send_again", args=[text.pk])


def part_names(text: Text) -> dict[str, Name]:
    """Everything of a text that a comment can be about, in the order of the page. A page's sections are its own."""
    sections = SECTIONS if isinstance(text, Article) else keyed([own_heading(block) for block in text.body])
    return {**{key: AROUND[key] for key in (WHOLE, HEAD)}, **sections, REST: AROUND[REST]}


def own_heading(section: Any) -> str:
    """Of a section of a page, as readers see it."""
    heading = section.value.get("heading") if hasattr(section.value, "get") else ""
    return str(heading or section.block.label)


def keyed(headings: list[str]) -> dict[str, Name]:
    """Headings by keys made of them: a section keeps its comment wherever it moves."""
    found: dict[str, Name] = {}
    for heading in headings:
        bare = OWN + (slugify(heading)[:KEY_LENGTH].strip("-") or "section")
        numbered = (bare if number == 1 else f"{bare}-{number}" for number in count(1))
        found[next(key for key in numbered if key not in found)] = heading
    return found


def name_of_gone(key: str) -> Name:
    """Of a part that the text no longer has."""
    return SECTIONS.get(key) or key.removeprefix(OWN).replace("-", " ").capitalize()
