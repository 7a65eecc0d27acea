"""`/metrics`: who may read it, what it says and never says, and that each alert of deploy/alerts.yml fires."""

import re
import subprocess
import sys
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from appointments.models import AppointmentRequest, Mail
from clinic.web import metrics, shared_counts
from common import audit, heartbeat
from common.models import Alarm, WorkerBeat

ROOT = Path(__file__).resolve().parents[2]
GROUPS = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
EXPRESSION = re.compile(r"(?:increase\((?P<counter>\w+)\[\w+\]\)|(?P<gauge>\w+)) > (?P<number>\d+)")

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def scrape(client, practice):
    """Reads all figures: (name, labels) -> value."""

    def read() -> Figures:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        return {(row.name, frozenset(row.labels.items())): row.value for family in families for row in family.samples}

    return read


def named(figures: Figures, name: str, **labels: str) -> float:
    return figures[name, frozenset(labels.items())]


def firing(before: Figures, after: Figures) -> set[str]:
    """Which alerts these figures would raise, as Prometheus reads the expressions, without waiting."""
    found = set()
    for rule in RULES:
        match = EXPRESSION.fullmatch(rule["expr"])
        assert match, rule["expr"]
        name = match["counter"] or match["gauge"]
        values = [
            value - (before.get(key, 0) if match["counter"] else 0) for key, value in after.items() if key[0] == name
        ]
        assert values, f"There is no figure {name}"
        if any(value > int(match["number"]) for value in values):
            found.add(rule["alert"])
    return found


def all_is_well() -> None:
    """But for the rehearsal, which these tests have switched off."""
    heartbeat.beat()
    audit.record(actor="operator olivia", action="backup finished")


# --- Who may read it ---


def test_this_machine_may_read_them_and_by_way_of_a_proxy_nobody(client, practice):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_token_is_asked_for_where_one_is_set(client, practice, settings):
    settings.METRICS_TOKEN = "a-token-of-this-test"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-token-of-this-test"}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


# --- What it says ---


def test_figures_count_requests_mails_and_ages(scrape, make_request):
    make_request()
    late = make_request()
    AppointmentRequest.objects.filter(pk=late.pk).update(call_by=timezone.now() - timedelta(hours=1), urgent=True)
    heartbeat.beat()

    figures = scrape()

    assert named(figures, "clinic_requests", state="new", channel="web") == 2
    assert named(figures, "clinic_requests_received_day", channel="web") == 2
    assert named(figures, "clinic_requests_overdue_urgent") == 1
    assert named(figures, "clinic_mails_owed", queue="requests") == 4
    assert named(figures, "clinic_worker_heartbeat_age_seconds") < 60
    assert named(figures, "clinic_backup_age_seconds") == float("inf")
    assert named(figures, "clinic_database_away") == 0


def test_nothing_of_a_patient_and_no_office_is_in_it(client, make_request):
    inquiry = make_request()
    text = client.get("/metrics").content.decode().lower()

    for word in ("harold", "sample", "0142", "heel", "08753", "toms", "belleville", inquiry.reference.lower()):
        assert word not in text


def test_pages_are_timed_by_kind_and_failures_counted(scrape, client, monkeypatch):
    def fail(*_arguments, **_more):
        raise ValueError

    before = scrape()
    client.get("/conditions/")
    client.raise_request_exception = False
    monkeypatch.setattr("appointments.patient.steps.render", fail)
    client.get("/appointments/new/")
    after = scrape()

    for kind in ("form", "public"):
        key = ("clinic_page_seconds_count", frozenset({("view", kind)}))
        assert after[key] - before.get(key, 0) == 1
    key = ("clinic_errors_total", frozenset({("view", "form")}))
    assert after[key] - before[key] == 1
    assert not any("conditions" in str(key) for key in after)


def test_figures_of_the_pages_are_there_while_the_database_is_away(scrape, monkeypatch):
    def away(*_arguments):
        raise OperationalError

    with connection.execute_wrapper(away):
        figures = scrape()

    assert named(figures, "clinic_database_away") == 1
    assert named(figures, "clinic_errors_total", view="form") >= 0


PROCESS = """
import sys
from django.conf import settings
settings.configure(VAR_DIR=sys.argv[1])
from clinic.web.shared_counts import share
share()
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.multiprocess import MultiProcessCollector
Counter("clinic_errors", "of this test").inc()
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(registry.get_sample_value("clinic_errors_total"), flush=True)
sys.stdin.read()
"""


@pytest.mark.thorough
def test_processes_add_up_until_the_whole_server_starts_anew(tmp_path):
    running = []

    def started():
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, tmp_path],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        running.append(process)
        return process.stdout.readline().strip()

    def end(process):
        process.communicate("")

    assert [started(), started()] == ["1.0", "2.0"]

    end(running[0])
    assert started() == "3.0"

    for process in running[1:]:
        end(process)
    assert started() == "1.0"
    end(running[-1])


def test_counts_of_ended_processes_stay_while_another_runs(settings, tmp_path, monkeypatch):
    monkeypatch.setenv(shared_counts.NAMED_BY, "")
    settings.VAR_DIR = tmp_path
    shared_counts.share()
    folder = Path(shared_counts.os.environ[shared_counts.NAMED_BY])
    ended, running = folder / "counter_999999999.db", folder / "counter_1.db"
    ended.touch()
    running.touch()

    shared_counts.share()
    assert ended.exists()

    running.unlink()
    shared_counts.share()
    assert not ended.exists()


# --- The alerts ---


def old_mail(make_request):
    make_request()
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=1))


def many_mails(make_request):
    mail = make_request().mails.first()
    mails = []
    for number in range(120):
        mail.pk, mail.message_id = None, f"<{number}@clinic.example>"
        mails.append(copy(mail))
    Mail.objects.bulk_create(mails)


def overdue(make_request, count, **changes):
    for _number in range(count):
        make_request()
    AppointmentRequest.objects.update(call_by=timezone.now() - timedelta(hours=1), **changes)


STATES = {
    "WorkerLate": lambda _make: WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=6)),
    "MailsStuck": old_mail,
    "MailsPileUp": many_mails,
    "UrgentRequestOverdue": lambda make: overdue(make, 1, urgent=True),
    "RequestsOverdue": lambda make: overdue(make, 11),
    "AlarmStands": lambda _make: Alarm.objects.create(name="clock", text="It jumped.", since=timezone.now()),
    "ErrorsOnPages": lambda _make: [metrics.errors.labels("form").inc() for _time in range(4)],
}


@pytest.mark.parametrize("alert", STATES)
def test_alert_fires(scrape, make_request, alert):
    all_is_well()
    before = scrape()
    assert firing(before, before) == set()

    STATES[alert](make_request)

    assert firing(before, scrape()) == {alert}


def test_alert_fires_for_an_old_backup(scrape):
    heartbeat.beat()

    assert firing(scrape(), scrape()) == {"BackupOld"}


def test_alert_fires_while_the_database_is_away(scrape, monkeypatch):
    def away(*_arguments):
        raise OperationalError

    with connection.execute_wrapper(away):
        lost = scrape()

    monkeypatch.setattr(f"{__name__}.RULES", [rule for rule in RULES if rule["alert"] == "DatabaseAway"])
    assert firing(lost, lost) == {"DatabaseAway"}


def test_alert_fires_when_no_rehearsal_goes_all_the_way(scrape, settings):
    all_is_well()
    settings.REHEARSAL = True

    assert firing(scrape(), scrape()) == {"RehearsalFailed"}


def test_every_alert_is_made_to_fire_here():
    assert {rule["alert"] for rule in RULES} == {*STATES, "BackupOld", "DatabaseAway", "RehearsalFailed"}
