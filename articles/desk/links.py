"""Links to articles in rich text, between the text as it is kept and as the editor shows it."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.html_to_contentstate import ExternalLinkElementHandler, LinkElementHandler
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.rich_text import LinkHandler
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.whitelist import check_url

from articles.desk.link_addresses import address_of, article_at
from articles.models import Article


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
        return {"id": int(attrs["id"]), "url": address_of(article) if article else None, "parentId": None}


def link_entity(props: dict[str, Any]) -> Any:
    """From the editor into the text. An address of one of our articles becomes a link to the article itself."""
    pk = props.get("id") or article_at(props.get("url") or "")
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
        js=["articles/cms/link_chooser.js", "articles/cms/pasting.js"],
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
