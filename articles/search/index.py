"""The search's index, kept in the process and built anew when articles were published, changed or withdrawn."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.utils import translation
from django.utils.module_loading import import_string

from articles.models import Article, ArticleQuerySet
from articles.search.engine import Index
from articles.search.learned import NOTHING_LEARNED, Learned
from articles.search.values import Answer, Document

LEARNED = Path(__file__).parents[1] / "library" / "learned.bin"
_TAG = re.compile(r"<[^>]*>")
_NOT_TEXT = {"id", "type", "url", "image", "name", "many", "out_of", "source"}  # parts of a block that nobody reads

_kept: dict[str, tuple[object, Index]] = {}
_lock = Lock()


def current() -> Index:
    """The index of the page's language. One query, and another if something changed.

    While one thread builds it, the others go on with the one before: it takes seconds with thousands of articles.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    articles = Article.objects.published().in_language()
    answers: Sequence[Answer] = import_string(settings.SITE_ANSWERS)()
    state = (_state(articles), answers)
    kept = _kept.get(language)
    if kept and kept[0] == state:
        return kept[1]
    if _lock.acquire(blocking=kept is None):
        try:
            kept = _kept.get(language)
            if kept is None or kept[0] != state:
                learned = _learned() if language == "en" else NOTHING_LEARNED
                kept = (state, Index(map(document, _read(articles)), language, answers, learned))
                _kept[language] = kept
        finally:
            _lock.release()
    assert kept is not None  # noqa: S101 without one before, the lock was waited for
    return kept[1]


def forget() -> None:
    """Build it anew at the next need."""
    _kept.clear()


def document(article: Article) -> Document:
    """An article as the search reads it. Sources are not searched: their titles are about other things."""
    headings: list[str] = []
    texts: list[str] = []
    for block in article.body.raw_data:
        if block["type"] != "sources":
            for name, text in _texts(block["value"]):
                (headings if name in ("heading", "question") else texts).append(text)
    return Document(
        slug=article.slug,
        title=article.title,
        medical_name=article.medical_name,
        other_names=tuple(article.lay_names.splitlines()),
        summary=article.summary,
        description=article.description,
        areas=tuple(article.areas),
        headings=" ".join(headings),
        text=" ".join(texts),
    )


@cache
def _learned() -> Learned:
    """What was learned from English phrases; see `learn_phrases`."""
    return Learned.read(LEARNED)[0]


def _state(articles: ArticleQuerySet) -> object:
    """Something that differs after any publishing, withdrawing, expiry or removal."""
    return articles.aggregate(Count("pk"), Sum("pk"), Sum("live_revision"), Max("last_published_at"))


def _read(articles: ArticleQuerySet) -> Iterator[Article]:
    fields = ("slug", "title", "medical_name", "lay_names", "summary", "description", "areas", "body")
    return articles.only(*fields).order_by("title").iterator(chunk_size=200)


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a block's raw value without its markup, and the name of the part it stands in."""
    if isinstance(value, str):
        yield name, unescape(_TAG.sub(" ", value)) if "<" in value or "&" in value else value
    elif isinstance(value, dict):
        for inner, part in value.items():
            if inner not in _NOT_TEXT:
                yield from _texts(part, name if inner == "value" else inner)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, name)
