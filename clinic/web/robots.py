"""What robots ask for: robots.txt and the sitemap, both with the site's own address and never the request's host."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.offices import directory
from articles.models import Article
from common.public_pages import public_page

# Where nothing is for readers: staff, and the request form with its confirmation.
SECURITY_LIFETIME = timedelta(days=180)  # RFC 9116 asks for less than a year
CLOSED = ("/admin/", "/cms/", "/accounts/", "/appointments/")


@public_page
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything but the desks, and of the form only its door."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        f"Allow: {reverse('appointments:new')}$",
        "",
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116); 404 without SECURITY_CONTACT."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_LIFETIME
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.BASE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class _OurAddress:
    """For sitemaps: BASE_URL, so that no sites framework is needed."""

    def get_protocol(self, protocol: str | None = None) -> str:
        """ "https", except in the demonstration."""
        return urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """The host of BASE_URL."""
        return urlsplit(settings.BASE_URL).netloc


class PageSitemap(_OurAddress, Sitemap[str]):
    """The pages that are always there, and the offices. No query."""

    def items(self) -> Sequence[str]:
        offices = [reverse("offices:detail", args=[facts.slug]) for facts in directory()]
        return [reverse("home"), reverse("articles:index"), reverse("offices:index"), *offices]

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


SITEMAPS = {"pages": PageSitemap, "articles": ArticleSitemap}
