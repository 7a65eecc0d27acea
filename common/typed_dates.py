"""Dates of the past, as people type them."""

import re
from collections.abc import Iterator
from datetime import date

OLDEST_YEAR = 1880
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY, _WORD, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<word>[a-z]{3,9})\.?", r"'?(?P<year>\d{4}|\d{2})"
_SHAPES = (
    rf"{_WORD}[\s-]*{_DAY}[\s,.-]+{_YEAR}",  # Sept 14, 1954
    rf"{_DAY}[\s.-]*(?:of\s+)?{_WORD}[\s,.-]*{_YEAR}",  # 14 Sep 1954
    r"(?P<year>\d{4})[-/.\s](?P<first>\d{1,2})[-/.\s](?P<second>\d{1,2})",  # 1954-09-14
    r"(?P<first>\d{1,2})[-/.\s](?P<second>\d{1,2})[-/.\s](?P<year>\d{4}|\d{2})",  # 9-14-54
    r"(?P<first>\d\d)(?P<second>\d\d)(?P<year>\d{4}|\d{2})",  # 09141954
    r"(?P<year>\d{4})(?P<first>\d\d)(?P<second>\d\d)",  # 19540914
)
_PATTERNS = tuple(re.compile(rf"(?<![\w/.-]){shape}(?![\w/-])", re.ASCII) for shape in _SHAPES)


def dates_of(text: str, today: date) -> set[date]:
    """What a whole text may mean as a date up to today: month before day, unless that is none. Two digits of a year are
    of either century.
    """
    plain = " ".join(text.casefold().split()).strip(" .,")
    return next((days for pattern in _PATTERNS if (days := _days(pattern.fullmatch(plain), today))), set())


def cut_dates(text: str, today: date) -> tuple[list[set[date]], str]:
    """The dates in a text, and what is left of it."""
    found: list[set[date]] = []

    def take(match: re.Match[str]) -> str:
        days = _days(match, today)
        if days:
            found.append(days)
        return " " if days else match[0]

    plain = " ".join(text.casefold().split())
    for pattern in _PATTERNS:
        plain = pattern.sub(take, plain)
    return found, plain


def _days(match: re.Match[str] | None, today: date) -> set[date]:
    if match is None:
        return set()
    parts = match.groupdict()
    orders: tuple[tuple[int, int], ...]
    if "word" in parts:
        month = next((number for number, name in enumerate(MONTHS, 1) if _means(parts["word"], name)), 0)
        orders = ((month, int(parts["day"])),)
    else:
        first, second = int(parts["first"]), int(parts["second"])
        orders = ((first, second), (second, first))
    for month, day in orders:
        if days := set(_real(_years(parts["year"]), month, day, today)):
            return days
    return set()


def _means(word: str, month: str) -> bool:
    return month.startswith(word) or word == "sept" == month[:4]


def _years(typed: str) -> tuple[int, ...]:
    return (1900 + int(typed), 2000 + int(typed)) if len(typed) == len("54") else (int(typed),)


def _real(years: tuple[int, ...], month: int, day: int, today: date) -> Iterator[date]:
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if year >= OLDEST_YEAR and found <= today:
            yield found
