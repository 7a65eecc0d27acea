"""What is deleted does not come back: nothing goes by a clock that jumped, and never much at once, unasked."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from appointments import actions, drafts, retention
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Draft, Mail, PracticeSettings
from common import audit, clock, heartbeat
from common.models import AuditEntry, KeptPost, WorkerBeat
from tests.conftest import MONDAY

SEVEN_YEARS = timedelta(days=7 * 366)

pytestmark = pytest.mark.usefixtures("monday", "practice")


@pytest.fixture
def closed(make_request, toms_river_desk):
    """Closes a request now, with its mails delivered."""

    def close() -> AppointmentRequest:
        request = make_request()
        actions.close(inquiry=request, actor=Actor(toms_river_desk), reason="declined")
        Mail.objects.update(sent_at=MONDAY)
        return request

    return close


def test_clock_seven_years_ahead_deletes_nothing(closed, toms_river_desk, monday, mailoutbox, work_once):
    work_once()
    request = closed()
    entries = AuditEntry.objects.count()
    drafts.keep("a" * 64, safety={})
    KeptPost.objects.create(user=toms_river_desk, page="/", action="/", fields={}, expires_at=timezone.now())

    monday.shift(SEVEN_YEARS)
    for _round in range(3):  # the wrong clock does not become right by running on
        work_once()

    assert AppointmentRequest.objects.filter(pk=request.pk).exists()
    assert AuditEntry.objects.count() >= entries
    assert Draft.objects.count() == KeptPost.objects.count() == 1


def test_clock_that_is_right_again_is_trusted_again(closed, monday, mailoutbox, work_once):
    work_once()
    monday.shift(SEVEN_YEARS)
    work_once()

    monday.move_to(MONDAY + timedelta(minutes=1))
    work_once()

    assert clock.doubt() == ""
    assert WorkerBeat.objects.get().trusted_at == MONDAY + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("gone", "trusted"),
    [
        (timedelta(days=7), True),
        (timedelta(days=7, seconds=1), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
    ],
)
def test_clock_is_trusted_from_five_minutes_back_to_seven_days_on(monday, gone, trusted):
    heartbeat.beat()

    monday.shift(gone)

    assert (clock.doubt() == "") is trusted


def test_clock_is_compared_with_the_newest_entry_where_no_worker_has_run(monday):
    audit.record(actor="tess", action="view")

    monday.shift(SEVEN_YEARS)

    assert clock.doubt()


def test_first_clock_is_trusted():
    assert clock.doubt() == ""


def test_person_confirms_that_the_clock_is_right(closed, monday):
    heartbeat.beat()
    closed()
    monday.shift(SEVEN_YEARS)
    with pytest.raises(CommandError, match="The server’s clock says"):
        call_command("purge_requests", stdout=StringIO())

    call_command("purge_requests", "--confirm", stdout=StringIO())

    assert not AppointmentRequest.objects.exists()
    assert clock.doubt() == ""


def test_prune_waits_for_a_person_where_the_clock_is_in_doubt(monday):
    monday.shift(-SEVEN_YEARS)
    audit.record(actor="tess", action="view")
    heartbeat.beat()
    monday.move_to(MONDAY)
    with pytest.raises(CommandError, match="The server’s clock says"):
        call_command("prune_audit", stdout=StringIO())
    assert AuditEntry.objects.count() == 1
    said = StringIO()

    call_command("prune_audit", "--confirm", stdout=said)

    assert said.getvalue() == "1 audit entries deleted.\n"


def old_entries(many: int) -> None:
    with time_machine.travel(MONDAY - SEVEN_YEARS, tick=False):
        for _entry in range(many):
            audit.record(actor="tess", action="view")
    audit.record(actor="tess", action="list")


@pytest.mark.parametrize(("many", "left"), [(50, 2), (51, 52)])
def test_more_than_fifty_entries_and_a_twentieth_of_all_wait_for_a_person(many, left):
    old_entries(many)

    with suppress(clock.HeldBack):
        audit.prune()

    assert AuditEntry.objects.count() == left


def test_many_entries_go_when_a_person_confirms_it():
    old_entries(51)

    call_command("prune_audit", "--confirm", stdout=StringIO())

    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["list", "audit pruned"]


def test_entries_held_back_are_named_with_what_to_do():
    old_entries(51)

    assert audit.held_back().startswith("51 of 52 audit entries are old enough to be deleted")
    assert "manage.py prune_audit --confirm" in audit.held_back()


@pytest.mark.parametrize(
    ("going", "of", "much"), [(51, 1000, True), (51, 1020, False), (50, 50, False), (500, 9999, True)]
)
def test_much_is_more_than_fifty_and_than_a_twentieth(going, of, much):
    assert clock.is_much(going, of) is much


def test_many_requests_wait_for_a_person(closed, monday, monkeypatch):
    PracticeSettings.objects.update_or_create(pk=1, defaults={"keep_closed_days": 730})
    monkeypatch.setattr(clock, "MUCH", 1)
    closed()
    closed()
    monday.shift(timedelta(days=731))
    heartbeat.beat()
    clock.confirm()
    with pytest.raises(clock.HeldBack, match="purge_requests --confirm"):
        retention.purge()
    assert AppointmentRequest.objects.count() == 2

    assert retention.purge(confirmed=True) == 2


def test_held_back_purge_is_tried_again_after_an_hour_and_no_error(closed, monday, caplog, mailoutbox, work_once):
    work_once()
    closed()
    monday.shift(SEVEN_YEARS)
    caplog.clear()

    work_once()

    assert "The job purge is held back" in caplog.text
    assert "The job purge failed" not in caplog.text


# --- What is said ---


def test_slow_clock_is_said(monday):
    audit.record(actor="tess", action="view")

    monday.shift(timedelta(days=-1))

    assert "it is slow, or was fast" in clock.trouble()


def test_right_clock_is_not_spoken_of(monday, monkeypatch):
    monkeypatch.setattr(clock, "_database_clock", timezone.now)  # PostgreSQL's own clock can't be moved
    audit.record(actor="tess", action="view")
    heartbeat.beat()

    monday.shift(timedelta(minutes=-4))

    assert clock.trouble() == ""


def test_clock_of_the_database_that_differs_is_said(monkeypatch):
    monkeypatch.setattr(clock, "_database_clock", lambda: timezone.now() + timedelta(minutes=20))

    assert clock.trouble() == "The clocks of the web server and of the database differ by 20 minutes."


def test_jump_of_the_clock_is_logged(monday, caplog, monkeypatch):
    monkeypatch.setattr(clock, "_before", None)
    monkeypatch.setattr(clock.time, "monotonic", lambda: 100.0)
    clock.notice_jump()

    monday.shift(timedelta(hours=-2))
    clock.notice_jump()

    assert "The server's clock has jumped by -120 minutes" in caplog.text


def test_worker_whose_heartbeat_is_in_the_future_is_late(monday):
    heartbeat.beat()

    monday.shift(timedelta(minutes=-5))

    assert heartbeat.worker_is_late()
