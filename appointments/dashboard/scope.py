"""Which requests the dashboard counts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from appointments import day_figures
from appointments.day_figures import Figures
from appointments.models import Office

MAY_SEE, MAY_OVERRIDE = "appointments.view_figures", "appointments.add_routingoverride"
PERIODS = (7, 30, 90)  # days
USUAL_PERIOD = 30
WEEK = timedelta(days=7)
WEEKS = 12


@dataclass(frozen=True)
class Scope:
    """What somebody looks at: which of their offices, and how many days up to today."""

    own: list[Office]
    office: Office | None
    days: int
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> "Scope":
        """As the address says. Raises PermissionDenied, and Http404 for an office of others. One query."""
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        own = list(Office.objects.worked_by(request.user))
        asked = request.GET.get("office", "")
        office = next((office for office in own if office.slug == asked), None)
        if asked and office is None:
            raise Http404
        days = request.GET.get("days", "")
        return cls(own, office, int(days) if days in map(str, PERIODS) else USUAL_PERIOD, timezone.now())

    @property
    def offices(self) -> list[Office]:
        """One, or all of their own."""
        return [self.office] if self.office else self.own

    @cached_property
    def today(self) -> date:
        """On the practice's clock."""
        return timezone.localdate(self.now)

    @cached_property
    def since(self) -> date:
        """The first day."""
        return self.today - timedelta(days=self.days - 1)

    @property
    def before(self) -> date:
        """The first day of as many days before."""
        return self.since - timedelta(days=self.days)

    @property
    def first_week(self) -> date:
        """The Monday that the line begins with."""
        return self.today - timedelta(days=self.today.weekday()) - (WEEKS - 1) * WEEK

    @property
    def all_days(self) -> list[date]:
        """Each day, today last."""
        return [self.since + timedelta(days=number) for number in range(self.days)]

    def query(self, **other: Any) -> str:
        """The address of this view, or of another one."""
        wanted = {"days": self.days, "office": self.office.slug if self.office else "", **other}
        return "?" + "&".join(f"{name}={value}" for name, value in wanted.items() if value)

    @cached_property
    def by_day(self) -> dict[tuple[int, date], Figures]:
        """All the figures that the page needs. One query."""
        return day_figures.by_office_and_day(
            [office.pk for office in self.offices], min(self.before, self.first_week), self.today
        )

    def between(self, first: date, last: date) -> Figures:
        """Of all its offices on these days."""
        return day_figures.total(
            tuple(figures for (_office, day), figures in self.by_day.items() if first <= day <= last)
        )
