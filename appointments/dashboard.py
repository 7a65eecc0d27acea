"""The dashboard: how quickly patients were called, what came in, from where, and what is overdue now.

For managers (the right `view_figures`), and of their own offices only. All but the overdue ones is read from the
nameless daily figures (`figures.py`); the template draws what `charts.py` has measured out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from appointments import audit, charts, figures, inbox, spreadsheets
from appointments.charts import List, Plot
from appointments.deadlines import open_minutes_between
from appointments.desk_list import COUNT_UP_TO, UNSHOWN, in_words
from appointments.figures import Figures
from appointments.models import AppointmentRequest, CloseReason, Office, RequestQuerySet, RoutingOverride, Status
from appointments.offices import facts_of, practice
from common.client import client_address
from common.times import day as day_in_words
from common.times import duration

MAY_SEE, MAY_OVERRIDE = "appointments.view_figures", "appointments.add_routingoverride"
PERIODS = (7, 30, 90)  # days
USUAL_PERIOD = 30
WEEKS = 12
SHOWN = 10  # overdue requests, articles and ZIP codes; the rest is told as a number
WEEK = timedelta(days=7)
OUTCOMES = {  # as short as a chart needs
    "open": gettext_lazy("Still open"),
    "booked": gettext_lazy("Visit booked"),
    CloseReason.COMPLETED: gettext_lazy("Visit took place"),
    CloseReason.ANSWERED: gettext_lazy("Message answered"),
    CloseReason.DECLINED: gettext_lazy("No visit wanted"),
    CloseReason.CANCELLED: gettext_lazy("Patient canceled"),
    CloseReason.NO_ANSWER: gettext_lazy("Not reached"),
    CloseReason.DUPLICATE: gettext_lazy("Duplicate"),
}


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
        office = next((row for row in own if row.slug == asked), None)
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
        return figures.by_office_and_day(
            [office.pk for office in self.offices], min(self.before, self.first_week), self.today
        )

    def between(self, first: date, last: date) -> Figures:
        """Of all its offices on these days."""
        return figures.total(tuple(found for (_office, day), found in self.by_day.items() if first <= day <= last))


@dataclass(frozen=True)
class Chart:
    """A drawing with its heading, the sentence that says what it shows, and the same as a table."""

    key: str
    title: str
    finding: str
    drawing: Plot | List | None
    head: list[str]
    rows: list[list[Any]]
    note: str = ""


def urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """For the admin; `wrap` lets in staff only."""
    return [
        path("dashboard/", wrap(page), name="dashboard"),
        path("dashboard/figures.csv", wrap(as_csv), name="dashboard_csv"),
        path("dashboard/override/", wrap(always_send), name="dashboard_override"),
    ]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The dashboard. Whoever sees the overdue table is in the audit with what it showed."""
    scope = Scope.of(request)
    found = scope.between(scope.since, scope.today)
    visible = AppointmentRequest.objects.visible_to(request.user).filter(office__in=scope.offices)
    late = visible.filter(status=Status.NEW, call_by__lt=scope.now).order_by("call_by", "pk")
    rows = list(late.select_related("office").defer(*UNSHOWN)[:SHOWN])
    if rows:
        audit.record(
            actor=request.user.get_username(),
            action="dashboard",
            record=", ".join(row.reference for row in rows),
            office=scope.office.slug if scope.office else "",
            address=client_address(request),
        )
    how_many = late.order_by().values("pk")[: COUNT_UP_TO + 1].count() if len(rows) == SHOWN else len(rows)
    zips = _zips(scope, found)
    context = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "now": scope.now,
        "scope": scope,
        "periods": [(days, scope.query(days=days), days == scope.days) for days in PERIODS],
        "switch": [
            (office, scope.query(office=office.slug if office else ""), office == scope.office)
            for office in (None, *scope.own)
        ],
        "here": scope.query(),
        "nothing_yet": not (found.received or found.held or rows),
        "found": found,
        "cards": _cards(scope, found, visible),
        "late": in_words(how_many),
        "is_late": how_many > 0,
        "oldest": duration(_minutes_late(rows[0], scope.now)) if rows else "",
        "rows": [
            (
                row,
                duration(_minutes_late(row, scope.now)),
                inbox.next_step(row, scope.now, called=row.first_called_at is not None),
            )
            for row in rows
        ],
        "more": how_many > len(rows),
        "before_overdue": [_time_to_call(scope), _per_day(scope), _by_article(found)],
        "after_overdue": [_by_outcome(found)],
        "zips": zips[:SHOWN],
        "more_zips": max(len(zips) - SHOWN, 0),
        "rerouted": _rerouted(found),
        "may_override": request.user.has_perm(MAY_OVERRIDE),
    }
    return TemplateResponse(request, "admin/appointments/dashboard.html", context)


def _minutes_late(row: AppointmentRequest, now: datetime) -> int:
    return open_minutes_between(row.call_by, now, facts_of(row.office).schedule)


# --- Figures in words ---


def _cards(scope: Scope, found: Figures, visible: RequestQuerySet) -> list[tuple[str, str, str]]:
    """Heading, number and what it means. One query."""
    middle, slow = found.percentile(50), found.percentile(90)
    goal = _("Goal: %(time)s or less") % {"time": duration(practice().call_by_minutes)}
    nine = _("9 of 10 within %(time)s.") % {"time": duration(slow)} if slow is not None else _("No calls yet.")
    share, before = _shares(scope, found, visible)
    if share is None:
        compared = _("Nobody has been called yet.")
    elif before is None:
        compared = _("Counted from the promise that each patient was given.")
    else:
        words = {
            1: _("Up from %(share)d%% in the %(days)d days before."),
            0: _("As in the %(days)d days before: %(share)d%%."),
            -1: _("Down from %(share)d%% in the %(days)d days before."),
        }[(share > before) - (share < before)]
        compared = words % {"share": before, "days": scope.days}
    booked = found.outcomes["booked"] + found.outcomes[CloseReason.COMPLETED]
    parts = ngettext(
        "%(booked)s booked, %(urgent)s urgent, %(messages)s message. Besides, %(held)s held as spam.",
        "%(booked)s booked, %(urgent)s urgent, %(messages)s messages. Besides, %(held)s held as spam.",
        found.messages,
    ) % {
        "booked": f"{booked:,}",
        "urgent": f"{found.urgent:,}",
        "messages": f"{found.messages:,}",
        "held": f"{found.held:,}",
    }
    return [
        (_("Middle time to first call"), "–" if middle is None else duration(middle), f"{nine} {goal}"),
        (_("Called within the promise"), "–" if share is None else f"{share}%", compared),
        (_("Requests received"), f"{found.received:,}", parts),
    ]


def _shares(scope: Scope, found: Figures, visible: RequestQuerySet) -> tuple[int | None, int | None]:
    """Percent of those called, or due by now, who were called in time: in this period, and in the one before.

    Who is still waiting after the promised moment counts as late; who was settled without a call does not count.
    """
    starts = [timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (scope.before, scope.since)]
    waiting = visible.filter(
        status=Status.NEW, first_called_at=None, promised_by__lt=scope.now, created_at__gte=starts[0]
    ).aggregate(now=Count("pk", Q(created_at__gte=starts[1])), before=Count("pk", Q(created_at__lt=starts[1])))
    earlier = [each for (_office, day), each in scope.by_day.items() if scope.before <= day < scope.since]
    in_time, late = sum(each.in_time for each in earlier), sum(each.late for each in earlier)
    return _percent(found.in_time, found.late + waiting["now"]), _percent(in_time, late + waiting["before"])


def _percent(part: int, rest: int) -> int | None:
    """Rounded down, so that 100 means all."""
    return 100 * part // (part + rest) if part + rest else None


def _rerouted(found: Figures) -> str:
    if not found.visits:
        return _("No requests for a visit yet.")
    chose = found.rerouted - found.zips.total()
    words = ngettext(
        "%(count)d of %(total)s requests for a visit (%(share).1f%%) was sent on from another office.",
        "%(count)d of %(total)s requests for a visit (%(share).1f%%) were sent on from another office.",
        found.rerouted,
    ) % {"count": found.rerouted, "total": f"{found.visits:,}", "share": 100 * found.rerouted / found.visits}
    if chose:
        words += " " + ngettext(
            "For %(count)d of them the patient had chosen the office.",
            "For %(count)d of them the patients had chosen the office.",
            chose,
        ) % {"count": chose}
    return words


@dataclass(frozen=True)
class Zip:
    """A ZIP code that routing sent to another office, `count` times, and where an override sends it by now."""

    code: str
    office: Office
    count: int
    override: RoutingOverride | None


def _zips(scope: Scope, found: Figures) -> list[Zip]:
    """The most frequent ones first. One query, if there are any."""
    if not found.zips:
        return []
    counts: Counter[tuple[str, int]] = Counter()
    for (office, day), each in scope.by_day.items():
        if day >= scope.since:
            counts.update({(code, office): count for code, count in each.zips.items()})
    known = {
        row.zip_code: row for row in RoutingOverride.objects.filter(zip_code__in=found.zips).select_related("office")
    }
    offices = {office.pk: office for office in scope.offices}
    return [
        Zip(code, offices[office], count, known.get(code))
        for (code, office), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


# --- Charts ---


def _short(day: date) -> str:
    return date_format(day, _("M j"))


def _time_to_call(scope: Scope) -> Chart:
    """By week, the last one not over."""
    weeks = [scope.first_week + number * WEEK for number in range(WEEKS)]
    found = [scope.between(monday, monday + timedelta(days=6)) for monday in weeks]
    middles = [each.percentile(50) for each in found]
    goal = practice().call_by_minutes
    known = [(monday, minutes) for monday, minutes in zip(weeks, middles, strict=True) if minutes is not None]
    if not known:
        finding = _("Nobody was called in these weeks yet.")
    else:
        (first, then), (last, now) = known[0], known[-1]
        finding = _("In the week of %(week)s, half of the calls came within %(time)s. The goal is %(goal)s.") % {
            "week": _short(last),
            "time": duration(now),
            "goal": duration(goal),
        }
        if first != last:
            before = {"week": _short(first), "time": duration(then)}
            finding += " " + _("In the week of %(week)s it was %(time)s.") % before
    rows = [
        [
            _short(monday),
            *("–" if minutes is None else duration(minutes) for minutes in (each.percentile(50), each.percentile(90))),
            f"{each.minutes.total():,}",
        ]
        for monday, each in zip(weeks, found, strict=True)
    ]
    return Chart(
        "calls",
        _("Time to first call, by week"),
        finding,
        charts.line(
            [None if minutes is None else minutes / 60 for minutes in middles],
            [_short(monday) for monday in weeks],
            (goal / 60, _("Goal: %(time)s") % {"time": duration(goal)}),
        )
        if known
        else None,
        [_("Week of"), _("Middle"), _("9 of 10 within"), _("Called")],
        rows,
        _("Middle (median) in office hours, last %(weeks)d weeks. Lower is better.") % {"weeks": WEEKS},
    )


def _per_day(scope: Scope) -> Chart:
    columns = [
        [scope.by_day[key].received if (key := (office.pk, day)) in scope.by_day else 0 for office in scope.offices]
        for day in scope.all_days
    ]
    sums = [sum(column) for column in columns]
    most = max(range(len(sums)), key=sums.__getitem__)
    if sum(sums):
        by_office = ", ".join(
            f"{office.name} {sum(column[number] for column in columns):,}"
            for number, office in enumerate(scope.offices)
        )
        finding = ngettext(
            "%(count)s request in %(days)d days: %(offices)s. The most on one day: %(most)s, on %(day)s.",
            "%(count)s requests in %(days)d days: %(offices)s. The most on one day: %(most)s, on %(day)s.",
            sum(sums),
        ) % {
            "count": f"{sum(sums):,}",
            "days": scope.days,
            "offices": by_office,
            "most": f"{sums[most]:,}",
            "day": day_in_words(scope.all_days[most]),
        }
    else:
        finding = _("No requests in these days.")
    labels = [str(WEEKDAYS_ABBR[day.weekday()]) if scope.days == PERIODS[0] else _short(day) for day in scope.all_days]
    rows: list[list[Any]] = [
        [date_format(day, _("D, M j")), *column, sum(column)]
        for day, column in zip(reversed(scope.all_days), reversed(columns), strict=True)
    ]
    return Chart(
        "days",
        _("Requests per day, by office"),
        finding,
        charts.stacked(columns, labels) if sum(sums) else None,
        [_("Day"), *(office.name for office in scope.offices), _("All")],
        rows,
    )


def _by_article(found: Figures) -> Chart:
    names = dict(import_string(settings.APPOINTMENT_REASONS)()) if found.articles else {}
    counts = found.articles.most_common()
    none = found.articles[""]
    from_articles = [(slug, count) for slug, count in counts if slug]
    values = [(str(names.get(slug, slug)) if slug else _("No article"), count, not slug) for slug, count in counts]
    if from_articles:
        slug, count = from_articles[0]
        finding = _("Most came from “%(article)s”: %(count)s of %(total)s. %(none)s came from no article.") % {
            "article": names.get(slug, slug),
            "count": f"{count:,}",
            "total": f"{found.articles.total():,}",
            "none": f"{none:,}",
        }
    else:
        finding = _("Nobody came from an article.") if none else _("No requests for a visit yet.")
    return Chart(
        "articles",
        _("Which article did people come from?"),
        finding,
        charts.lying(values[:SHOWN]) if values else None,
        [_("Article"), _("Requests")],
        [[name, count] for name, count, _quiet in values],
    )


def _by_outcome(found: Figures) -> Chart:
    values = [(str(OUTCOMES.get(key, key)), count, key == "open") for key, count in found.outcomes.most_common()]
    if values:
        finding = ngettext(
            "Of %(total)s request, %(booked)s led to a visit so far; still open: %(open)s.",
            "Of %(total)s requests, %(booked)s led to a visit so far; still open: %(open)s.",
            found.received,
        ) % {
            "total": f"{found.received:,}",
            "booked": f"{found.outcomes['booked'] + found.outcomes[CloseReason.COMPLETED]:,}",
            "open": f"{found.outcomes['open']:,}",
        }
    else:
        finding = _("No requests yet.")
    return Chart(
        "outcomes",
        _("What became of them?"),
        finding,
        charts.lying(values) if values else None,
        [_("Outcome"), _("Requests")],
        [[name, count] for name, count, _quiet in values],
    )


# --- What can be done here ---


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The figures of each office and day, for a spreadsheet."""
    scope = Scope.of(request)
    response = HttpResponse(spreadsheets.csv_lines(_csv_rows(scope)), content_type="text/csv; charset=utf-8")
    name = f"figures-{scope.since}-to-{scope.today}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_rows(scope: Scope) -> Iterator[list[Any]]:
    yield [
        *(_("Office"), _("Day"), _("Requests"), _("Visits"), _("Messages"), _("Urgent")),
        *(_("Middle minutes to first call"), _("90th percentile minutes"), _("Called in time"), _("Called late")),
        *(_("Not called"), _("Sent on from another office"), _("Held as spam"), *map(str, OUTCOMES.values())),
    ]
    for office in scope.offices:
        for day in scope.all_days:
            each = scope.by_day.get((office.pk, day), Figures())
            middle, slow = each.percentile(50), each.percentile(90)
            yield [
                *(office.name, day.isoformat(), each.received, each.visits, each.messages, each.urgent),
                *("" if middle is None else middle, "" if slow is None else slow, each.in_time, each.late),
                *(each.uncalled, each.rerouted, each.held, *(each.outcomes[key] for key in OUTCOMES)),
            ]


@require_POST
def always_send(request: HttpRequest) -> HttpResponse:
    """Make a routing override: a ZIP code's requests go to one of this person's offices from now on."""
    scope = Scope.of(request)
    if not request.user.has_perm(MAY_OVERRIDE):
        raise PermissionDenied
    office = next((row for row in scope.own if row.slug == request.POST.get("to")), None)
    code = request.POST.get("zip", "")
    if office is None or not re.fullmatch(r"[0-9]{5}", code):
        raise Http404
    row, made = RoutingOverride.objects.select_related("office").get_or_create(
        zip_code=code, defaults={"office": office, "note": _("From the dashboard")}
    )
    if made:
        admin.site.get_model_admin(RoutingOverride).log_addition(request, row, [{"added": {}}])
    told = {"zip": code, "office": row.office.name}
    if row.office_id == office.pk:
        messages.success(request, _("Patients from %(zip)s who have no wish go to %(office)s from now on.") % told)
    else:
        messages.error(
            request, _("An override sends %(zip)s to %(office)s already. Change it under “All admin”.") % told
        )
    return redirect(reverse("admin:dashboard") + scope.query())
