"""An article's fields from anybody else's text, cleaned and put into sections."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils.text import Truncator

from articles import old_addresses
from articles.importing.areas import areas_in
from articles.importing.cleaning import clean, plain
from articles.importing.items import Item
from articles.importing.pieces import Piece, pieces
from articles.importing.sections import arrange
from articles.models import SUMMARY_WORDS, Article

TITLE_LENGTH, DESCRIPTION_LENGTH, LAY_NAME_LENGTH = 120, 155, 60


def fill_from_page(article: Article, item: Item, notes: list[str]) -> list[dict[str, Any]]:
    """Returns the body, whose pictures still have their addresses."""
    html, shortcodes = clean(item.html)
    host = next((host for address in item.old_addresses if (host := _host(address))), "")
    found = pieces(html, loose=item.loose, host=host)
    article.title = _title(item, found, notes)
    arranged = arrange(found, article.title)
    notes += arranged.notes
    notes += [f"The shortcode [{name}] was left out; see what it showed" for name in shortcodes]
    summary = plain(item.summary) or arranged.first_words or article.title
    article.summary = Truncator(summary).words(SUMMARY_WORDS)
    article.description = Truncator(summary).chars(DESCRIPTION_LENGTH)
    links = {match for piece in found for match in re.findall(r'href="(/[^"]*)"', piece.text)}
    if elsewhere := sorted(link for link in links if old_addresses.find(*link.partition("?")[::2]) is None):
        notes.append(f"Links that lead nowhere until these pages have moved in: {', '.join(elsewhere)}")
    article.areas = areas_in(article.title)
    words = plain(html).casefold()
    for label in map(plain, item.labels):
        _take_label(article, label, words, notes)
    return arranged.body


def _title(item: Item, found: list[Piece], notes: list[str]) -> str:
    title = plain(item.title) or next((piece.text for piece in found if piece.kind == "h1"), "")
    title = title or item.slug.replace("-", " ").capitalize() or "Untitled"
    if len(title) <= TITLE_LENGTH:
        return title
    notes.append(f"The title was longer: “{title}”")
    return Truncator(title).chars(TITLE_LENGTH)


def _take_label(article: Article, label: str, words: str, notes: list[str]) -> None:
    """A category or tag names parts of the foot, or is another name if the text has it, too."""
    areas = areas_in(label)
    article.areas = [*article.areas, *(area for area in areas if area not in article.areas)]
    if areas or label.casefold() == article.title.casefold():
        return
    mentioned = re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", words)
    if mentioned and len(label) <= LAY_NAME_LENGTH:
        article.lay_names = "\n".join(filter(None, [article.lay_names, label]))
    else:
        notes.append(f"Category or tag: “{label}”")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
