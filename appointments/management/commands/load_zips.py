"""Add places of ZIP codes: `manage.py load_zips --state CO --state WY`, or of the states around the offices."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from appointments.models import Office
from appointments.offices import zip_places


class Command(BaseCommand):
    """From the table that comes along, or from a newer one by GeoNames."""

    help = "Add places of ZIP codes: of the states named, or of those within 100 miles of an office."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which states, and from where."""
        parser.add_argument("--state", action="append", metavar="CO", help="two letters; again for another state")
        parser.add_argument("--all", action="store_true", help="the whole country: 42,000 ZIP codes")
        parser.add_argument(
            "--file", type=Path, help="US.txt out of https://download.geonames.org/export/zip/US.zip, if it is newer"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many were added for which states; a state that the table does not have is an error."""
        try:
            table = list(zip_places.geonames(options["file"]) if options["file"] else zip_places.shipped())
        except (OSError, UnicodeDecodeError, zip_places.NotATable) as problem:
            raise CommandError(f"{options['file']} can't be read: {problem}") from problem
        there = {place.state for place in table}
        if options["all"]:
            states = there
        elif options["state"]:
            states = {state.upper() for state in options["state"]}
        else:
            offices = list(Office.objects.values_list("latitude", "longitude"))
            if not offices:
                raise CommandError("There is no office yet. Name a state: load_zips --state CO")
            states = zip_places.states_around(offices, table)
        if unknown := sorted(states - there):
            raise CommandError(f"No ZIP code of {', '.join(unknown)} in the table. States are two letters, like CO")
        wanted = [place for place in table if place.state in states]
        added = zip_places.add(wanted)
        self.stdout.write(f"{', '.join(sorted(states))}: {len(wanted)} ZIP codes, {added} of them new")
