"""Fill a new database: offices, settings, safety check, ZIP codes. `load_practice FILE`: a practice of one's own."""

from datetime import time
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from appointments.models import (
    FlagRule,
    Office,
    OpeningHours,
    PracticeSettings,
    RedFlag,
    RiskCondition,
    SafetyCheck,
    VisitKind,
)
from appointments.offices import zip_places
from appointments.practice_admin import practice_file

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Loads what is missing and leaves alone what is there, so it can run at every start."""

    help = "Load the offices (of FILE, else the starter ones), the safety check and the ZIP codes where there are none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose offices."""
        parser.add_argument(
            "file", nargs="?", type=Path, help="the practice's own offices, YAML or JSON; only into a new database"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Offices and safety check only into an empty table; ZIP codes of the states around the offices."""
        starter = yaml.safe_load((DATA / "practice.yaml").read_text())
        if options["file"]:
            self._load_own(options["file"])
        if not Office.objects.exists():
            for position, office in enumerate(starter["offices"]):
                self._add_office(position, office)
            self.stdout.write(f"Loaded {len(starter['offices'])} offices")
        if not VisitKind.objects.exists():
            for position, kind in enumerate(starter["visit_kinds"]):
                VisitKind.objects.create(position=position, **kind)
        newest = SafetyCheck.objects.order_by("version").last()
        if newest is None or not (
            newest.signed_off_by or newest.conditions.exists()
        ):  # of a site from before there were any
            self._add_safety_check(starter["safety_check"])
            self.stdout.write("Loaded the safety check (to be signed off by a podiatrist)")
        PracticeSettings.objects.get_or_create(pk=1)
        added = self._add_zip_codes()
        if added:
            self.stdout.write(f"Loaded {added} ZIP codes")

    def _add_office(self, position: int, facts: dict[str, Any]) -> None:
        hours = facts.pop("hours")
        office = Office.objects.create(position=position, **facts)
        OpeningHours.objects.bulk_create(
            OpeningHours(
                office=office,
                weekday=day,
                opens=time.fromisoformat(hours["opens"]),
                closes=time.fromisoformat(hours["closes"]),
            )
            for day in hours["days"]
        )

    def _add_safety_check(self, starter: dict[str, list[dict[str, Any]]]) -> None:
        """The starter's signs as the next version."""
        newest = SafetyCheck.objects.order_by("version").last()
        check = SafetyCheck.objects.create(version=newest.version + 1 if newest else 1)
        words = yaml.safe_load((DATA / "warning_words.yaml").read_text())
        rows: tuple[tuple[type[RedFlag | RiskCondition | FlagRule], str], ...] = (
            (RedFlag, "signs"),
            (RiskCondition, "conditions"),
            (FlagRule, "rules"),
        )
        for model, name in rows:
            for position, facts in enumerate(starter[name]):
                if "slug" in facts:
                    facts["words"] = "\n".join(chain.from_iterable(words.get(facts["slug"], {}).values()))
                model.objects.create(check_version=check, position=position, **facts)

    def _load_own(self, path: Path) -> None:
        """The file's offices and kinds of visits: all of them, or none and why."""
        if Office.objects.exists():
            raise CommandError("There are offices already. Change them in /admin/; a file is for a new database.")
        places = {place.code: (place.latitude, place.longitude) for place in zip_places.shipped()}
        try:
            own = practice_file.read(path, places)
        except OSError as problem:
            raise CommandError(f"{path} can't be read: {problem.strerror}") from problem
        except practice_file.WrongFile as wrong:
            raise CommandError("\n".join([f"{path}: nothing was loaded.", *wrong.problems])) from wrong
        for office, hours in own.offices:
            office.save()
            OpeningHours.objects.bulk_create(hours)
            missing = [] if office.notice_email else ["an e-mail address for notices"]
            missing += [] if hours else ["opening hours"]
            if missing:
                self.stdout.write(f"{office.name}: to do in /admin/: {' and '.join(missing)}")
        if own.visit_kinds and not VisitKind.objects.exists():
            VisitKind.objects.bulk_create(own.visit_kinds)
        self.stdout.write(f"Loaded {len(own.offices)} offices from {path}")

    def _add_zip_codes(self) -> int:
        places = list(zip_places.shipped())
        states = zip_places.states_around(list(Office.objects.values_list("latitude", "longitude")), places)
        return zip_places.add(place for place in places if place.state in states)
