"""What Word writes into HTML that is copied from it: lists are paragraphs with a sign, headings have names."""

import re
from itertools import pairwise

from bs4 import BeautifulSoup, Comment, Tag

NUMBERED = re.compile(r"\(?(?:\d+|[a-z]|[ivx]+)[.)]", re.IGNORECASE)
LEVEL = re.compile(r"level(\d)")


def from_word(soup: BeautifulSoup) -> None:
    """Lists become lists, titles headings; comments that only Word reads go."""
    items = soup.select("p[class*=MsoListParagraph], p[style*=mso-list]")
    if not items and not soup.select("[class*=Mso]"):
        return
    for title in soup.select("p.MsoTitle, p[class^=MsoHeading]"):
        title.name = "h1" if "MsoTitle" in classes_of(title) else "h2"
    runs: list[list[Tag]] = []
    for before, item in pairwise([None, *items]):
        if item is None:
            continue
        (runs[-1].append(item) if before is not None and _follows(before, item) else runs.append([item]))
    for run in runs:
        _list_of(soup, run)
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()


def classes_of(tag: Tag) -> list[str]:
    """Of an element."""
    found = tag.get("class")
    return [found] if isinstance(found, str) else list(found or ())


def _follows(before: Tag, item: Tag) -> bool:
    return before.find_next_sibling() is item


def _list_of(soup: BeautifulSoup, items: list[Tag]) -> None:
    """One level deep, as articles have it; an item of an inner list stands behind its outer one."""
    signs = [_sign(item) for item in items]
    outer = soup.new_tag("ol" if NUMBERED.fullmatch(signs[0]) else "ul")
    items[0].insert_before(outer)
    last: Tag | None = None
    for item, sign in zip(items, signs, strict=True):
        level = LEVEL.search(str(item.get("style") or ""))
        item.name = "li"
        inner = last is not None and level is not None and int(level[1]) > 1
        item.extract()
        if inner and last is not None:
            below = last.find(["ul", "ol"], recursive=False)
            if below is None:
                below = soup.new_tag("ol" if NUMBERED.fullmatch(sign) else "ul")
                last.append(below)
            below.append(item)
        else:
            outer.append(item)
            last = item


def _sign(item: Tag) -> str:
    """The sign or number that Word has written before the words; it goes."""
    for sign in item.select("span[style*=mso-list]"):
        if "ignore" in str(sign["style"]).lower():
            words = sign.get_text().strip()
            sign.extract()
            return words
    text = item.get_text().lstrip()
    match = re.match(r"(?:[·•o§▪-]|\d+[.)])[\s\xa0]+", text)
    first = item.find(string=lambda words: bool(words.strip()))
    if match and first is not None:
        first.replace_with(re.sub(r"^\s*(?:[·•o§▪-]|\d+[.)])[\s\xa0]*", "", first))
    return match[0].strip() if match else ""
