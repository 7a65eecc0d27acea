"""A copy of a page, with its headings and lists: what stands around the article is found by the rules of plain text."""

from articles.importing.cleaning import plain
from articles.importing.furniture import without_furniture
from articles.importing.pieces import Piece
from articles.importing.text_lines import Line


def without_closing(found: list[Piece], left_out: list[str]) -> list[Piece]:
    """A copy without what stands around an article on its page; the words of that go to `left_out`."""
    lines = [Line(plain(piece.text), "item" if piece.text.startswith(("<ul", "<ol")) else "text") for piece in found]
    worded = [line for line in lines if line.text]
    inside = without_furniture(worded)
    kept = {id(line) for line in inside.lines}
    left_out += inside.left_out
    return [piece for piece, line in zip(found, lines, strict=True) if not line.text or id(line) in kept]
