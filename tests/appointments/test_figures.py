"""The dashboard's numbers: what counts where, kept up to date, and kept when requests are deleted."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions, day_figures, retention
from appointments.actions import Actor
from appointments.day_figures import Figures
from appointments.models import AppointmentRequest, DayFigures, Event, Mail, Office, PracticeSettings, Status
from clinic.management.commands import worker
from tests.appointments.at_desk import message
from tests.conftest import MONDAY, write

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _now(monday, practice, trusted_clock):
    """Monday, 10:12 am; both offices open at 9."""


def office(slug: str = "toms-river") -> Office:
    return Office.objects.get(slug=slug)


def numbers(slug: str = "toms-river", day: date = TODAY) -> Figures:
    """What has been counted."""
    return day_figures.by_office_and_day([office(slug).pk], day, day).get((office(slug).pk, day), Figures())


def counted(slug: str = "toms-river") -> Figures:
    """What counting finds now."""
    day_figures.refresh([TODAY])
    return numbers(slug)


def call(inquiry: AppointmentRequest, outcome: str = Event.Kind.SPOKE) -> None:
    actions.log_call(inquiry=inquiry, actor=Actor(), outcome=outcome)


# --- What counts as what ---


def test_visits_messages_and_urgent_ones_are_counted(make_request):
    make_request()
    make_request(flags=["fever"])
    message()

    found = counted()

    assert (found.visits, found.messages, found.urgent, found.received) == (2, 1, 1, 3)


def test_what_was_counted_is_not_readable_in_the_database(make_request):
    """On a day with one request a number says what that patient came for."""
    make_request(reason="Heel pain", flags=["fever"])
    day_figures.refresh([TODAY])

    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, gone FROM appointments_dayfigures")
        rows = cursor.fetchall()
    assert len(rows) >= 1
    assert [text for row in rows for text in row if not text.startswith("v2.2.")] == []


def test_request_counts_for_its_own_office_only(make_request):
    make_request(office="belleville")

    assert counted("belleville").visits == 1
    assert counted("toms-river").visits == 0


def test_day_is_the_practices_day(make_request, monday):
    monday.move_to(MONDAY.replace(hour=23, minute=30))
    make_request()

    assert counted().visits == 1


@pytest.mark.parametrize(("minutes", "in_time", "late"), [(35, 1, 0), (5 * 24 * 60, 0, 1)])
def test_first_call_is_in_time_or_late_by_the_promise(make_request, monday, minutes, in_time, late):
    request = make_request()
    monday.shift(timedelta(minutes=minutes))
    call(request)

    found = counted()

    assert (found.in_time, found.late, found.uncalled) == (in_time, late, 0)


def test_only_the_first_call_counts(make_request, monday):
    request = make_request()
    monday.shift(timedelta(minutes=35))
    call(request, Event.Kind.VOICEMAIL)
    monday.shift(timedelta(minutes=60))
    call(request)

    assert counted().minutes == {"35": 1}


def test_who_has_not_been_called_is_counted_as_such(make_request):
    make_request()

    assert counted().uncalled == 1


def test_outcomes_are_open_booked_or_the_reason(make_request):
    make_request()
    actions.book(inquiry=make_request(), actor=Actor(), at=MONDAY + timedelta(days=1))
    actions.close(inquiry=make_request(), actor=Actor(), reason="declined")

    assert counted().outcomes == {"open": 1, "booked": 1, "declined": 1}


def test_articles_that_people_came_from_are_counted(make_request):
    make_request()
    write(AppointmentRequest.objects.all(), source_article="heel-pain")
    make_request()

    assert counted().articles == {"heel-pain": 1, "": 1}


@pytest.mark.parametrize("how", ["held", "closed"])
def test_spam_counts_as_nothing_else(make_request, how):
    request = make_request(held_because="too fast" if how == "held" else "")
    if how == "closed":
        actions.close(inquiry=request, actor=Actor(), reason="spam")

    assert counted() == Figures(held=1)


# --- Sent on to another office ---


def send_on(inquiry: AppointmentRequest, slug: str = "belleville") -> None:
    actions.send_to_office(inquiry=inquiry, actor=Actor(), office=office(slug), reason="Lives there")


def test_sent_on_request_counts_where_it_is_now(make_request):
    send_on(make_request(office="", zip_code="08753"))

    assert counted("belleville") == Figures(
        visits=1, uncalled=1, rerouted=1, outcomes={"open": 1}, articles={"": 1}, zips={"08753": 1}, channels={"web": 1}
    )
    assert counted("toms-river") == Figures()


def test_zip_of_who_chose_the_office_is_not_blamed(make_request):
    send_on(make_request(office="toms-river", zip_code="08753"))

    found = counted("belleville")

    assert (found.rerouted, found.zips) == (1, {})


def test_request_that_came_back_was_not_rerouted(make_request):
    request = make_request(office="")
    send_on(request)
    send_on(request, "toms-river")

    assert counted("toms-river").rerouted == 0


def test_sending_on_that_was_taken_back_does_not_count(make_request, manager):
    request = make_request(office="")
    actions.send_to_office(inquiry=request, actor=Actor(manager), office=office("belleville"), reason="Lives there")
    actions.undo(inquiry=request, actor=Actor(manager))

    assert counted("toms-river").rerouted == 0


# --- Percentiles ---


@pytest.mark.parametrize(("percent", "minutes"), [(50, 20), (90, 90), (100, 90), (1, 10)])
def test_percentile_is_a_time_that_was_measured(percent, minutes):
    found = Figures(minutes={"10": 1, "20": 2, "90": 1})
    found = Figures.read(found.as_stored())

    assert found.percentile(percent) == minutes


def test_median_of_many_days_is_that_of_all_their_calls():
    days = [Figures.read({"minutes": {"10": 1}}), Figures.read({"minutes": {"100": 3}})]

    assert day_figures.total(tuple(days)).percentile(50) == 100


def test_without_calls_there_is_no_median():
    assert Figures().percentile(50) is None


# --- Keeping up ---


def test_first_run_counts_every_day(make_request, monday):
    make_request()
    monday.shift(timedelta(days=1))
    make_request()

    assert day_figures.count_touched() == 2
    assert numbers().visits == 1


def test_run_counts_the_days_to_which_something_happened(make_request, monday):
    request = make_request()
    monday.shift(timedelta(days=1))
    make_request()
    monday.shift(timedelta(minutes=5))
    day_figures.count_touched()
    monday.shift(timedelta(minutes=10))
    call(request)

    assert day_figures.count_touched() == 1
    assert numbers().in_time == 1


def test_run_without_news_counts_nothing(make_request, monday):
    make_request()
    monday.shift(timedelta(minutes=5))
    day_figures.count_touched()
    monday.shift(timedelta(minutes=10))

    assert day_figures.count_touched() == 0


def test_run_finds_what_was_still_being_written_during_the_last_one(make_request, monday):
    day_figures.count_touched()
    make_request()
    Event.objects.update(at=MONDAY - timedelta(seconds=30))

    assert day_figures.count_touched() == 1


def test_worker_counts_every_minute():
    assert day_figures.count_touched in worker.JOBS
    assert worker.PAUSES[day_figures.count_touched] <= 60


def test_day_costs_the_same_however_many_requests(make_request):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            day_figures.refresh([TODAY])
        return len(captured)

    make_request()
    day_figures.refresh([TODAY])
    make_request()
    few = queries()
    for _number in range(5):
        make_request()

    assert queries() == few


def test_numbers_lie_encrypted(make_request):
    write(AppointmentRequest.objects.filter(pk=make_request().pk), source_article="heel-pain")
    day_figures.refresh([TODAY])

    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, gone FROM appointments_dayfigures")
        assert "heel-pain" not in str(cursor.fetchall())


# --- After deleting ---


@pytest.fixture
def old(make_request, monday):
    """Two requests of the day, one of them closed, its time over."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"keep_closed_days": 730})
    request = make_request()
    make_request()
    actions.close(inquiry=request, actor=Actor(), reason="declined")
    Mail.objects.update(sent_at=MONDAY)
    day_figures.count_touched()
    monday.shift(timedelta(days=731))
    return request


@pytest.mark.usefixtures("trusted_clock")
def test_numbers_stay_when_requests_are_deleted(old):
    before = numbers()

    assert retention.purge() == 1

    assert numbers() == before
    assert before.outcomes == {"declined": 1, "open": 1}


@pytest.mark.usefixtures("trusted_clock")
def test_counting_again_after_deleting_changes_nothing(old):
    before = numbers()
    retention.purge()

    assert counted() == before


@pytest.mark.usefixtures("trusted_clock")
def test_what_happens_to_the_rest_of_the_day_still_counts(old):
    retention.purge()
    actions.close(inquiry=AppointmentRequest.objects.get(status=Status.NEW), actor=Actor(), reason="no_answer")

    assert counted().outcomes == {"declined": 1, "no_answer": 1}


@pytest.mark.usefixtures("trusted_clock")
def test_rest_of_the_day_that_is_deleted_later_is_added(old, monday):
    retention.purge()
    actions.close(inquiry=AppointmentRequest.objects.get(status=Status.NEW), actor=Actor(), reason="no_answer")
    monday.shift(timedelta(days=731))
    retention.purge()

    assert counted().outcomes == {"declined": 1, "no_answer": 1}
    assert DayFigures.objects.get(office=office()).facts == {}
