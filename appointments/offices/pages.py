"""The offices' public pages."""

from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.models import Weekday
from appointments.offices import schema_org
from appointments.offices.cache import office
from appointments.offices.deadlines import NeverOpen, Schedule, next_opening
from common.public_pages import public_page
from common.times import date_in_words, moment
from common.times import day as day_in_words

CLOSURES_AHEAD_DAYS = 60  # how far an office's page lists them
CLOSED_SOON_DAYS = 14  # how early it warns of the next one


@public_page
@require_safe
def office_list(request: HttpRequest) -> HttpResponse:
    """All offices."""
    return render(request, "appointments/office_list.html")


@public_page
@require_safe
def office_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One office: where, when, how to call."""
    facts = office(slug)
    if facts is None:
        raise Http404
    today = timezone.localdate()
    context = {
        "office": facts,
        "week": [(day.label, facts.schedule.week[day], day == today.weekday()) for day in Weekday],
        "closures": _closures(facts.schedule, today),
        "closed_soon": _closed_soon(facts.schedule, today),
        "structured": schema_org.office_page(facts, today),
    }
    return render(request, "appointments/office_detail.html", context)


def _closed_days(schedule: Schedule, first: date, end: date) -> list[date]:
    """The days before `end` when the office is closed although its week says open."""
    days = [first + timedelta(days=ahead) for ahead in range((end - first).days)]
    return [day for day in days if schedule.week[day.weekday()] and schedule.closed_for(day)]


def _closures(schedule: Schedule, today: date) -> list[tuple[str, str]]:
    """The closed days to come in words with the reason; one line for several without an open day between."""
    rows: list[tuple[date, date, str]] = []
    for day in _closed_days(schedule, today, today + timedelta(days=CLOSURES_AHEAD_DAYS)):
        reason = schedule.closed_for(day)
        if rows and rows[-1][2] == reason and not _opens_between(schedule, rows[-1][1], day):
            rows[-1] = (rows[-1][0], day, reason)
        else:
            rows.append((day, day, reason))
    return [
        (_from_to(date_in_words(first), date_in_words(last)), _(reason).replace("'", "’"))
        for first, last, reason in rows
    ]


def _opens_between(schedule: Schedule, first: date, last: date) -> bool:
    return any(schedule.spans(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days))


def _closed_soon(schedule: Schedule, today: date) -> tuple[str, str] | None:
    """The next closed days, and when the office opens again, in words; None if there are none within two weeks."""
    closed = _closed_days(schedule, today, today + timedelta(days=CLOSED_SOON_DAYS))
    if not closed:
        return None
    try:
        opens = next_opening(datetime.combine(closed[0], time.max, schedule.zone), schedule)
    except NeverOpen:
        return None
    last = _closed_days(schedule, closed[0], opens.astimezone(schedule.zone).date())[-1]
    return _from_to(day_in_words(closed[0]), day_in_words(last)), moment(opens)


def _from_to(first: str, last: str) -> str:
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
