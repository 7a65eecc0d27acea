"""Two versions of a text as one: what is new in <ins>, what is gone in <del>, by words. The result has the form of the
blocks, so that the templates of the public page show it. Pure: the contents of revisions in, values out.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from articles.blocks import LinesBlock

MOST_PIECES = 6_000  # of a paragraph: a longer one that has changed is shown as taken out and written anew
LEAST_ALIKE = 0.5  # of two paragraphs' words, to be taken for one that was changed
LEAST_KEPT = 0.4  # of the shorter side's words, to show single words as changed: below, nobody could read it
ABSENT: Any = object()  # a block that one version does not have
NO_TEXT = ("alt",)  # read aloud, not shown: <ins> can't stand in an attribute

_PIECE = re.compile(r"\s+|\w+(?:[’'.,/-]\w+)*|[^\w\s]")
_BLOCKS = frozenset(["p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "div"])
_LISTS = frozenset(["ul", "ol"])


class Piece(NamedTuple):
    """A word, a sign or a space: its HTML, and the tags that are open around it."""

    html: str
    around: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """To be compared; one space is as good as another."""
        return " " if self.html.isspace() else self.html


class Leaf(NamedTuple):
    """A paragraph, a subheading or an item of a list: its tag, and the lists it stands in."""

    tag: str
    lists: tuple[str, ...]
    pieces: list[Piece]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Unseen(NamedTuple):
    """A change that no words of the page show: of what, from what, to what."""

    what: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class MarkedSection:
    """A section in which the changes are marked: `heading` and `value`, which is raw stream data. `name` has none."""

    kind: str
    name: str
    heading: SafeString
    value: Any
    changed: bool
    unseen: list[Unseen]
    gone: bool = False


def words(before: str | None, after: str | None) -> SafeString:
    """A plain text; None on a side where there is none."""
    return _marked(_pieces(before or ""), _pieces(after or ""))


def rich(before: str | None, after: str | None) -> str:
    """Rich text as the database keeps it, paragraph by paragraph."""
    pairs = _pairs(_leaves(before or ""), _leaves(after or ""), _leaf_key, _alike_leaves)
    marked = [(new or old, _marked(old.pieces if old else [], new.pieces if new else [])) for old, new in pairs]
    return _html((leaf.tag, leaf.lists, html) for leaf, html in marked)


def sections(
    body: blocks.StreamBlock,
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    usual: Mapping[str, str | Promise],
) -> list[MarkedSection]:
    """The sections of either version, each kind once, in the order of `body`.

    Raw data as `content_of` gives it; `usual` are the headings that stand where a section has none of its own.
    """
    old, new = ({block["type"]: block["value"] for block in version} for version in (before, after))
    found = []
    for kind, block in body.child_blocks.items():
        if kind not in old and kind not in new:
            continue
        unseen: list[Unseen] = []
        value = _value(block, old.get(kind, ABSENT), new.get(kind, ABSENT), unseen)
        own = [_own_heading(version.get(kind)) for version in (old, new)]
        shown = [name or str(usual[kind]) for name in own]
        there = [kind in version for version in (old, new)]
        name, own_name = (shown[1], own[1]) if kind in new else (shown[0], own[0])
        if isinstance(value, dict) and "heading" in value:
            value["heading"] = own_name
        heading = words(*(each if is_there else None for each, is_there in zip(shown, there, strict=True)))
        found.append(MarkedSection(kind, name, heading, value, old.get(kind) != new.get(kind), unseen))
    return found


def in_order(
    body: blocks.StreamBlock, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[MarkedSection]:
    """The sections of either version, in the order in which they stand: of a body that may have many of a kind."""
    found = []
    for pair in _pairs(before, after, _key, _alike_sections):
        kind = _newest(pair)["type"]
        block = body.child_blocks.get(kind)
        if block is None:
            continue
        unseen: list[Unseen] = []
        value = _value(block, *_sides(*(side and side["value"] for side in pair)), unseen)
        shown = [side and (_own_heading(side["value"]) or str(block.label)) for side in pair]
        if isinstance(value, dict) and "heading" in value:
            value["heading"] = _own_heading(_newest(pair)["value"])
        old, new = pair
        found.append(
            MarkedSection(kind, shown[1] or shown[0] or "", words(*shown), value, old != new, unseen, gone=new is None)
        )
    return found


def _newest(pair: Iterable[Any]) -> Any:
    """The side that is there now, or was before."""
    old, new = pair
    return new or old


def _alike_sections(one: Any, other: Any) -> bool:
    """A section stays the same under its heading, whatever it says."""
    headings = [_own_heading(side["value"]) for side in (one, other)]
    same = one["type"] == other["type"]
    return bool(same and headings[0] and headings[0] == headings[1]) or _alike_blocks(one, other)


def _own_heading(value: Any) -> str:
    return str(value.get("heading") or "") if isinstance(value, Mapping) else ""


def _value(block: Any, old: Any, new: Any, unseen: list[Unseen]) -> Any:
    """A block's raw value with its changes marked. ABSENT on a side where the block is not."""
    if isinstance(block, ImageBlock):
        return _image(old, new, unseen)
    if isinstance(block, blocks.StreamBlock):
        return _stream(block, _list(old), _list(new), unseen)
    if isinstance(block, blocks.ListBlock):
        first = next(iter(getattr(block.child_block, "child_blocks", ())), "")
        pairs = _pairs(_list(old), _list(new), _key, lambda one, other: _alike_items(one, other, first))
        return [_value(block.child_block, *_sides(*pair), unseen) for pair in pairs]
    if isinstance(block, LinesBlock):
        return [words(*pair) for pair in _pairs(_list(old), _list(new), _key, _alike)]
    if isinstance(block, blocks.StructBlock):
        return {
            name: _value(child, _inside(old, name), _inside(new, name), unseen)
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.RichTextBlock):
        return rich(*_texts(old, new))
    if isinstance(block, blocks.CharBlock | blocks.TextBlock) and block.name not in NO_TEXT:
        return words(*_texts(old, new))
    if new is ABSENT:
        return old if getattr(block, "required", False) else None
    if old is not ABSENT and (old or old == 0 or new or new == 0) and old != new:
        unseen.append(Unseen(block.label, _choice(block, old), _choice(block, new)))
    return new


def _inside(value: Any, name: str) -> Any:
    return ABSENT if value is ABSENT else _dict(value).get(name)


def _sides(old: Any, new: Any) -> tuple[Any, Any]:
    return ABSENT if old is None else old, ABSENT if new is None else new


def _texts(*sides: Any) -> tuple[str | None, ...]:
    return tuple(None if side is ABSENT else str(side or "") for side in sides)


def _image(old: Any, new: Any, unseen: list[Unseen]) -> Any:
    if old is not ABSENT and new is not ABSENT:
        one, other = _dict(old), _dict(new)
        if one.get("image") != other.get("image"):
            unseen.append(Unseen(_("Picture"), _("another picture"), _("this picture")))
        alts = [_("decoration") if side.get("decorative") else str(side.get("alt_text") or "") for side in (one, other)]
        if alts[0] != alts[1]:
            unseen.append(Unseen(_("Description for people who can’t see it"), *alts))
    return old if new is ABSENT else new


def _stream(block: blocks.StreamBlock, old: list[Any], new: list[Any], unseen: list[Unseen]) -> list[Any]:
    """What holds more than words (a picture, a number) and is gone is told of and not shown: nothing in it could be
    marked, and the file of a picture may be gone, too.
    """
    marked = []
    for pair in _pairs(old, new, _key, _alike_blocks):
        kind = _newest(pair)["type"]
        child = block.child_blocks.get(kind)
        if child is None:
            continue
        before, after = _sides(*(side and side["value"] for side in pair))
        if _holds_more_than_words(child) and ABSENT in (before, after):
            unseen.append(Unseen(child.label, _text(before), _text(after)))
            if after is ABSENT:
                continue
        marked.append({"type": kind, "value": _value(child, before, after, unseen)})
    return marked


def _holds_more_than_words(block: Any) -> bool:
    more = (ImageBlock, blocks.ChoiceBlock, blocks.IntegerBlock)
    return isinstance(block, blocks.StructBlock) and any(isinstance(c, more) for c in block.child_blocks.values())


def _choice(block: Any, value: Any) -> str:
    """In the words of the one who chose it."""
    choices = getattr(block, "field", None) and getattr(block.field, "choices", None)
    names = {str(key): str(name) for key, name in choices or () if not isinstance(name, list | tuple)}
    return "" if value is None else names.get(str(value), str(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """All words inside, without the names of kinds."""
    if isinstance(value, Mapping):
        inner = [value["value"]] if set(value) == {"type", "value"} else value.values()
        return " ".join(filter(None, map(_text, inner)))
    if isinstance(value, list):
        return " ".join(filter(None, map(_text, value)))
    return re.sub(r"<[^>]+>", " ", value) if isinstance(value, str) else ""


def _pairs(
    old: Sequence[Any], new: Sequence[Any], key: Callable[[Any], Any], alike: Callable[[Any, Any], bool]
) -> Iterator[tuple[Any, Any]]:
    """Old and new side by side in their order; None where one has no fellow."""
    steps = SequenceMatcher(None, [*map(key, old)], [*map(key, new)], autojunk=False).get_opcodes()
    for tag, i1, i2, j1, j2 in steps:
        if tag == "equal":
            yield from zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            yield from _side_by_side(old[i1:i2], new[j1:j2], alike)


def _side_by_side(
    old: Sequence[Any], new: Sequence[Any], alike: Callable[[Any, Any], bool]
) -> Iterator[tuple[Any, Any]]:
    """Where all differ: what is gone stands before what has come in its place."""
    fellows: list[int | None] = []
    begin = 0
    for other in new:
        found = next((i for i in range(begin, len(old)) if alike(old[i], other)), None)
        fellows.append(found)
        begin = begin if found is None else found + 1
    place = 0
    for number, other in enumerate(new):
        end = next((fellow for fellow in fellows[number:] if fellow is not None), len(old))
        fellow = fellows[number]
        gone = end if fellow is not None else min(place + 1, end)
        yield from ((one, None) for one in old[place:gone])
        yield (None if fellow is None else old[fellow]), other
        place = gone if fellow is None else fellow + 1
    yield from ((one, None) for one in old[place:])


def _alike_blocks(one: Any, other: Any) -> bool:
    return bool(one["type"] == other["type"]) and _alike(_text(one), _text(other))


def _alike_items(one: Any, other: Any, first: str) -> bool:
    """A question stays the same whatever its answer; so does a source by its title: their `first` field."""
    names = [_dict(item).get(first) for item in (one, other)]
    return bool(names[0] and names[0] == names[1]) or _alike(_text(one), _text(other))


def _key(value: Any) -> str:
    """PostgreSQL keeps the fields of JSON in an order of its own."""
    return json.dumps(value, sort_keys=True)


def _alike(before: str, after: str) -> bool:
    one, other = (Counter(piece for piece in _PIECE.findall(text) if not piece.isspace()) for text in (before, after))
    shared = (one & other).total()
    return 2 * shared >= LEAST_ALIKE * (one.total() + other.total())


def _pieces(text: str) -> list[Piece]:
    return [Piece(escape(piece)) for piece in _PIECE.findall(text)]


def _marked(old: list[Piece], new: list[Piece]) -> SafeString:
    """The new pieces, with those that are gone where they stood."""
    html = []
    for is_same, gone, come in _steps(old, new):
        if is_same:
            html.append(_with_links_told(gone, come))
            continue
        for tag, told, pieces in (("del", _("taken out"), gone), ("ins", _("added"), come)):
            if any(piece.html for piece in pieces):
                inner = _inline(pieces, without_links=tag == "del")
                html.append(
                    f'<{tag}><span class="visually-hidden">[{escape(told)}: </span>{inner}'
                    f'<span class="visually-hidden">]</span></{tag}>'
                )
    return mark_safe("".join(html))  # noqa: S308 each piece is escaped, its tags are the kept text's own


def _steps(old: list[Piece], new: list[Piece]) -> list[tuple[bool, list[Piece], list[Piece]]]:
    """Whether the same, what was, what is. Changes with no word between them are one."""
    before, after = ([piece.text for piece in side] for side in (old, new))
    if max(len(old), len(new)) > MOST_PIECES and before != after:
        return [(False, old, new)]
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    kept = [piece for tag, i1, i2, _j1, _j2 in codes if tag == "equal" for piece in old[i1:i2]]
    if _many_words(kept) < LEAST_KEPT * min(_many_words(old), _many_words(new)):
        return [(False, old, new)]
    steps: list[tuple[bool, list[Piece], list[Piece]]] = []
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        between = 0 < number < len(codes) - 1 and not _many_words(old[i1:i2])
        is_same = tag == "equal" and not between
        if steps and not is_same and not steps[-1][0]:
            steps[-1] = (False, steps[-1][1] + old[i1:i2], steps[-1][2] + new[j1:j2])
        else:
            steps.append((is_same, old[i1:i2], new[j1:j2]))
    return steps


def _many_words(pieces: list[Piece]) -> int:
    return sum(any(letter.isalnum() for letter in piece.html) for piece in pieces if not piece.html.startswith("<"))


def _with_links_told(old: list[Piece], new: list[Piece]) -> str:
    """The same words; where a link or their look has changed, that is said behind them."""
    told = [_look_told(*pair) for pair in zip(old, new, strict=True)]
    for place in range(1, len(new) - 1):
        if new[place].text == " " and told[place - 1] == told[place + 1]:
            told[place] = told[place - 1]
    html = []
    for what, group in groupby(zip(told, new, strict=True), key=itemgetter(0)):
        html.append(_inline(piece for _told, piece in group))
        if what:
            html.append(format_html(' <small class="told">[{}]</small>', what))
    return "".join(html)


def _look_told(old: Piece, new: Piece) -> str:
    if old.around == new.around or new.text == " ":
        return ""
    before, after = ([tag for tag in piece.around if tag.startswith("<a")] for piece in (old, new))
    if before == after:
        return _("bold or plain has changed")
    if not before:
        return _("link added")
    return _("the link leads elsewhere now") if after else _("link taken out")


def _inline(pieces: Iterable[Piece], *, without_links: bool = False) -> str:
    html: list[str] = []
    open_tags: tuple[str, ...] = ()
    for piece in pieces:
        around = tuple(tag for tag in piece.around if not (without_links and tag.startswith("<a")))
        if around != open_tags:
            html += [_closing(tag) for tag in reversed(open_tags)]
            html += around
            open_tags = around
        html.append(piece.html)
    html += [_closing(tag) for tag in reversed(open_tags)]
    return "".join(html)


def _closing(opening: str) -> str:
    return f"</{re.split('[ >]', opening[1:], maxsplit=1)[0]}>"


def _leaves(html: str) -> list[Leaf]:
    """What a rich text is made of, in the order in which it is read."""
    leaves: list[Leaf] = []
    _walk(BeautifulSoup(html, "html.parser"), (), (), None, leaves)
    return [leaf for leaf in leaves if leaf.text.strip()]


def _walk(
    node: Tag, lists: tuple[str, ...], around: tuple[str, ...], leaf: Leaf | None, leaves: list[Leaf]
) -> Leaf | None:
    """Adds to `leaves`; returns the one that goes on after the node."""
    for child in node.children:
        if isinstance(child, Tag) and child.name in _LISTS:
            _walk(child, (*lists, child.name), (), None, leaves)
            leaf = None
        elif isinstance(child, Tag) and child.name in _BLOCKS:
            is_item = child.name == "li"
            leaves.append(Leaf(child.name, lists if is_item else (), []))
            _walk(child, lists, (), leaves[-1], leaves)
            leaf = None
        elif isinstance(child, Tag) and child.contents:
            leaf = _walk(child, lists, (*around, _opening(child)), leaf, leaves)
        elif isinstance(child, Tag) or (type(child) is NavigableString and (leaf or child.strip())):
            if leaf is None:
                leaf = Leaf("p", (), [])
                leaves.append(leaf)
            if isinstance(child, Tag):
                leaf.pieces.append(Piece(_opening(child), around))
            else:
                leaf.pieces.extend(piece._replace(around=around) for piece in _pieces(child))
    return leaf


def _opening(tag: Tag) -> str:
    values = ((name, " ".join(value) if isinstance(value, list) else value) for name, value in tag.attrs.items())
    attributes = format_html_join("", ' {}="{}"', values)
    return f"<{tag.name}{attributes}>"


def _leaf_key(leaf: Leaf) -> tuple[str, tuple[str, ...], str]:
    return leaf.tag, leaf.lists, leaf.text


def _alike_leaves(one: Leaf, other: Leaf) -> bool:
    return (one.tag, one.lists) == (other.tag, other.lists) and _alike(one.text, other.text)


def _html(leaves: Iterable[tuple[str, tuple[str, ...], str]]) -> str:
    """Put together again: tag, lists and inside of each."""
    html: list[str] = []
    lists: list[str] = []
    for tag, inside, inner in leaves:
        same = next((i for i, pair in enumerate(zip(lists, inside, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(lists), len(inside)) if same is None else same
        while len(lists) > common:
            html.append(f"</li></{lists.pop()}>")
        if not inside:
            html.append(f"<{tag}>{inner}</{tag}>")
            continue
        if len(inside) == common:
            html.append("</li>")
        for name in inside[common:]:
            lists.append(name)
            html.append(f"<{name}>" if len(lists) == len(inside) else f"<{name}><li>")
        html.append(f"<li>{inner}")
    html += [f"</li></{name}>" for name in reversed(lists)]
    return "".join(html)
