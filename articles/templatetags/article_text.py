"""An article's text on its page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html_join
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


@register.simple_tag(takes_context=True)
def with_phones(context: Mapping[str, Any], text: str) -> SafeString:
    """A plain text in which PHONES stands for the phone numbers of the offices, each from left to right."""
    offices = context.get("all_offices", ())
    numbers = format_html_join(
        " / ", '<a href="tel:{}" dir="ltr">{}</a>', ((o.phone, o.phone_in_words) for o in offices)
    )
    return mark_safe(conditional_escape(text).replace("PHONES", numbers))  # noqa: S308 both parts are escaped
