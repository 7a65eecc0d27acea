"""Offices, phone numbers and signs of spam for any page."""

from django import template

from appointments.offices import OfficeFacts, directory
from appointments.spam import suspicion
from common.phones import phone_in_words

register = template.Library()
register.filter("phone", phone_in_words)
register.filter("signs_in_words", suspicion.in_words)


@register.simple_tag
def offices() -> tuple[OfficeFacts, ...]:
    """All offices in their order, without a query: `{% offices as all_offices %}`."""
    return directory()
