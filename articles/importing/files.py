"""Reading saved web pages, Markdown and plain text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from markdown_it import MarkdownIt

from articles import library
from articles.importing import cleaning
from articles.importing.items import Item, LeftOut, Refused
from articles.importing.plain_text import from_text

LARGEST = 5_000_000  # bytes; a long article has 50,000
READABLE = {".md": "Markdown", ".markdown": "Markdown", ".html": "HTML", ".htm": "HTML", ".txt": "text"}
PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".svg"}


def read(source: Path) -> Iterator[Item | LeftOut | Refused]:
    """The articles of a folder and the folders in it, or of one file."""
    root = source if source.is_dir() else source.parent
    paths = sorted(source.rglob("*")) if source.is_dir() else [source]
    for path in paths:
        name = path.relative_to(root).as_posix()
        if path.is_dir() or any(part.startswith(".") for part in path.relative_to(root).parts):
            continue
        if not path.resolve().is_relative_to(root.resolve()):
            yield Refused(name, "it is a link to a file outside the folder")
        elif path.suffix.lower() in PICTURES:
            continue  # they come with the articles that show them
        elif path.suffix.lower() not in READABLE:
            yield LeftOut(name, "files that are neither Markdown nor HTML nor text")
        elif path.stat().st_size > LARGEST:
            yield Refused(name, f"it is larger than {LARGEST // 1_000_000} MB")
        else:
            yield _read_file(path, name, f"{root.resolve().name}/{name}")


def _read_file(path: Path, name: str, source: str) -> Item | LeftOut | Refused:
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        return Refused(name, "it is not a text")
    item = Item(source=source, name=name, slug=path.stem, folder=path.parent)
    kind = READABLE[path.suffix.lower()]
    if kind == "HTML":
        _fill_from_page(item, data)
    elif kind == "Markdown":
        try:
            _fill_from_markdown(item, _decoded(data))
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            place = f" at line {mark.line + 2}, column {mark.column + 1}" if mark else ""
            return Refused(name, f"its front matter is broken{place}: {getattr(problem, 'problem', problem)}")
    else:
        item.title, item.html = from_text(_decoded(data))
    if not item.library and not cleaning.plain(item.html):
        return LeftOut(name, "without a text")
    return item


def _fill_from_page(item: Item, data: bytes) -> None:
    page = cleaning.read_page(data)
    item.title, item.html, item.summary = page.title, page.html, page.description
    item.author, item.date = page.author, page.date
    item.old_addresses = (page.address,) if page.address else ()


def _fill_from_markdown(item: Item, text: str) -> None:
    """What we wrote ourselves comes back as it was; anything else as the web page it would be."""
    try:
        item.library = library.parse(text, item.slug, exported=True)
    except (ValueError, KeyError, TypeError, AttributeError):
        front, text = _front_matter(text)
        item.title = str(front.get("title") or "")
        item.slug = str(front.get("slug") or item.slug)
        item.summary = str(front.get("description") or front.get("excerpt") or "")
        item.author, item.date = str(front.get("author") or ""), str(front.get("date") or "")
        item.labels = (*_list(front.get("categories")), *_list(front.get("tags")))
        item.old_addresses = (*_list(front.get("permalink") or front.get("url")), *_list(front.get("aliases")))
        item.html = MarkdownIt("commonmark").enable("table").render(text)
        return
    front = item.library.front
    item.title = str(front["title"])
    item.language = str(front.get("language") or settings.LANGUAGE_CODE)
    item.old_addresses = tuple(_list(front.get("old_addresses")))


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    front = yaml.safe_load(match[1]) if match else None
    return (front, match[2]) if match and isinstance(front, dict) else ({}, text)


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(entry) for entry in values if entry]


def _decoded(data: bytes) -> str:
    """UTF-8; what is not comes from an older Windows."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
