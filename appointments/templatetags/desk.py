"""Small pieces of the desk's pages."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from appointments.desk.presenters.pills import Pill
from appointments.models import Office
from appointments.offices import only_office
from common.templatetags.parts import icon

register = template.Library()


@register.simple_tag
def pill(note: Pill) -> SafeString:
    """A short note with its color and picture."""
    state = format_html(' data-state="{}"', note.state) if note.state else ""
    return format_html(
        '<span class="{}"{}>{}{}</span>', note.look, state, icon(note.icon) if note.icon else "", note.words
    )


@register.simple_tag
def office_name(office: Office) -> SafeString:
    """Its letter and name in its color; nothing where it is the only one."""
    if only_office():
        return SafeString("")
    return format_html(
        '<span class="office" data-office="{}"><span class="letter" aria-hidden="true">{}</span>{}</span>',
        office.color,
        office.letter,
        office.name,
    )
