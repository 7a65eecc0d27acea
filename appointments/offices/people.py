"""What every page may say of a podiatrist, made from its rows. Pure: values in, values out.

Only who is listed gets here, and the database holds that these have a degree and a type of license: a name never stands
on the site without them (N.J.S.A. 45:1-67 to 73).
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class PersonFacts:
    """A listed podiatrist. `days`: (number of the office, weekdays), in the order of the offices."""

    pk: int
    name: str
    slug: str
    user_id: int | None
    degree: str
    license_type: str
    license_state: str
    license_number: str
    boards: str
    languages: str
    treats: tuple[str, ...]
    about: str
    photo_name: str
    days: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def name_and_degree(self) -> str:
        """ "Maria Example, DPM"."""
        return f"{self.name}, {self.degree}"

    @property
    def license(self) -> str:
        """ "Podiatric physician (NJ)"."""
        return f"{self.license_type} ({self.license_state})" if self.license_state else self.license_type

    @property
    def board_lines(self) -> list[str]:
        """ "Board certified by the American Board of ..., in ...", for each certification."""
        boards = [line.strip().removeprefix("the ").removeprefix("The ") for line in self.boards.splitlines()]
        return [_("Board certified by the %(board)s") % {"board": board} for board in boards if board]

    @property
    def language_names(self) -> list[str]:
        """One by one."""
        return [name.strip() for name in self.languages.split(",") if name.strip()]

    @property
    def address(self) -> str:
        """Their page."""
        return reverse("people:detail", args=[self.slug])

    @property
    def photo_address(self) -> str:
        """Where the photo is; "" without one."""
        return reverse("people:photo", args=[self.slug, self.photo_name]) if self.photo_name else ""

    def works_at(self, office: int) -> bool:
        """Whether they see patients at the office of that number."""
        return any(pk == office for pk, _weekdays in self.days)

    def days_at(self, office: int) -> str:
        """ "Mon, Wed"; "" if the days are not told."""
        weekdays = next((weekdays for pk, weekdays in self.days if pk == office), ())
        return ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(weekdays))


PERSON_COLUMNS = (
    "id",
    *(name for name in PersonFacts.__dataclass_fields__ if name not in ("pk", "days")),
)


def people_from(rows: Rows) -> tuple[PersonFacts, ...]:
    """In the order of the rows."""
    days: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    for row in rows["days"]:
        days[row["podiatrist_id"]].append((row["office_id"], tuple(row["weekdays"])))
    people = []
    for row in rows["people"]:
        facts = dict(row)
        pk = facts.pop("id")
        facts["treats"] = tuple(facts["treats"])
        people.append(PersonFacts(pk=pk, days=tuple(days[pk]), **facts))
    return tuple(people)
