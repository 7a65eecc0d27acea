"""The practice and its offices in the words of https://schema.org. Pure: values in, values out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments.offices.deadlines import Hours, Schedule
from appointments.offices.facts import OfficeFacts
from appointments.offices.people import PersonFacts
from common.identity import identity
from common.schema_org import SPECIALTY, Node, absolute, breadcrumbs, graph, organization

# As `date.weekday()` counts.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AHEAD_DAYS = 60  # how far days with other hours are told


def home_page(offices: Iterable[OfficeFacts]) -> Node:
    """The practice with its offices, and the site's name."""
    home = {
        **organization(),
        "logo": absolute(identity().mark or static("clinic/touch-icon.png")),
        "image": absolute(reverse("default_picture")),
        "medicalSpecialty": SPECIALTY,
        "subOrganization": [_office(facts) for facts in offices],
    }
    site = {
        "@type": "WebSite",
        "@id": absolute("/#website"),
        "name": home["name"],
        "url": absolute("/"),
        "inLanguage": get_language(),
        "publisher": {"@id": home["@id"]},
    }
    return graph(home, site)


def office_page(facts: OfficeFacts, today: date, people: Iterable[PersonFacts], our_offices: str) -> Node:
    """One office, with who works there. Its hours only if somebody has confirmed them, with the days that are
    otherwise.
    """
    office = {
        **_office(facts),
        "image": absolute(reverse("default_picture")),
        "parentOrganization": organization(),
        "geo": {"@type": "GeoCoordinates", "latitude": facts.latitude, "longitude": facts.longitude},
    }
    if facts.hours_confirmed:
        office["openingHoursSpecification"] = [*_week(facts.schedule), *_special(facts.schedule, today)]
    if staff := [{"@id": person_id(person), **_named(person)} for person in people]:
        office["employee"] = staff
    steps = breadcrumbs(
        (_("Home"), reverse("home")),
        (our_offices, reverse("offices:index")),
        (facts.name, reverse("offices:detail", args=[facts.slug])),
    )
    return graph(office, steps)


def people_page(people: Iterable[PersonFacts]) -> Node:
    """The practice with everybody who is listed."""
    steps = breadcrumbs((_("Home"), reverse("home")), (_("Our podiatrists"), reverse("people:index")))
    staff = [{"@id": person_id(person), **_named(person)} for person in people]
    return graph({**organization(), "employee": staff}, steps)


def person_page(facts: PersonFacts, offices: Iterable[OfficeFacts]) -> Node:
    """One podiatrist. A `Person`: schema.org's `Physician` is a place or a business and has neither degree nor
    license.
    """
    license_held = _credential("license", facts.license_type)
    if facts.license_number:
        license_held["identifier"] = facts.license_number
    if facts.license_state:
        license_held["validIn"] = {"@type": "State", "name": facts.license_state}
    person: Node = {
        "@id": person_id(facts),
        **_named(facts),
        "worksFor": [_office(office) for office in offices if facts.works_at(office.pk)] or [organization()],
        "hasCredential": [
            _credential("degree", facts.degree),
            license_held,
            *(_credential("certification", line) for line in facts.board_lines),
        ],
    }
    if facts.languages:
        person["knowsLanguage"] = facts.language_names
    if facts.photo_name:
        person["image"] = absolute(facts.photo_address)
    if facts.about:
        person["description"] = facts.about
    steps = breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Our podiatrists"), reverse("people:index")),
        (facts.name, facts.address),
    )
    return graph(person, steps)


def person_id(facts: PersonFacts) -> str:
    """By which other pages point to them."""
    return f"{absolute(facts.address)}#person"


def _named(facts: PersonFacts) -> Node:
    return {
        "@type": "Person",
        "name": facts.name,
        "honorificSuffix": facts.degree,
        "jobTitle": facts.license_type,
        "url": absolute(facts.address),
    }


def _credential(category: str, name: str) -> Node:
    return {"@type": "EducationalOccupationalCredential", "credentialCategory": category, "name": name}


def _office(facts: OfficeFacts) -> Node:
    """Who and where an office is. Never its mail address, which is for notices."""
    url = absolute(reverse("offices:detail", args=[facts.slug]))
    return {
        "@type": "MedicalClinic",
        "@id": f"{url}#office",
        "name": f"{organization()['name']}, {facts.title}",
        "url": url,
        "telephone": facts.phone,
        "medicalSpecialty": SPECIALTY,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "addressRegion": facts.state,
            "postalCode": facts.zip_code,
            "addressCountry": "US",
        },
    }


def _week(schedule: Schedule) -> list[Node]:
    """The usual hours; weekdays with the same span stand together."""
    days: dict[tuple[time, time], list[str]] = defaultdict(list)
    for name, spans in zip(DAYS, schedule.week, strict=True):
        for span in spans:
            days[span].append(f"https://schema.org/{name}")
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": names,
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for (opens, closes), names in days.items()
    ]


def _special(schedule: Schedule, today: date) -> list[Node]:
    """The coming days that are otherwise than the week says; one from 0:00 to 0:00 has no hours.

    https://developers.google.com/search/docs/appearance/structured-data/local-business
    """
    runs: list[tuple[date, date, Hours, str]] = []
    for day, hours, reason in schedule.special_days(today, today + timedelta(days=AHEAD_DAYS)):
        if runs and runs[-1][1:] == (day - timedelta(days=1), hours, reason):
            runs[-1] = (runs[-1][0], day, hours, reason)
        else:
            runs.append((day, day, hours, reason))
    return [
        {
            "@type": "OpeningHoursSpecification",
            "name": _(reason),
            "validFrom": first.isoformat(),
            "validThrough": last.isoformat(),
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for first, last, hours, reason in runs
        for opens, closes in hours or ((time(), time()),)
    ]
