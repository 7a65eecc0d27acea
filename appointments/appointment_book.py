"""The appointment book: which times of an office are taken, by whom, and what is free.

Its live rows are written with the request they belong to, by `actions/`: `sync` makes them say what the request says,
so that what undoes, cancels, lapses or sends a request away gives its times back without knowing of the book.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import STILL_BOOKED, AppointmentRequest, CloseReason, Office, Status, Visit
from appointments.offices import practice
from common.times import moment

BECAME: dict[str, Visit.State] = {CloseReason.COMPLETED: Visit.State.CAME, CloseReason.MISSED: Visit.State.MISSED}


def minutes_of(inquiry: AppointmentRequest) -> int:
    """How long its visit takes, in clock minutes."""
    return inquiry.visit_minutes or practice().visit_minutes


def hold() -> None:
    """Until the transaction ends nobody else gives a time away who asks for this, too. Ask before any request is
    locked: then no two wait for each other. One query.
    """
    list(Office.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def sync(inquiry: AppointmentRequest) -> None:
    """Make the book say what the request says. Two queries where nothing changed. Call it in the transaction of the
    change.
    """
    wanted = _rows_of(inquiry)
    stored = {visit.starts_at: visit for visit in Visit.objects.filter(request=inquiry)}
    gone = [visit.pk for at, visit in stored.items() if visit.state in Visit.LIVE and at not in wanted]
    if gone:
        Visit.objects.filter(pk__in=gone).delete()
    for at, visit in wanted.items():
        there = stored.get(at)
        if there is None:
            visit.save(force_insert=True)
        elif _told(there) != _told(visit):
            visit.pk = there.pk
            visit.save(force_update=True)


def write_down_missed(inquiry: AppointmentRequest) -> None:
    """The patient did not come; the row stays when the request goes on without a visit."""
    if at := inquiry.booked_for:
        told = {"ends_at": at + timedelta(minutes=minutes_of(inquiry)), "state": Visit.State.MISSED, "until": None}
        Visit.objects.update_or_create({"office_id": inquiry.office_id, **told}, request=inquiry, starts_at=at)


def _rows_of(inquiry: AppointmentRequest) -> dict[datetime, Visit]:
    """The rows that follow from a request, by when they start."""
    length = timedelta(minutes=minutes_of(inquiry))
    rows: dict[datetime, Visit] = {}

    def add(at: datetime, state: Visit.State, until: datetime | None = None) -> None:
        rows[at] = Visit(
            request=inquiry, office_id=inquiry.office_id, starts_at=at, ends_at=at + length, state=state, until=until
        )

    if inquiry.status == Status.PROPOSED:
        for text in inquiry.offered_times:
            add(datetime.fromisoformat(text), Visit.State.HELD, inquiry.choose_by)
    if inquiry.booked_for and inquiry.status in STILL_BOOKED:
        add(inquiry.booked_for, Visit.State.BOOKED)
    if inquiry.booked_for and inquiry.status == Status.CLOSED and inquiry.close_reason in BECAME:
        add(inquiry.booked_for, BECAME[inquiry.close_reason])
    return rows


def _told(visit: Visit) -> tuple[object, ...]:
    return visit.office_id, visit.ends_at, visit.state, visit.until


def taken(office: int, *, now: datetime | None = None) -> QuerySet[Visit]:
    """What takes a place in an office's (number's) time: booked, or held and not yet run out."""
    now = now or timezone.now()
    live = Q(state=Visit.State.BOOKED) | Q(state=Visit.State.HELD, until__gt=now)
    return Visit.objects.filter(live, office=office)


def in_the_way(office: int, at: datetime, minutes: int, *, besides: AppointmentRequest | None = None) -> list[Visit]:
    """The visits and offers of others that overlap so many minutes from `at` on. One query."""
    ends = at + timedelta(minutes=minutes)
    # A visit is no longer than a working day: what began long before is over. It lets the index do its work.
    nearby = taken(office).filter(starts_at__gt=at - timedelta(hours=10), starts_at__lt=ends, ends_at__gt=at)
    others = nearby.exclude(request=besides) if besides else nearby
    return list(others.select_related("request"))


def is_over(visits: Sequence[Visit], at: datetime, minutes: int, places: int) -> bool:
    """Whether one more visit of so many minutes from `at` on would be more than go on at once.

    visits: what overlaps it.
    """
    # How many go on at once changes only where one begins.
    moments = [at, *(visit.starts_at for visit in visits if at < visit.starts_at < at + timedelta(minutes=minutes))]
    return any(len(going_on(visits, moment)) >= places for moment in moments)


def going_on(visits: Iterable[Visit], at: datetime) -> set[int]:
    """The requests with a visit at that moment. Of several times that one is offered, it takes one place."""
    return {visit.request_id for visit in visits if visit.starts_at <= at < visit.ends_at}


def why_taken(office: Office, at: datetime, minutes: int, *, besides: AppointmentRequest | None = None) -> list[Visit]:
    """Who has that time, if the office can't take one more then; else nothing. One query."""
    others = in_the_way(office.pk, at, minutes, besides=besides)
    return others if is_over(others, at, minutes, office.visits_at_once) else []


def taken_anew(inquiry: AppointmentRequest) -> list[tuple[datetime, list[Visit]]]:
    """The times it takes that the book does not give it yet, and that others have: each with these others."""
    theirs = taken(inquiry.office_id).filter(request=inquiry)
    until = dict(theirs.values_list("starts_at", "ends_at"))
    found = []
    for at, visit in _rows_of(inquiry).items():
        if visit.state in Visit.LIVE and (at not in until or until[at] < visit.ends_at):
            others = why_taken(inquiry.office, at, minutes_of(inquiry), besides=inquiry)
            found += [(at, others)] if others else []
    return found


def who_has(at: datetime, others: Iterable[Visit]) -> str:
    """For the desk: "Tuesday, December 1 at 9:30 am is taken by Harold S. (GS-7K4M-39)."."""
    names = (
        _("%(name)s (%(reference)s)") % {"name": short_name(visit.request), "reference": visit.request.reference}
        for visit in others
    )
    return _("%(moment)s is taken by %(names)s.") % {"moment": moment(at), "names": _(" and ").join(names)}


def short_name(inquiry: AppointmentRequest) -> str:
    """ "Harold S." """
    first, *rest = inquiry.patient_name.split() or [""]
    return f"{first} {rest[-1][0]}." if rest and inquiry.patient_name else str(inquiry.patient_name)


def of_day(office: int, day: date, *, days: int = 1) -> QuerySet[Visit]:
    """All of a local day, or of so many, in order, whatever became of them; not what was held and has run out."""
    start, end = (timezone.make_aware(datetime.combine(on, time())) for on in (day, day + timedelta(days=days)))
    run_out = Q(state=Visit.State.HELD, until__lte=timezone.now())
    return Visit.objects.filter(office=office, starts_at__gte=start, starts_at__lt=end).exclude(run_out)
