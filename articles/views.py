"""The public pages: an index and the articles."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from articles.models import Article, BodyArea
from clinic.common.caching import public_page

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def zones() -> list[dict[str, object]]:
    """The numbered regions of the foot drawing, each with the address of its list."""
    index = reverse("articles:index")
    return [
        {"number": number, "slug": area.value, "label": area.label, "href": f"{index}?area={area.value}"}
        for number, area in enumerate(BodyArea, start=1)
    ]


@public_page
@require_safe
def article_index(request: HttpRequest) -> HttpResponse:
    """Every condition, A to Z, or those of one part of the foot. One query."""
    area = request.GET.get("area", "")
    if area not in BodyArea.values:
        area = ""
    articles = Article.objects.published().in_language().only("title", "medical_name", "slug", "description", "areas")
    by_letter = defaultdict(list)
    for article in sorted(articles, key=lambda article: article.title.casefold()):
        if not area or area in article.areas:
            letter = slugify(article.title)[:1].upper()
            by_letter[letter if letter in LETTERS else "#"].append(article)
    return render(
        request,
        "articles/article_index.html",
        {
            "zones": zones(),
            "area": BodyArea(area) if area else None,
            "letters": LETTERS,
            "by_letter": dict(sorted(by_letter.items())),
        },
    )


@public_page
@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One article and its related ones. Two queries."""
    visible = Article.objects.published().in_language()
    article = get_object_or_404(visible.select_related("reviewer"), slug=slug)
    return render(request, "articles/article_detail.html", {"article": article, "related": article.related()})
