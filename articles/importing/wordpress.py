"""Reading a WordPress export (WXR): one pass for what its articles are made of, one for the articles, never the whole
file in memory.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from articles.importing.cleaning import plain
from articles.importing.items import Comment, Item, LeftOut, Noted, Refused
from articles.importing.shortcodes import open_shortcodes
from articles.importing.wordpress_xml import Entry, entries

LEFT_OUT = {
    "attachment": "pictures and files (articles take theirs from the media folder)",
    "page": "pages (import them with --pages, or as articles with --types page)",
    "nav_menu_item": "menu entries",
    "revision": "old versions",
    "wp_block": "reusable blocks (they stand in the articles that show them)",
}
NEVER = {*LEFT_OUT, "post"} - {"page"}
NO_ARTICLE = {"trash": "in the trash", "auto-draft": "never written"}
STATES = {
    "private": "It was private on the old site: see whether readers may have it at all",
    "pending": "It waited for a review on the old site and was not public",
    "draft": "It was a draft on the old site and was not public",
    "future": "It was to become public on the old site on {date}",
}
DESCRIPTIONS = (
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_seopress_titles_desc",
    "_aioseo_description",
    "_aioseop_description",
    "_genesis_description",
    "_metaseo_metadesc",
)
KEYWORDS = ("_yoast_wpseo_focuskw", "rank_math_focus_keyword")
# Taxonomies that plugins keep their own things in.
TECHNICAL = re.compile(
    r"language|post_translations|term_language|term_translations|post_format|nav_menu|wp_\w+|elementor_\w+|"
    r"translation_priority|author|layout_\w+|et_\w+|ml-slider|post_status"
)
NO_LABELS = {"uncategorized"}
LANGUAGE_META = ("_wpml_language", "wpml_language", "_locale", "_language")
# Parts of an address that name the language where nothing else does, as WPML and Polylang write them.
LANGUAGES = re.compile("ar|de|es|fr|he|hi|ht|it|ja|ko|pl|pt|ru|tl|ur|vi|yi|zh")
BLOCK = re.compile(r"<!--\s*wp:block\s+\{[^>]*?\"ref\":\s*(\d+)[^>]*?\}\s*/-->")
DEEPEST = 3  # of blocks in blocks
MOST_COMMENTS_OF_ITEM = 1_000
_SHORTCODE_ATTRIBUTE = r"{}=[\"']?([^\"'\]]*)[\"']?"


@dataclass
class _Parts:
    """What the articles of an export are made of."""

    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)  # by number: address and description
    children: dict[str, list[str]] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)  # reusable ones, by number

    @property
    def alt_texts(self) -> dict[str, str]:
        return {address: alt for address, alt in self.pictures.values() if alt}


def read(
    path: Path, *, pages: bool, types: frozenset[str] = frozenset(), comments: bool = False
) -> Iterator[Item | LeftOut | Refused | Noted]:
    """The articles of an export. With `pages` its pages come along, as pages; `types`: other kinds of items that are
    articles, pages among them.
    With `comments` items bring along what readers wrote below them.
    """
    parts = _parts(path)
    alt_texts = parts.alt_texts
    for entry in entries(path):
        if not isinstance(entry, Entry):
            yield entry
            continue
        if not comments:
            for _comment in entry.comments:
                yield LeftOut(f"on “{entry.name}”", "readers’ comments")
        if why := _why_not(entry, pages=pages, types=types):
            kind = entry["wp:post_type"]
            could = kind not in NEVER and _words(entry["content:encoded"]) and not entry["wp:post_password"]
            yield LeftOut(entry.name, why, kind if could and kind not in types else "")
            continue
        item = _item(entry, parts)
        item.alt_texts = alt_texts
        item.is_page = entry["wp:post_type"] == "page" and "page" not in types
        if comments:
            item.comments = list(_comments(entry, item.source))
        yield item


def _parts(path: Path) -> _Parts:
    parts = _Parts()
    for entry in entries(path):
        if not isinstance(entry, Entry):
            continue
        if entry["wp:post_type"] == "attachment":
            alt = entry.meta.get("_wp_attachment_image_alt", "").strip()
            parts.pictures[entry["wp:post_id"]] = (entry["wp:attachment_url"], alt)
            parts.children.setdefault(entry["wp:post_parent"], []).append(entry["wp:post_id"])
        elif entry["wp:post_type"] == "wp_block":
            parts.blocks[entry["wp:post_id"]] = entry["content:encoded"]
    return parts


def _item(entry: Entry, parts: _Parts) -> Item:
    item = Item(
        source=f"{entry['guid'] or entry['link']} #{entry['wp:post_id']}",
        name=entry.name,
        title=entry["title"],
        slug=entry["wp:post_name"],
        is_named=True,
        html=_with_blocks(entry["content:encoded"], parts.blocks),
        summary=entry["excerpt:encoded"],
        description=_description(entry),
        author=entry["dc:creator"],
        date=entry["wp:post_date"] or entry["pubDate"],
        labels=tuple(dict.fromkeys(_labels(entry))),
        old_addresses=tuple(_addresses(entry)),
        picture=parts.pictures.get(entry.meta.get("_thumbnail_id", ""), ("", ""))[0],
        language=_language(entry),
        same_as=next((short for domain, short, _name in entry.labels if domain == "post_translations"), ""),
    )
    if state := STATES.get(entry["wp:status"]):
        item.notes.append(state.format(date=item.date))
    if entry.mended:
        item.notes.append("Letters that no text can have were left out or replaced; see whether words are whole")
    if not _words(item.html) and (built := entry.meta.get("_elementor_data")):
        item.html = _from_elementor(built)
        item.notes.append("The text comes from Elementor’s own data; see whether it is whole")
    item.notes += [f"A reusable block ({number}) is not in the export" for number in BLOCK.findall(item.html)]
    item.loose = "<!-- wp:" not in item.html
    _pictures_of(item, entry, parts)
    open_shortcodes(item, {number: address for number, (address, _alt) in parts.pictures.items()})
    _footnotes(item, entry.meta.get("footnotes", ""))
    return item


def _why_not(entry: Entry, *, pages: bool, types: frozenset[str]) -> str:
    """Why an item is no article; "" if it is one."""
    kind, status = entry["wp:post_type"] or "post", entry["wp:status"]
    if kind != "post" and kind not in types and not (pages and kind == "page"):
        return LEFT_OUT.get(kind, f"of the kind “{kind}”")
    if status in NO_ARTICLE:
        return NO_ARTICLE[status]
    if entry["wp:post_password"]:
        return "behind a password"
    return "" if _words(entry["content:encoded"]) or entry.meta.get("_elementor_data") else "without a text"


def _words(html: str) -> str:
    return re.sub(r"<!--(?!\s*wp:block).*?-->", "", html, flags=re.DOTALL).strip()


def _labels(entry: Entry) -> Iterator[str]:
    """Categories, tags, and the words that it was to be found by."""
    for domain, short, name in entry.labels:
        if not TECHNICAL.fullmatch(domain) and not short.startswith("pll_"):
            yield name
    for key in KEYWORDS:
        yield from filter(None, (word.strip() for word in entry.meta.get(key, "").split(",")))


def _description(entry: Entry) -> str:
    """What an SEO plugin told search engines, unless it is a pattern: "%%title%% in %%city%%"."""
    found = (entry.meta.get(key, "").strip() for key in DESCRIPTIONS)
    return next((text for text in found if text and not re.search(r"%\w+%|#\w+_\w+", text)), "")


def _language(entry: Entry) -> str:
    """By the plugin's own word, else by the address; "" for the site's own."""
    named = next((short for domain, short, _name in entry.labels if domain == "language"), "")
    named = named or next((entry.meta[key] for key in LANGUAGE_META if entry.meta.get(key)), "")
    if named:
        return re.split("[-_]", named.lower().removeprefix("pll_"))[0]
    with suppress(ValueError):
        first = urlsplit(entry["link"]).path.strip("/").partition("/")[0]
        return first if LANGUAGES.fullmatch(first) else ""
    return ""


def _addresses(entry: Entry) -> Iterator[str]:
    """Where it was to be found: its own address, and WordPress's short one."""
    for address in (entry["link"], entry["guid"]):
        with suppress(ValueError):
            parts = urlsplit(address)
            if parts.path.strip("/") or re.fullmatch(r"(?:p|page_id)=\d+", parts.query):
                yield address


def _with_blocks(html: str, blocks: Mapping[str, str]) -> str:
    """Reusable blocks stand where they are shown."""
    for _depth in range(DEEPEST):
        if "wp:block" not in html:
            break
        html = BLOCK.sub(lambda match: blocks.get(match[1], match[0]), html)
    return html


def _footnotes(item: Item, kept: str) -> None:
    """Below the text, numbered as the marks in it."""
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        notes = {note["id"]: note["content"] for note in json.loads(kept or "[]")}
        order = re.findall(r'data-fn="([^"]+)"', item.html)
        texts = [notes[key] for key in dict.fromkeys([*order, *notes]) if key in notes]
        if texts:
            item.html += f"<h2>Footnotes</h2><ol>{''.join(f'<li>{text}</li>' for text in texts)}</ol>"


def _from_elementor(data: str) -> str:
    """The words of Elementor's widgets, in their order."""
    with suppress(ValueError):
        return "".join(_of_widgets(json.loads(data)))
    return ""


def _of_widgets(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _of_widgets(part)
        return
    if not isinstance(value, dict):
        return
    settings = value.get("settings")
    if isinstance(settings, dict):
        title, editor = settings.get("title"), settings.get("editor")
        if isinstance(title, str) and title:
            yield f"<h2>{title}</h2>"
        for text in (editor, settings.get("description_text")):
            if isinstance(text, str) and text:
                yield text
        image = settings.get("image")
        if isinstance(image, dict) and isinstance(image.get("url"), str):
            yield f'<img src="{escape(image["url"])}">'
        for tab in settings.get("tabs") or ():
            if isinstance(tab, dict):
                title, text = tab.get("tab_title", ""), tab.get("tab_content", "")
                yield f"<details><summary>{title}</summary>{text}</details>"
    yield from _of_widgets(value.get("elements"))


def _comments(entry: Entry, source: str) -> Iterator[Comment]:
    """What readers wrote; no spam, no links from other blogs."""
    for comment in entry.comments[:MOST_COMMENTS_OF_ITEM]:
        kind = comment.get("wp:comment_type", "").strip()
        text = plain(comment.get("wp:comment_content", ""))
        if kind in ("", "comment") and comment.get("wp:comment_approved", "").strip() in ("0", "1") and text:
            key = f"{source} {comment.get('wp:comment_id', '')}"
            yield Comment(key, text, comment.get("wp:comment_date_gmt", "").strip())


def _pictures_of(item: Item, entry: Entry, parts: _Parts) -> None:
    """WordPress's own shortcodes for pictures become elements."""

    def caption(match: re.Match[str]) -> str:
        picture = re.search(r"<img[^>]*>", match[2])
        said = re.search(_SHORTCODE_ATTRIBUTE.format("caption"), match[1])
        words = said[1] if said else re.sub(r"<a [^>]*>\s*<img[^>]*>\s*</a>|<img[^>]*>", "", match[2])
        return f"<figure>{picture[0] if picture else ''}<figcaption>{words}</figcaption></figure>"

    def gallery(match: re.Match[str]) -> str:
        ids = re.search(_SHORTCODE_ATTRIBUTE.format("ids"), match[1])
        numbers = ids[1].split(",") if ids else parts.children.get(entry["wp:post_id"], [])
        found = [parts.pictures[number.strip()] for number in numbers if number.strip() in parts.pictures]
        return "".join(f'<figure><img src="{escape(address)}"></figure>' for address, _alt in found)

    item.html = re.sub(r"\[caption([^\]]*)\](.*?)\[/caption\]", caption, item.html, flags=re.DOTALL)
    item.html = re.sub(r"\[gallery([^\]]*)\]", gallery, item.html)
