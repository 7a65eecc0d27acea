"""Text without markup, line by line: what its paragraphs and items were before it was copied.

Lines that a PDF or a mail has cut are put together again; a sign or a number that stands alone belongs to the line
below it; page numbers and headers that come on each page go, and are told.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from common.text import clean_text

SIGNS = "-–—→»*•·●○◦▪▫■□‣⁃∙►▶▸➤➢❖✓✔✅☑➔\uf0b7\uf0a7\uf0fc\uf0d8\uf076"  # the last ones are Word's own
ITEM = re.compile(rf"(?:[-–—*→»]\s+|[{re.escape(SIGNS[6:])}]\s*|o\s{{2,}})(?=[^\s*])(.*)")
SIGN_ALONE = re.compile(rf"[{re.escape(SIGNS)}o]")
NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=\S)(.*)")
NUMBER_ALONE = re.compile(r"\(?(\d{1,2})[.)]")
PAGE = re.compile(r"(?:page|página|pág\.?)\s*\d{1,4}(?:\s*(?:of|/|de)\s*\d{1,4})?", re.IGNORECASE)
BARE_PAGE = re.compile(r"[-–]?\s*(\d{1,3})(?:\s*(?:/|of)\s*\d{1,3})?\s*[-–]?")
CELL = "\N{EN DASH}"
COLUMN = re.compile(r"(?<=\S) *\t+ *(?=\S)")  # a tab between words, as tables have it when they are copied
RULE = re.compile(r"([-=_*~])\1{2,}")
ENDS = (".", "!", "?", ":", ";", "”", '"', "…")
LEAST_PAGE = 8  # lines
LEAST_WRAPPED, MOST_WRAPPED = 40, 130  # letters of a line that a program has cut
# A hyphen at a line's end stays behind these.
COMPOUNDS = re.compile(
    r"anti|double|flat|follow|full|half|heavy|high|ice|low|long|multi|non|over|post|pre|self|short|side|single|soft|toe|"
    r"two|three|four|five|well|weight|wide|x",
    re.IGNORECASE,
)


@dataclass
class Line:
    """A paragraph, a heading or an item."""

    text: str
    kind: str = "text"  # "item" with a sign before it, "number" with a number, "heading" if the source marks it
    number: int = 0
    apart: bool = True  # an empty line stands before it
    last: int = 0  # letters of its last line in the source


@dataclass
class Lines:
    """All of a text, and the words of what was left out."""

    found: list[Line] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)  # lines that came on each page
    notes: list[str] = field(default_factory=list)


def read_lines(text: str) -> Lines:
    """The lines of a text as their writer meant them."""
    lines = Lines()
    given = text.replace("\f", "\n\f\n").split("\n")
    raw = [_tidied(line) for line in given]
    rows = {tidy for line, tidy in zip(given, raw, strict=True) if COLUMN.search(line.strip())}
    raw = _without_pages(raw, lines, breaks="\f" in text)
    width = _width(raw)
    marked = list(_with_their_signs(raw, rows))
    for line in marked:
        before = lines.found[-1] if lines.found else None
        if before and width and line.kind == "text" and _goes_on(before, line, width):
            _join(before, line.text, text, lines.notes)
        else:
            lines.found.append(line)
    return lines


def _tidied(line: str) -> str:
    """Without what a copy brings along: icons and other letters of fonts that nobody has; a sign at the beginning
    stays.
    """
    if line == "\f":
        return line
    line = line.replace("\xa0", " ").strip()
    sign, tab, rest = line.partition("\t")  # behind an item's sign or number a tab is a space
    if tab and (SIGN_ALONE.fullmatch(sign.strip()) or NUMBER_ALONE.fullmatch(sign.strip())):
        line = f"{sign}  {rest}"
    line = COLUMN.sub(f" {CELL} ", line)
    indented = re.match(r"o\s{2,}", line)
    kept = "".join(
        character
        for character in line
        if character in SIGNS
        or unicodedata.category(character) not in ("So", "Co", "Cn", "Sk")
        or character in "°©®™^`"
    )
    tidy = clean_text(kept)
    return f"o  {tidy[2:]}" if indented and tidy.startswith("o ") else tidy


def _without_pages(raw: list[str], lines: Lines, *, breaks: bool) -> list[str]:
    """Page numbers go, and lines that come again on each page. A line cut by a page's end is put together later."""
    bare = [place for place, line in enumerate(raw) if BARE_PAGE.fullmatch(line)]
    far = len(bare) > 1 and (bare[-1] - bare[0]) / (len(bare) - 1) >= LEAST_PAGE
    numbered = breaks or (far and _counts_up([raw[place] for place in bare]))
    pages = {
        place
        for place, line in enumerate(raw)
        if line == "\f" or PAGE.fullmatch(line) or (numbered and BARE_PAGE.fullmatch(line))
    }
    if not pages:
        return raw
    times = Counter(line for line in raw if line and line != "\f")
    near = {line for place in pages for line in raw[max(0, place - 3) : place + 4] if times[line] > 2}
    seen: set[str] = set()
    kept: list[str] = []
    for place, line in enumerate(raw):
        again = line in near and line in seen and not PAGE.fullmatch(line)
        lines.running.update([line] if again else [])
        seen.add(line)
        if place in pages or again:
            if line != "\f" and line not in lines.left_out:
                lines.left_out.append(line)
            kept.append("\f")
        else:
            kept.append(line)
    return _closed(kept)


def _counts_up(lines: list[str]) -> bool:
    numbers = [int(match[1]) for line in lines if (match := BARE_PAGE.fullmatch(line))]
    return len(numbers) > 1 and all(two == one + 1 for one, two in pairwise(numbers))


def _closed(raw: list[str]) -> list[str]:
    """What stood around a page's end stands together again, if a sentence goes on there."""
    kept: list[str] = []
    gap: list[str] = []
    for line in raw:
        if line in ("", "\f"):
            gap.append(line)
            continue
        goes_on = "\f" in gap and kept and not kept[-1].endswith(ENDS) and line[0].islower()
        if gap and not goes_on:
            kept.append("")
        gap.clear()
        kept.append(line)
    return kept


def _width(raw: list[str]) -> int:
    """How many letters a line has at most, if a program has cut the lines; else 0."""
    pairs = [(one, two) for one, two in pairwise(raw) if one and two]
    cut = [
        len(one)
        for one, two in pairs
        if not one.endswith(ENDS) and two[0].islower() and LEAST_WRAPPED <= len(one) <= MOST_WRAPPED
    ]
    longer = sum(len(line) > max(cut, default=0) * 1.3 for line in raw)
    return max(cut) if len(cut) >= max(2, len(pairs) / 6) and longer <= len(raw) / 10 else 0


def _with_their_signs(raw: list[str], rows: set[str]) -> Iterator[Line]:
    """Each line with the sign or the number before it, also if that stands on a line of its own. `rows`: of tables."""
    apart = True
    steps = _counts_up([line for line in raw if line.isdecimal()])
    alone: Line | None = None  # a sign that waits for its words
    for place, line in enumerate(raw):
        if not line:
            apart = True
            continue
        if RULE.fullmatch(line) or not any(map(str.isalnum, line)):
            if SIGN_ALONE.fullmatch(line):
                alone = Line("", "item")
            apart = apart or not SIGN_ALONE.fullmatch(line)
            continue
        underlined = place + 1 < len(raw) and re.fullmatch(r"=+|-{3,}", raw[place + 1])
        match = NUMBER_ALONE.fullmatch(line) or (BARE_PAGE.fullmatch(line) if steps else None)
        if match:
            alone = Line("", "number", int(match[1]))
            continue
        if line == "o":
            alone = Line("", "item")
            continue
        if match := re.fullmatch(r"#{1,6}\s+(.+?)\s*#*", line):
            found = Line(match[1], "heading")
        elif match := ITEM.fullmatch(line):
            found = Line(match[1].strip(), "item")
        elif match := NUMBER.fullmatch(line):
            found = Line(match[2].strip(), "number", int(match[1]))
        elif underlined:
            found = Line(line, "heading")
        elif f" {CELL} " in line and line in rows:
            found = Line(line, "item")
        elif alone:
            found = Line(line, alone.kind, alone.number)
        else:
            found = Line(line)
        found.apart, found.last, apart, alone = apart, len(line), False, None
        yield found


def _goes_on(before: Line, line: Line, width: int) -> bool:
    """Whether a line was one with the line before it until a program cut it: its first word found no place there."""
    if line.apart or before.kind == "heading":
        return False
    if line.text[0].islower():
        return before.last >= width / 2 or not before.text.endswith(ENDS)
    return before.last + 1 + len(line.text.split()[0]) > width * 0.97


def _join(before: Line, more: str, whole: str, notes: list[str]) -> None:
    """Word for word; where a word was cut by a hyphen, the whole word, and a note of it."""
    match = re.search(r"(\w+)-$", before.text)
    tail = re.match(r"\w+", more)
    before.last = len(more)
    if not (match and tail and more[0].islower()):
        before.text = f"{before.text} {more}"
        return
    word, compound = f"{match[1]}{tail[0]}", f"{match[1]}-{tail[0]}"
    elsewhere = re.sub(r"-\s*\n", "-\n", whole.casefold())
    has_word, has_compound = (re.search(rf"\b{one.casefold()}\b", elsewhere) for one in (word, compound))
    if not has_word and (has_compound or COMPOUNDS.fullmatch(match[1])):
        before.text += more
    else:
        before.text = before.text[:-1] + more
        notes.append(f"A word was cut at a line’s end and is whole again: “{word}”")
