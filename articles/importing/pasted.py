"""What somebody copied elsewhere and pasted here: as a whole article, or into the middle of one."""

import re
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup

from articles.importing.cleaning import BUTTONS, FURNITURE, clean
from articles.importing.files import fill_from_text
from articles.importing.items import Item
from articles.importing.page import lost_in
from articles.importing.pieces import HEADINGS, Piece, pieces
from articles.importing.plain_text import blocks_of
from articles.importing.sections import SUBHEADING
from articles.importing.typed import marked

# What a copy must have for its HTML to tell more than its text.
STRUCTURE = re.compile(r"<(?:h[1-6]|ul|ol|table|b|strong|sup|sub|img|p|dl)\b|mso-list|font-weight", re.IGNORECASE)
MOST_LETTERS = 400_000  # of a text; a long article has 20,000


@dataclass
class Pasted:
    """What goes into a text, and what a person should know of it."""

    html: str
    notes: list[str] = field(default_factory=list)


def item_of(text: str, html: str) -> Item:
    """A whole article. `html`: what the clipboard had besides the text, or ""."""
    item = Item(source="", name="", html="")
    if html and STRUCTURE.search(html):
        item.html = _without_page(html)
        item.from_a_copy = True
    else:
        fill_from_text(item, text)
    return item


def for_a_text(text: str, html: str) -> Pasted:
    """Paragraphs, subheadings, lists, bold words and links; every other piece is named."""
    if not (html and STRUCTURE.search(html)):
        found = pieces(clean(blocks_of(text)))
        return Pasted("".join(_as_text(piece) for piece in found))
    inner = _without_page(html)
    found = marked(pieces(clean(inner), address=""))
    notes = lost_in(inner)
    pictures = [piece for piece in found if piece.kind == "picture"]
    if pictures:
        notes.append(f"Pictures were left out: {len(pictures)}. Add each as an image, with a description")
    return Pasted("".join(_as_text(piece) for piece in found), notes)


def _without_page(html: str) -> str:
    """The copied part alone, without menus and buttons that were marked along."""
    match = re.search(r"<!--\s*StartFragment\s*-->(.*?)<!--\s*EndFragment\s*-->", html, re.DOTALL)
    soup = BeautifulSoup(match[1] if match else html, "html.parser")
    for furniture in soup.select(f"{FURNITURE}, {BUTTONS}, head, title"):
        furniture.extract()
    return str(soup)


def _as_text(piece: Piece) -> str:
    if piece.kind in HEADINGS:
        return f"<{SUBHEADING}>{escape(piece.text, quote=False)}</{SUBHEADING}>"
    if piece.kind == "picture":
        return f"<p>{escape(piece.caption, quote=False)}</p>" if piece.caption else ""
    return piece.text
