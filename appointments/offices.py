"""The offices and the practice's settings as every page needs them: read from the database once a minute at most.

The copy is kept in the process and in a file, so pages cost no query for their phone numbers, and still show them
when the database is away. A change made in the admin shows at once in the same process (signals), elsewhere within
the minute.
"""

import json
import re
import time as monotonic_time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, Error, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.deadlines import NeverOpen, Schedule, next_opening
from appointments.models import Closure, Office, OpeningHours, PracticeSettings
from common.models import User
from common.times import clock, day

KEEP_SECONDS = 60
Rows = dict[str, list[dict[str, Any]]]
# What a new practice starts with, and what is promised by while an office has no hours of its own.
PLACEHOLDER_WEEK = (((time_of_day(9), time_of_day(17)),),) * 5 + ((), ())


@dataclass(frozen=True)
class OpenState:
    """Whether an office is open, for the pill: `state` is "open" or "shut", `words` say it."""

    state: str
    words: str


@dataclass(frozen=True)
class OfficeFacts:
    """What pages, routing and mails need to know of an office."""

    pk: int
    name: str
    slug: str
    letter: str
    color: str
    street: str
    city: str
    state: str
    zip_code: str
    phone: str
    notice_email: str
    latitude: float
    longitude: float
    position: int
    getting_here: str
    parking: str
    access: str
    sketch_side: str
    sketch_main_road: str
    sketch_building: str
    sketch_parking: str
    sketch_note: str
    hours_confirmed: bool
    takes_requests: bool
    not_taking_until: date | None
    staffed: bool  # somebody works its requests
    has_hours: bool  # of its own; the schedule of one without is a placeholder
    schedule: Schedule

    @property
    def title(self) -> str:
        """ "Toms River Office"."""
        return _("%(name)s Office") % {"name": self.name}

    @property
    def street_name(self) -> str:
        """The street without house number and building, for the sketch: "Commons Way"."""
        return re.sub(r"^[\d-]+\w?\s+", "", self.street.partition(",")[0].strip())

    @property
    def directions_url(self) -> str:
        """The way there, in the map service that DIRECTIONS_URL names. A link only; nothing is loaded from it."""
        address = f"{self.street}, {self.city}, {self.state} {self.zip_code}"
        return settings.DIRECTIONS_URL.format(address=quote(address))

    @property
    def phone_in_words(self) -> str:
        """ "(732) 557-9900" for US numbers, international form for others."""
        return phone_in_words(self.phone)

    @property
    def open_state(self) -> OpenState:
        """Open or closed at this moment, in words."""
        return open_state(self.schedule, timezone.now())

    @property
    def missing(self) -> list[str]:
        """What an office needs before anybody may write to it, and this one has not, in words."""
        needed = {
            _("somebody on its staff who works requests"): self.staffed,
            _("opening hours"): self.has_hours and self._opens(),
            _("an e-mail address for notices"): bool(self.notice_email),
        }
        return [words for words, there in needed.items() if not there]

    @property
    def why_not(self) -> str:
        """Why requests may not be routed here today, in a sentence for staff; "" if they may."""
        if missing := self.missing:
            return _("%(office)s takes no requests until it has %(missing)s.") % {
                "office": self.name,
                "missing": _(" and ").join(missing),
            }
        if not self.takes_requests:
            return _("%(office)s takes no requests: that is switched off.") % {"office": self.name}
        if self.is_away(timezone.localdate()):
            return _("%(office)s takes no requests until %(day)s.") % {
                "office": self.name,
                "day": day(self.not_taking_until),  # type: ignore[arg-type]
            }
        return ""

    @property
    def taking_requests(self) -> bool:
        """Whether requests may be routed here today."""
        return not self.why_not

    def is_away(self, on: date) -> bool:
        """Whether it takes no requests on that day, because somebody has said so."""
        return not self.takes_requests or bool(self.not_taking_until and on < self.not_taking_until)

    def trouble_with(self, visit: datetime) -> str:
        """Why a visit at that moment can't be kept as it is, in words for a pill; "" if it can."""
        if not self.schedule.is_open(visit, practice().visit_minutes):
            return _("Office closed then")
        if self.is_away(timezone.localdate(visit)):
            return _("Office takes no requests then")
        return ""

    def _opens(self) -> bool:
        try:
            next_opening(timezone.now(), self.schedule)
        except NeverOpen:
            return False
        return True


OFFICE_COLUMNS = (
    "id",
    *(name for name in OfficeFacts.__dataclass_fields__ if name not in ("pk", "has_hours", "schedule")),
    "keeps_holidays",
)


def phone_in_words(e164: str) -> str:
    """A stored number as people write it here. Text that is no number comes back as it is."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form).replace(" ", "\N{NO-BREAK SPACE}")


def open_state(schedule: Schedule, now: datetime) -> OpenState:
    """The pill of an office: "Open now until 5 pm", "Closed now. Opens Monday at 9 am"."""
    for opens, closes in schedule.spans(now.astimezone(schedule.zone).date()):
        if opens <= now < closes:
            return OpenState("open", _("Open now until %(time)s") % {"time": clock(closes)})
    try:
        opens = next_opening(now, schedule)
    except NeverOpen:
        return OpenState("shut", _("Closed now"))
    today = now.astimezone(schedule.zone).date()
    days = (opens.astimezone(schedule.zone).date() - today).days
    if days == 0:
        words = _("Closed now. Opens at %(time)s")
    elif days == 1:
        words = _("Closed now. Opens tomorrow at %(time)s")
    else:
        words = _("Closed now. Opens %(day)s at %(time)s")
    return OpenState("shut", words % {"time": clock(opens), "day": day(opens)})


@dataclass(frozen=True)
class Kept:
    """What was read, and until when it is good."""

    until: float
    offices: tuple[OfficeFacts, ...]
    practice: PracticeSettings


_kept: Kept | None = None
_lock = Lock()


def directory() -> tuple[OfficeFacts, ...]:
    """All offices in their order. While the database is away: as last read, by this process or one before it.

    Raises DatabaseError only on a machine that has never read them.
    """
    return _current().offices


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
            rows = _read_rows()
        except Error:
            kept = Kept(until, kept.offices, kept.practice) if kept else _kept_from(_load_rows(), until)
        else:
            kept = _kept_from(rows, until)
            _save_rows(rows)
        _kept = kept
    return kept


def _kept_from(rows: Rows, until: float) -> Kept:
    return Kept(until, _facts(rows), next((PracticeSettings(**row) for row in rows["practice"]), PracticeSettings()))


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
    return next(facts for facts in _facts(_read_rows()) if facts.pk == pk)


def forget() -> None:
    """Read the database again at the next need."""
    global _kept
    _kept = None


def _changed(**kwargs: object) -> None:
    """Now for this transaction, and once more for who has read meanwhile what was not yet committed."""
    forget()
    transaction.on_commit(forget)


def _read_rows() -> Rows:
    """Four queries: offices, hours, closures still to come or running, the practice's settings."""
    closures = Closure.objects.filter(last_day__gte=timezone.localdate())
    return {
        "offices": list(Office.objects.with_staffed().values(*OFFICE_COLUMNS)),
        "hours": list(OpeningHours.objects.values("office_id", "weekday", "opens", "closes")),
        "closures": list(closures.values("office_id", "first_day", "last_day", "reason")),
        "practice": list(PracticeSettings.objects.values()),
    }


def _facts(rows: Rows) -> tuple[OfficeFacts, ...]:
    week: dict[int, dict[int, list[tuple[time_of_day, time_of_day]]]] = defaultdict(lambda: defaultdict(list))
    for hours in rows["hours"]:
        week[hours["office_id"]][hours["weekday"]].append((hours["opens"], hours["closes"]))
    closures = defaultdict(list)
    for closure in rows["closures"]:
        closures[closure["office_id"]].append((closure["first_day"], closure["last_day"], closure["reason"]))
    zone = ZoneInfo(settings.TIME_ZONE)
    offices = []
    for row in rows["offices"]:
        facts = dict(row)
        pk, keeps_holidays = facts["id"], facts.pop("keeps_holidays")
        days = tuple(tuple(week[pk][weekday]) for weekday in range(7)) if pk in week else PLACEHOLDER_WEEK
        facts["pk"] = facts.pop("id")
        schedule = Schedule(days, tuple(closures[pk]), zone, keeps_holidays)
        offices.append(OfficeFacts(**facts, has_hours=pk in week, schedule=schedule))
    return tuple(offices)


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
    for row in rows["offices"]:
        row.setdefault("staffed", True)  # written before it was asked
    for row in (*rows["offices"], *rows["hours"], *rows["closures"], *rows.setdefault("practice", [])):
        for name in {"opens", "closes", "digest_at"} & row.keys():
            row[name] = row[name] and time_of_day.fromisoformat(row[name])
        for name in {"first_day", "last_day", "not_taking_until"} & row.keys():
            row[name] = row[name] and date.fromisoformat(row[name])
    return rows


for _model in (Office, OpeningHours, Closure, PracticeSettings, User):
    post_save.connect(_changed, _model)
    post_delete.connect(_changed, _model)
for _between in (Office.staff.through, User.groups.through, User.user_permissions.through, Group.permissions.through):
    m2m_changed.connect(_changed, _between)
