"""What a page's head says to search engines, link previews and feed readers."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.encoding import escape_uri_path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from common import schema_org

register = template.Library()

# What could end the script element, or is no JavaScript in old readers.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}

register.filter("absolute", schema_org.absolute)


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """What a block holds, for a second use: `{% capture as page_title %}{% block title %}…`."""
    return mark_safe(" ".join(content.split()))  # noqa: S308 the template engine has escaped it


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any]) -> str:
    """The page's one address: the site's own, without a query string."""
    request: HttpRequest = context["request"]
    return schema_org.absolute(escape_uri_path(request.path))


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[tuple[str, str]]:
    """(language, address) of the page in every language, where there are several and their addresses differ."""
    path = escape_uri_path(context["request"].path)
    pages = [(code, schema_org.absolute(translate_url(path, code))) for code, _name in settings.LANGUAGES]
    if len({address for _code, address in pages}) < 2:
        return []
    return [*pages, ("x-default", dict(pages)[settings.LANGUAGE_CODE])]


@register.simple_tag
def open_graph_locale() -> str:
    """ "en_US": Open Graph wants a country too."""
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    return locale if "_" in locale else f"{locale}_US"


@register.simple_tag(takes_context=True)
def structured_data(context: dict[str, Any]) -> str:
    """The view's `structured` as JSON-LD; nothing without it. Data is not run, so it needs no nonce."""
    if "structured" not in context:
        return ""
    data = json.dumps(context["structured"], cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(f'<script type="application/ld+json">{data.translate(_ESCAPES)}</script>')  # noqa: S308 escaped
