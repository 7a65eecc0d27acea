"""A day of an office and a week at a glance, from the appointment book. The address names a day and an office only."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import appointment_book
from appointments.answers import ANSWERS
from appointments.desk.access import NO_OFFICE, check_may_look, user_of, visible
from appointments.desk.forms.filters import DayForm
from appointments.desk.openings import WouldTakeIt, takers_of_day
from appointments.desk.presenters.day import DayPresenter, week_of
from appointments.models import AppointmentRequest, Office, Visit
from appointments.offices import facts_of
from common import audit
from common.text import whole_number

DAY = "admin:appointments_appointmentrequest_day"
SHOWN = {"patient_name", "birth_date", "phone", "reason", "visit_note"}
# What the day does not show, and so need not be decrypted.
UNSHOWN = (
    *(f"request__{answer.name}" for answer in ANSWERS if answer.kept == "own" and answer.name not in SHOWN),
    *("request__routing", "request__offered_times", "request__wishes"),
)
OF = "X-Of"  # the request whose form a day is shown beside: by its number, and in no address


@dataclass(frozen=True)
class Wanted:
    """A day, and one of the reader's offices; None for who has none. What the address says wrong is left out."""

    form: DayForm
    on: date
    office: Office | None
    offices: list[Office]

    @classmethod
    def of(cls, address: QueryDict, offices: list[Office]) -> Self:
        """Today, and the first office, unless others are asked for."""
        form = DayForm(address if "day" in address else {"day": timezone.localdate()})
        on = form.cleaned_data.get("day") if form.is_valid() else None
        office = next((office for office in offices if office.slug == address.get("office")), None)
        return cls(form, on or timezone.localdate(), office or next(iter(offices), None), offices)

    @property
    def monday(self) -> date:
        """Of the day's week."""
        return self.on - timedelta(days=self.on.weekday())

    def query(self, *, days: int = 0, on: date | None = None, office: Office | None = None) -> str:
        """The address of the same page, so many days on, or for another day or office."""
        query = QueryDict(mutable=True)
        query["day"] = str(on or self.on + timedelta(days=days))
        if chosen := office or self.office:
            query["office"] = chosen.slug
        return query.urlencode()

    def context(self, request: HttpRequest, days: int) -> dict[str, Any]:
        """What a page of so many days needs of it."""
        return {
            **admin.site.each_context(request),
            "opts": AppointmentRequest._meta,
            "wanted": self,
            "before": self.query(days=-days),
            "after": self.query(days=days),
            "today": self.query(on=timezone.localdate()),
            "here": self.query(),
            "switch": [(office, self.query(office=office), office == self.office) for office in self.offices],
            "no_office": NO_OFFICE,
        }


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Who comes when, and what is free; for a script that asks with OF, the short list beside a form."""
    check_may_look(request)
    wanted = _wanted(request)
    beside = whole_number(request.headers.get(OF, ""))
    presenter, takers = None, list[WouldTakeIt]()
    if wanted.office:
        of_day = _visits(request, wanted.office, wanted.on, 1)
        visits = list(of_day.select_related("request__visit_kind").defer(*UNSHOWN))
        presenter = DayPresenter(facts_of(wanted.office), wanted.on, visits, timezone.now(), beside)
        if beside is None:
            takers = takers_of_day(wanted.office.pk, presenter, visible(request))
        shown = {visit.request.reference for visit in visits} | {taker.inquiry.reference for taker in takers}
        for record in audit.in_records(sorted(shown)) or [""]:
            audit.record_by(request, action="list", record=record, office=wanted.office.slug)
    if beside is not None:
        context: dict[str, Any] = {"day": presenter, "here": wanted.query()}
        return TemplateResponse(request, "admin/appointments/day/beside.html", context)
    context = {**wanted.context(request, 1), "title": _("Day"), "day": presenter, "takers": takers}
    return TemplateResponse(request, "admin/appointments/day.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """How full each day is. Nobody is named."""
    check_may_look(request)
    wanted = _wanted(request)
    days: list[tuple[DayPresenter, str]] = []
    if wanted.office:
        visits = list(_visits(request, wanted.office, wanted.monday, 7))
        presenters = week_of(facts_of(wanted.office), wanted.on, visits, timezone.now())
        days = [(presenter, wanted.query(on=presenter.on)) for presenter in presenters]
    context = {**wanted.context(request, 7), "title": _("Week"), "days": days}
    return TemplateResponse(request, "admin/appointments/week.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    """One query."""
    return Wanted.of(request.GET, list(Office.objects.worked_by(user_of(request))))


def _visits(request: HttpRequest, office: Office, first: date, days: int) -> QuerySet[Visit]:
    """Of requests that this person may see."""
    theirs = Exists(visible(request).filter(pk=OuterRef("request")))  # "in" would read all of them first
    return appointment_book.of_day(office.pk, first, days=days).filter(theirs)
