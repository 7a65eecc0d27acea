"""Alarms: what is watched, who reads it where, and that it goes away when it is mended."""

import logging
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.operations import alarms, logs
from common import audit, heartbeat
from common.audit import verifying
from common.models import Alarm, AuditEntry, AuditHead, WorkerBeat
from tests.conftest import unlocked_audit

DESK = "/admin/?all"
BROKEN = "The audit trail is broken"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    """Nobody has been told of anything yet, and the worker runs."""
    settings.VAR_DIR = tmp_path
    alarms.patrol.__init__()
    heartbeat.beat()


@pytest.fixture
def operator(settings, mailoutbox):
    """The mails that the operator gets."""
    settings.OPERATOR_EMAIL = "olivia@clinic.example"

    def read():
        for thread in threading.enumerate():
            if thread.name == "tell operator":
                thread.join(10)
        return [mail for mail in mailoutbox if mail.to == ["olivia@clinic.example"]]

    return read


def cut_the_trail():
    audit.record(actor="tess", action="view")
    AuditHead.objects.update(count=9)


# --- Who reads it ---


@pytest.mark.parametrize(("who", "told"), [("manager", True), ("administrator", True), ("toms_river_desk", False)])
def test_broken_trail_is_a_banner_for_managers_and_administrators(request, signed_in, who, told):
    browser = signed_in(request.getfixturevalue(who))
    cut_the_trail()

    alarms.watch()

    page = browser.get("/admin/first-day/" if who == "administrator" else DESK).content.decode()
    assert (BROKEN in page) is told


def test_alarm_costs_the_desk_no_query_more(manager, signed_in, django_assert_num_queries):
    with django_assert_num_queries(1):
        alarms.standing()


def test_readyz_names_what_is_in_alarm_and_no_more(client, practice):
    cut_the_trail()
    alarms.watch()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (200, b"ok\nworker running\nalarm: audit, whole audit\n")


def test_checklist_has_it_open(manager, signed_in, library):
    cut_the_trail()
    alarms.watch()

    page = signed_in(manager).get("/admin/first-day/").content.decode()

    assert f"</td>\n<td>{BROKEN}" in page


def test_operator_is_told_when_it_begins(operator):
    cut_the_trail()

    alarms.watch()

    assert any(f"Alarm (audit): {BROKEN}" in mail.body for mail in operator())


def test_operator_is_told_once_a_day_while_it_stands(caplog):
    cut_the_trail()
    said = []
    for hours in (0, 1, 23, 25):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            caplog.clear()
            alarms.watch()
            said.append(caplog.text.count("Alarm (audit):"))

    assert said == [1, 0, 0, 1]


def test_alarm_ends_when_the_incident_is_closed(practice):
    cut_the_trail()
    alarms.watch()
    assert {name for name, _text in alarms.standing()[1]} == {"audit", "whole audit"}

    audit.close_incident(actor="operator olivia", reason="seen")
    alarms.patrol.due = 0
    alarms.watch()

    assert alarms.standing()[1] == []


def test_alarm_stands_when_more_is_written_after_the_trail_was_cut():
    cut_the_trail()
    audit.record(actor="tess", action="view")

    alarms.watch()

    assert "audit" in dict(alarms.standing()[1])


def test_watch_that_fails_keeps_what_it_said_and_stops_no_other(monkeypatch, caplog):
    def fail():
        raise ValueError

    Alarm.objects.create(name="odd", text="Something is odd.", since=timezone.now())
    monkeypatch.setattr(alarms, "WATCHES", {"odd": fail, "last": lambda: "The last one is asked, too."})

    alarms.watch()

    assert dict(alarms.standing()[1]) == {"odd": "Something is odd.", "last": "The last one is asked, too."}
    assert "The watch “odd” failed" in caplog.text


def test_whole_site_has_no_alarm():
    audit.record(actor="tess", action="view")

    alarms.watch()

    assert alarms.standing() == (False, [])


# --- The whole trail, and its mark ---


def test_entry_changed_long_ago_is_found_by_the_daily_patrol():
    for _entry in range(3):
        audit.record(actor="tess", action="view")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=AuditEntry.objects.order_by("pk").first().pk).update(actor="nobody")

    alarms.watch()

    assert list(dict(alarms.standing()[1])) == ["whole audit"]


def test_lock_that_was_lifted_is_found():
    with unlocked_audit():
        alarms.watch()

    assert "no longer refuses to change" in dict(alarms.standing()[1])["audit lock"]


def test_mark_is_logged_and_mailed_once_a_day(operator, caplog):
    caplog.set_level(logging.INFO)
    audit.record(actor="tess", action="view")
    mark = audit.mark()

    for _turn in range(2):
        alarms.patrol.due = 0
        alarms.watch()

    (mail,) = operator()
    assert mark in mail.body
    assert mail.subject == "Audit mark of https://testserver"
    assert caplog.text.count(mark) == 1


def test_patrol_goes_on_where_it_stopped(monkeypatch):
    for _entry in range(5):
        audit.record(actor="tess", action="view")
    monkeypatch.setattr(verifying, "READ_ROWS", 1)
    monkeypatch.setattr(alarms, "STEP_SECONDS", -1)
    said = [alarms.patrol.step()]
    assert said == [None]

    monkeypatch.setattr(alarms, "STEP_SECONDS", 10)

    assert alarms.patrol.step() == ""


def test_patrol_rests_for_a_day():
    assert alarms.patrol.step() == ""
    assert alarms.patrol.step() is None


# --- The worker ---


def late_worker():
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=6))


def test_web_server_tells_the_operator_that_the_worker_is_late(operator):
    late_worker()

    alarms.check_worker()

    (mail,) = operator()
    assert "The worker has not been heard of for five minutes" in mail.body


def test_web_server_tells_of_the_worker_once_an_hour(caplog):
    late_worker()
    said = []
    for minutes in (0, 1, 59, 61):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            caplog.clear()
            alarms.check_worker()
            said.append(len(caplog.records))

    assert said[:3] == [1, 0, 0]


def test_web_server_says_nothing_of_a_worker_that_runs(caplog):
    alarms.check_worker()

    assert not caplog.records


def test_readyz_can_be_asked_to_fail_without_the_worker(client, practice, caplog):
    assert client.get("/readyz?worker").status_code == 200
    late_worker()

    answer = client.get("/readyz?worker")

    assert (answer.status_code, answer.content) == (503, b"ok\nworker late\n")
    assert not caplog.records


# --- Backups ---


def at_days_ago(days, action):
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        audit.record(actor="operator olivia", action=action)


def test_backup_that_is_too_old_is_an_alarm():
    at_days_ago(3, "backup finished")

    assert alarms.backup().startswith("No backup has been made for two days.")


def test_backup_of_yesterday_is_none():
    at_days_ago(3, "view")
    at_days_ago(1, "backup finished")

    assert alarms.backup() == ""


def test_site_of_the_first_days_need_not_have_a_backup():
    at_days_ago(1, "view")

    assert alarms.backup() == ""


def test_demonstration_needs_no_backup(settings):
    settings.DEMO = True
    at_days_ago(3, "view")

    assert alarms.backup() == ""


def test_command_that_ends_waits_until_the_operator_is_told(settings, monkeypatch):
    """A daemon's thread would be cut off with the process."""
    settings.OPERATOR_EMAIL = "olivia@clinic.example"
    left_behind = []
    monkeypatch.setattr(logs, "tell", lambda *told: left_behind.append(threading.current_thread().daemon))

    logging.getLogger("clinic.operations.backup").error("It failed")

    for thread in threading.enumerate():
        if thread.name == "tell operator":
            thread.join(10)
    assert left_behind == [False]


def test_operator_is_told_of_a_backup_that_failed(operator, settings, tmp_path):
    settings.BACKUP_PUBLIC_KEYS = []

    with pytest.raises(CommandError, match="No backup was made"):
        call_command("backup", str(tmp_path))

    (mail,) = operator()
    assert "No backup was made (BackupFailed)" in mail.body
