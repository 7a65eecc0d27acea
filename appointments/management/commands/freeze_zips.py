"""Make data/zips.csv anew from PyPI's `zipcodes` (a development requirement: 57 MB of memory in each process)."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

STATES = ("NJ", "NY", "PA", "DE")
FILE = Path(__file__).resolve().parents[2] / "data" / "zips.csv"


class Command(BaseCommand):
    """Centroids by GeoNames, CC BY 4.0."""

    help = "Write appointments/data/zips.csv from the zipcodes package."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rows without a usable place (none, or 0,0 for military ones) are left out: they count as unknown."""
        import zipcodes

        places = {
            row["zip_code"]: (round(float(row["lat"]), 4), round(float(row["long"]), 4))
            for row in zipcodes.list_all()
            if row["state"] in STATES and row["lat"] and row["long"] and float(row["lat"]) and float(row["long"])
        }
        with FILE.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("zip", "latitude", "longitude"))
            writer.writerows((code, *place) for code, place in sorted(places.items()))
        self.stdout.write(f"{len(places)} ZIP codes written to {FILE}")
