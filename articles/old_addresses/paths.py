"""An address as the table keeps it, and what stands there."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from django.db.models.functions import Length
from django.urls import reverse
from django.utils import translation

from articles.models import Article, OldAddress
from common.text import clean_text

MOST_PARAMETERS = 10  # of a query string; what comes after them is not looked at
# WordPress's own addresses, which fall on the home page: /?p=123
HOME_PARAMETERS = re.compile(r"(?:p|page_id)=\d{1,10}")


def canonical(address: str) -> str:
    """An address as the table keeps it: without host, decoded, in small letters, "/" at its end unless it is a file.

    What follows "?" stays. Raises ValueError if it is none.
    """
    address = clean_text(address)
    if not address.startswith(("/", "https://", "http://")):
        raise ValueError("An address begins with / or https://")
    parts = urlsplit(f"//host/{address.lstrip('/')}" if address.startswith("/") else address)
    return with_query(path_of(unquote(parts.path)), parts.query)


def of_article(article: Article, slug: str = "") -> str:
    """The public address of an article, or the one that it had by another slug."""
    with translation.override(article.locale.language_code):
        return reverse("articles:detail", args=[slug or article.slug])


def path_of(path: str) -> str:
    """A path in that form, which `canonical` has checked or a request brought."""
    path = re.sub("/+", "/", f"/{clean_text(path).lower()}")
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def row_of(path: str, query: str = "") -> OldAddress | None:
    """The row of an address: with its whole query, with one parameter of it, or without."""
    path = path_of(path)
    queries: Iterable[str] = ["", query, *query.split("&")[:MOST_PARAMETERS]]
    addresses = {with_query(path, clean_text(part)) for part in queries}
    rows = OldAddress.objects.filter(path__in=addresses).select_related("article__locale", "page")
    return rows.order_by(Length("path").desc()).first()


def article_at(path: str) -> Article | None:
    """The article whose own address this is, public or not."""
    match = re.fullmatch(r"/(?:.*/)?([-\w]+)/", path)
    candidates = Article.objects.filter(slug=match[1]).select_related("locale") if match else []
    return next((article for article in candidates if of_article(article) == path), None)


def chain_from(article: Article | None) -> Iterator[Article]:
    """An article, the one that its own address leads on to, and so on; ends when it comes to one again. A query for
    each step that is taken.
    """
    seen: set[int] = set()
    while article is not None:
        yield article
        if article.pk in seen:
            return
        seen.add(article.pk)
        row = row_of(of_article(article))
        article = row.article if row else None
