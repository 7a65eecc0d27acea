"""Small pieces that every page uses: icons, the mark, times in words."""

from datetime import date

from django import template
from django.template.base import Parser, TextNode, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import colors, times
from common.form_layout import problems
from common.icons import ICONS, MARK_SVG
from common.identity import identity

register = template.Library()

_SVG = (
    '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
)
_RENDERED = {name: mark_safe(_SVG.format(shape)) for name, shape in ICONS.items()}  # noqa: S308 our own drawings

register.simple_tag(colors.variable, name="color")
register.simple_tag(colors.light, name="light")
register.simple_tag(problems)
register.filter("clock", times.clock)
register.filter("day", times.day)
register.filter("moment", times.moment)
register.filter("moment_by", times.moment_by)
register.filter("recent", times.recent)
register.filter("duration", times.duration)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline icon; always beside words, so it is hidden from screen readers. Raises KeyError."""
    return _RENDERED[name]


def _at_once(tag: str) -> None:
    """Lets a tag whose arguments are literals be text of its template: a page has dozens of these."""
    compile_tag = register.tags[tag]

    def read(parser: Parser, token: Token) -> template.Node:
        node = compile_tag(parser, token)
        if node.target_var or any(part.is_var for part in (*node.args, *node.kwargs.values())):
            return node
        return TextNode(node.render(template.Context()))

    register.tag(tag, read)


_at_once("color")
_at_once("icon")


@register.simple_tag
def mark() -> SafeString:
    """The practice's mark."""
    if own := identity().mark:
        return format_html('<img class="mark" src="{}" width="96" height="96" alt="">', own)
    return mark_safe(MARK_SVG)  # noqa: S308 our own drawing


@register.simple_tag
def site_icon() -> SafeString:
    """The mark in the tabs of browsers."""
    if own := identity().mark:
        return format_html('<link rel="icon" href="{}" type="image/png">', own)
    return format_html('<link rel="icon" href="{}" type="image/svg+xml">', static("clinic/favicon.svg"))


@register.simple_tag
def touch_icon() -> str:
    """The mark on the screens of phones: its address."""
    return identity().mark or static("clinic/touch-icon.png")


@register.filter
def date_in_words(value: date | None) -> str:
    """ "November 3, 2026"; nothing for no date."""
    return times.date_in_words(value) if value else ""
