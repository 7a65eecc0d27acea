"""Which requests a list of the desk holds: by stage, office and filters. Every query starts from
`visible_to`, counts no further than anybody turns pages, and stays quick with a million requests.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self

from django.db.models import BooleanField, ExpressionWrapper, IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from appointments.answers import ANSWERS
from appointments.call_wishes import suiting
from appointments.desk.presence import PRESENT_SECONDS
from appointments.desk.tabs import GROWING, HOLDS, Tab
from appointments.models import (
    ESTIMATE_OWED,
    NOT_CHARTED,
    TO_CALL,
    AppointmentRequest,
    Event,
    Mail,
    Office,
    Presence,
    RequestQuerySet,
)
from appointments.offices import directory
from appointments.search_keys import phone_keys
from common.models import User
from common.text import whole_number

PER_PAGE = 50
COUNT_UP_TO = 1_000  # of stages that grow without end; nobody turns more pages than that either
MOST_ALIKE = 1_000  # looked at to count what else of a page's patients is open
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
    """How long the lists of somebody's offices are, by name: tabs, and "overdue", "follow_up_overdue", "unopened" (to
    be called, and nobody has looked), "to_settle", "undelivered" (mails).
    """

    by_office: dict[Office, dict[str, int]]

    @classmethod
    def of(cls, user: User, visible: RequestQuerySet, now: datetime) -> Self:
        """Stages that grow without end are counted up to COUNT_UP_TO + 1. One query."""
        theirs = visible.filter(office=OuterRef("pk")).order_by()
        late = theirs.filter(status__in=TO_CALL, call_by__lt=now)
        follow_up_late = Q(choose_by__lt=now) | Q(choose_by=None, call_by__lt=now)
        undelivered = Mail.objects.in_trouble().filter(office=OuterRef("pk"))
        counted = {
            **{str(tab): theirs.filter(holds) for tab, holds in HOLDS.items()},
            "overdue": late,
            "follow_up_overdue": theirs.filter(follow_up_late, HOLDS[Tab.WAITING]),
            "unopened": theirs.filter(HOLDS[Tab.CALL], opened_at=None),
            "to_settle": theirs.visits_to_settle(now),
        }
        counts: dict[str, Any] = {
            name: CountOf(
                rows.values("pk")[: COUNT_UP_TO + 1] if name in (*GROWING, "to_settle") else rows.values("pk")
            )
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
    requests = requests.filter(HOLDS[tab])
    match tab:
        case Tab.NEWS:
            return requests.order_by("-news_at", "-pk")
        case Tab.WAITING:
            return requests.order_by(Coalesce("choose_by", "call_by"), "pk")
        case Tab.BOOKED:
            # Today's first; what is over and not settled comes last.
            midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
            is_over = ExpressionWrapper(Q(booked_for__lt=midnight), BooleanField())
            return requests.order_by(is_over, "booked_for", "pk")
        case Tab.CLOSED:
            return requests.order_by("-closed_at", "-pk")
        case Tab.HELD:
            return requests.order_by("created_at", "pk")
    return requests.by_urgency()


def filtered(requests: RequestQuerySet, tab: Tab, chosen: dict[str, Any], user: User) -> RequestQuerySet:
    """Those of a stage that `FilterForm.chosen` wants.

    Closed ones of certain days come in the order of those days: they are found at once, however long ago that was.
    """
    requests = in_tab(requests, tab)
    if tab == Tab.CLOSED and (chosen.get("since") or chosen.get("until")):
        requests = requests.order_by("-created_at", "-pk")
    return fitting(requests, chosen, user)


def fitting(requests: RequestQuerySet, chosen: dict[str, Any], user: User) -> RequestQuerySet:
    """Those that `FilterForm.chosen` wants. Days are the practice's."""
    wanted = Q()
    if since := chosen.get("since"):
        wanted &= Q(created_at__gte=timezone.make_aware(datetime.combine(since, time())))
    if until := chosen.get("until"):
        wanted &= Q(created_at__lt=timezone.make_aware(datetime.combine(until + timedelta(days=1), time())))
    if chosen.get("urgent"):
        wanted &= Q(urgent=True)
    if kind := chosen.get("kind"):
        wanted &= Q(kind=kind)
    if chosen.get("now"):
        wanted &= _callable_at(timezone.now())
    if only := chosen.get("only"):
        wanted &= {"chart": NOT_CHARTED, "estimate": ESTIMATE_OWED, "hold": Q(on_legal_hold=True)}[only]
    if channel := chosen.get("channel"):
        wanted &= Q(channel=channel)
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


def _callable_at(now: datetime) -> Q:
    """Whose office is open at that moment, and who may be called then."""
    from_now_on = Q(call_after=None) | Q(call_after__lte=now)
    open_now = [facts.pk for facts in directory() if facts.schedule.is_open(now)]
    return Q(from_now_on, office__in=open_now, call_times__in=suiting(now))


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
    """A page with what its rows show, in three queries. A number that is none is page 1; nobody goes beyond `up_to`.

    Each one's `viewer_pk` is a colleague who has it open just now, `mail_problem` why a mail to the patient does not
    arrive, and `others_open` counts what else is open with the same phone.
    """
    wanted = min(whole_number(number) or 1, -(-up_to // PER_PAGE))
    start = (wanted - 1) * PER_PAGE
    end = min(start + PER_PAGE, up_to)
    looking = Presence.objects.filter(request=OuterRef("pk"), at__gte=now - timedelta(seconds=PRESENT_SECONDS))
    mails = Mail.objects.in_trouble().filter(request=OuterRef("pk"), kind__in=Mail.TO_PATIENT).order_by("-pk")
    told = Event.objects.filter(kind__in=(*Event.CALLS, *Event.NEWS, Event.Kind.UNDONE)).only(
        "kind", "at", "facts", "request_id", "nonce", "by_id"
    )
    # Which ones is asked by itself: SQLite would else begin with the offices and sort all their requests.
    wanted_ones = AppointmentRequest.objects.filter(pk__in=requests.values("pk")[start : end + 1])
    inquiries = list(
        wanted_ones.order_by(*requests.query.order_by)
        .annotate(
            viewer_pk=Subquery(looking.exclude(user=user.pk).order_by("-at").values("user")[:1]),
            mail_problem=Subquery(mails.values("problem")[:1]),
        )
        .select_related("office", "assigned_to")
        .defer(*UNSHOWN, "assigned_to__password")
        .prefetch_related(Prefetch("events", queryset=told))
    )
    others = len(inquiries) > end - start
    _count_others_open(inquiries, user)
    return Page(inquiries[: end - start], wanted, more=others and end < up_to, cut=others and end == up_to)


def _count_others_open(inquiries: Sequence[AppointmentRequest], user: User) -> None:
    """Give each its `others_open`. One query."""
    phones = {inquiry.pk: phone_keys(inquiry.phone) for inquiry in inquiries if inquiry.phone}
    alike = AppointmentRequest.objects.visible_to(user).unsettled().order_by()
    alike = alike.filter(search_keys__key__in=set().union(*phones.values()))
    by_key: dict[int, set[int]] = defaultdict(set)
    for key, pk in alike.values_list("search_keys__key", "pk")[:MOST_ALIKE]:
        by_key[key].add(pk)
    for inquiry in inquiries:
        same = set().union(*(by_key[key] for key in phones.get(inquiry.pk, ())))
        inquiry.others_open = len(same - {inquiry.pk})  # type: ignore[attr-defined]
