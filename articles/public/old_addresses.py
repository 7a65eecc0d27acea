"""Where an address leads that has no page: to the article that moved, or to the word that it is gone.

Asked only where the answer would be 404, so that no page pays for it. What leads where is a table of OldAddress rows.
Each names an article and not an address, so an article that moved twice is one step away from all its addresses.
An article that was merged into another leads on to that one, however long the chain, in one step for the reader.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db.models.functions import Length
from django.db.models.signals import post_delete, pre_delete, pre_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles.models import Article, MissedAddress, OldAddress
from articles.search import index as search_index
from articles.search.text import words_of
from articles.search.values import Document
from common.text import clean_text

MOST_PARAMETERS = 10  # of a query string; what comes after them is not looked at
MOST_RELATED = 5
# WordPress's own addresses, which fall on the home page: /?p=123
HOME_PARAMETERS = re.compile(r"(?:p|page_id)=\d{1,10}")
# What programs that look for holes ask for, and what browsers ask for by themselves.
NOISE = re.compile(
    r"(?:^|/)(?:\.|wp-|wp/|wordpress|xmlrpc|cgi-bin|vendor/|phpmyadmin|pma/|mysql|actuator|solr|owa/|ecp/|autodiscover|"
    r"boaform|hnap1|api/|v\d+/|_|administrator|backup|config|debug|console|server-status|apple-touch|sitemap|feed)"
)
READABLE = re.compile(r"/(?:[a-z0-9-]+/)*[a-z0-9-]+(?:/|\.html?|\.pdf|\.aspx?)")
PRIVATE = re.compile(r"\d{7}|\d{3}-\d{3}-?\d{4}|[a-z0-9]{25}")  # a phone number, or a key
BELOW = re.compile(r"(?P<article>/.+/)(?P<page>share\.png|question/(?:sent/)?)")  # what moves with its article


@dataclass(frozen=True)
class Lead:
    """What to tell who came by an old address: an address to go to, or, without one, articles to read instead."""

    address: str
    related: list[Article] | list[Document]


def canonical(address: str) -> str:
    """An address as the table keeps it: without host, decoded, in small letters, "/" at its end unless it is a file.

    What follows "?" stays. Raises ValueError if it is none.
    """
    address = clean_text(address)
    if not address.startswith(("/", "https://", "http://")):
        raise ValueError("An address begins with / or https://")
    parts = urlsplit(f"//host/{address.lstrip('/')}" if address.startswith("/") else address)
    return _with_query(_path(unquote(parts.path)), parts.query)


def of_article(article: Article, slug: str = "") -> str:
    """The public address of an article, or the one that it had by another slug."""
    with translation.override(article.locale.language_code):
        return reverse("articles:detail", args=[slug or article.slug])


def find(path: str, query: str = "") -> Lead | None:
    """What there is to say about an address without a page; None for one that never was an article's.

    One query for an address that leads to an article; path and query as the request has them.
    """
    found = _row(path, query)
    if found is None:
        if (below := BELOW.fullmatch(_path(path))) and _row(below["article"]):
            return _moved_along(path, below["article"], below["page"])
        own = _article_at(_path(path))
        if own and own.is_public():  # asked for in capitals, or without its last slash
            return Lead(of_article(own), [])
        gone = _gone_by_itself(path)
        return Lead("", _related(gone, gone.title)) if gone else None
    article, seen = found.article, set()
    while article is not None and article.pk not in seen and not article.is_public():
        seen.add(article.pk)
        onward = _row(of_article(article))
        if onward is None or onward.article_id is None:
            break
        article = onward.article
    if article is not None and article.is_public():
        return Lead(of_article(article), [])
    if article is None or article.first_published_at or _gone_by_itself(path):
        return Lead("", _related(article, found.about or path))
    return None


def miss(path: str) -> list[Document]:
    """Count an address that leads nowhere, and say which articles its words may be about. Nothing for what programs
    try, and nothing is kept that could be about a person.
    """
    path = _path(path)
    if len(path) > MissedAddress.LENGTH or not READABLE.fullmatch(path):
        return []
    if NOISE.search(path) or PRIVATE.search(path) or OldAddress.objects.filter(path=path).exists():
        return []
    MissedAddress.objects.count_up(path)
    return like(path)


def like(words: str) -> list[Document]:
    """Published articles about the words of a title, or of the last part of an address."""
    last = re.sub(r"\.\w+$", "", words.rstrip("/").rpartition("/")[2])
    index = search_index.current()
    known = [word for word in words_of(last) if index.names(word)]  # no article is about "contact" or "toms-river"
    return [hit.document for hit in index.search(" ".join(known)).hits[:MOST_RELATED]]


def check(path: str, article: Article | None) -> None:
    """Raises ValidationError if leading `path`, in its canonical form, to `article` could not work."""
    path, _question, query = path.partition("?")
    if path == "/" and not HOME_PARAMETERS.fullmatch(query):
        raise ValidationError({"path": _("This is the home page. Of its addresses only “/?p=123” can lead elsewhere.")})
    own = _article_at(path)
    if own and own.is_public():
        raise ValidationError({"path": _("A published article has this address. Change or unpublish that one first.")})
    if own and article and own != article and _leads_to(article, own):
        raise ValidationError({"article": _("That article leads here, so readers would go round in circles.")})


def led_by_hand(old: OldAddress) -> None:
    """After an editor said where an address leads: nobody misses it any more, and the other addresses of the same
    deleted article follow.
    """
    MissedAddress.objects.filter(path=old.path).delete()
    if old.about and old.article:
        OldAddress.objects.filter(article=None, about=old.about).update(article=old.article)


@receiver(pre_save, sender=Article)
def remember_address(
    instance: Article, *, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """An article that was public and now moves, or is withdrawn, leaves its old address behind. One that takes an
    address over puts an end to what led elsewhere from there.
    """
    if raw or (update_fields is not None and not update_fields & {"slug", "live"}):  # a draft has been saved
        return
    fields = ("slug", "live", "first_published_at", "locale__language_code")
    before = Article.objects.filter(pk=instance.pk).select_related("locale").only(*fields).first()
    if before and before.first_published_at and (before.slug != instance.slug or not instance.live):
        _leave_behind(of_article(before), article=before)
    if instance.live:
        OldAddress.objects.filter(path=of_article(instance)).delete()


@receiver(pre_delete, sender=Article)
def remember_title(instance: Article, **kwargs: Any) -> None:
    """What leads to a deleted article goes where that one led; if nowhere, it keeps what it was about."""
    onward = _row(of_article(instance))
    rows = OldAddress.objects.filter(article=instance)
    if onward and onward.article_id not in (None, instance.pk):
        rows.update(article=onward.article_id)
    else:
        rows.update(about=instance.title)


@receiver(post_delete, sender=Article)
def remember_deleted(instance: Article, **kwargs: Any) -> None:
    """So does the address of its own."""
    if instance.first_published_at:
        _leave_behind(of_article(instance), article=None, about=instance.title)


def _leave_behind(path: str, **leads: Any) -> None:
    OldAddress.objects.get_or_create(path=path, defaults={"added_by": OldAddress.AddedBy.MACHINE, **leads})


def _path(path: str) -> str:
    path = re.sub("/+", "/", f"/{clean_text(path).lower()}")
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _row(path: str, query: str = "") -> OldAddress | None:
    """The row of an address: with its whole query, with one parameter of it, or without."""
    path = _path(path)
    queries: Iterable[str] = ["", query, *query.split("&")[:MOST_PARAMETERS]]
    addresses = {_with_query(path, clean_text(one)) for one in queries}
    rows = OldAddress.objects.filter(path__in=addresses).select_related("article__locale")
    return rows.order_by(Length("path").desc()).first()


def _moved_along(path: str, article: str, page: str) -> Lead | None:
    """Where a page is now that stood below an article's old address."""
    lead = find(article)
    address = f"{lead.address}{page}" if lead and lead.address else path
    return Lead(address, []) if address != path else None


def _article_at(path: str) -> Article | None:
    """The article whose own address this is, public or not."""
    match = re.fullmatch(r"/(?:.*/)?([-\w]+)/", path)
    candidates = Article.objects.filter(slug=match[1]).select_related("locale") if match else []
    return next((article for article in candidates if of_article(article) == path), None)


def _gone_by_itself(path: str) -> Article | None:
    """An article that was public at this address and is not now: past its expiry, say."""
    article = _article_at(path)
    return article if article and article.first_published_at and not article.is_public() else None


def _leads_to(article: Article, end: Article) -> bool:
    """Whether whoever asks for `article` is led on to `end` in the end, once `end` itself leads to `article`."""
    seen: set[int] = set()
    step: Article | None = article
    while step is not None and step.pk not in seen:
        if step == end:
            return True
        seen.add(step.pk)
        row = _row(of_article(step))
        step = row.article if row else None
    return False


def _related(article: Article | None, words: str) -> list[Article] | list[Document]:
    """What the editors related to an article that is gone; what is like it, if nothing."""
    if article:
        near = article.neighbors()
        if near.related or near.mentioned:
            return [*near.related, *near.mentioned][:MOST_RELATED]
    return like(words)
