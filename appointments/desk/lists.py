"""Which requests a list of the desk holds: by stage, office and filters. Every query starts from
`visible_to`, counts no further than anybody turns pages, and stays quick with a million requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from django.db.models import IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from appointments.answers import ANSWERS
from appointments.desk.presence import PRESENT_SECONDS
from appointments.desk.tabs import GROWING, TAB_STATUSES, Tab
from appointments.models import AppointmentRequest, Event, Mail, Office, Presence, RequestQuerySet, Status
from common.models import User
from common.text import whole_number

PER_PAGE = 50
COUNT_UP_TO = 1_000  # of stages that grow without end; nobody turns more pages than that either
FOUND_UP_TO = 200  # a search that finds more should be narrowed down
# What the list does not show, and so need not be read.
UNSHOWN = (
    *(answer.name for answer in ANSWERS if answer.kept == "own" and not answer.listed),
    "routing",
    "offered_times",
)


class CountOf(Subquery):
    """How many rows a query has, up to its slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class ListLengths:
    """How long the lists of somebody's offices are, by name: tabs, and "overdue", "follow_up_overdue", "asked",
    "undelivered" (mails to the office, or to the manager about it).
    """

    by_office: dict[Office, dict[str, int]]

    @classmethod
    def of(cls, user: User, visible: RequestQuerySet, now: datetime) -> Self:
        """Stages that grow without end are counted up to COUNT_UP_TO + 1. One query."""
        theirs = visible.filter(office=OuterRef("pk")).order_by()
        late = theirs.filter(status=Status.NEW, call_by__lt=now)
        follow_up_late = Q(choose_by__lt=now) | Q(choose_by=None, call_by__lt=now)
        owed = Mail.objects.filter(sent_at=None, tries__gt=0, office=OuterRef("pk"))
        undelivered = owed.exclude(problem="").exclude(kind__in=Mail.TO_PATIENT)
        counted = {
            **{str(tab): theirs.filter(status__in=statuses) for tab, statuses in TAB_STATUSES.items()},
            "overdue": late,
            "follow_up_overdue": theirs.filter(follow_up_late, status__in=TAB_STATUSES[Tab.WAITING]),
            "asked": theirs.filter(status__in=(Status.NEW, Status.CONTACTED, Status.PROPOSED), needs_manager=True),
        }
        counts: dict[str, Any] = {
            name: CountOf(rows.values("pk")[: COUNT_UP_TO + 1] if name in GROWING else rows.values("pk"))
            for name, rows in counted.items()
        }
        counts["undelivered"] = CountOf(undelivered.order_by().values("pk")[: COUNT_UP_TO + 1])
        offices = Office.objects.worked_by(user).annotate(**counts)
        return cls({office: {name: getattr(office, name) for name in counts} for office in offices})

    @property
    def offices(self) -> list[Office]:
        """The offices of this person."""
        return list(self.by_office)

    def sum(self, office: Office | None, name: str) -> int:
        """Of one office, or of all."""
        return sum(lengths[name] for own, lengths in self.by_office.items() if office in (None, own))

    def in_words(self, office: Office | None, tab: str) -> str:
        """Exact, but for stages that grow without end."""
        length = self.sum(office, tab)
        return in_words(length) if tab in GROWING else f"{length:,}"


def in_words(count: int) -> str:
    """What was counted up to COUNT_UP_TO + 1: "12", "1,000+"."""
    return f"{COUNT_UP_TO:,}+" if count > COUNT_UP_TO else f"{count:,}"


def in_tab(requests: RequestQuerySet, tab: Tab) -> RequestQuerySet:
    """Those of a stage, in the order they are worked in."""
    requests = requests.filter(status__in=TAB_STATUSES[tab])
    match tab:
        case Tab.WAITING:
            return requests.order_by(Coalesce("choose_by", "call_by"), "pk")
        case Tab.BOOKED:
            return requests.order_by("booked_for", "pk")
        case Tab.CLOSED:
            return requests.order_by("-closed_at", "-pk")
        case Tab.HELD:
            return requests.order_by("created_at", "pk")
    return requests.by_urgency()


def filtered(requests: RequestQuerySet, tab: Tab, chosen: dict[str, Any], user: User) -> RequestQuerySet:
    """Those of a stage that `FilterForm.chosen` wants. Days are the practice's.

    Closed ones of certain days come in the order of those days: they are found at once, however long ago that was.
    """
    requests = in_tab(requests, tab)
    if tab == Tab.CLOSED and (chosen.get("since") or chosen.get("until")):
        requests = requests.order_by("-created_at", "-pk")
    wanted = Q()
    if since := chosen.get("since"):
        wanted &= Q(created_at__gte=timezone.make_aware(datetime.combine(since, time())))
    if until := chosen.get("until"):
        wanted &= Q(created_at__lt=timezone.make_aware(datetime.combine(until + timedelta(days=1), time())))
    if chosen.get("urgent"):
        wanted &= Q(urgent=True)
    if kind := chosen.get("kind"):
        wanted &= Q(kind=kind)
    match chosen.get("who"):
        case "me":
            wanted &= Q(assigned_to=user.pk)
        case "nobody":
            wanted &= Q(assigned_to=None)
        case "manager":
            wanted &= Q(needs_manager=True)
        case str(pk):
            wanted &= Q(assigned_to=int(pk))
    return requests.filter(wanted)


@dataclass(frozen=True)
class Page:
    """Some of a list, and whether there are others."""

    inquiries: Sequence[AppointmentRequest]
    number: int
    more: bool  # there is a next page
    cut: bool  # there is more than may be turned to

    @property
    def first(self) -> int:
        """The place of the first one, from 1."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The place of the last one."""
        return self.first + len(self.inquiries) - 1


def page_of(requests: RequestQuerySet, number: str, user: User, now: datetime, *, up_to: int = COUNT_UP_TO) -> Page:
    """A page with what its rows show, in two queries. A number that is none is page 1; nobody goes beyond `up_to`.

    Each one's `viewer_pk` is a colleague who has it open just now.
    """
    wanted = min(whole_number(number) or 1, -(-up_to // PER_PAGE))
    start = (wanted - 1) * PER_PAGE
    end = min(start + PER_PAGE, up_to)
    looking = Presence.objects.filter(request=OuterRef("pk"), at__gte=now - timedelta(seconds=PRESENT_SECONDS))
    calls = Event.objects.filter(kind__in=(*Event.CALLS, Event.Kind.UNDONE)).only(
        "kind", "at", "facts", "request_id", "nonce"
    )
    # Which ones is asked by itself: SQLite would else begin with the offices and sort all their requests.
    wanted_ones = AppointmentRequest.objects.filter(pk__in=requests.values("pk")[start : end + 1])
    inquiries = list(
        wanted_ones.order_by(*requests.query.order_by)
        .annotate(viewer_pk=Subquery(looking.exclude(user=user.pk).order_by("-at").values("user")[:1]))
        .select_related("office", "assigned_to")
        .defer(*UNSHOWN, "assigned_to__password")
        .prefetch_related(Prefetch("events", queryset=calls))
    )
    others = len(inquiries) > end - start
    return Page(inquiries[: end - start], wanted, more=others and end < up_to, cut=others and end == up_to)


def colleagues(offices: Sequence[Office]) -> dict[int, str]:
    """Who works at these offices: number and name. One query."""
    people = User.objects.filter(is_active=True, offices__in=offices).distinct().order_by("username")
    return {person.pk: str(person) for person in people}
