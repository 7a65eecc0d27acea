"""The dashboard's numbers in cards and tables."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.dashboard import charts
from appointments.dashboard.pictures import Chart
from appointments.dashboard.scope import Scope
from appointments.day_figures import Figures
from appointments.models import AppointmentRequest, CloseReason, Office, RequestQuerySet, RoutingOverride, Status
from appointments.offices import facts_of, practice
from appointments.offices.deadlines import open_minutes_between
from appointments.vocabulary import Channel, Text
from common.times import duration

OUTCOMES: dict[str, Text] = {  # as short as a chart needs
    "open": gettext_lazy("Still open"),
    "booked": gettext_lazy("Visit booked"),
    **{reason: words for reason in CloseReason if (words := reason.closing.on_dashboard) is not None},
}


def minutes_late(inquiry: AppointmentRequest, now: datetime) -> int:
    return open_minutes_between(inquiry.call_by, now, facts_of(inquiry.office).schedule)


def cards(scope: Scope, figures: Figures, visible: RequestQuerySet) -> list[tuple[str, str, str]]:
    """Heading, number and what it means. One query."""
    middle, slow = figures.percentile(50), figures.percentile(90)
    goal = _("Goal: %(time)s or less") % {"time": duration(practice().call_by_minutes)}
    nine = _("9 of 10 within %(time)s.") % {"time": duration(slow)} if slow is not None else _("No calls yet.")
    share, before = _shares(scope, figures, visible)
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
    booked = figures.outcomes["booked"] + figures.outcomes[CloseReason.COMPLETED]
    parts = ngettext(
        "%(booked)s booked, %(urgent)s urgent, %(messages)s message. Besides, %(held)s held as spam.",
        "%(booked)s booked, %(urgent)s urgent, %(messages)s messages. Besides, %(held)s held as spam.",
        figures.messages,
    ) % {
        "booked": f"{booked:,}",
        "urgent": f"{figures.urgent:,}",
        "messages": f"{figures.messages:,}",
        "held": f"{figures.held:,}",
    }
    return [
        (_("Middle time to first call"), "–" if middle is None else duration(middle), f"{nine} {goal}"),
        (_("Called within the promise"), "–" if share is None else f"{share}%", compared),
        (_("Patients who came"), *_came(figures)),
        (_("Requests received"), f"{figures.received:,}", parts),
    ]


def _came(figures: Figures) -> tuple[str, str]:
    """Percent of the visits of these days, and how many were missed."""
    share = _percent(figures.came, figures.missed)
    if share is None:
        return "–", _("No visit of these days is settled yet.")
    words = _("%(came)s came, %(missed)s did not come, of the visits of these days.")
    return f"{share}%", words % {"came": f"{figures.came:,}", "missed": f"{figures.missed:,}"}


def _shares(scope: Scope, figures: Figures, visible: RequestQuerySet) -> tuple[int | None, int | None]:
    """Percent of those called, or due by now, who were called in time: in this period, and in the one before.

    Who is still waiting after the promised moment counts as late; who was settled without a call does not count.
    """
    starts = [timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (scope.before, scope.since)]
    waiting = visible.filter(
        status=Status.NEW, first_called_at=None, promised_by__lt=scope.now, created_at__gte=starts[0]
    ).aggregate(now=Count("pk", Q(created_at__gte=starts[1])), before=Count("pk", Q(created_at__lt=starts[1])))
    earlier = [of_day for (_office, day), of_day in scope.by_day.items() if scope.before <= day < scope.since]
    in_time, late = sum(day.in_time for day in earlier), sum(day.late for day in earlier)
    return _percent(figures.in_time, figures.late + waiting["now"]), _percent(in_time, late + waiting["before"])


def _percent(part: int, rest: int) -> int | None:
    """Rounded down, so that 100 means all."""
    return 100 * part // (part + rest) if part + rest else None


def rerouted(figures: Figures) -> str:
    if not figures.visits:
        return _("No requests for a visit yet.")
    chose = figures.rerouted - figures.zips.total()
    words = ngettext(
        "%(count)d of %(total)s requests for a visit (%(share).1f%%) was sent on from another office.",
        "%(count)d of %(total)s requests for a visit (%(share).1f%%) were sent on from another office.",
        figures.rerouted,
    ) % {"count": figures.rerouted, "total": f"{figures.visits:,}", "share": 100 * figures.rerouted / figures.visits}
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


def by_zip(scope: Scope, figures: Figures) -> list[Zip]:
    """The most frequent ones first. One query, if there are any."""
    if not figures.zips:
        return []
    counts: Counter[tuple[str, int]] = Counter()
    for (office, day), of_day in scope.by_day.items():
        if day >= scope.since:
            counts.update({(code, office): count for code, count in of_day.zips.items()})
    known = {
        override.zip_code: override
        for override in RoutingOverride.objects.filter(zip_code__in=figures.zips).select_related("office")
    }
    offices = {office.pk: office for office in scope.offices}
    return [
        Zip(code, offices[office], count, known.get(code))
        for (code, office), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def by_outcome(figures: Figures) -> Chart:
    values = [(str(OUTCOMES.get(key, key)), count, key == "open") for key, count in figures.outcomes.most_common()]
    if values:
        finding = ngettext(
            "Of %(total)s request, %(booked)s led to a visit so far; still open: %(open)s.",
            "Of %(total)s requests, %(booked)s led to a visit so far; still open: %(open)s.",
            figures.received,
        ) % {
            "total": f"{figures.received:,}",
            "booked": f"{figures.outcomes['booked'] + figures.outcomes[CloseReason.COMPLETED]:,}",
            "open": f"{figures.outcomes['open']:,}",
        }
    else:
        finding = _("No requests yet.")
    return Chart(
        "outcomes",
        _("What became of them?"),
        finding,
        charts.horizontal(values) if values else None,
        [_("Outcome"), _("Requests")],
        [[name, count] for name, count, _quiet in values],
    )


def by_channel(figures: Figures) -> Chart:
    values = [(str(Channel(key).label), count, False) for key, count in figures.channels.most_common()]
    elsewhere = figures.channels.total() - figures.channels[Channel.WEB]
    finding = ngettext(
        "%(elsewhere)s of %(total)s requests was written down by the desk.",
        "%(elsewhere)s of %(total)s requests were written down by the desk.",
        elsewhere,
    ) % {"elsewhere": f"{elsewhere:,}", "total": f"{figures.channels.total():,}"}
    return Chart(
        "channels",
        _("How did they come?"),
        finding if values else _("No requests yet."),
        charts.horizontal(values) if values else None,
        [_("Came by"), _("Requests")],
        [[name, count] for name, count, _quiet in values],
    )
