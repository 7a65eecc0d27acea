"""Where the ZIP codes of the United States lie: GeoNames' centroids (CC BY 4.0), as shipped or from its newer table.

A database holds those of the states around its offices; `load_practice` and `load_zips` add them.
"""

import csv
import gzip
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from appointments.models import ZipCode
from appointments.offices.routing import Place, miles_between

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "zips.csv.gz"
COLUMNS = ("zip", "state", "latitude", "longitude")
REACH_MILES = 100  # patients come from the states that begin within it
MILES_PER_DEGREE = 69.0  # of latitude; none is shorter by more than a hundredth
# Columns of GeoNames' postal code tables, from its readme.txt: country, code, place, state, its letters, …
_COUNTRY, _CODE, _STATE, _LATITUDE, _LONGITUDE, _WIDTH = 0, 1, 4, 9, 10, 11
_ZIP_DIGITS = 5


class NotATable(ValueError):
    """What is wrong with a file that should be GeoNames' table."""


class ZipPlace(NamedTuple):
    """A ZIP code, the two letters of its state, and its centroid in degrees."""

    code: str
    state: str
    latitude: float
    longitude: float


def shipped() -> Iterator[ZipPlace]:
    """All that come along, by code."""
    with gzip.open(SHIPPED, "rt", newline="") as file:
        for row in csv.DictReader(file):
            yield ZipPlace(row["zip"], row["state"], float(row["latitude"]), float(row["longitude"]))


def geonames(path: Path) -> Iterator[ZipPlace]:
    """Those of the United States in GeoNames' US.txt. Raises NotATable, OSError."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(file, start=1):
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) <= _LONGITUDE or len(cells[_CODE]) != _ZIP_DIGITS:
                raise NotATable(f"Line {number} is not one of GeoNames' table of US postal codes ({_WIDTH} columns)")
            if cells[_COUNTRY] != "US":
                continue
            try:
                yield ZipPlace(cells[_CODE], cells[_STATE], float(cells[_LATITUDE]), float(cells[_LONGITUDE]))
            except ValueError:
                raise NotATable(f"Line {number} has no latitude and longitude") from None


def states_around(offices: Collection[Place], places: Iterable[ZipPlace]) -> set[str]:
    """The states with a ZIP code within reach of an office."""
    degrees = REACH_MILES / MILES_PER_DEGREE
    found: set[str] = set()
    for place in places:
        if place.state not in found and any(
            abs(place.latitude - office[0]) <= degrees
            and miles_between((place.latitude, place.longitude), office) <= REACH_MILES
            for office in offices
        ):
            found.add(place.state)
    return found


def add(places: Iterable[ZipPlace]) -> int:
    """Adds those that the database does not know, and tells how many; what it knows stays as it is."""
    known = set(ZipCode.objects.values_list("pk", flat=True))
    new = {
        place.code: ZipCode(place.code, place.latitude, place.longitude) for place in places if place.code not in known
    }
    ZipCode.objects.bulk_create(new.values(), batch_size=500, ignore_conflicts=True)
    return len(new)
