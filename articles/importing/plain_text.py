"""Text without markup as the HTML that it may have been: its title, headings, paragraphs and lists.

A short line without a full stop over longer text is a heading; short lines below a line that ends with a colon are a
list; so are items with a sign before them, and lines like "Flat feet: the arch is low". Every word of the source is
in the title, in the HTML, or among what was left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from articles.importing.furniture import is_contact, without_furniture
from articles.importing.kinds import KINDS
from articles.importing.text_lines import Line, read_lines

TITLE_LENGTH = 120
HEADING_LENGTH, HEADING_WORDS = 80, 12
LEAST_LIST = 3  # short lines in a row that are items without a sign
TERM = re.compile(r"([^\W\d_a-z][^:.?!;]{1,58}):\s+(?=\S)(.*)")
NO_TERM = re.compile(r"(?i)note|tip|important|remember|warning|source|by|author|nota|importante|https?|for example")
TERM_WORDS = 7
OPEN_LEAD = re.compile(r"(?i)\b(?:include|includes|including|are|is|if|when|with|to|may|can|como|son|incluyen|si)\W*$")
JOINED = re.compile(r"^(?:but|so|and|well|now|yet|or|then|pero|y|entonces)\b,?\s+", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(¿¡]?[A-ZÀ-ÝА-Я0-9¿¡])")


@dataclass
class PlainText:
    """An article's parts, and the words that are none of it."""

    title: str
    html: str
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def from_text(text: str) -> PlainText:
    """`title` is empty if the text has neither a question nor a heading that could be one."""
    read = read_lines(text)
    inside = without_furniture(read.found)
    lines = inside.lines
    kinds = headings_of(lines)
    title, place = _title(lines, kinds, read.running)
    kept = [
        number
        for number, line in enumerate(lines)
        if number != place and (line.text not in read.running or line.text == title)
    ]
    html = "\n".join(_blocks([lines[number] for number in kept], [kinds[number] for number in kept]))
    name, bar, _site = title.partition(" | ")  # as pages are called in a browser
    notes = [*read.notes, *([f"The title was “{title}”"] if bar else [])]
    return PlainText(name, html, [*read.left_out, *inside.left_out], notes)


def blocks_of(text: str) -> str:
    """A piece of a text: its headings, paragraphs and lists, all of it."""
    lines = read_lines(text).found
    return "\n".join(_blocks(lines, headings_of(lines)))


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    return [sentence for sentence in SENTENCE_END.split(text.strip()) if sentence]


def _short(text: str) -> bool:
    if len(text) > HEADING_LENGTH or len(text.split()) > HEADING_WORDS or is_contact(text):
        return False
    return not text.endswith((".", ":", ";", ",", "!", "…")) and not text[0].islower() and len(sentences(text)) == 1


def _names_a_section(text: str) -> bool:
    return any(words.search(text) for words in KINDS.values())


def _colon_heading(text: str) -> bool:
    return text.endswith(":") and len(text.split()) <= 5 and _names_a_section(text) and not OPEN_LEAD.search(text)


def headings_of(lines: Sequence[Line]) -> list[str]:
    """What each line is: "heading", "text", "item", "number", or "bare" for an item without a sign."""
    kinds = [line.kind for line in lines]
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.kind == "number":
            place = _numbers(lines, kinds, place)
            continue
        if line.kind != "text":
            place += 1
            continue
        if _colon_heading(line.text) or _asks(line.text):
            kinds[place] = "heading"
            place += 1
            continue
        run = place
        while run < len(lines) and lines[run].kind == "text" and _short(lines[run].text) and not _asks(lines[run].text):
            run += 1
        _short_lines(lines, kinds, place, run)
        place = max(run, place + 1)
    return kinds


def _asks(text: str) -> bool:
    return text.endswith("?") and len(text) <= TITLE_LENGTH and len(sentences(text)) == 1


def _short_lines(lines: Sequence[Line], kinds: list[str], begin: int, end: int) -> None:
    """Short lines in a row: items below a colon or a heading, or headings over the text that follows."""
    below_colon = begin > 0 and lines[begin - 1].text.endswith(":") and kinds[begin - 1] in ("text", "heading")
    follows, many = end < len(lines), end - begin
    for place in range(begin, end):
        text, first, last = lines[place].text, place == begin, place == end - 1
        named = _names_a_section(text) or text.isupper()
        over_text = last and follows
        if below_colon and many > 1:
            kinds[place] = "heading" if over_text and named else "bare"
        elif many < LEAST_LIST or place == 0:
            kinds[place] = "heading" if follows or not last else "text"
        elif first or text.isupper() or (over_text and (named or (lines[place].apart and not lines[place - 1].apart))):
            kinds[place] = "heading"
        else:
            kinds[place] = "bare"


def _numbers(lines: Sequence[Line], kinds: list[str], begin: int) -> int:
    """Numbered lines that follow each other are a list from 1 on; one with text below it is a heading, or stays a line
    with its number. Returns where they end.
    """
    end = begin
    while end < len(lines) and lines[end].kind == "number" and lines[end].number == end - begin + 1:
        end += 1
    if end - begin > 1:
        return end
    line = lines[begin]
    follows = begin + 1 < len(lines) and lines[begin + 1].kind != "number"
    kinds[begin] = "heading" if follows and (_short(line.text) or _asks(line.text)) else "counted"
    return begin + 1


def _title(lines: Sequence[Line], kinds: Sequence[str], running: set[str]) -> tuple[str, int | None]:
    """The question or the first heading at the top, else a question of the first paragraph, else the first heading;
    and which line it takes.
    """
    top = next((place for place, kind in enumerate(kinds) if kind != "heading"), len(lines))
    leading = [place for place in range(top) if len(lines[place].text) <= TITLE_LENGTH]
    if leading and leading[0] == 0:
        own = next((place for place in leading if lines[place].text not in running), 0)
        place = next((place for place in leading[:4] if _is_the_question(lines[place])), own)
        return lines[place].text, place
    first = next((line.text for line, kind in zip(lines, kinds, strict=True) if kind == "text"), "")
    for sentence in sentences(first):
        asked = JOINED.sub("", re.split(r":\s+", sentence)[-1].strip())
        if asked.endswith("?") and len(asked.split()) > 3 and len(asked) <= TITLE_LENGTH:
            return asked[0].upper() + asked[1:], None
    heading = (line.text for line, kind in zip(lines, kinds, strict=True) if kind == "heading")
    found = next((text.rstrip(":") for text in heading if len(text) <= TITLE_LENGTH), "")
    return found, None


def _is_the_question(line: Line) -> bool:
    """What a text as a whole answers, and not its first part: "What is a heel spur?"."""
    return line.text.endswith("?") and line.kind != "number" and not KINDS["overview"].search(line.text)


def _blocks(lines: Sequence[Line], kinds: Sequence[str]) -> Iterator[str]:
    """Headings, paragraphs and lists, in their order."""
    place = 0
    while place < len(lines):
        line, kind = lines[place], kinds[place]
        if kind == "heading":
            yield f"<h2>{escape(line.text.removesuffix(':'), quote=False)}</h2>"
            place += 1
        elif kind in ("item", "number", "bare"):
            end = place
            while (
                end < len(lines) and kinds[end] == kind and (kind != "number" or lines[end].number == end - place + 1)
            ):
                end += 1
            end = max(end, place + 1)
            tag = "ol" if kind == "number" else "ul"
            yield f"<{tag}>{''.join(f'<li>{_words(one.text)}</li>' for one in lines[place:end])}</{tag}>"
            place = end
        else:
            end = place
            while end < len(lines) and kinds[end] == "text" and _term(lines[end].text):
                end += 1
            if end - place > 1:
                yield f"<ul>{''.join(f'<li>{_words(one.text)}</li>' for one in lines[place:end])}</ul>"
                place = end
                continue
            number = f"{line.number}. " if kind == "counted" else ""
            yield f"<p>{number}{escape(line.text, quote=False)}</p>"
            place += 1


def _term(text: str) -> re.Match[str] | None:
    match = TERM.fullmatch(text)
    if not match or len(match[1].split()) > TERM_WORDS or NO_TERM.fullmatch(match[1]):
        return None
    return match


def _words(text: str) -> str:
    """An item's words; what it is about, before its colon, is bold."""
    if match := _term(text):
        return f"<b>{escape(match[1], quote=False)}:</b> {escape(match[2], quote=False)}"
    return escape(text, quote=False)
