"""Taking the article out of a web page, and everything hostile out of the article.

nh3 decides what stays: it reads HTML as browsers do, so what it lets through is what they would see.
"""

import re
from dataclasses import dataclass
from html import unescape

import nh3
from bs4 import BeautifulSoup, Tag

from articles.importing.raised import raised
from articles.importing.word import classes_of, from_word
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
    ".sharedaddy, .top-bar, .topbar, [id*=chat i], [class*=chat-widget i], "
    ".addtoany_share_save_container, .jp-relatedposts, .wp-block-latest-posts, .ez-toc-container, "
    ".lwptoc, .elementor-widget-share-buttons, .elementor-widget-post-navigation, .elementor-widget-table-of-contents"
)
# Links that look like buttons: "Book now". Ours are on every page.
BUTTONS = "a.btn, a.button, a[class^=btn-], a[role=button], .wp-block-button, .elementor-button-wrapper, .et_pb_button"
QUESTION_TITLES = (
    ".elementor-tab-title, .elementor-toggle-title, .elementor-accordion-title, .et_pb_toggle_title, summary, "
    ".schema-faq-question, .rank-math-question"
)
QUESTION_TAG = "h6"
# What holds a question with its answer, or several: below it the text goes on.
QUESTIONS = (
    "details, .elementor-tab-content, .elementor-accordion, .elementor-toggle, .et_pb_toggle, .schema-faq-section, "
    ".rank-math-faq-item, [class*=faq i], [class*=accordion i], [itemtype*=Question]"
)
SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://[^\s<>\"]+)")  # browsers write it above a page
BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")


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
    saved = SAVED_FROM.search(str(markup[:5000] if isinstance(markup, str) else markup[:5000].decode("latin-1")))
    for furniture in place.select(f"{FURNITURE}, {BUTTONS}"):
        furniture.extract()
    return Page(
        title=clean_text(title),
        html=str(place),
        description=_meta(soup, "description", "og:description"),
        author=_meta(soup, "author", "article:author"),
        date=_meta(soup, "article:published_time", "date"),
        address=(str(canonical.get("href") or "") if canonical else _meta(soup, "og:url"))
        or (saved[1] if saved else ""),
    )


def clean(html: str) -> str:
    """The text with nothing but TAGS, links and pictures. `<hr>` stands where questions end, and nowhere else."""
    html = raised(re.sub(r"<hr\b[^>]*>", "", html, flags=re.IGNORECASE))
    if re.search(r"<(?:img|summary|details|b|span)\b|class=|itemtype=", html):
        html = _prepared(html)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE_WITH_THEIR_WORDS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes=LINK_SCHEMES,
        link_rel=None,
    )
    return clean_text(cleaned, lines=True)


def _prepared(html: str) -> str:
    """What stands in attributes that do not stay: late pictures, questions, the lists and bold words of Word and
    Google Docs.
    """
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.find_all("img"):
        later = picture.get("data-src") or picture.get("data-lazy-src") or picture.get("data-orig-file")
        picture["src"] = later or picture.get("src") or ""
    if "class=" in html or "<details" in html or "itemtype" in html:
        for container in soup.select(QUESTIONS):
            if "elementor-tab-content" in classes_of(container) or container.select_one(f"{QUESTION_TITLES}, h3, h4"):
                container.insert_after(soup.new_tag("hr"))
        for title in soup.select(QUESTION_TITLES):
            title.name = QUESTION_TAG
        from_word(soup)
    if "font-weight" in html:
        for words in soup.select("span[style*=font-weight]"):
            if BOLD.search(str(words["style"])):
                words.name = "b"
        for words in soup.select("b[style*=font-weight]"):  # Google Docs wraps all of a copy in one of them
            if not BOLD.search(str(words["style"])):
                words.unwrap()
    return str(soup)


def plain(html: str) -> str:
    """A line of words, without its markup."""
    return clean_text(unescape(re.sub(r"<[^>]*>", "", raised(html)))) if re.search("[<&]", html) else clean_text(html)


def _longest(soup: BeautifulSoup, selector: str) -> Tag | None:
    """A page may have several, such as teasers of other articles."""
    return max(soup.select(selector), key=lambda tag: len(tag.get_text()), default=None)


def _meta(soup: BeautifulSoup, *names: str) -> str:
    for name in names:
        tag = soup.find("meta", attrs={"name": name}) or soup.find("meta", property=name)
        if tag and tag.get("content"):
            return clean_text(str(tag["content"]))
    return ""
