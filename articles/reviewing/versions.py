"""What differs between two versions of an article. Pure: the contents of revisions in, values out."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from html import unescape
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.links import TO_ARTICLE

# What a reader reads, or finds the article by; the rest of a version is bookkeeping.
TEXTS = ("title", "medical_name", "short_title", "slug", "summary", "description", "areas", "lay_names", "ask")
MOST_CORRECTED_WORDS = 12
# One of these more or less turns advice around.
TURNING_WORDS = frozenset(["no", "not", "never", "without", "unless", "only", "stop", "avoid", "cannot"])

_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
# Where a link to an article leads is the desk's matter (articles/links.py), in one form or the other.
_ARTICLE_LINK = re.compile(rf"<a {TO_ARTICLE}[^>]*>")
_WORD = re.compile(r"\w+(?:[’'.-]\w+)*")


def text_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """A version's text without what only saving changes: the numbers of blocks, keys of paragraphs, escapes."""
    body = content.get("body") or []
    return {
        **{name: content.get(name) or "" for name in TEXTS},
        "body": _without_numbers(json.loads(body) if isinstance(body, str) else body),
    }


def content_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """A version's text like `text_of`, but with where its links lead: to be shown, not only compared."""
    body = content.get("body") or []
    return {
        **{name: content.get(name) or "" for name in TEXTS},
        "body": _without_numbers(json.loads(body) if isinstance(body, str) else body, keep_links=True),
    }


def why_not_small(before: Mapping[str, Any], after: Mapping[str, Any]) -> Promise | None:
    """Why the step between two texts (of `text_of`) is more than a small correction; None if it is one."""
    if before["slug"] != after["slug"] or before["areas"] != after["areas"]:
        return _("The web address or the parts of the foot have changed.")
    if _section(before, "urgency") != _section(after, "urgency"):
        return _("“When to get help” has changed.")
    if _section(before, "sources") != _section(after, "sources") or _links(before) != _links(after):
        return _("A link or a source has changed.")
    old, new = _words(before), _words(after)
    if _weighty(old) != _weighty(new):
        return _("A number has changed, or a word like “not” or “only”.")
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in steps if tag != "equal")
    if changed > MOST_CORRECTED_WORDS:
        return _("More than 12 words have changed.")
    return None


def _without_numbers(value: Any, *, keep_links: bool = False) -> Any:
    """Stream data without ids, and with a list's items bare, as the loader writes them."""
    if isinstance(value, list):
        return [_without_numbers(item, keep_links=keep_links) for item in value]
    if isinstance(value, dict):
        if "type" in value and "value" in value and set(value) <= {"type", "value", "id"}:
            inner = _without_numbers(value["value"], keep_links=keep_links)
            return inner if value["type"] == "item" else {"type": value["type"], "value": inner}
        return {name: _without_numbers(part, keep_links=keep_links) for name, part in value.items()}
    if not isinstance(value, str):
        return value
    bare = _BLOCK_KEY.sub("", value)
    return bare if keep_links else unescape(_ARTICLE_LINK.sub("<a>", bare))


def _section(text: Mapping[str, Any], kind: str) -> list[Any]:
    return [block for block in text["body"] if block.get("type") == kind]


def _strings(value: Any) -> Iterator[str]:
    """All strings inside, in their order; the names of block kinds too, so that a changed structure counts."""
    if isinstance(value, Mapping):
        for _name, part in sorted(value.items()):  # PostgreSQL keeps the fields of JSON in an order of its own
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif value is not None:
        yield str(value)


def _words(text: Mapping[str, Any]) -> list[str]:
    return [word for string in _strings(text) for word in _WORD.findall(re.sub(r"<[^>]+>", " ", string))]


def _links(text: Mapping[str, Any]) -> list[str]:
    return [link for string in _strings(text["body"]) for link in re.findall(r"<a [^>]*>", string)]


def _weighty(words: list[str]) -> list[str]:
    """The numbers, and the words that turn advice around, in their order."""
    return [
        word.lower()
        for word in words
        if word.lower() in TURNING_WORDS or word.lower().endswith(("n’t", "n't")) or any(c.isdigit() for c in word)
    ]
