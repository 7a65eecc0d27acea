"""Which article an address belongs to, and which address an article has."""

import re
from urllib.parse import urlsplit

from django.conf import settings

from articles.links import CONDITIONS
from articles.models import Article

SCHEMES = ("http", "https", "mailto", "tel")
ARTICLE_PATH = re.compile(rf"/{CONDITIONS}([-\w]+)/?$")


def address_of(article: Article) -> str | None:
    """Where readers would get to now."""
    return article.get_absolute_url() if Article.objects.published().filter(pk=article.pk).exists() else None


def web_address(typed: str) -> str:
    """What was typed as a link, if it is one."""
    if re.match(r"(?i)www\.\S+\.\S+$", typed):
        return f"https://{typed}"
    if re.match(rf"(?i)/{CONDITIONS}\S+$", typed):
        return typed
    return typed if re.match(rf"(?i)({'|'.join(SCHEMES)}):\S+$", typed) else ""


def article_at(url: str) -> int | None:
    """The number of the article that an address of this site belongs to."""
    parts = urlsplit(url)
    match = ARTICLE_PATH.match(parts.path)
    if not match or (parts.netloc and parts.netloc != urlsplit(settings.BASE_URL).netloc):
        return None
    found: int | None = Article.objects.filter(slug=match[1]).values_list("pk", flat=True).first()
    return found
