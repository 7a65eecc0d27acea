"""The practice and its offices in the words of https://schema.org. Pure: values in, values out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments.offices.deadlines import Schedule
from appointments.offices.facts import OfficeFacts
from common.schema_org import SPECIALTY, Node, absolute, breadcrumbs, graph, organization

# As `date.weekday()` counts.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSURES_AHEAD_DAYS = 60


def home_page(offices: Iterable[OfficeFacts]) -> Node:
    """The practice with its offices, and the site's name."""
    home = {
        **organization(),
        "logo": absolute(static("clinic/touch-icon.png")),
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


def office_page(facts: OfficeFacts, today: date) -> Node:
    """One office. Its hours only if somebody has confirmed them, with the days it is closed besides."""
    office = {
        **_office(facts),
        "image": absolute(reverse("default_picture")),
        "parentOrganization": organization(),
        "geo": {"@type": "GeoCoordinates", "latitude": facts.latitude, "longitude": facts.longitude},
    }
    if facts.hours_confirmed:
        office["openingHoursSpecification"] = [*_week(facts.schedule), *_closures(facts.schedule, today)]
    steps = breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Our offices"), reverse("offices:index")),
        (facts.name, reverse("offices:detail", args=[facts.slug])),
    )
    return graph(office, steps)


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


def _closures(schedule: Schedule, today: date) -> list[Node]:
    """The coming days on which the week says open and the office is closed; a day from 0:00 to 0:00 has no hours.

    https://developers.google.com/search/docs/appearance/structured-data/local-business
    """
    runs: list[tuple[date, date, str]] = []
    for day in (today + timedelta(days=ahead) for ahead in range(CLOSURES_AHEAD_DAYS)):
        reason = schedule.closed_for(day)
        if not reason or not schedule.week[day.weekday()]:
            continue
        if runs and runs[-1][1:] == (day - timedelta(days=1), reason):
            runs[-1] = (runs[-1][0], day, reason)
        else:
            runs.append((day, day, reason))
    return [
        {
            "@type": "OpeningHoursSpecification",
            "name": _(reason),
            "validFrom": first.isoformat(),
            "validThrough": last.isoformat(),
            "opens": "00:00",
            "closes": "00:00",
        }
        for first, last, reason in runs
    ]
