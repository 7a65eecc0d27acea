"""The dashboard's charts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.complaints import sources
from appointments.dashboard import charts
from appointments.dashboard.charts import BarList, Plot
from appointments.dashboard.scope import PERIODS, WEEK, WEEKS, Scope
from appointments.day_figures import Figures
from appointments.offices import only_office, practice
from common.times import day as day_in_words
from common.times import duration

SHOWN = 10  # overdue requests, articles and ZIP codes; the rest is told as a number


@dataclass(frozen=True)
class Chart:
    """A drawing with its heading, the sentence that says what it shows, and the same as a table."""

    key: str
    title: str
    finding: str
    drawing: Plot | BarList | None
    head: list[str]
    rows: list[list[Any]]
    note: str = ""


def _short(day: date) -> str:
    return date_format(day, _("M j"))


def time_to_call(scope: Scope) -> Chart:
    """By week, the last one not over."""
    weeks = [scope.first_week + number * WEEK for number in range(WEEKS)]
    figures = [scope.between(monday, monday + timedelta(days=6)) for monday in weeks]
    middles = [of_week.percentile(50) for of_week in figures]
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
            *(
                "–" if minutes is None else duration(minutes)
                for minutes in (of_week.percentile(50), of_week.percentile(90))
            ),
            f"{of_week.minutes.total():,}",
        ]
        for monday, of_week in zip(weeks, figures, strict=True)
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


def per_day(scope: Scope) -> Chart:
    columns = [
        [scope.by_day[key].received if (key := (office.pk, day)) in scope.by_day else 0 for office in scope.offices]
        for day in scope.all_days
    ]
    parts = [] if only_office() else [office.name for office in scope.offices]
    sums = [sum(column) for column in columns]
    most = max(range(len(sums)), key=sums.__getitem__)
    if sum(sums):
        by_office = ", ".join(
            f"{name} {sum(column[number] for column in columns):,}" for number, name in enumerate(parts)
        )
        finding = ngettext(
            "%(count)s request in %(days)d days%(offices)s. The most on one day: %(most)s, on %(day)s.",
            "%(count)s requests in %(days)d days%(offices)s. The most on one day: %(most)s, on %(day)s.",
            sum(sums),
        ) % {
            "count": f"{sum(sums):,}",
            "days": scope.days,
            "offices": f": {by_office}" if parts else "",
            "most": f"{sums[most]:,}",
            "day": day_in_words(scope.all_days[most]),
        }
    else:
        finding = _("No requests in these days.")
    labels = [str(WEEKDAYS_ABBR[day.weekday()]) if scope.days == PERIODS[0] else _short(day) for day in scope.all_days]
    rows: list[list[Any]] = [
        [date_format(day, _("D, M j")), *(column if parts else ()), sum(column)]
        for day, column in zip(reversed(scope.all_days), reversed(columns), strict=True)
    ]
    return Chart(
        "days",
        _("Requests per day, by office") if parts else _("Requests per day"),
        finding,
        charts.stacked(columns, labels) if sum(sums) else None,
        [_("Day"), *parts, _("All")],
        rows,
    )


def by_article(figures: Figures) -> Chart:
    names = {slug: source.label for slug, source in sources().items()} if figures.articles else {}
    counts = figures.articles.most_common()
    none = figures.articles[""]
    from_articles = [(slug, count) for slug, count in counts if slug]
    values = [(str(names.get(slug, slug)) if slug else _("No article"), count, not slug) for slug, count in counts]
    if from_articles:
        slug, count = from_articles[0]
        finding = _("Most came from “%(article)s”: %(count)s of %(total)s. %(none)s came from no article.") % {
            "article": names.get(slug, slug),
            "count": f"{count:,}",
            "total": f"{figures.articles.total():,}",
            "none": f"{none:,}",
        }
    else:
        finding = _("Nobody came from an article.") if none else _("No requests for a visit yet.")
    return Chart(
        "articles",
        _("Which article did people come from?"),
        finding,
        charts.horizontal(values[:SHOWN]) if values else None,
        [_("Article"), _("Requests")],
        [[name, count] for name, count, _quiet in values],
    )
