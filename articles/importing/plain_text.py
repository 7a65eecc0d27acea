"""Text pasted from a page, as the HTML that it may have been."""

import re
from collections.abc import Iterator
from html import escape

from articles.importing.kinds import KINDS
from common.text import clean_text

BULLET = re.compile(r"\s*[-*•–]\s+(.*)")
NUMBER = re.compile(r"\s*\d+[.)]\s+(.*)")


def from_text(text: str) -> tuple[str, str]:
    """Text pasted from a page: its first line is the title, and lines that stand alone may be headings."""
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph.strip()]
    title, _end, rest = paragraphs[0].partition("\n") if paragraphs else ("", "", "")
    html = [part for paragraph in [rest, *paragraphs[1:]] if paragraph.strip() for part in _paragraph(paragraph)]
    return clean_text(title), "\n".join(html)


def _paragraph(text: str) -> Iterator[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    words: list[str] = []
    items: list[str] = []
    numbered = False

    def ended() -> Iterator[str]:
        if words:
            yield f"<p>{'<br>'.join(words)}</p>"
        if items:
            tag = "ol" if numbered else "ul"
            yield f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
        words.clear()
        items.clear()

    for place, line in enumerate(lines):
        match = BULLET.fullmatch(line) or NUMBER.fullmatch(line)
        if match:
            if words:
                yield from ended()
            numbered = BULLET.fullmatch(line) is None
            items.append(escape(match[1]))
        elif place == 0 and _is_heading(line, alone=len(lines) == 1):
            yield f"<h2>{escape(line.strip())}</h2>"
        else:
            if items:
                yield from ended()
            words.append(escape(line.strip()))
    yield from ended()


def _is_heading(line: str, *, alone: bool) -> bool:
    """A short line without a full stop that names a section, asks something, or stands alone in capitals."""
    line = line.strip()
    if len(line) > 80 or line.endswith((".", ":", ";", ",")):
        return False
    return any(words.search(line) for words in KINDS.values()) or (alone and (line.endswith("?") or line.isupper()))
