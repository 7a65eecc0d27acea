"""What was typed and not marked: bold lines that are headings, paragraphs that begin with a sign or a number."""

import re
from collections.abc import Iterable, Iterator

from articles.importing.cleaning import plain
from articles.importing.pieces import HEADINGS, Piece
from articles.importing.plain_text import HEADING_LENGTH, headings_of
from articles.importing.text_lines import ITEM, Line

BOLD_LINE = re.compile(r"<p><b>((?:(?!</?b>|<br/>).)+)</b>\s*(?:<br/>(.*))?</p>", re.DOTALL)
PARAGRAPH = re.compile(r"<p>(.*)</p>", re.DOTALL)
NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=\S)(.*)", re.DOTALL)


def marked(found: Iterable[Piece]) -> list[Piece]:
    """The pieces, with the headings and lists that people see in them."""
    pieces = list(_with_bold_headings(found))
    if not any(piece.kind in HEADINGS for piece in pieces):
        pieces = _with_short_headings(pieces)
    return list(_with_lists(pieces))


def _with_bold_headings(found: Iterable[Piece]) -> Iterator[Piece]:
    """A bold line is a heading: of sections where a text has no others, else within them."""
    found = list(found)
    level = "h4" if any(piece.kind in HEADINGS[1:] for piece in found) else "h2"
    for piece in found:
        match = BOLD_LINE.fullmatch(piece.text) if piece.kind == "text" else None
        words = plain(match[1]) if match else ""
        if match and 0 < len(words) <= HEADING_LENGTH and not words.endswith((".", ",", ";", "!")):
            yield Piece(level, words.removesuffix(":"))
            if match[2]:
                yield Piece("text", f"<p>{match[2]}</p>")
        else:
            yield piece


def _with_short_headings(pieces: list[Piece]) -> list[Piece]:
    """By the rules of text without markup, where nothing is marked as a heading."""
    lines = [_line(piece) for piece in pieces]
    return [
        Piece("h2", line.text.removesuffix(":")) if kind == "heading" and piece.kind == "text" and place else piece
        for place, (piece, line, kind) in enumerate(zip(pieces, lines, headings_of(lines), strict=True))
    ]


def _line(piece: Piece) -> Line:
    match = PARAGRAPH.fullmatch(piece.text) if piece.kind == "text" else None
    words = plain(match[1]) if match and "<br/>" not in match[1] else ""
    return Line(words, "text") if words else Line("", "item")


def _with_lists(pieces: Iterable[Piece]) -> Iterator[Piece]:
    items: list[str] = []
    tag = ""

    def ended() -> Iterator[Piece]:
        if items:
            yield Piece("text", f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>")
        items.clear()

    for piece in pieces:
        match = PARAGRAPH.fullmatch(piece.text) if piece.kind == "text" else None
        sign = ITEM.fullmatch(match[1]) if match else None
        number = NUMBER.fullmatch(match[1]) if match else None
        counted = number and int(number[1]) == (len(items) + 1 if tag == "ol" else 1)
        found, kind = (sign[1], "ul") if sign else (number[2], "ol") if number and counted else ("", "")
        if kind != tag or not found:
            yield from ended()
        tag = kind
        if found:
            items.append(found)
        else:
            yield piece
    yield from ended()
