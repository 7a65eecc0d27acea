"""Choosing where a link in a text leads: another article, found by its name, or a web address."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.desk.link_addresses import address_of, article_at, web_address
from articles.models import Article

MOST_CHOICES = 8


@require_safe
def choose(request: HttpRequest) -> JsonResponse:
    """The dialog: one box for the name of an article or a web address. What is marked is looked up at once."""
    if not (request.user.has_perm("articles.change_article") or request.user.has_perm("articles.add_article")):
        raise PermissionDenied
    asked = "q" in request.GET
    typed = (request.GET["q"] if asked else request.GET.get("link_url") or request.GET.get("link_text", "")).strip()
    url = web_address(typed)
    pk = article_at(url) if url else None
    if asked and url and not pk:
        return JsonResponse({"step": "chosen", "link": {"url": url, "title": typed, "id": None, "parentId": None}})
    found = Article.objects.filter(pk=pk) if pk else _found(typed)
    choices = [
        {"article": article, "data": {"id": article.pk, "url": address_of(article), "title": article.title}}
        for article in found.select_related("locale")[:MOST_CHOICES]
    ]
    context = {"typed": typed, "choices": choices, "is_address": url and not pk, "address": reverse("article_link")}
    html = render_to_string("articles/cms/link_chooser.html", context, request=request)
    return JsonResponse({"step": "choose", "html": html})


def _found(typed: str) -> Any:
    articles = Article.objects.order_by("-live", "title")
    for word in typed.split()[:6]:
        name = Q(title__icontains=word) | Q(medical_name__icontains=word) | Q(lay_names__icontains=word)
        articles = articles.filter(name)
    return articles
