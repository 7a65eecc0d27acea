"""An office for the contacts of a phone, so that its call is not one from a stranger (vCard 3.0: RFC 2426)."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from icalendar.parser import Contentline, Contentlines

from appointments.offices.facts import OfficeFacts
from common.identity import identity


def contact_card(office: OfficeFacts) -> bytes:
    """The file. Every number the office calls from is in it; of patients nothing."""
    practice, page = identity().name, settings.BASE_URL + reverse("offices:detail", args=[office.slug])
    numbers = dict.fromkeys([office.phone, office.calls_from or office.phone])
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        _line("FN", [f"{practice}, {office.name}"]),
        _line("N", [f"{practice}, {office.name}", "", "", "", ""]),
        _line("ORG", [practice, office.title]),
        *(_line("TEL;TYPE=WORK,VOICE", [number]) for number in numbers),
        _line("ADR;TYPE=WORK", ["", "", office.street, office.city, office.state, office.zip_code, ""]),
        f"URL:{page}",
        "END:VCARD",
    ]
    card: bytes = Contentlines([*map(Contentline, lines), Contentline("")]).to_ical()
    return card


def _line(name: str, parts: Sequence[str]) -> str:
    """A property whose value has these parts, escaped; folding is icalendar's."""
    return f"{name}:{';'.join(map(_escaped, parts))}"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())
