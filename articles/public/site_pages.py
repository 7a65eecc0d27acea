"""Pages at the top of the site, and where the site leads to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from articles.models import SitePage
from articles.models.site_pages import ROLES
from common.public_pages import PUBLIC_SECONDS, public_page


@dataclass(frozen=True)
class Link:
    """A page by name and address, and what it says of itself."""

    title: str
    address: str
    description: str = ""


@dataclass(frozen=True)
class SiteLinks:
    """Where the pages are. `by_role` has what is public, `footer` also what the law asks for and is not there yet;
    `others` are public pages that the site leads to from nowhere else.
    """

    by_role: Mapping[str, Link] = field(default_factory=dict)
    footer: tuple[Link, ...] = ()
    others: tuple[Link, ...] = ()

    def must(self, role: str) -> Link:
        """The page for something that the law asks for, or the page that stands in for it."""
        return self.by_role.get(role) or Link(str(ROLES[role].title), f"/{ROLES[role].slug}/")

    @property
    def privacy_practices(self) -> Link:
        return self.must("privacy-practices")

    @property
    def language_help(self) -> Link:
        return self.must("language-help")

    @property
    def good_faith_estimate(self) -> Link:
        return self.must("good-faith-estimate")


_READ = ("title", "slug", "role", "in_footer", "description")
_kept: dict[str, tuple[float, SiteLinks]] = {}
_lock = Lock()


def site_links() -> SiteLinks:
    """For the language of the page being made. One query a minute and process, and after a change; as they were, or
    those of what the law asks for, while the database is away.
    """
    language = translation.get_language() or ""
    until, links = _kept.get(language, (0.0, SiteLinks()))
    if monotonic() < until:
        return links
    with _lock:
        until, links = _kept.get(language, (0.0, SiteLinks()))
        if monotonic() < until:
            return links
        try:
            links = _read()
        except Error:  # whoever says so needs a foot, too
            return links if links.footer else _links([])
        _kept[language] = monotonic() + PUBLIC_SECONDS, links
    return links


def address_of(*roles: str) -> str:
    """Where the first of these pages is that is public; "" without one."""
    by_role = site_links().by_role
    return next((by_role[role].address for role in roles if role in by_role), "")


def forget() -> None:
    """Read them anew at the next need."""
    _kept.clear()


def _read() -> SiteLinks:
    return _links(list(SitePage.objects.published().in_language().only(*_READ)))


def _links(pages: list[SitePage]) -> SiteLinks:
    by_role = {page.role: _link(page) for page in pages if page.role}
    links = SiteLinks(by_role)
    must = [links.must(name) for name, role in ROLES.items() if role.must]
    more = [_link(page) for page in pages if page.in_footer and not (page.role and ROLES[page.role].must)]
    return SiteLinks(by_role, (*must, *more), tuple(_link(page) for page in pages if not page.role))


def _link(page: SitePage) -> Link:
    return Link(page.title, page.get_absolute_url(), page.description)


@public_page
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page. Two queries at most. What the law asks for is never missing: without a page it says whom to ask.

    Every address of one word that no other page has comes here, so that nothing but reading finds anything.
    """
    if request.method not in ("GET", "HEAD"):
        raise Http404
    page = SitePage.objects.published().in_language().select_related("reviewer").filter(slug=slug).first()
    if page:
        return render(request, "articles/site_page.html", {"page": page, "near": page.neighbors()})
    for name, role in ROLES.items():
        if role.must and role.slug == slug and name not in site_links().by_role:
            return render(request, "articles/site_page_missing.html", {"title": role.title})
    raise Http404
