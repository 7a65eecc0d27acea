"""A new practice's own data from a file, held to the same checks as the pages of the admin.

All values are read as they are written: `zip_code: 07109` is five digits and `opens: 09:00` a time, quoted or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils.text import slugify

from appointments.models import Office, OpeningHours, VisitKind
from appointments.offices.routing import Place
from appointments.practice_admin.offices import OfficeForm

PARTS = ("offices", "visit_kinds")
ELSEWHERE = {"id", "staff", "open_holidays"}  # settled in the admin
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMES = {name: number for number, day in enumerate(WEEKDAYS) for name in (day, day[:3], str(number))}


class WrongFile(ValueError):
    """Everything that is wrong with the file, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class PracticeFile:
    """What the file says, checked: unsaved offices with their hours, and the kinds of visits if it names any."""

    offices: list[tuple[Office, list[OpeningHours]]]
    visit_kinds: list[VisitKind]


def read(path: Path, places: dict[str, Place]) -> PracticeFile:
    """The file's practice; `places` has the ZIP codes, for offices without latitude and longitude.

    Raises WrongFile, OSError.
    """
    try:
        # Its strings only: no dates, no numbers in base eight or sixty.
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 # nosec B506
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise WrongFile([f"It is not YAML or JSON: {problem}"]) from problem
    if not isinstance(said, dict) or not isinstance(said.get("offices"), list) or not said["offices"]:
        raise WrongFile(["It needs a list “offices” with at least one office"])
    problems = [f"“{part}” is not known here: only {', '.join(PARTS)}" for part in said if part not in PARTS]
    offices = []
    for position, facts in enumerate(said["offices"]):
        where = f"Office {position + 1}"
        if not isinstance(facts, dict):
            problems.append(f"{where}: needs its fields by name")
            continue
        where = f"{where} ({facts.get('name') or 'without a name'})"
        office, wrong = _office(position, facts, places)
        hours, wrong_hours = _hours(office, facts.get("hours") or [])
        problems += [f"{where}, {problem}" for problem in (*wrong, *wrong_hours)]
        offices.append((office, hours))
    for name in ("slug", "letter", "name"):
        taken = [str(getattr(office, name)).lower() for office, _hours in offices]
        problems += [
            f"{name}: {len(offices)} offices, and more than one has “{value}”"
            for value in sorted(set(taken))
            if value and taken.count(value) > 1
        ]
    kinds, wrong = _visit_kinds(said.get("visit_kinds") or [])
    if problems := [*problems, *wrong]:
        raise WrongFile(problems)
    return PracticeFile(offices, kinds)


def _office(position: int, facts: dict[str, Any], places: dict[str, Place]) -> tuple[Office, list[str]]:
    fields = {
        field.name: field
        for field in Office._meta.get_fields()
        if isinstance(field, models.Field) and field.name not in ELSEWHERE
    }
    wrong = [f"{name}: is no field of an office" for name in facts if name not in fields and name != "hours"]
    name = str(facts.get("name", ""))
    data = {field.name: field.get_default() for field in fields.values() if field.has_default()}
    data |= {"position": position, "slug": slugify(name), "letter": name[:1].upper()}
    if place := places.get(str(facts.get("zip_code", ""))):
        data |= {"latitude": place[0], "longitude": place[1]}
    for key, value in facts.items():
        if key not in fields:
            continue
        if not isinstance(value, str):
            wrong.append(f"{key}: needs one value, not a list")
        elif isinstance(fields[key], models.BooleanField) and value.lower() not in ("true", "false"):
            wrong.append(f"{key}: needs true or false")
        else:
            data[key] = value
    form = OfficeForm(data)
    for field, errors in form.errors.items():
        hint = " (the ZIP code’s place is not known, so it has to be given)" if field in _PLACED else ""
        wrong += [f"{field}: {error}{hint}" for error in errors if field in fields]
    return form.instance, wrong


_PLACED = ("latitude", "longitude")


def _hours(office: Office, said: Any) -> tuple[list[OpeningHours], list[str]]:
    """One mapping of days, opens and closes, or a list of such."""
    rows: list[OpeningHours] = []
    wrong: list[str] = []
    for span in said if isinstance(said, list) else [said]:
        try:
            opens, closes = (_time(span, name) for name in ("opens", "closes"))
            days = list(_days(span))
        except ValueError as problem:
            wrong.append(f"hours: {problem}")
            continue
        if closes <= opens:
            wrong.append(f"hours: {closes:%H:%M} is not after {opens:%H:%M}")
        for day in days:
            if any(row.weekday == day and row.opens < closes and opens < row.closes for row in rows):
                wrong.append(f"hours: {WEEKDAYS[day]} has two spans at the same time")
            rows.append(OpeningHours(office=office, weekday=day, opens=opens, closes=closes))
    return rows, wrong


def _time(span: Any, name: str) -> time:
    said = span.get(name, "") if isinstance(span, dict) else ""
    if not isinstance(said, str) or not re.fullmatch(r"\d\d:\d\d", said):
        raise ValueError(f"{name} needs a time like 09:00")
    try:
        return time.fromisoformat(said)
    except ValueError:
        raise ValueError(f"{name}: there is no {said} on a clock") from None


def _days(span: dict[str, Any]) -> Iterator[int]:
    said = span.get("days")
    if not isinstance(said, list) or not said:
        raise ValueError("days needs a list like [monday, tuesday]")
    for day in said:
        number = _NAMES.get(str(day).lower())
        if number is None:
            raise ValueError(f"“{day}” is no day of the week; write monday, or 0 for it")
        yield number


def _visit_kinds(said: Any) -> tuple[list[VisitKind], list[str]]:
    kinds: list[VisitKind] = []
    wrong: list[str] = []
    for position, facts in enumerate(said if isinstance(said, list) else [said]):
        known = {"name", "minutes", "for_new"}
        if not isinstance(facts, dict) or not facts.get("name") or set(facts) - known:
            wrong.append(f"Kind of visit {position + 1}: needs name and minutes, and for_new if it is for new patients")
        elif not str(facts.get("minutes", "")).isdecimal() or not 5 <= int(facts["minutes"]) <= 480:
            wrong.append(f"Kind of visit {position + 1} ({facts['name']}), minutes: needs a number from 5 to 480")
        elif facts.get("for_new", "false").lower() not in ("true", "false"):
            wrong.append(f"Kind of visit {position + 1} ({facts['name']}), for_new: needs true or false")
        else:
            for_new = facts.get("for_new", "false").lower() == "true"
            kinds.append(
                VisitKind(name=facts["name"], minutes=int(facts["minutes"]), for_new=for_new, position=position)
            )
    names = [kind.name for kind in kinds]
    wrong += [f"visit_kinds: “{name}” is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    return kinds, wrong
