"""The offices, their people and plans, and the practice's settings as every page needs them: read from the database
once a minute at most.

The copy is kept in the process and in a file, so pages cost no query for their phone numbers, and still show them
when the database is away. A change made in the admin shows at once in the same process (signals), elsewhere within
the minute.
"""

import json
import time as monotonic_time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from datetime import time as time_of_day
from itertools import chain
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, Error, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone
from django.utils.translation import ngettext

from appointments.models import (
    Closure,
    Facility,
    InsurancePlan,
    Office,
    OpeningHours,
    Podiatrist,
    PodiatristDays,
    PracticeSettings,
    VisitKind,
)
from appointments.offices.facts import OFFICE_COLUMNS, OfficeFacts, Rows, facts_from
from appointments.offices.people import PERSON_COLUMNS, PersonFacts, people_from
from appointments.offices.plans import FacilityFacts, PlanFacts, facilities_from, plans_from
from common.models import User

KEEP_SECONDS = 60
LOOK_BACK_DAYS = 100  # how long days with other hours are known that are over: minutes are counted back, too


@dataclass(frozen=True)
class Kept:
    """What was read, and until when it is good."""

    until: float
    offices: tuple[OfficeFacts, ...]
    practice: PracticeSettings
    people: tuple[PersonFacts, ...]
    plans: tuple[PlanFacts, ...]
    facilities: tuple[FacilityFacts, ...]
    # What the desk's forms offer, once one needed it; in this process only.
    colleagues: dict[frozenset[int], dict[int, str]] = field(default_factory=dict)
    kinds: list[VisitKind] = field(default_factory=list)


_kept: Kept | None = None
_lock = Lock()


def directory() -> tuple[OfficeFacts, ...]:
    """All offices in their order. While the database is away: as last read, by this process or one before it.

    Raises DatabaseError only on a machine that has never read them.
    """
    return _current().offices


def only_office() -> OfficeFacts | None:
    """The office, where the practice has just one: nobody is asked which."""
    offices = directory()
    return offices[0] if len(offices) == 1 else None


def our_offices() -> str:
    """What the page of the offices is called."""
    return ngettext("Our office", "Our offices", len(directory()))


def practice() -> PracticeSettings:
    """The practice's settings, kept like the offices; to read, not to save. Raises DatabaseError as `directory`."""
    return _current().practice


def _current() -> Kept:
    global _kept
    kept = _kept
    if kept and monotonic_time.monotonic() < kept.until:
        return kept
    with _lock:
        until = monotonic_time.monotonic() + KEEP_SECONDS
        try:
            rows = _read_rows() | _read_more()
        except Error:
            kept = replace(kept, until=until) if kept else _kept_from(_load_rows(), until)
        else:
            kept = _kept_from(rows, until)
            _save_rows(rows)
        _kept = kept
    return kept


def _kept_from(rows: Rows, until: float) -> Kept:
    return Kept(
        until,
        facts_from(rows),
        next((PracticeSettings(**row) for row in rows["practice"]), PracticeSettings()),
        people_from(rows),
        plans_from(rows),
        facilities_from(rows),
    )


def colleagues(offices: Iterable[int]) -> dict[int, str]:
    """Who works at these offices (numbers), by number: their names, kept like the offices; to read, not to change."""
    known, wanted = _current().colleagues, frozenset(offices)
    if wanted not in known:
        people = User.objects.filter(is_active=True, offices__in=wanted).distinct().order_by("username")
        known[wanted] = {person.pk: str(person) for person in people}
    return known[wanted]


def visit_kinds() -> list[VisitKind]:
    """The kinds of visits in their order, kept like the offices; to read, not to change."""
    known = _current().kinds
    if not known:
        known[:] = VisitKind.objects.all()
    return known


def podiatrists() -> tuple[PersonFacts, ...]:
    """The podiatrists who are listed, in their order, kept like the offices."""
    return _current().people


def plans_of(office: int) -> list[PlanFacts]:
    """The insurance plans that this office (its number) takes, by name, kept like the offices."""
    return [plan for plan in _current().plans if plan.office_id == office]


def facilities_of(office: int) -> list[FacilityFacts]:
    """Where the podiatrists of this office (its number) treat patients besides, kept like the offices."""
    return [facility for facility in _current().facilities if facility.office_id == office]


def office(slug: str) -> OfficeFacts | None:
    """The office of that address, or None."""
    return next((facts for facts in directory() if facts.slug == slug), None)


def somebody_takes() -> bool:
    """Whether any office takes requests today."""
    return any(facts.taking_requests for facts in directory())


def facts_of(row: Office) -> OfficeFacts:
    """The facts of a database row that was made since the last read, too."""
    return office(row.slug) or facts_now(row.pk)


def facts_now(pk: int) -> OfficeFacts:
    """As the database has them at this moment, in a transaction, too. Four queries; for who is about to act on them."""
    return next(facts for facts in facts_from(_read_rows()) if facts.pk == pk)


def forget() -> None:
    """Read the database again at the next need."""
    global _kept
    _kept = None


def _changed(**kwargs: object) -> None:
    """Now for this transaction, and once more for who has read meanwhile what was not yet committed."""
    forget()
    transaction.on_commit(forget)


PRACTICE_COLUMNS = [field.name for field in PracticeSettings._meta.fields if field.name != "mark"]


def _read_rows() -> Rows:
    """Four queries: offices, their weeks, days with other hours, the practice's settings."""
    closures = Closure.objects.filter(last_day__gte=timezone.localdate() - timedelta(days=LOOK_BACK_DAYS))
    return {
        "offices": list(Office.objects.with_staffed().values(*OFFICE_COLUMNS)),
        "hours": list(OpeningHours.objects.values("office_id", "weekday", "opens", "closes")),
        "closures": list(closures.values("office_id", "first_day", "last_day", "reason", "opens", "closes")),
        "practice": list(PracticeSettings.objects.values(*PRACTICE_COLUMNS)),
    }


def _read_more() -> Rows:
    """Four queries: who is listed, where they work, plans, hospitals."""
    return {
        "people": list(Podiatrist.objects.listed().values(*PERSON_COLUMNS)),
        "days": list(PodiatristDays.objects.values("podiatrist_id", "office_id", "weekdays")),
        "plans": list(InsurancePlan.objects.values("id", "office_id", "name", "checked_on")),
        "facilities": list(Facility.objects.values("office_id", "name", "city", "checked_on")),
    }


def _file() -> Path:
    return Path(settings.VAR_DIR) / "offices.json"


def _save_rows(rows: Rows) -> None:
    """Keep a copy for a start while the database is away. A folder that can't be written is no reason to fail."""
    text = json.dumps(rows, cls=DjangoJSONEncoder)
    with suppress(OSError):
        if not _file().exists() or _file().read_text() != text:
            _file().write_text(text)


def _load_rows() -> Rows:
    """The copy. Re-raises the database's error when there is none."""
    try:
        rows: Rows = json.loads(_file().read_text())
    except (OSError, ValueError):
        raise DatabaseError("The offices can't be read") from None
    # What was not asked yet when they were written.
    for row in rows["offices"]:
        row |= {"staffed": True, "visits_at_once": 1, "sends_texts": False, "calls_from": "", "open_holidays": []} | row
        row |= {"no_facilities": False} | row
    for row in rows["closures"]:
        row |= {"opens": None, "closes": None} | row
    later = ("practice", "people", "days", "plans", "facilities")
    for row in chain(rows["offices"], rows["hours"], rows["closures"], *(rows.setdefault(name, []) for name in later)):
        for name in {"opens", "closes", "digest_at"} & row.keys():
            row[name] = row[name] and time_of_day.fromisoformat(row[name])
        for name in {"first_day", "last_day", "not_taking_until", "checked_on"} & row.keys():
            row[name] = row[name] and date.fromisoformat(row[name])
    return rows


for _model in (
    *(Office, OpeningHours, Closure, PracticeSettings, VisitKind, InsurancePlan, Facility),
    *(Podiatrist, PodiatristDays, User),
):
    post_save.connect(_changed, _model)
    post_delete.connect(_changed, _model)
for _between in (Office.staff.through, User.groups.through, User.user_permissions.through, Group.permissions.through):
    m2m_changed.connect(_changed, _between)
