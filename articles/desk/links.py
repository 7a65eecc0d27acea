"""Choosing where a link in a text leads: another article, found by its name, or a web address."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.html_to_contentstate import ExternalLinkElementHandler, LinkElementHandler
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.rich_text import LinkHandler
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.whitelist import check_url

from articles.links import CONDITIONS
from articles.models import Article

MOST_CHOICES = 8
SCHEMES = ("http", "https", "mailto", "tel")
ARTICLE_PATH = re.compile(rf"/{CONDITIONS}([-\w]+)/?$")


class ArticleLinkHandler(LinkHandler):
    """How Wagtail itself reads such a link, and how it knows which articles link to one."""

    identifier = "article"

    @staticmethod
    def get_model() -> type[Article]:
        """What is linked to."""
        return Article

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """The opening tags; one to what is not public leads nowhere. One query. Pages have articles/links.py."""
        public = Article.objects.published().in_bulk([attrs["id"] for attrs in attrs_list])
        found = (public.get(int(attrs["id"])) for attrs in attrs_list)
        return [f'<a href="{article.get_absolute_url()}">' if article else "<a>" for article in found]

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Any:
        """For Wagtail's index of what refers to what."""
        yield cls.get_model(), attrs["id"], "", ""


class ArticleLinkElementHandler(LinkElementHandler):
    """From the text into the editor: without an address the editor shows the link as broken."""

    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, Any]:
        """As Wagtail's own editor names it. One query."""
        article = Article.objects.filter(pk=attrs["id"]).first()
        return {"id": int(attrs["id"]), "url": _address(article) if article else None, "parentId": None}


def link_entity(props: dict[str, Any]) -> Any:
    """From the editor into the text. An address of one of our articles becomes a link to the article itself."""
    pk = props.get("id") or _article_at(props.get("url") or "")
    attributes = {"linktype": "article", "id": pk} if pk else {"href": check_url(props.get("url"))}
    return DOM.create_element("a", attributes, props["children"])


def register(features: FeatureRegistry) -> None:
    """In the place of Wagtail's feature "link", which chooses among pages that this site does not have."""
    features.register_link_type(ArticleLinkHandler)
    chooser = reverse_lazy("article_link")
    names = ("pageChooser", "externalLinkChooser", "emailLinkChooser", "phoneLinkChooser", "anchorLinkChooser")
    feature = EntityFeature(
        {
            "type": "LINK",
            "icon": "link",
            "description": _("Link"),
            "attributes": ["url", "id", "parentId"],
            "allowlist": {"href": "^(http:|https:|mailto:|tel:|undefined$)"},
            "chooserUrls": dict.fromkeys(names, chooser),
        },
        js=["articles/cms/link_chooser.js"],
    )
    features.register_editor_plugin("draftail", "link", feature)
    features.register_converter_rule(
        "contentstate",
        "link",
        {
            "from_database_format": {
                "a[href]": ExternalLinkElementHandler("LINK"),
                'a[linktype="article"]': ArticleLinkElementHandler("LINK"),
            },
            "to_database_format": {"entity_decorators": {"LINK": link_entity}},
        },
    )


@require_safe
def choose(request: HttpRequest) -> JsonResponse:
    """The dialog: one box for the name of an article or a web address. What is marked is looked up at once."""
    if not (request.user.has_perm("articles.change_article") or request.user.has_perm("articles.add_article")):
        raise PermissionDenied
    asked = "q" in request.GET
    typed = (request.GET["q"] if asked else request.GET.get("link_url") or request.GET.get("link_text", "")).strip()
    url = _web_address(typed)
    pk = _article_at(url) if url else None
    if asked and url and not pk:
        return JsonResponse({"step": "chosen", "link": {"url": url, "title": typed, "id": None, "parentId": None}})
    found = Article.objects.filter(pk=pk) if pk else _found(typed)
    choices = [
        {"article": article, "data": {"id": article.pk, "url": _address(article), "title": article.title}}
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


def _address(article: Article) -> str | None:
    """Where readers would get to now."""
    return article.get_absolute_url() if Article.objects.published().filter(pk=article.pk).exists() else None


def _web_address(typed: str) -> str:
    """What was typed as a link, if it is one."""
    if re.match(r"(?i)www\.\S+\.\S+$", typed):
        return f"https://{typed}"
    if re.match(rf"(?i)/{CONDITIONS}\S+$", typed):
        return typed
    return typed if re.match(rf"(?i)({'|'.join(SCHEMES)}):\S+$", typed) else ""


def _article_at(url: str) -> int | None:
    """The number of the article that an address of this site belongs to."""
    parts = urlsplit(url)
    match = ARTICLE_PATH.match(parts.path)
    if not match or (parts.netloc and parts.netloc != urlsplit(settings.BASE_URL).netloc):
        return None
    found: int | None = Article.objects.filter(slug=match[1]).values_list("pk", flat=True).first()
    return found
