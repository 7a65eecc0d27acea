"""What differs between two versions of an article. Pure: the contents of revisions in, values out."""

import json
import re
from collections.abc import Container, Iterator, Mapping
from difflib import SequenceMatcher
from html import unescape
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.links import TO_ARTICLE

# What a reader reads, or finds the article by; the rest of a version is bookkeeping.
TEXTS = ("title", "medical_name", "short_title", "slug", "summary", "description", "areas", "lay_names", "ask")
TOLD = ("summary", "description", "body")  # where the order of words can be the advice
MOST_CORRECTED_WORDS, MOST_ADDED_WORDS = 12, 3
# Blocks that say what to do, or what to expect, in so few words that each of them counts.
ADVICE = frozenset(["dos", "first", "steps", "chance"])
PICTURES = frozenset(["figure", "drawing"])
# One of these more, less, or in the place of another turns advice around.
_TURNING = """
    no not never none neither nor nothing nobody without unless only except instead cannot or if
    stop stops start starts avoid avoids skip quit refrain limit continue keep allow allowed forbidden
    before after until during while since then
    more less fewer most least much little many few better worse best worst enough too
    increase decrease raise lower reduce
    higher high low larger large small smaller big bigger longer long short shorter wide wider narrow narrower
    tight tighter loose looser thick thicker thin thinner soft softer hard harder firm flat stiff
    early earlier late later sooner fast faster slow slower strong stronger weak weaker mild severe
    left right inner outer inside outside above below under over upper front back top bottom up down off out
    ice heat hot cold warm cool wet dry
    always usually often sometimes rarely seldom can could may might must should need needs
    safe dangerous harmless harmful normal abnormal likely rare common benign malignant acute chronic
    hourly daily nightly weekly monthly yearly once twice half double quarter dozen
    one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred
    second seconds minute minutes hour hours day days night nights week weeks month months year years
    morning noon evening bedtime
    mcg mg g kg ml l cc oz lb ounce ounces pound pounds gram grams milligram milligrams milliliter milliliters
    inch inches mile miles meter meters cm mm degree degrees f c percent
    aspirin ibuprofen naproxen acetaminophen antibiotic antibiotics steroid steroids cortisone insulin
    child children baby babies adult adults pregnant diabetes
"""
TURNING_WORDS = frozenset(_TURNING.split())
NEGATIONS = ("un", "in", "im", "ir", "il", "dis", "non-", "non", "mis", "anti", "anti-")
# Of no weight, wherever they stand.
_SMALL = "a an the of to in on at by for from with and is are it its this that your you"
SMALL_WORDS = frozenset(_SMALL.split())

_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
# Where a link to an article leads is the desk's matter (articles/links.py), in one form or the other.
_ARTICLE_LINK = re.compile(rf"<a {TO_ARTICLE}[^>]*>")
_WORD = re.compile(r"\w+(?:[’'.,/-]\w+)*|[%°<>≤≥=±×÷−+/]")
# By name: “< 5 and > 3” is no tag.
_TAG = re.compile(r"</?(?:p|h[1-6]|b|i|strong|em|sup|sub|ul|ol|li|a|br|hr)\b[^<>]*>")
_STRUCTURE = re.compile(r"<(h[1-6]|ul|ol|li)\b")


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
    if _blocks(before, ADVICE) != _blocks(after, ADVICE):
        return _("What to do, what to leave, steps, or a chance in numbers has changed.")
    if _shown(before) != _shown(after):
        return _("A picture has changed.")
    if list(_shape(before["body"])) != list(_shape(after["body"])):
        return _("A section, a list or a subheading has been added, moved or taken out.")
    old, new = _words(before), _words(after)
    if _weighty(old) != _weighty(new) or _negated(old, new):
        return _("A number has changed, or a word that can turn advice around, like “not”, “after” or “left”.")
    if _moved(before, after):
        return _("Words have changed places.")
    return _why_not_few(old, new)


def _why_not_few(old: list[str], new: list[str]) -> Promise | None:
    """Words in the place of others are counted apart from those that are more or less than before."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    sizes = [(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in steps if tag != "equal"]
    if sum(min(gone, come) for gone, come in sizes) > MOST_CORRECTED_WORDS:
        return _("More than 12 words have changed.")
    if sum(max(0, come - gone) for gone, come in sizes) > MOST_ADDED_WORDS:
        return _("More than 3 words have been added.")
    if sum(max(0, gone - come) for gone, come in sizes) > MOST_ADDED_WORDS:
        return _("More than 3 words have been taken out.")
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


def _blocks(value: Any, kinds: Container[str]) -> list[Any]:
    """All blocks of these kinds, in their order, however deep."""
    if isinstance(value, list):
        return [block for part in value for block in _blocks(part, kinds)]
    if not isinstance(value, Mapping):
        return []
    if value.get("type") in kinds and "value" in value:
        return [value]
    return [block for _name, part in sorted(value.items()) for block in _blocks(part, kinds)]


def _shown(text: Mapping[str, Any]) -> list[Any]:
    """Which pictures, without the words about them."""
    found = [block["value"] for block in _blocks(text["body"], PICTURES)]
    return [_picture(value.get("name") or value.get("image")) for value in found]


def _picture(value: Any) -> Any:
    return value.get("image") if isinstance(value, Mapping) else value


def _shape(value: Any) -> Iterator[str]:
    """Kinds of blocks, names of fields that are filled, items of lists, and what gives a text its structure."""
    if isinstance(value, Mapping):
        if "type" in value and "value" in value:
            yield f"({value['type']}"
            yield from _shape(value["value"])
            yield ")"
            return
        for name, part in sorted(value.items()):
            if part not in ("", None, [], {}):
                yield name
                yield from _shape(part)
    elif isinstance(value, list):
        for part in value:
            yield "-"
            yield from _shape(part)
    elif isinstance(value, str):
        yield from _STRUCTURE.findall(value)


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


def _words(value: Any) -> list[str]:
    return [word for string in _strings(value) for word in _WORD.findall(unescape(_TAG.sub(" ", string)))]


def _links(text: Mapping[str, Any]) -> list[str]:
    return [link for string in _strings(text["body"]) for link in re.findall(r"<a [^>]*>", string)]


def _weighty(words: list[str]) -> list[str]:
    """The numbers and signs, and the words that turn advice around, in their order."""
    return [word.lower() for word in words if _has_weight(word.lower())]


def _has_weight(word: str) -> bool:
    return (
        not TURNING_WORDS.isdisjoint([word, *word.split("-")])
        or word.endswith(("n’t", "n't"))
        or word.startswith("non-")
        or not any(letter.isalpha() for letter in word)
        or any(letter.isnumeric() for letter in word)
    )


def _negated(old: list[str], new: list[str]) -> bool:
    """Whether a word has become its contrary: “steady” and “unsteady”, “painful” and “painless”."""
    before, after = ({word.lower() for word in words} for words in (old, new))
    gone, come = before - after, after - before
    for words, others in ((gone, come), (come, gone)):
        if any(word + end in others for word in {w[:-4] for w in words if w.endswith("less")} for end in ("", "ful")):
            return True
        if any(word.removeprefix(start) in others for word in words for start in NEGATIONS if word.startswith(start)):
            return True
    return False


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a word that was taken out in one place stands in another now: first this, then that."""
    old, new = (
        [word.lower() for name in TOLD for word in _words(text[name]) if word.lower() not in SMALL_WORDS]
        for text in (before, after)
    )
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = {word for tag, i1, i2, _j1, _j2 in steps if tag != "equal" for word in old[i1:i2]}
    come = {word for tag, _i1, _i2, j1, j2 in steps if tag != "equal" for word in new[j1:j2]}
    return bool(gone & come)
