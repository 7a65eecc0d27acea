"""An article in the words of https://schema.org. Pure: no query beyond what the page has read."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.rich_text import get_text_for_indexing

from articles.models import AnsweredQuestion, Article, BodyArea
from common.schema_org import SPECIALTY, Node, absolute, breadcrumbs, graph, organization


def article_page(article: Article, asked: Iterable[AnsweredQuestion] = ()) -> Node:
    """The page, the condition it is about, its questions, and where it stands. Needs the reviewer read along.

    `asked` are readers' published questions; they follow the article's own, as on the page.
    """
    url = absolute(article.get_absolute_url())
    parts = {block.block_type: block.value for block in article.body}
    steps = breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Conditions"), reverse("articles:index")),
        (article.title, article.get_absolute_url()),
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
        page["reviewedBy"] = {
            "@type": "Person",
            "name": article.reviewer.name,
            "honorificSuffix": article.reviewer.credentials,
        }
    if sources := parts.get("sources"):
        page["citation"] = [_source(source) for source in sources]
    nodes = [page, steps]
    common = [(item["question"], get_text_for_indexing(item["answer"].source)) for item in parts.get("questions", ())]
    if questions := [*common, *((item.text, item.answer) for item in asked)]:
        nodes.append(_questions(url, questions))
    return graph(*nodes)


def _condition(article: Article) -> Node:
    """What the article is about, with every name people have for it."""
    name = article.medical_name or article.reason
    others = [other for other in (article.reason, *article.lay_names.splitlines()) if other.strip()]
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


def _questions(url: str, questions: Iterable[tuple[str, str]]) -> Node:
    """Questions with their answers, both plain text."""
    return {
        "@type": "FAQPage",
        "@id": f"{url}#questions",
        "isPartOf": {"@id": url},
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
            for question, answer in questions
        ],
    }
