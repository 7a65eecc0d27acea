"""Links from a text to other articles: kept by the article's number, so that a new address breaks none.

    <a linktype="article" id="7">flat feet</a>

The starter articles link by address (`/conditions/flat-feet/`), which is understood too. A reader never meets a link
to an article that is not public: the words stay, the link goes. Pure: what is public comes in as `address_of`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

CONDITIONS = "conditions/"  # where clinic/urls.py hangs the articles' pages

AddressOf = Callable[[int | None, str | None], str | None]  # by an article's number or by its slug

# As links between articles stand in a text: by number, or by address.
TO_ARTICLE = rf'[^>]*(?:linktype="article"|href="/{CONDITIONS})'
ARTICLE_LINK = re.compile(
    rf"<a (?={TO_ARTICLE})"
    rf'(?=(?:[^>]*\bid="(?P<pk>\d+)")?)(?=(?:[^>]*\bhref="/{CONDITIONS}(?P<slug>[-\w]+)/)?)[^>]*>(?P<words>.*?)</a>',
    re.DOTALL,
)

LOCAL_LINK = re.compile(r'<a href="(/[^"]*)">')


def mentioned_in(raw: Iterable[Any]) -> tuple[set[int], set[str]]:
    """The numbers and the slugs of the articles that a body's raw data links to."""
    numbers, slugs = set(), set()
    for text in texts_in(raw):
        for match in ARTICLE_LINK.finditer(text):
            if match["pk"]:
                numbers.add(int(match["pk"]))
            elif match["slug"]:
                slugs.add(match["slug"])
    return numbers, slugs


def with_addresses(html: str, address_of: AddressOf) -> str:
    """The text with each link to an article led to its address; without the link where there is none."""

    def link(match: re.Match[str]) -> str:
        pk, slug, words = match["pk"], match["slug"], match["words"]
        address = address_of(int(pk) if pk else None, slug)
        return f'<a href="{address}">{words}</a>' if address else words

    return ARTICLE_LINK.sub(link, html)


def addresses_in(raw: Iterable[Any]) -> list[str]:
    """The addresses of this site, but for its articles' own, that a body's raw data links to."""
    found = (address for text in texts_in(raw) for address in LOCAL_LINK.findall(text))
    return list(dict.fromkeys(address for address in found if not address.startswith(f"/{CONDITIONS}")))


def by_address(raw: Any, number_at: Mapping[str, int]) -> Any:
    """Raw data whose links to these addresses are links to articles by number."""
    if isinstance(raw, Mapping):
        return {name: by_address(part, number_at) for name, part in raw.items()}
    if isinstance(raw, list):
        return [by_address(part, number_at) for part in raw]
    if not isinstance(raw, str):
        return raw

    def link(match: re.Match[str]) -> str:
        pk = number_at.get(match[1])
        return f'<a linktype="article" id="{pk}">' if pk else match[0]

    return LOCAL_LINK.sub(link, raw)


def by_number(raw: Any, number_of: Mapping[str, int]) -> Any:
    """Raw data whose links by address are links by number, where `number_of` knows the article by its slug."""
    if isinstance(raw, Mapping):
        return {name: by_number(part, number_of) for name, part in raw.items()}
    if isinstance(raw, list):
        return [by_number(part, number_of) for part in raw]
    if not isinstance(raw, str):
        return raw

    def link(match: re.Match[str]) -> str:
        pk = number_of.get(match["slug"] or "")
        return f'<a linktype="article" id="{pk}">{match["words"]}</a>' if pk else match[0]

    return ARTICLE_LINK.sub(link, raw)


def words_without_address(raw: Iterable[Any], address_of: AddressOf) -> list[str]:
    """The linked words in a body's raw data that lead nowhere."""
    return [
        re.sub(r"<[^>]+>", "", match["words"])
        for text in texts_in(raw)
        for match in ARTICLE_LINK.finditer(text)
        if not address_of(int(match["pk"]) if match["pk"] else None, match["slug"])
    ]


def texts_in(value: Any) -> Iterable[str]:
    """Every string inside raw stream data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from texts_in(part)
