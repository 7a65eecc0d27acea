"""The offices' public pages."""

from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.models import Weekday
from appointments.offices import contact_card as cards
from appointments.offices import identity, schema_org
from appointments.offices.cache import office, our_offices, plans_of, podiatrists, practice
from appointments.offices.deadlines import Hours, NeverOpen, Schedule, next_opening
from common.public_pages import picture_alone, public_page
from common.times import clock, moment
from common.times import day as day_in_words

AHEAD_DAYS = 60  # how far an office's page lists days with other hours
SOON_DAYS = 14  # how early it warns of the next ones


@public_page
@require_safe
def office_list(request: HttpRequest) -> HttpResponse:
    """All offices."""
    return render(request, "appointments/office_list.html")


@require_safe
def mark(request: HttpRequest, name: str) -> HttpResponse:
    """The practice's mark, by the name that its address has now. One query."""
    if name != practice().mark_name:
        raise Http404
    return picture_alone(HttpResponse(identity.mark() or b"", content_type="image/png"))


@public_page
@require_safe
def office_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One office: where, when, how to call."""
    facts = office(slug)
    if facts is None:
        raise Http404
    today = timezone.localdate()
    people = [person for person in podiatrists() if person.works_at(facts.pk)]
    context = {
        "office": facts,
        "week": _week(facts.schedule, today),
        "special": [
            (_from_to(first, last), _hours_and_why(hours, reason))
            for first, last, hours, reason in _special(facts.schedule, today, AHEAD_DAYS)
        ],
        "soon": _soon(facts.schedule, today),
        "structured": schema_org.office_page(facts, today, people, our_offices()),
        "people": [(person, person.days_at(facts.pk)) for person in people],
        "has_plans": bool(plans_of(facts.pk)),
    }
    return render(request, "appointments/office_detail.html", context)


@public_page
@require_safe
def contact_card(request: HttpRequest, slug: str) -> HttpResponse:
    """One office for the contacts of a phone."""
    facts = office(slug)
    if facts is None:
        raise Http404
    response = HttpResponse(cards.contact_card(facts), content_type="text/vcard; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{facts.slug}.vcf"'
    return response


def _week(schedule: Schedule, today: date) -> list[tuple[str, str, bool]]:
    """The weekdays with their hours in words; today's is as it is today."""
    now = _hours_and_why(*schedule.hours(today))
    return [
        (str(day.label), now if day == today.weekday() else _hours_in_words(schedule.week[day]), day == today.weekday())
        for day in Weekday
    ]


def _hours_in_words(hours: Hours) -> str:
    """ "9 am to noon, 1 pm to 5 pm"; "Closed"."""
    spans = [_("%(opens)s to %(closes)s") % {"opens": clock(opens), "closes": clock(closes)} for opens, closes in hours]
    return ", ".join(spans) or _("Closed")


def _hours_and_why(hours: Hours, reason: str) -> str:
    """ "9 am to noon (Christmas Eve)"; why may be empty."""
    words = _hours_in_words(hours)
    return f"{words} ({_(reason).replace(chr(39), '’')})" if reason else words


def _special(schedule: Schedule, today: date, days: int) -> list[tuple[date, date, Hours, str]]:
    """First and last day with other hours, the hours, and why; one for several without an open day between."""
    rows: list[tuple[date, date, Hours, str]] = []
    for day, hours, reason in schedule.special_days(today, today + timedelta(days=days)):
        if rows and rows[-1][2:] == (hours, reason) and not _opens_between(schedule, rows[-1][1], day):
            rows[-1] = (rows[-1][0], day, hours, reason)
        else:
            rows.append((day, day, hours, reason))
    return rows


def _opens_between(schedule: Schedule, first: date, last: date) -> bool:
    return any(schedule.spans(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days))


def _soon(schedule: Schedule, today: date) -> list[str]:
    """What is otherwise within two weeks, after the words "Please note:": short days, then the next closed ones."""
    short = [
        _("on %(days)s we are open %(hours)s.") % {"days": _from_to(first, last), "hours": _hours_in_words(hours)}
        for first, last, hours, _reason in _special(schedule, today, SOON_DAYS)
        if hours
    ]
    return [*short, *_closed_soon(schedule, today)]


def _closed_soon(schedule: Schedule, today: date) -> list[str]:
    """The next closed days, and when the office opens again; nothing if it does not."""
    closed = next(iter(_closed_days(schedule, today, today + timedelta(days=SOON_DAYS))), None)
    if closed is None:
        return []
    try:
        opens = next_opening(datetime.combine(closed, time.max, schedule.zone), schedule)
    except NeverOpen:
        return []
    last = _closed_days(schedule, closed, opens.astimezone(schedule.zone).date())[-1]
    words = _("we are closed %(days)s. We open again on %(opens)s.")
    return [words % {"days": _from_to(closed, last), "opens": moment(opens)}]


def _closed_days(schedule: Schedule, first: date, end: date) -> list[date]:
    """The days before `end` when the office is closed although its week says open."""
    return [day for day, hours, _reason in schedule.special_days(first, end) if not hours]


def _from_to(first: date, last: date) -> str:
    if first == last:
        return day_in_words(first)
    return _("%(first)s to %(last)s") % {"first": day_in_words(first), "last": day_in_words(last)}
