"""What people come for, in their own words: a complaint, not a diagnosis. From an article the form knows it already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from appointments.vocabulary import Text


@dataclass(frozen=True)
class Complaint:
    """slug: as the draft holds it; a sent request keeps the words.

    articles: the addresses of those that are about it.
    area: any other article that starts with this part of the foot is about it, too.
    """

    slug: str
    words: Text
    articles: tuple[str, ...] = ()
    area: str = ""


class Source(NamedTuple):
    """An article that a patient may come from: its name, and the parts of the foot that it is about, in their order."""

    label: str
    areas: Sequence[str]


NOT_SURE = Complaint("not-sure", _("I am not sure"))
GROUPS: tuple[tuple[Text, tuple[Complaint, ...]], ...] = (
    (
        _("Pain and swelling"),
        (
            Complaint("heel-pain", _("Heel pain"), ("heel-pain", "heel-spurs"), area="heel"),
            Complaint("back-of-heel", _("Pain at the back of the heel"), ("achilles-tendonitis",)),
            Complaint("arch-pain", _("Pain in the arch"), ("foot-cramps",), area="arch"),
            Complaint(
                "ball-pain",
                _("Pain under the ball of the foot"),
                ("metatarsalgia", "mortons-neuroma", "sesamoiditis"),
                area="ball",
            ),
            Complaint("toe-pain", _("Toe pain"), ("gout",), area="toes"),
            Complaint("top-pain", _("Pain on top of the foot"), ("stress-fracture",), area="top"),
            Complaint("ankle-pain", _("Ankle pain"), ("shin-splints",), area="ankle"),
            Complaint("stiff-joints", _("Stiff or sore joints"), ("foot-arthritis",)),
            Complaint("knee-back", _("Foot pain with knee or back pain"), ("can-foot-pain-cause-knee-or-back-pain",)),
            Complaint(
                "numb",
                _("Numbness, tingling or burning"),
                ("peripheral-neuropathy", "tarsal-tunnel-syndrome", "numb-or-burning-feet"),
            ),
            Complaint("swelling", _("Swelling"), ("swollen-feet",)),
        ),
    ),
    (
        _("Skin and nails"),
        (
            Complaint("nail-care", _("Nail care or trimming"), ("nail-care-and-medicare",)),
            Complaint("ingrown-nail", _("Ingrown or sore toenail"), ("ingrown-toenail",)),
            Complaint("thick-nails", _("Thick or yellow nails"), ("fungal-nails",)),
            Complaint("corns", _("Corns or calluses"), ("corns-and-calluses",)),
            Complaint("wart", _("Wart"), ("plantar-warts",)),
            Complaint("itching", _("Itching, rash or peeling skin"), ("athletes-foot",)),
            Complaint("sore", _("A sore that does not heal"), ("foot-ulcers",)),
            Complaint("lump", _("Lump or bump"), ("ganglion-and-lumps",)),
            Complaint(
                "skin",
                _("Another nail or skin problem"),
                ("blisters", "cracked-heels", "sweaty-and-smelly-feet"),
                area="nails",
            ),
        ),
    ),
    (
        _("Injury"),
        (
            Complaint("twisted", _("Twisted ankle or foot"), ("ankle-sprain",)),
            Complaint("broken", _("Maybe a broken toe or bone"), ("broken-toe", "ankle-fracture")),
            Complaint("injury", _("Another injury"), ("puncture-wounds-and-splinters", "running-and-sports-feet")),
        ),
    ),
    (
        _("Diabetes care"),
        (
            Complaint("diabetes-check", _("Foot check for diabetes"), ("diabetic-foot-care",)),
            Complaint("diabetes-new", _("New foot problem with diabetes")),
        ),
    ),
    (
        _("A child’s feet"),
        (
            Complaint("child-heel", _("Child’s heel pain"), ("childrens-heel-pain",)),
            Complaint("child-walk", _("Child’s flat feet or way of walking"), ("childrens-flat-feet",)),
            Complaint("child-other", _("Another problem of a child")),
        ),
    ),
    (
        _("Shape of the foot"),
        (
            Complaint("bunions", _("Bump at the big toe (bunion)"), ("bunions",)),
            Complaint("bent-toes", _("Bent or crossed toes"), ("hammertoes",)),
            Complaint("flat-feet", _("Flat feet"), ("flat-feet",)),
            Complaint("high-arches", _("High arches"), ("high-arches",)),
        ),
    ),
    (
        _("Something else"),
        (
            Complaint("orthotics", _("Orthotics (shoe inserts)"), ("orthotics-and-insoles",)),
            Complaint("second-opinion", _("Second opinion")),
            Complaint("something-else", _("Something else")),
        ),
    ),
)
COMPLAINTS = (NOT_SURE, *(complaint for _title, group in GROUPS for complaint in group))


def sources() -> dict[str, Source]:
    """The published articles by their addresses, from wherever APPOINTMENT_SOURCES points. One query."""
    known: dict[str, Source] = {slug: Source(*rest) for slug, *rest in import_string(settings.APPOINTMENT_SOURCES)()}
    return known


def in_words(slug: str) -> str:
    """As it is stored and shown. A draft from before there were complaints holds an article's address."""
    complaint = next((each for each in COMPLAINTS if slug in (each.slug, *each.articles)), None)
    return str(complaint.words) if complaint else slug


def of_article(slug: str) -> str:
    """The complaint that an article is about; "" of none. A query only where the table does not name the article."""
    for complaint in COMPLAINTS:
        if slug in complaint.articles:
            return complaint.slug
    source = sources().get(slug)
    first = source.areas[0] if source and source.areas else ""
    return next((complaint.slug for complaint in COMPLAINTS if first and complaint.area == first), "")


def choices() -> list[Any]:
    """For a list to choose from, in groups. "I am not sure" comes first."""
    groups = [(title, [(each.slug, each.words) for each in group]) for title, group in GROUPS]
    return [(NOT_SURE.slug, NOT_SURE.words), *groups]


def choices_in_words() -> list[Any]:
    """The same for the desk, which keeps the words as they are."""
    groups = [(str(title), [(str(each.words), str(each.words)) for each in group]) for title, group in GROUPS]
    return [(str(NOT_SURE.words), str(NOT_SURE.words)), *groups]
