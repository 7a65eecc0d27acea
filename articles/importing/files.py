"""Reading saved web pages, Markdown, Word files and plain text."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from django.conf import settings
from markdown_it import MarkdownIt

from articles import library, page_library
from articles.importing import cleaning, front_matter, generators
from articles.importing.docx import fill_from_docx
from articles.importing.items import Item, LeftOut, Refused
from articles.importing.naming import last_part
from articles.importing.plain_text import from_text
from articles.importing.unpacking import NotUnpacked

LARGEST = 5_000_000  # bytes; a long article has 50,000
LARGEST_WITH_PICTURES = 30_000_000
READABLE = {
    ".md": "Markdown",
    ".markdown": "Markdown",
    ".html": "HTML",
    ".htm": "HTML",
    ".txt": "text",
    ".docx": "Word",
}
PAGES = "pages"  # the folder of an export of ours
PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".svg"}


def read(source: Path) -> Iterator[Item | LeftOut | Refused]:
    """The articles of a folder and the folders in it, or of one file."""
    root = source if source.is_dir() else source.parent
    paths = sorted(source.rglob("*")) if source.is_dir() else [source]
    for path in paths:
        name = path.relative_to(root).as_posix()
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
        if path.is_dir() or hidden:
            continue
        kind = READABLE.get(path.suffix.lower())
        most = LARGEST_WITH_PICTURES if kind == "Word" else LARGEST
        if not path.resolve().is_relative_to(root.resolve()):
            yield Refused(name, "it is a link to a file outside the folder")
        elif path.suffix.lower() in PICTURES:
            continue  # they come with the articles that show them
        elif kind is None:
            yield LeftOut(name, "files that are neither Markdown nor HTML nor Word nor text")
        elif path.stat().st_size > most:
            yield Refused(name, f"it is larger than {most // 1_000_000} MB")
        else:
            yield _read_file(path, name, f"{root.resolve().name}/{name}")


def _read_file(path: Path, name: str, source: str) -> Item | LeftOut | Refused:
    place = PurePosixPath(name) if "/" in name else PurePosixPath(path.parent.name, path.name)
    item = Item(source=source, name=name, slug=path.stem, folder=path.parent)
    kind = READABLE[path.suffix.lower()]
    try:
        if kind == "Word":
            fill_from_docx(item, path)
            return item if cleaning.plain(item.html) else LeftOut(name, "without a text")
        data = path.read_bytes()
        if b"\0" in data[:4096]:
            return Refused(name, "it is not a text")
        if kind == "HTML":
            _fill_from_page(item, data)
        elif kind == "Markdown":
            item.addresses_too = generators.addresses_of(PurePosixPath(name))
            item.base = f"/{name}"
            _fill_from_markdown(item, _decoded(data), place)
        else:
            fill_from_text(item, _decoded(data))
    except front_matter.Broken as problem:
        return Refused(name, f"its front matter is broken{problem}")
    except NotUnpacked as problem:
        return Refused(name, str(problem))
    if not item.library and not item.page and not cleaning.plain(item.html):
        return LeftOut(name, "without a text")
    return item


def fill_from_text(item: Item, text: str) -> None:
    """From a copy, whose file has any name."""
    read = from_text(text)
    item.title, item.html, item.left_out, item.notes = read.title, read.html, read.left_out, read.notes
    if read.title:
        item.slug = ""


def _fill_from_page(item: Item, data: bytes) -> None:
    page = cleaning.read_page(data)
    item.title, item.html, item.summary = page.title, page.html, page.description
    item.author, item.date = page.author, page.date
    item.old_addresses = (page.address,) if page.address else ()
    item.slug = last_part(page.address) or item.slug


def _fill_from_markdown(item: Item, text: str, path: PurePosixPath) -> None:
    """What we wrote ourselves comes back as it was; anything else as the web page it would be."""
    try:
        if path.parent.name == PAGES:
            item.page = page_library.parse_page(text, item.slug, exported=True)
            item.is_page, front = True, item.page.front
        else:
            item.library = library.parse(text, item.slug, exported=True)
            front = item.library.front
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        _fill_from_a_generators(item, text, path)
        return
    item.title = str(front["title"])
    item.language = str(front.get("language") or settings.LANGUAGE_CODE)
    item.old_addresses = tuple(_list(front.get("old_addresses")))


def _fill_from_a_generators(item: Item, text: str, path: PurePosixPath) -> None:
    front, text = front_matter.split(text)
    item.title = str(front.get("title") or "")
    item.slug = str(front.get("slug") or generators.name_of(path))
    item.summary = str(front.get("summary") or front.get("excerpt") or front.get("description") or "")
    item.description = str(front.get("description") or "")
    item.author, item.date = str(front.get("author") or ""), str(front.get("date") or "")
    item.labels = (*_list(front.get("categories")), *_list(front.get("tags")))
    item.old_addresses = (*_list(front.get("permalink") or front.get("url")), *_list(front.get("aliases")))
    item.language = str(front.get("language") or front.get("lang") or "").lower().replace("_", "-").split("-")[0]
    item.picture = _picture(front)
    if front.get("draft") is True or front.get("published") is False:
        item.notes.append("It was a draft on the old site and was not public")
    item.html = MarkdownIt("commonmark").enable("table").render(generators.without_code(item, text))


def _picture(front: dict[str, Any]) -> str:
    for name in ("featured_image", "featuredImage", "image", "images", "cover", "thumbnail", "header"):
        value = front.get(name)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("image") or value.get("teaser") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            return value
    return ""


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(entry) for entry in values if entry]


def _decoded(data: bytes) -> str:
    """UTF-8; what is not comes from an older Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
