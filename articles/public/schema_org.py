"""An article in the words of https://schema.org. Pure: no query beyond what the page has read."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.models import Article, BodyArea
from articles.reviewing.people import Person
from common.schema_org import SPECIALTY, Node, absolute, breadcrumbs, graph, organization

MOST_NAMES = 12  # of what people call a condition


def article_page(article: Article) -> Node:
    """The page, the condition it is about, and where it stands. Needs the reviewer read along.

    Its questions are left out: search engines show them no more (https://developers.google.com/search/updates).
    """
    address = article.get_absolute_url()
    url = absolute(address)
    parts = {block.block_type: block.value for block in article.body}
    steps = breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Conditions"), reverse("articles:index")),
        (article.title, address),
    )
    page: Node = {
        "@type": "MedicalWebPage",
        "@id": url,
        "url": url,
        "name": article.title,
        "description": article.description,
        "inLanguage": get_language(),
        "isPartOf": {"@type": "WebSite", "@id": absolute("/#website")},
        "publisher": organization(),
        "breadcrumb": {"@id": steps["@id"]},
        "image": absolute(reverse("article_picture", args=[article.slug])),
        "audience": {"@type": "Patient"},
        "specialty": SPECIALTY,
        "about": _condition(article),
    }
    if article.first_published_at and article.last_published_at:
        page["datePublished"] = timezone.localdate(article.first_published_at).isoformat()
        page["dateModified"] = timezone.localdate(article.last_published_at).isoformat()
    if article.sample:
        page["creativeWorkStatus"] = _("Sample, not yet reviewed")
    elif article.reviewer and article.last_reviewed:
        page["lastReviewed"] = article.last_reviewed.isoformat()
        page["reviewedBy"] = _reviewer(article.reviewer.person)
    if sources := parts.get("sources"):
        page["citation"] = [_source(source) for source in sources]
    return graph(page, steps)


def _reviewer(person: Person | None) -> Node:
    """The podiatrist, as their own page has them; the practice, while it does not list them."""
    if person is None:
        return organization()
    return {
        "@type": "Person",
        "@id": f"{absolute(person.address)}#person",
        "name": person.name,
        "honorificSuffix": person.degree,
        "jobTitle": person.license,
        "url": absolute(person.address),
    }


def _condition(article: Article) -> Node:
    """What the article is about, with the first names people have for it: later ones tell what it is like."""
    name = article.medical_name or article.short_name
    others = [other for other in (article.short_name, *article.lay_names.splitlines()[:MOST_NAMES]) if other.strip()]
    return {
        "@type": "MedicalCondition",
        "name": name,
        "alternateName": [other for other in dict.fromkeys(others) if other.casefold() != name.casefold()],
        "associatedAnatomy": [
            {"@type": "AnatomicalStructure", "name": str(BodyArea(area).label)}
            for area in article.areas
            if area in BodyArea.values
        ],
    }


def _source(source: Any) -> Node:
    """Where facts come from."""
    node: Node = {
        "@type": "CreativeWork",
        "name": source["title"],
        "datePublished": str(source["year"]),
        "publisher": {"@type": "Organization", "name": source["publisher"]},
    }
    return {**node, "url": source["url"]} if source["url"] else node
