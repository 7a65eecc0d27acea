"""An article's fields from anybody else's text, cleaned and put into sections."""

import re
from collections import Counter
from typing import Any

from django.utils.text import Truncator

from articles.importing.areas import AREAS, areas_in
from articles.importing.cleaning import clean, plain
from articles.importing.copied import without_closing
from articles.importing.items import Item
from articles.importing.naming import TITLE_LENGTH, cut_words, description_of, slug_of, summary_of, telling
from articles.importing.pieces import HEADINGS, Piece, host_of, pieces
from articles.importing.plain_text import sentences
from articles.importing.sections import arrange
from articles.importing.shortcodes import without_shortcodes
from articles.importing.typed import marked
from articles.models import SUMMARY_WORDS, Article, SitePage

LAY_NAME_LENGTH = 60
LOST = {"iframe": "A frame", "video": "A video", "audio": "A recording", "object": "An object", "form": "A form"}
LEAST_MENTIONS = 3  # of a part of the foot, where the title names none


def fill_from_page(article: Article, item: Item, notes: list[str]) -> list[dict[str, Any]]:
    """Returns the body, whose pictures still have their addresses."""
    html, found = taken_apart(item, notes)
    article.title = _title(item, found, notes)
    article.slug = slug_of(telling(item.slug), article.title)
    arranged = arrange(found, article.title)
    notes += arranged.notes
    sum_up(article, item, found, arranged.first_words)
    article.areas = areas_in(article.title)
    words = plain(html).casefold()
    for label in map(plain, item.labels):
        _take_label(article, label, words, notes)
    if not article.areas and (named := _areas_named(words)):
        article.areas = named
        notes.append("The parts of the foot are those that the text names most; see if they are right")
    return arranged.body


def taken_apart(item: Item, notes: list[str]) -> tuple[str, list[Piece]]:
    """A source's text, clean, and its pieces. What was left out of it goes into the notes."""
    html, shortcodes = without_shortcodes(clean(item.html))
    notes += item.notes
    notes += shortcodes
    address = next((address for address in item.old_addresses if host_of(address)), item.base)
    found = marked(pieces(html, loose=item.loose, address=address))
    if item.from_a_copy:
        found = without_closing(found, item.left_out)
    notes += [f"Left out: “{words}”" for words in item.left_out]
    notes += lost_in(item.html)
    return html, found


def sum_up(text: Article | SitePage, item: Item, found: list[Piece], first_words: str) -> None:
    """The source's own words about itself, else its first ones."""
    summary = plain(item.summary) or first_words or text.title
    text.summary = summary_of(summary) or _later_summary(found) or Truncator(summary).words(SUMMARY_WORDS)
    text.description = description_of(plain(item.description) or text.summary)


def lost_in(html: str) -> list[str]:
    """What an article cannot show."""
    notes = []
    for tag, what in LOST.items():
        for address in dict.fromkeys(re.findall(rf"<{tag}\b([^>]*)>", html, re.IGNORECASE)):
            source = re.search(r"src=[\"']?([^\"'\s>]+)", address)
            notes.append(f"{what} was left out" + (f": {source[1][:200]}" if source else ""))
    if re.search(r"<table\b", html, re.IGNORECASE):
        notes.append("A table is now a list: each row is an item")
    return notes


def _title(item: Item, found: list[Piece], notes: list[str]) -> str:
    """The source's own, else a heading's, else the name of its file or its first sentence; never a piece of one."""
    headings = [piece.text for piece in found if piece.kind in HEADINGS and len(piece.text) <= TITLE_LENGTH]
    title = plain(item.title) or next((piece.text for piece in found if piece.kind == "h1"), "")
    named = re.sub("[-_]+", " ", telling(item.slug)).strip()
    title = title or (named.capitalize() if item.is_named else "") or next(iter(headings), "") or named.capitalize()
    if not title:
        text = next((plain(piece.text) for piece in found if piece.kind == "text"), "")
        title = next((one.rstrip(".") for one in sentences(text) if len(one) <= TITLE_LENGTH), "Untitled")
    if len(title) <= TITLE_LENGTH:
        return title
    notes.append(f"The title was longer: “{title}”")
    return cut_words(title, TITLE_LENGTH)


def _later_summary(found: list[Piece]) -> str:
    """The first sentences that are short enough."""
    for piece in found:
        for sentence in sentences(plain(piece.text)) if piece.kind == "text" and piece.text.startswith("<p>") else ():
            if len(sentence.split()) >= 6 and summary_of(sentence):
                return sentence
    return ""


def _areas_named(words: str) -> list[str]:
    counted = Counter({area.value: len(re.findall(pattern, words)) for area, pattern in AREAS.items()})
    return [area for area, times in counted.most_common(2) if times >= LEAST_MENTIONS]


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
