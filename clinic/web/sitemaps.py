"""The sitemap, with the site's own address and never the request's host."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from appointments.offices import directory, podiatrists
from articles.models import Article, SitePage


class _OurAddress:
    """For sitemaps: BASE_URL, so that no sites framework is needed."""

    def get_protocol(self, protocol: str | None = None) -> str:
        """ "https", except in the demonstration."""
        return urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """The host of BASE_URL."""
        return urlsplit(settings.BASE_URL).netloc


class PageSitemap(_OurAddress, Sitemap[str]):
    """The pages that are always there, the offices, and the people once one is listed. No query."""

    def items(self) -> Sequence[str]:
        offices = [reverse("offices:detail", args=[facts.slug]) for facts in directory()]
        people = [person.address for person in podiatrists()]
        if people:
            people.insert(0, reverse("people:index"))
        return [
            *(reverse("home"), reverse("articles:index"), reverse("offices:index"), *offices),
            *(reverse("insurance"), *people),
        ]

    def location(self, item: str) -> str:
        """The item is its path."""
        return item


class ArticleSitemap(_OurAddress, Sitemap[Article]):
    """The published articles. One query."""

    def items(self) -> Sequence[Article]:
        return list(Article.objects.published().in_language().only("title", "slug", "last_published_at"))

    def lastmod(self, item: Article) -> datetime | None:
        """When its present text went live."""
        return item.last_published_at


class SitePageSitemap(_OurAddress, Sitemap[SitePage]):
    """The practice's own pages. One query."""

    def items(self) -> Sequence[SitePage]:
        return list(SitePage.objects.published().in_language().only("slug", "last_published_at"))

    def lastmod(self, item: SitePage) -> datetime | None:
        """When its present text went live."""
        return item.last_published_at


SITEMAPS = {"pages": PageSitemap, "articles": ArticleSitemap, "site pages": SitePageSitemap}
