"""The dashboard's numbers, counted once more another way: straight from the rows, over a random month of work."""

import csv
import io
import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from appointments import actions, day_figures
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Event, Office, Visit
from common.models import User
from tests.appointments.at_desk import message
from tests.conftest import MONDAY, NEW_YORK

DAYS = 12
CALLS = [Event.Kind.SPOKE, Event.Kind.VOICEMAIL, Event.Kind.NO_ANSWER]
CSV = "/admin/dashboard/figures.csv?days=30"

pytestmark = pytest.mark.usefixtures("monday", "practice")


def work(inquiry: AppointmentRequest, dice: random.Random, user: User, now: datetime) -> None:
    """What a desk may do with one of them, at random."""
    actor = Actor(user)
    if dice.random() < 0.7:
        actions.log_call(inquiry=inquiry, actor=actor, outcome=dice.choice(CALLS))
    if dice.random() < 0.2:
        to = Office.objects.exclude(pk=inquiry.office_id).get()
        actions.send_to_office(inquiry=inquiry, actor=actor, office=to, reason="Lives there")
        inquiry.refresh_from_db()
    if inquiry.is_message:
        if dice.random() < 0.5:
            actions.close(inquiry=inquiry, actor=actor, reason="answered")
        return
    match dice.choice(["open", "book", "book", "book", "declined", "spam"]):
        case "book":
            actions.book(inquiry=inquiry, actor=actor, at=now + timedelta(days=1 + dice.randrange(4)))
        case "declined" | "spam" as reason:
            actions.close(inquiry=inquiry, actor=actor, reason=reason)


def settle(dice: random.Random, user: User, now: datetime) -> None:
    """What became of the visits that are over."""
    for inquiry in AppointmentRequest.objects.filter(status="booked", booked_for__lt=now):
        match dice.choice(["came", "came", "missed", "gone", "later"]):
            case "came":
                actions.came(inquiry=inquiry, actor=Actor(user))
            case "missed":
                actions.did_not_come(inquiry=inquiry, actor=Actor(user))
            case "gone":
                actions.close(inquiry=inquiry, actor=Actor(user), reason="missed")


@pytest.fixture(params=[1, 2, 3])
def worked(request: Any, make_request: Any, monday: Any, manager: User) -> None:
    """Some days of requests, each worked on a while later; counted as the worker does, in between and at the end."""
    dice = random.Random(request.param)
    sent = sorted(timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(360)) for _number in range(25))
    tasks = [(after, "send") for after in sent]
    tasks += [(after + timedelta(minutes=dice.choice([5, 60, 600, 4000])), "work") for after in sent]
    tasks += [(timedelta(days=day, hours=7), "settle") for day in range(DAYS + 4)]
    waiting: list[AppointmentRequest] = []
    for after, task in sorted(tasks):
        monday.move_to(MONDAY + after)
        if task == "work":
            work(waiting.pop(dice.randrange(len(waiting))), dice, manager, datetime.now(NEW_YORK))
        elif task == "settle":
            settle(dice, manager, datetime.now(NEW_YORK))
        elif dice.random() < 0.2:
            waiting.append(message())
        else:
            urgent = ["fever"] if dice.random() < 0.2 else []
            office = dice.choice(["toms-river", "belleville", ""])
            waiting.append(make_request(office=office, flags=urgent, zip_code=dice.choice(["08753", "07109"])))
        if dice.random() < 0.2:
            day_figures.count_touched()
    day_figures.count_touched()


def recounted() -> dict[tuple[str, date], Counter[str]]:
    """By nothing but the rows."""
    found: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for inquiry in AppointmentRequest.objects.select_related("office"):
        numbers = found[inquiry.office.slug, inquiry.created_at.astimezone(NEW_YORK).date()]
        if inquiry.status == "held" or inquiry.close_reason == "spam":
            numbers["held"] += 1
            continue
        numbers["messages" if inquiry.kind == "message" else "visits"] += 1
        numbers["urgent"] += inquiry.urgent
        calls = [event.at for event in inquiry.events.all() if event.kind in (*CALLS, "booked")]
        kept = "uncalled" if not calls else "in_time" if min(calls) <= inquiry.promised_by else "late"
        numbers[kept] += 1
        numbers["rerouted"] += inquiry.kind == "visit" and inquiry.routing["office"] != inquiry.office.slug
        numbers[f"became {inquiry.close_reason or ('booked' if inquiry.status == 'booked' else 'open')}"] += 1
    for visit in Visit.objects.select_related("office"):
        if visit.state in ("came", "missed"):
            found[visit.office.slug, visit.starts_at.astimezone(NEW_YORK).date()][visit.state] += 1
    return found


@pytest.mark.thorough
def test_dashboard_counts_what_a_recount_of_the_rows_counts(worked):
    offices = {office.pk: office.slug for office in Office.objects.all()}
    counted = day_figures.by_office_and_day(offices, date(2026, 11, 1), date(2026, 12, 31))

    dashboard = {
        (offices[office], day): Counter(
            {name: value for name, value in vars(figures).items() if isinstance(value, int)}
            | {f"became {outcome}": count for outcome, count in figures.outcomes.items()}
        )
        for (office, day), figures in counted.items()
    }

    assert {key: +numbers for key, numbers in dashboard.items() if +numbers} == {
        key: +numbers for key, numbers in recounted().items() if +numbers
    }


@pytest.mark.thorough
def test_random_work_has_some_of_everything(worked):
    names = {name for numbers in recounted().values() for name, count in numbers.items() if count}

    assert names >= {
        "came",
        "missed",
        "in_time",
        "late",
        "uncalled",
        "rerouted",
        "held",
        "messages",
        "visits",
        "urgent",
    }


@pytest.mark.thorough
def test_file_of_the_dashboard_has_the_same_numbers(worked, manager, signed_in):
    lines = csv.DictReader(io.StringIO(signed_in(manager).get(CSV).content.decode("utf-8-sig")))
    columns = {
        "Called in time": "in_time",
        "Called late": "late",
        "Sent on from another office": "rerouted",
        "Visits of the day: came": "came",
        "Visits of the day: did not come": "missed",
        "Did not come": "became missed",
    }
    names = dict(Office.objects.values_list("name", "slug"))
    rows = recounted()

    for line in lines:
        numbers = rows.get((names[line["Office"]], date.fromisoformat(line["Day"])), Counter())
        assert {column: int(line[column]) for column in columns} == {
            column: numbers[name] for column, name in columns.items()
        }
