"""The rehearsal of every morning: it goes all the way, leaves nothing behind, and names the step that failed."""

import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.apps import apps
from django.db import OperationalError, connection
from django.utils import timezone

from appointments.models import AppointmentRequest, Mail, Office, Rehearsal, ZipCode
from appointments.offices import facts_of
from clinic.operations import alarms, rehearsal, rehearsal_walk
from common import heartbeat
from common.models import Alarm, AuditEntry, WorkerBeat
from tests import dead_mail_server
from tests.conftest import NEW_YORK, contents

SIX = datetime(2026, 11, 24, 6, 1, tzinfo=NEW_YORK)
BANNER = "The site rehearses every morning with a made-up request, and this failed."


@pytest.fixture
def morning(practice, settings, tmp_path):
    """It is a minute past six, and the worker runs."""
    settings.REHEARSAL = True
    settings.VAR_DIR = tmp_path
    settings.OPERATOR_EMAIL = settings.REHEARSAL_EMAIL = "olivia@clinic.example"
    with time_machine.travel(SIX, tick=False) as clock:
        heartbeat.beat()
        yield clock


@pytest.fixture
def told(morning, work_once, mailoutbox, manager, signed_in):
    """What the desk's banner and the operator's mail say after a round of the worker and another, later."""

    def read(*, minutes=40):
        work_once()
        morning.shift(timedelta(minutes=minutes))
        work_once()
        for thread in threading.enumerate():
            if thread.name == "tell operator":
                thread.join(10)
        banner = signed_in(manager).get("/admin/?all").content.decode()
        mails = [mail.body for mail in mailoutbox if mail.to == ["olivia@clinic.example"] and "Alarm" in mail.body]
        return banner, "\n".join(mails)

    return read


def everything():
    """All rows of all tables, but for those in which the test notes how it went."""
    own = {Rehearsal, Mail, WorkerBeat}
    return {model: contents(model._default_manager.all()) for model in apps.get_models() if model not in own}


# --- It goes all the way ---


def test_each_office_is_rehearsed_and_its_mail_goes_to_nobody_of_the_desk(morning, work_once, mailoutbox):
    work_once()
    work_once()

    assert list(Rehearsal.objects.values_list("office__slug", "problem").order_by("office")) == [
        ("toms-river", ""),
        ("belleville", ""),
    ]
    sent = [mail for mail in mailoutbox if mail.subject.startswith("Nothing to do, a rehearsal: ")]
    assert [mail.to for mail in sent] == [["olivia@clinic.example"]] * 2
    assert not any("@clinic.example" in to and "olivia" not in to for mail in mailoutbox for to in mail.to)
    assert rehearsal.trouble() == ""
    assert rehearsal.last_success() == SIX


@pytest.mark.thorough
def test_nothing_is_left_of_it_in_any_table(morning, make_request):
    make_request()
    before = everything()

    for office in Office.objects.all():
        rehearsal_walk.walk(facts_of(office))

    assert everything() == before


def test_request_is_there_while_it_is_looked_for(morning, monkeypatch):
    """Or the other tests would prove nothing."""
    seen = []
    look = rehearsal_walk._check_desk
    monkeypatch.setattr(
        rehearsal_walk, "_check_desk", lambda *found: (seen.append(AppointmentRequest.objects.count()), look(*found))
    )

    rehearsal_walk.walk(facts_of(Office.objects.get(slug="belleville")))

    assert seen == [1]
    assert AppointmentRequest.objects.count() == 0


def test_mail_of_it_is_in_no_list_or_figure_of_mails(morning, settings, client):
    settings.EMAIL_BACKEND = dead_mail_server.DEAD
    rehearsal.rehearse()
    Mail.objects.update(tries=3, problem="TimeoutError")

    assert Mail.objects.rehearsals().count() == 2
    assert not Mail.objects.in_trouble().exists()
    assert 'clinic_mails_owed{queue="requests"} 0.0' in client.get("/metrics").content.decode()


def test_before_six_and_twice_a_day_it_is_not_made(morning):
    morning.move_to(SIX - timedelta(minutes=5))
    assert rehearsal.rehearse() == 0
    morning.move_to(SIX)
    assert rehearsal.rehearse() == 2
    morning.shift(timedelta(hours=5))
    assert rehearsal.rehearse() == 0


def test_office_that_takes_no_requests_is_not_rehearsed(morning):
    Office.objects.get(slug="belleville").staff.clear()

    assert rehearsal.rehearse() == 1


def test_mail_of_yesterday_is_not_sent_any_more(morning, work_once, mailoutbox):
    rehearsal.rehearse()
    morning.shift(timedelta(days=1))
    work_once()

    assert Mail.objects.rehearsals().filter(deadline__lt=timezone.now() - timedelta(hours=12)).count() == 0


# --- What breaks is named, in the banner and to the operator ---


def test_dead_worker_is_named(morning, manager, signed_in, mailoutbox):
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=6))

    alarms.check_worker()
    for thread in threading.enumerate():
        if thread.name == "tell operator":
            thread.join(10)

    assert "the worker has not run for five minutes" in signed_in(manager).get("/admin/?all").content.decode()
    assert "The worker has not been heard of" in mailoutbox[-1].body


def test_worker_that_runs_and_makes_no_test_is_named_by_the_web_server(morning, caplog):
    morning.shift(timedelta(hours=2))
    heartbeat.beat()

    alarms.check_worker()

    assert "has not made this morning's rehearsal" in caplog.text


def test_rehearsal_that_was_not_made_is_named(morning, monkeypatch):
    morning.shift(timedelta(minutes=30))
    assert rehearsal.trouble() is None
    morning.shift(timedelta(hours=1))

    assert "Belleville: the rehearsal was not made, or not finished" in rehearsal.trouble()


def test_dead_mail_server_is_named(told, settings):
    settings.EMAIL_BACKEND = dead_mail_server.DEAD

    banner, _mail = told()

    assert BANNER in banner
    assert "Toms River: no mail leaves; Belleville: no mail leaves" in banner


def test_lost_zip_codes_are_named(told):
    ZipCode.objects.all().delete()

    banner, mail = told()

    assert "Toms River: the office’s own ZIP code does not lead to it" in banner
    assert "does not lead to it" in mail


def test_database_that_takes_no_request_is_named(told):
    def refuse(execute, sql, *arguments):
        if sql.startswith('INSERT INTO "appointments_appointmentrequest"'):
            raise OperationalError("disk full")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        banner, mail = told()

    assert "Belleville: a request is not saved, or not encrypted" in banner
    assert "a request is not saved" in mail


def test_request_that_the_desk_does_not_see_is_named(told, monkeypatch):
    monkeypatch.setattr(rehearsal_walk, "in_tab", lambda requests, _tab: requests.none())

    banner, mail = told()

    assert "Toms River: the desk’s list does not show it" in banner
    assert "list does not show it" in mail


def test_form_that_breaks_is_named(told, monkeypatch):
    def fail(*_arguments, **_more):
        raise ValueError

    monkeypatch.setattr("appointments.patient.steps.render", fail)

    banner, mail = told()

    assert "Toms River: the form does not go through" in banner
    assert "the form does not go through" in mail


def test_values_that_are_not_encrypted_are_named(told, monkeypatch):
    monkeypatch.setattr(rehearsal_walk, "BOUND", "v3.")

    assert "a request is not saved, or not encrypted" in told()[0]


def test_alarm_ends_when_it_is_mended(told, work_once, morning):
    places = list(ZipCode.objects.all())
    ZipCode.objects.all().delete()
    told()
    assert Alarm.objects.filter(name="rehearsal").exists()

    ZipCode.objects.bulk_create(places)
    for _round in range(2):
        morning.shift(timedelta(minutes=20))
        work_once()

    assert not Alarm.objects.filter(name="rehearsal").exists()


# --- The site's own address ---


@pytest.fixture
def server():
    """Answers for the site's address with whatever the test says."""

    class Answer(BaseHTTPRequestHandler):
        status, body = 200, b'<input name="flags">'

        def do_GET(self):
            self.send_response(self.status)
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *arguments):
            """Tests are quiet."""

    with HTTPServer(("127.0.0.1", 0), Answer) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_address_that_shows_the_form_is_well(morning, settings, server):
    settings.REHEARSAL_URL = f"http://127.0.0.1:{server.server_port}"

    assert rehearsal.rehearse() == 2
    assert not Rehearsal.objects.exclude(problem="").exists()


@pytest.mark.parametrize(("status", "body"), [(502, b"Bad gateway"), (200, b"Parked"), (302, b"")])
def test_address_that_shows_something_else_is_named(morning, settings, server, monkeypatch, status, body):
    monkeypatch.setattr(rehearsal, "PATIENCE_SECONDS", 0)
    server.RequestHandlerClass.status, server.RequestHandlerClass.body = status, body
    settings.REHEARSAL_URL = f"http://127.0.0.1:{server.server_port}"

    rehearsal.rehearse()

    assert "Toms River: the site’s own address does not show the form" in rehearsal.trouble()


def test_web_server_that_comes_up_later_is_waited_for(morning, settings, server, monkeypatch):
    server.RequestHandlerClass.status = 502
    settings.REHEARSAL_URL = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(rehearsal, "_away_since", None)

    assert rehearsal.rehearse() == 0
    assert rehearsal.trouble() is None
    server.RequestHandlerClass.status = 200
    assert rehearsal.rehearse() == 2

    assert not Rehearsal.objects.exclude(problem="").exists()


def test_no_patient_is_named_by_it_anywhere(morning, work_once, mailoutbox):
    work_once()
    work_once()

    assert not any(rehearsal_walk.NAME in mail.body for mail in mailoutbox)
    assert not AuditEntry.objects.filter(action="request sent").exists()
