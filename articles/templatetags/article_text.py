"""An article's text on its page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText, expand_db_html

from articles.links import with_addresses

register = template.Library()


@register.simple_tag(takes_context=True)
def article_text(context: Mapping[str, Any], text: RichText) -> SafeString:
    """Rich text whose links to other articles are those that the page has found to be public: no query of its own.

    The HTML is Wagtail's own: what an editor pastes is reduced to the allowed elements before it is kept.
    """
    html = text.source
    if near := context.get("near"):
        html = with_addresses(html, near.address_of)
    return mark_safe(expand_db_html(html))  # noqa: S308 see above
