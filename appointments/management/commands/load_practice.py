"""Fill a new database: offices, settings, safety check, ZIP codes."""

import csv
from datetime import time
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand
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
    ZipCode,
)

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Loads what is missing and leaves alone what is there, so it can run at every start."""

    help = "Load the starter offices, the safety check and the ZIP codes where there are none."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Offices and safety check only into an empty table; ZIP codes whenever the file has more of them."""
        starter = yaml.safe_load((DATA / "practice.yaml").read_text())
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

    def _add_zip_codes(self) -> int:
        with (DATA / "zips.csv").open() as file:
            rows = [
                ZipCode(row["zip"], float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)
            ]
        before = ZipCode.objects.count()
        if before >= len(rows):
            return 0
        ZipCode.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        return ZipCode.objects.count() - before
