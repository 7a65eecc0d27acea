"""An article's body as plain text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

# How fields stand on the page; PostgreSQL gives the fields of JSON back in an order of its own.
_READ = ("now", "today", "soon", "do", "do_not", "question", "answer", "steps", "how_long", "how_often", "stop_if")
_NOT_READ = {"heading", "source", "many", "out_of"}


_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"<h3\b[^>]*>.*?</h3>", re.DOTALL)
_LINE_TAG = re.compile(r"</?(?:p|li|ul|ol|br|h\d)\b[^>]*>")


def article_text(body: Iterable[Mapping[str, Any]]) -> str:
    """The words of an article's body in the order they stand: a line for each paragraph, list item or question.

    `body` is raw stream data: `article.body.raw_data`, a revision's content read from JSON, or a library file's.
    Left out are headings of sections and within them, which would lower the grade, descriptions of pictures, and the
    sources.
    """
    return "\n".join(line for block in body if block["type"] != "sources" for line in _lines(block["value"]))


def _lines(value: Any) -> Iterator[str]:
    """The plain lines of a raw block: a string, a list, or a dictionary with fields."""
    match value:
        case str():
            for line in _LINE_TAG.split(_HEADING.sub("<br>", value)):
                if text := " ".join(unescape(_TAG.sub("", line)).split()):
                    yield text
        case list():
            for item in value:
                yield from _lines(item)
        case {"type": _, "value": inner}:  # a block within a stream or a list
            yield from _lines(inner)
        case {"image": _, "caption": words} | {"name": _, "caption": words}:  # a photo, a drawing
            yield from _lines(words)
        case {"name": _, "alt": _}:  # the drawing beside steps
            return
        case Mapping():
            for name in sorted(value, key=lambda name: (_READ.index(name) if name in _READ else len(_READ), name)):
                if name not in _NOT_READ:
                    yield from _lines(value[name])
