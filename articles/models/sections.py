"""An article's body as its page shows it."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from wagtail.blocks.stream_block import StreamValue

from articles.blocks import SECTIONS, is_blank


@dataclass(frozen=True)
class Section:
    """A section as the page shows it."""

    kind: str
    anchor: str
    heading: str
    block: Any


def sections_of(body: StreamValue) -> list[Section]:
    """The filled sections in their fixed order, whatever order they were added in."""
    by_kind = {block.block_type: block for block in body}
    return [
        Section(kind, slugify(heading), heading, block)
        for kind, usual in SECTIONS.items()
        if (block := by_kind.get(kind)) and not _is_empty(block.value)
        for heading in [_heading_of(block.value) or str(usual)]
    ]


def _heading_of(value: Any) -> str:
    """A section's own heading; lists and cards have none."""
    return value.get("heading", "") if hasattr(value, "get") else ""


def _is_empty(value: Any) -> bool:
    """Whether a section would show nothing but its heading."""
    if hasattr(value, "get"):
        return all(is_blank(part) for name, part in value.items() if name != "heading")
    return is_blank(value)
