"""Which insurance plans an office takes, and at which hospitals its podiatrists treat patients (N.J.S.A. 26:2SS-5).

Pure: values and a day in, values out. What was not checked for a while is not told as a fact any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from common.text import clean_text

MANY = 24  # plans; from there on they stand under their first letters
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class PlanFacts:
    """A plan on an office's list, and when somebody last asked the insurer."""

    pk: int
    office_id: int
    name: str
    checked_on: date | None


@dataclass(frozen=True)
class FacilityFacts:
    """A hospital or surgery center."""

    office_id: int
    name: str
    city: str
    checked_on: date | None


def plans_from(rows: Rows) -> tuple[PlanFacts, ...]:
    """By name, whatever its capitals."""
    made = (PlanFacts(row["id"], row["office_id"], row["name"], row["checked_on"]) for row in rows["plans"])
    return tuple(sorted(made, key=lambda plan: key_of(plan.name)))


def facilities_from(rows: Rows) -> tuple[FacilityFacts, ...]:
    """In the order of the rows."""
    return tuple(FacilityFacts(**row) for row in rows["facilities"])


def key_of(name: str) -> str:
    """By which two names are the same plan."""
    return clean_text(name).casefold()


def is_fresh(checked_on: date | None, today: date) -> bool:
    """Whether it was checked lately enough to be told as a fact."""
    return checked_on is not None and checked_on + timedelta(days=settings.PLAN_FRESH_DAYS) >= today


def named(name: str, plans: Iterable[PlanFacts]) -> PlanFacts | None:
    """The plan of that name; None if it is not on the list."""
    return next((plan for plan in plans if key_of(plan.name) == key_of(name)), None) if name else None


def by_letter(plans: Sequence[PlanFacts]) -> list[tuple[str, list[PlanFacts]]]:
    """A long list under its first letters, "#" for what begins with none; a short one as it is, under ""."""
    if len(plans) < MANY:
        return [("", list(plans))] if plans else []
    groups: dict[str, list[PlanFacts]] = {}
    for plan in plans:
        letter = slugify(plan.name)[:1].upper()
        groups.setdefault(letter if letter.isalpha() else "#", []).append(plan)
    return sorted(groups.items())
