"""What to tell who came by an old address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from articles.models import Article
from articles.old_addresses.paths import article_at, chain_from, of_article, path_of, row_of
from articles.search import index as search_index
from articles.search.text import words_of
from articles.search.values import Answer, Document

MOST_RELATED = 5
BELOW = re.compile(r"(?P<article>/.+/)(?P<page>share\.png|question/(?:sent/)?)")  # what moves with its article


@dataclass(frozen=True)
class Redirect:
    """What to tell who came by an old address: an address to go to, or, without one, articles to read instead."""

    address: str
    related: list[Article] | list[Document]


def find(path: str, query: str = "") -> Redirect | None:
    """What there is to say about an address without a page; None for one that never was an article's.

    One query for an address that leads to an article; path and query as the request has them.
    """
    row = row_of(path, query)
    if row is None:
        return _find_without_row(path)
    if row.page:
        if not row.page.is_public() and row.page.first_published_at is None:
            return None
        return Redirect(row.page.get_absolute_url() if row.page.is_public() else "", [])
    article = None
    for article in chain_from(row.article):
        if article.is_public():
            return Redirect(of_article(article), [])
    if article is None or article.first_published_at or _gone_by_itself(path):
        return Redirect("", _related(article, row.about or path))
    return None


def _find_without_row(path: str) -> Redirect | None:
    if (below := BELOW.fullmatch(path_of(path))) and row_of(below["article"]):
        return _moved_along(path, below["article"], below["page"])
    own = article_at(path_of(path))
    if own and own.is_public():  # asked for in capitals, or without its last slash
        return Redirect(of_article(own), [])
    gone = _gone_by_itself(path)
    return Redirect("", _related(gone, gone.title)) if gone else None


@dataclass(frozen=True)
class Instead:
    """What the words of an address without a page may be about; all empty if nothing of ours."""

    words: str = ""
    answer: Answer | None = None
    articles: Sequence[Document] = ()


def instead_of(path: str) -> Instead:
    """What the search has for the last part of an address: an answer about the practice, or articles."""
    words = " ".join(_last_words(path))
    answer = search_index.current().search(words).answer
    articles = () if answer else related_to(path)
    return Instead(words if answer or articles else "", answer, articles)


def related_to(words: str) -> list[Document]:
    """Published articles about the words of a title, or of the last part of an address."""
    index = search_index.current()
    known = [word for word in _last_words(words) if index.names(word)]  # no article is about "contact" or "toms-river"
    return [hit.document for hit in index.search(" ".join(known)).hits[:MOST_RELATED]]


def _last_words(path: str) -> list[str]:
    return words_of(re.sub(r"\.\w+$", "", path.rstrip("/").rpartition("/")[2]))


def _moved_along(path: str, article: str, page: str) -> Redirect | None:
    """Where a page is now that stood below an article's old address."""
    found = find(article)
    address = f"{found.address}{page}" if found and found.address else path
    return Redirect(address, []) if address != path else None


def _gone_by_itself(path: str) -> Article | None:
    """An article that was public at this address and is not now: past its expiry, say."""
    article = article_at(path)
    return article if article and article.first_published_at and not article.is_public() else None


def _related(article: Article | None, words: str) -> list[Article] | list[Document]:
    """What the editors related to an article that is gone; what is like it, if nothing."""
    if article:
        near = article.neighbors()
        if near.related or near.mentioned:
            return [*near.related, *near.mentioned][:MOST_RELATED]
    return related_to(words)
