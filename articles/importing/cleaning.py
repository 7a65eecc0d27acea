"""Taking the article out of a web page, and everything hostile out of the article.

nh3 decides what stays: it reads HTML as browsers do, so what it lets through is what they would see.
"""

import re
from dataclasses import dataclass

import nh3
from bs4 import BeautifulSoup, Tag

from articles.library import LINK_SCHEMES
from common.text import clean_text

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "blockquote", "pre", "hr", "br"),
    *("address", "header", "footer", "main", "aside", "details"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "caption"),
    *("b", "strong", "a", "img", "figure", "figcaption"),
}
GONE_WITH_THEIR_WORDS = {
    *("script", "style", "iframe", "object", "embed", "applet", "noscript", "template", "svg", "math"),
    *("textarea", "select", "button", "title", "head", "noembed", "noframes", "xmp", "plaintext"),
}
# Where the themes and page builders that practices use put the article, the closest first.
ARTICLE = (
    ".elementor-widget-theme-post-content",
    "[itemprop=articleBody]",
    ".entry-content",
    ".post-content",
    ".et_pb_post_content",
    "article",
    "main",
    "[role=main]",
    "#content",
    "body",
)
# What stands inside it and is none of it.
FURNITURE = (
    "nav, footer, aside, form, script, style, noscript, template, [role=navigation], [role=dialog], [hidden], "
    "[aria-hidden=true], body > header, .site-header, #comments, .comments-area, [class*=breadcrumb], .crumbs, "
    "#crumbs, .author-box, .sidebar, .widget-area, .post-navigation, .related-posts, .skip-link, .screen-reader-text, "
    "[class*=cookie i], [id*=cookie i], .gdpr, [class^=cta], [class*=' cta'], "
    ".sharedaddy, .addtoany_share_save_container, .jp-relatedposts, .wp-block-latest-posts, .ez-toc-container, "
    ".lwptoc, .elementor-widget-share-buttons, .elementor-widget-post-navigation, .elementor-widget-table-of-contents"
)
# Links that look like buttons: "Book now". Ours are on every page.
BUTTONS = "a.btn, a.button, a[class^=btn-], a[role=button], .wp-block-button, .elementor-button-wrapper, .et_pb_button"
QUESTION_TITLES = (
    ".elementor-tab-title, .elementor-toggle-title, .elementor-accordion-title, .et_pb_toggle_title, summary"
)
SHORTCODE = re.compile(
    r"\[/?(?:gallery|caption|embed|audio|video|playlist|(?:vc|et_pb|elementor|fusion|av|su)[_-][\w-]*"
    r"|[a-z][\w-]*(?=[^\]\n]*=))[^\]\n]*\]"
)


@dataclass(frozen=True)
class Page:
    """A saved web page."""

    title: str
    html: str
    description: str
    author: str
    date: str
    address: str


def read_page(markup: str | bytes) -> Page:
    """The article of a web page and what the page says about it; its menus, sidebars and footers are left."""
    soup = BeautifulSoup(markup, "html.parser")
    found = (place for selector in ARTICLE if (place := _longest(soup, selector)))
    place = next((tag for tag in found if len(tag.get_text(strip=True)) >= 200), None) or soup.body or soup
    heading = place.find("h1") or soup.find("h1")
    named = soup.title.get_text() if soup.title else ""
    title = heading.get_text(" ") if heading else re.split(r"\s+[|–—-]\s+", named)[0]
    canonical = soup.find("link", rel="canonical")
    for furniture in place.select(f"{FURNITURE}, {BUTTONS}"):
        furniture.extract()
    return Page(
        title=clean_text(title),
        html=str(place),
        description=_meta(soup, "description", "og:description"),
        author=_meta(soup, "author", "article:author"),
        date=_meta(soup, "article:published_time", "date"),
        address=str(canonical.get("href") or "") if canonical else _meta(soup, "og:url"),
    )


def clean(html: str) -> tuple[str, list[str]]:
    """The text with nothing but TAGS, links and pictures; and the shortcodes that were left out."""
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.find_all("img"):
        later = picture.get("data-src") or picture.get("data-lazy-src") or picture.get("data-orig-file")
        picture["src"] = later or picture.get("src") or ""
    for title in soup.select(QUESTION_TITLES):
        title.name = "h4"
    cleaned = nh3.clean(
        str(soup),
        tags=TAGS,
        clean_content_tags=GONE_WITH_THEIR_WORDS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes=LINK_SCHEMES,
        link_rel=None,
    )
    shortcodes = sorted({match.strip("[]/").split()[0] for match in SHORTCODE.findall(cleaned)})
    return clean_text(SHORTCODE.sub("", cleaned), lines=True), shortcodes


def plain(html: str) -> str:
    """A line of words, without its markup."""
    return clean_text(BeautifulSoup(html, "html.parser").get_text()) if re.search("[<&]", html) else clean_text(html)


def _longest(soup: BeautifulSoup, selector: str) -> Tag | None:
    """A page may have several, such as teasers of other articles."""
    return max(soup.select(selector), key=lambda tag: len(tag.get_text()), default=None)


def _meta(soup: BeautifulSoup, *names: str) -> str:
    for name in names:
        tag = soup.find("meta", attrs={"name": name}) or soup.find("meta", property=name)
        if tag and tag.get("content"):
            return clean_text(str(tag["content"]))
    return ""
