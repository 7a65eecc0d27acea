"""Reading a WordPress export (WXR): one pass for its pictures, one for its articles, never the whole file in memory."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from articles.importing.items import Item, LeftOut, Refused
from articles.importing.wordpress_xml import Entry, entries

LEFT_OUT = {
    "attachment": "pictures and files (articles take theirs from the media folder)",
    "page": "pages (import them with --pages)",
    "nav_menu_item": "menu entries",
    "revision": "old versions",
}
NO_ARTICLE = {"trash": "in the trash", "auto-draft": "never written"}
_SHORTCODE_ATTRIBUTE = r"{}=[\"']?([^\"'\]]*)[\"']?"


def read(path: Path, *, pages: bool) -> Iterator[Item | LeftOut | Refused]:
    """The articles of an export. With `pages` its pages are articles too."""
    pictures: dict[str, tuple[str, str]] = {}  # of each attachment, by number: address and description
    children: dict[str, list[str]] = {}
    for entry in entries(path):
        if isinstance(entry, Entry) and entry["wp:post_type"] == "attachment":
            alt = entry.meta.get("_wp_attachment_image_alt", "").strip()
            pictures[entry["wp:post_id"]] = (entry["wp:attachment_url"], alt)
            children.setdefault(entry["wp:post_parent"], []).append(entry["wp:post_id"])
    alt_texts = {address: alt for address, alt in pictures.values() if alt}
    for entry in entries(path):
        if isinstance(entry, Refused):
            yield entry
            continue
        name = re.sub(r"<[^>]*>", "", entry["title"]) or entry["wp:post_name"] or f"item {entry['wp:post_id']}"
        for _comment in range(entry.comments):
            yield LeftOut(f"on “{name}”", "readers’ comments")
        if why := _why_not(entry, pages=pages):
            yield LeftOut(name, why)
            continue
        html, loose = _html(entry, pictures, children)
        yield Item(
            source=f"{entry['guid'] or entry['link']} #{entry['wp:post_id']}",
            name=name,
            title=entry["title"],
            slug=entry["wp:post_name"],
            html=html,
            summary=entry["excerpt:encoded"],
            author=entry["dc:creator"],
            date=entry["wp:post_date"] or entry["pubDate"],
            labels=tuple(dict.fromkeys(entry.labels)),
            old_addresses=tuple(_addresses(entry)),
            loose=loose,
            picture=pictures.get(entry.meta.get("_thumbnail_id", ""), ("", ""))[0],
            alt_texts=alt_texts,
        )


def _why_not(entry: Entry, *, pages: bool) -> str:
    """Why an item is no article; "" if it is one."""
    kind, status = entry["wp:post_type"] or "post", entry["wp:status"]
    if kind != "post" and not (pages and kind == "page"):
        return LEFT_OUT.get(kind, f"of the kind “{kind}”")
    if status in NO_ARTICLE:
        return NO_ARTICLE[status]
    if entry["wp:post_password"]:
        return "behind a password"
    return "" if re.sub(r"<!--.*?-->", "", entry["content:encoded"], flags=re.DOTALL).strip() else "without a text"


def _addresses(entry: Entry) -> Iterator[str]:
    """Where it was to be found: its own address, and WordPress's short one."""
    for address in (entry["link"], entry["guid"]):
        parts = urlsplit(address)
        if parts.path.strip("/") or re.fullmatch(r"(?:p|page_id)=\d+", parts.query):
            yield address


def _html(entry: Entry, pictures: dict[str, tuple[str, str]], children: dict[str, list[str]]) -> tuple[str, bool]:
    """The text with its shortcodes made into elements, and whether its lines stand for paragraphs."""
    html = entry["content:encoded"]
    blocks = "<!-- wp:" in html

    def caption(match: re.Match[str]) -> str:
        picture = re.search(r"<img[^>]*>", match[2])
        said = re.search(_SHORTCODE_ATTRIBUTE.format("caption"), match[1])
        words = said[1] if said else re.sub(r"<a [^>]*>\s*<img[^>]*>\s*</a>|<img[^>]*>", "", match[2])
        return f"<figure>{picture[0] if picture else ''}<figcaption>{words}</figcaption></figure>"

    def gallery(match: re.Match[str]) -> str:
        ids = re.search(_SHORTCODE_ATTRIBUTE.format("ids"), match[1])
        numbers = ids[1].split(",") if ids else children.get(entry["wp:post_id"], [])
        found = [pictures[number.strip()] for number in numbers if number.strip() in pictures]
        return "".join(f'<figure><img src="{_attribute(address)}"></figure>' for address, _alt in found)

    html = re.sub(r"\[caption([^\]]*)\](.*?)\[/caption\]", caption, html, flags=re.DOTALL)
    html = re.sub(r"\[gallery([^\]]*)\]", gallery, html)
    return html, not blocks


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
