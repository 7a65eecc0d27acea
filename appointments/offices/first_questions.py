"""What everybody asks before a first visit, with the practice's own answers: on the confirmation and in the receipt, on
the private page and the office's. What the practice has not told is left out.
"""

from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.offices.cache import practice
from appointments.offices.facts import OfficeFacts

# The pages that tell more, the best first, by what the site calls them.
PAGES = {
    "bring": ("what-to-bring", "first-visit"),
    "how_long": ("first-visit",),
    "parking": ("parking",),
    "cost": ("cost",),
}


class Answered(NamedTuple):
    """A question in a few words, the answer, and where one reads on."""

    question: str
    answer: str
    address: str = ""  # of the page that tells more


def answers(office: OfficeFacts) -> dict[str, str]:
    """By the names that texts know them by; "" for what is not told. Of cost something honest is said in any case."""
    ours = practice()
    return {
        "bring": capfirst(ours.what_to_bring),
        "how_long": ours.first_visit_length,
        "parking": office.parking,
        "cost": ours.cost_of_asking or _("Please ask us on the phone."),
    }


def first_questions(office: OfficeFacts) -> list[Answered]:
    """Those that are answered, in the order in which they come up."""
    questions = {
        "bring": _("What to bring"),
        "how_long": _("How long a first visit takes"),
        "parking": _("Parking and bus"),
        "cost": _("What it costs"),
    }
    told = answers(office)
    page_of = import_string(settings.PAGE_OF_ROLE)
    return [Answered(question, told[name], page_of(*PAGES[name])) for name, question in questions.items() if told[name]]
