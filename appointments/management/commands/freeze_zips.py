"""Make data/zips.csv.gz anew from PyPI's `zipcodes` (a development requirement: 57 MB of memory in each process)."""

import csv
import gzip
import io
from typing import Any

from django.core.management.base import BaseCommand

from appointments.offices.zip_places import COLUMNS, SHIPPED


class Command(BaseCommand):
    """Centroids by GeoNames, CC BY 4.0."""

    help = "Write appointments/data/zips.csv.gz from the zipcodes package."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rows without a usable place (none, or 0,0 for military ones) are left out: they count as unknown."""
        import zipcodes

        places = {
            row["zip_code"]: (row["state"], round(float(row["lat"]), 4), round(float(row["long"]), 4))
            for row in zipcodes.list_all()
            if row["lat"] and row["long"] and float(row["lat"]) and float(row["long"])
        }
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((code, *place) for code, place in sorted(places.items()))
        SHIPPED.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))  # the same table is the same file
        self.stdout.write(f"{len(places)} ZIP codes written to {SHIPPED}")
