"""Offices, phone numbers and signs of spam for any page."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from appointments import references
from appointments.offices import OfficeFacts, PersonFacts, directory, only_office, our_offices
from appointments.offices.first_questions import first_questions
from appointments.spam import suspicion
from common.phones import phone_in_words

PHONE = re.compile(r"\(\d{3}\)\s\d{3}-\d{4}")

register = template.Library()
register.simple_tag(our_offices)
register.simple_tag(only_office)
register.filter("phone", phone_in_words)
register.filter("first_questions", first_questions)
register.filter("aloud", references.aloud)
register.filter("signs_in_words", suspicion.in_words)


@register.filter
def unbroken(text: str) -> SafeString:
    """A text in whose lines no phone number is broken in two: browsers break after its hyphen."""
    return mark_safe(PHONE.sub(r'<span class="number">\g<0></span>', conditional_escape(text)))  # noqa: S308 escaped


@register.filter
def days_at(person: PersonFacts, office: OfficeFacts) -> str:
    """On which days a podiatrist is at an office: "Mon, Wed"."""
    return person.days_at(office.pk)


@register.simple_tag
def offices() -> tuple[OfficeFacts, ...]:
    """All offices in their order, without a query: `{% offices as all_offices %}`."""
    return directory()
