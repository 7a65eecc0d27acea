"""Raised and lowered signs as letters of their own: what becomes of "10<sup>3</sup>" must never be "103"."""

import re
from html import unescape

UP = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
RAISED = re.compile(r"<(sup|sub)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
# Letters that mean the same on the line: "5th", "the product®", "1o".
ON_THE_LINE = re.compile(r"(?:st|nd|rd|th|tm|sm|®|™|℠|©|o|a|er|\*+|†|‡)\.?", re.IGNORECASE)
NOTE_MARK = re.compile(r"\[?\s*[\d,\s–-]+\s*\]?")


def raised(html: str) -> str:
    """Signs that have no raised letter are set in round brackets: "x^(ab)", "V_(max)"."""

    def one(match: re.Match[str]) -> str:
        up = match[1].lower() == "sup"
        inner = re.sub(r"<[^>]*>", "", match[2])
        words = unescape(inner).strip()
        if not words or (up and ON_THE_LINE.fullmatch(words)):
            return inner
        if up and "<a" in match[2].lower() and NOTE_MARK.fullmatch(words):
            return f"[{words.strip('[] ')}]"  # a footnote's mark: a raised number behind a number would be a power
        table = UP if up else DOWN
        if all(ord(letter) in table for letter in words):
            return words.translate(table)
        return f"{'^' if up else '_'}({inner.strip()})"

    before = None
    while before != html:  # one in another
        before, html = html, RAISED.sub(one, html)
    return html
