"""Which office a request goes to. Pure: values in, a decision out.

The order is the practice's: 1. what the patient chose; 2. an override for their ZIP code; 3. the nearest office.
On a near tie, an unknown ZIP code, or far from every office the nearest is only a suggestion: the patient is
asked, and a request that leaves it open is marked for the desk to check. No request is refused for its ZIP code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_MILES = 3958.8  # mean radius, IUGG

Place = tuple[float, float]  # latitude, longitude in degrees


class Rule(StrEnum):
    """What decided."""

    CHOSEN = "chosen"
    OVERRIDE = "override"
    NEAREST = "nearest"
    NEAR_TIE = "near_tie"
    FAR = "far"
    UNKNOWN_ZIP = "unknown_zip"
    ONLY_OFFICE = "only_office"


DOUBTFUL = frozenset({Rule.NEAR_TIE, Rule.FAR, Rule.UNKNOWN_ZIP})


@dataclass(frozen=True)
class Candidate:
    """An office as routing sees it. `order` breaks ties, smallest first."""

    slug: str
    place: Place
    order: int = 0
    takes_requests: bool = True


@dataclass(frozen=True)
class Decision:
    """An office and why. `miles` has every office's straight-line distance, or nothing if the ZIP is unknown."""

    office: str
    rule: Rule
    miles: Mapping[str, float] = field(default_factory=dict)
    skipped: Sequence[str] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it: the distances did not settle it."""
        return self.rule in DOUBTFUL


def miles_between(a: Place, b: Place) -> float:
    """Great-circle distance in miles (haversine)."""
    lat_a, long_a, lat_b, long_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((long_b - long_a) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(half))


def route(
    candidates: Sequence[Candidate],
    *,
    place: Place | None,
    chosen: str = "",
    override: str = "",
    near_tie_miles: float,
    far_miles: float,
) -> Decision:
    """The office for a request.

    place: the patient's ZIP code's, None if unknown. chosen, override: an office's slug or "".
    Offices that take no requests are skipped, unless none does. Raises ValueError without offices.
    """
    if not candidates:
        raise ValueError("There is no office to send a request to")
    miles = {c.slug: miles_between(place, c.place) for c in candidates} if place else {}
    taking = [c for c in candidates if c.takes_requests] or list(candidates)
    skipped = tuple(c.slug for c in candidates if c not in taking)
    open_slugs = {c.slug for c in taking}

    def decide(office: str, rule: Rule) -> Decision:
        return Decision(office, rule, {slug: round(distance, 1) for slug, distance in miles.items()}, skipped)

    if chosen in open_slugs:
        return decide(chosen, Rule.CHOSEN)
    if override in open_slugs:
        return decide(override, Rule.OVERRIDE)
    ranked = sorted(taking, key=lambda c: (miles.get(c.slug, 0.0), c.order))
    nearest = ranked[0].slug
    if len(taking) == 1:
        return decide(nearest, Rule.ONLY_OFFICE)
    if not miles:
        return decide(nearest, Rule.UNKNOWN_ZIP)
    if miles[nearest] > far_miles:
        return decide(nearest, Rule.FAR)
    if miles[ranked[1].slug] - miles[nearest] < near_tie_miles:
        return decide(nearest, Rule.NEAR_TIE)
    return decide(nearest, Rule.NEAREST)
