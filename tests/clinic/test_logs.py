"""Logs and messages to the operator: enough to mend a fault, and nothing that anybody wrote."""

import io
import json
import logging
import smtplib
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused

import pytest
from django.core.handlers.base import BaseHandler
from django.db import OperationalError
from django.db.utils import IntegrityError
from django.template import TemplateSyntaxError

from clinic.operations import log_lines, operator_notes
from tests.conftest import ABOUT_YOU, CONTACT, SAFETY, VISIT

MARK = "mxqzvb"  # stands in everything that is typed, sent or asked for


@pytest.fixture
def webhook():
    """A server of the operator's that takes messages; its list grows."""
    heard = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/hook")
            else:
                heard.append(message)
                self.send_response(204)
            self.end_headers()

        def do_GET(self):
            heard.append("followed")

        def log_message(self, *args):
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))  # seconds until it sees that it is over
        thread.start()
        heard_at = f"http://127.0.0.1:{server.server_port}/hook"
        yield heard_at, heard
        server.shutdown()
        thread.join()


@pytest.fixture
def told(settings, tmp_path, webhook):
    """All that leaves the site about an error, but for the mails. Calling it waits for the messages under way."""
    settings.VAR_DIR = tmp_path
    settings.OPERATOR_EMAIL = "olivia@clinic.example"
    settings.OPERATOR_WEBHOOK, heard = webhook
    json_lines, lines = io.StringIO(), io.StringIO()
    handlers = [logging.StreamHandler(json_lines), logging.StreamHandler(lines)]
    handlers[0].setFormatter(log_lines.JSONLines())
    handlers[1].setFormatter(log_lines.Lines())
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)

    def told():
        for thread in threading.enumerate():
            if thread.name == "tell operator":
                thread.join(10)
        return [json.loads(line) for line in json_lines.getvalue().splitlines()], lines.getvalue(), heard

    yield told
    for handler in handlers:
        root.removeHandler(handler)


@pytest.fixture
def visitor(client):
    """Sees error pages as visitors do."""
    client.raise_request_exception = False
    return client


def marked(answers):
    """Answers of a form with the marker in each."""
    return {name: f"{MARK} {value}" for name, value in answers.items()}


FORMS = {
    "/appointments/new/": SAFETY,
    "/appointments/new/about-you/": ABOUT_YOU,
    "/appointments/new/visit/": VISIT,
    "/appointments/new/contact/": CONTACT,
    "/appointments/check/": {"send": "1"},
    "/conditions/heel-pain/question/": {"name": "Pat", "question": "Why?", "email": "pat@example.com"},
    "/accounts/login/": {"login": "tess", "password": "secret"},
    "/accounts/password/reset/": {"email": "tess@clinic.example"},
}
ASKED = [f"/conditions/search/?q={MARK}", f"/admin/appointments/appointmentrequest/?q={MARK}", f"/cms/?q={MARK}"]
FAULTS = [IntegrityError, OperationalError, TemplateSyntaxError, ValueError]


def break_views(monkeypatch, fault):
    """Every view now fails as databases and templates do: with what was typed in the error and in the variables."""

    def broken(self, view):
        def fail(request, *args, **kwargs):
            typed = {**request.POST.dict(), **request.GET.dict()}
            try:
                raise KeyError(f"inner {typed}")
            except KeyError as inner:
                raise fault(f'DETAIL: Key (patient_name)=({typed}) "{request.get_full_path()}"') from inner

        return fail

    monkeypatch.setattr(BaseHandler, "make_view_atomic", broken)


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_that_was_written_stands_in_logs_mails_or_webhooks(
    library, visitor, told, mailoutbox, monkeypatch, fault
):
    break_views(monkeypatch, fault)

    answers = [visitor.post(f"{address}?from={MARK}", marked(fields)) for address, fields in FORMS.items()]
    answers += [visitor.get(address, headers={"User-Agent": MARK, "Referer": f"https://x/{MARK}"}) for address in ASKED]

    lines, text, heard = told()
    assert {answer.status_code for answer in answers} <= {500, 503}
    assert len(lines) >= len(answers), "each failure is logged"
    assert heard
    assert mailoutbox
    everything = json.dumps([lines, heard]) + text + "".join(f"{mail.subject}{mail.body}" for mail in mailoutbox)
    assert MARK not in everything
    assert fault.__name__ in everything
    assert "KeyError" in everything, "the error that led to it is named, too"


def test_nothing_that_was_written_stands_in_logs_when_all_is_well(library, visitor, told, mailoutbox):
    for address, fields in FORMS.items():
        visitor.post(f"{address}?from={MARK}", marked(fields))
    for address in [*ASKED, f"/{MARK}/", f"/conditions/{MARK}/", f"/offices/{MARK}/"]:
        visitor.get(address)
    visitor.get("/", headers={"Host": f"{MARK}.example"})

    lines, text, heard = told()

    assert MARK not in json.dumps([lines, heard]) + text + repr([mail.body for mail in mailoutbox])


def test_line_tells_where_and_what_without_values(visitor, told, monkeypatch, library):
    break_views(monkeypatch, ValueError)

    visitor.get("/conditions/heel-pain/?x=1")

    line = told()[0][0]
    assert (line["level"], line["logger"], line["status"]) == ("ERROR", "django.request", 500)
    assert (line["method"], line["page"]) == ("GET", "conditions/<slug:slug>/")
    assert line["error"][0]["type"] == "ValueError"
    assert line["error"][0]["at"][-1].startswith("tests/clinic/test_logs.py:")
    assert line["error"][0]["at"][-1].endswith(" fail")


def test_caller_can_say_the_number_that_stands_in_the_log(visitor, told, monkeypatch, library):
    break_views(monkeypatch, ValueError)

    answer = visitor.get("/conditions/")

    number = answer.headers["X-Request-Id"]
    assert number == told()[0][0]["request"]
    assert f"<strong>{number}</strong>" in answer.content.decode()


def test_page_that_is_well_has_no_number(client, library):
    assert "X-Request-Id" not in client.get("/").headers


def test_visitors_own_number_is_not_taken(visitor, library):
    assert visitor.get("/nowhere/", headers={"X-Request-Id": MARK}).headers["X-Request-Id"] != MARK


def test_operator_hears_of_one_kind_once_in_fifteen_minutes(library, visitor, told, mailoutbox, monkeypatch):
    break_views(monkeypatch, ValueError)
    for _again in range(5):
        visitor.get("/conditions/")
    break_views(monkeypatch, IntegrityError)
    visitor.get("/conditions/")

    told()

    assert sorted(mail.subject for mail in mailoutbox) == [
        "Error on https://testserver: ValueError",
        "Error on https://testserver: django.db.utils.IntegrityError",
    ]


def test_operator_hears_again_after_fifteen_minutes(told, mailoutbox, monkeypatch):
    log = logging.getLogger("clinic.worker")
    log.error("The job failed")
    told()
    monkeypatch.setattr(operator_notes, "QUIET_SECONDS", 0)

    log.error("The job failed")

    told()
    assert len(mailoutbox) == 2


def test_webhook_that_leads_elsewhere_is_not_followed(visitor, told, settings, monkeypatch, library):
    settings.OPERATOR_WEBHOOK = settings.OPERATOR_WEBHOOK.replace("/hook", "/moved")
    break_views(monkeypatch, RuntimeError)

    visitor.get("/conditions/heel-pain/")

    lines, _text, heard = told()
    assert heard == []
    assert any("webhook was not reached" in line["message"] for line in lines)


def test_webhook_gets_a_short_message(visitor, told, monkeypatch, library):
    break_views(monkeypatch, ValueError)

    visitor.get("/conditions/")

    message = told()[2][0]
    assert message["text"] == "Error on https://testserver: ValueError"
    assert len(json.dumps(message)) < 4000


@pytest.mark.parametrize("trouble", [ConnectionRefusedError(MARK), smtplib.SMTPException(MARK)])
def test_mail_server_that_is_away_hurts_no_request(visitor, told, monkeypatch, library, trouble):
    def away(*args, **kwargs):
        raise trouble

    monkeypatch.setattr("clinic.operations.operator_notes.send_mail", away)
    break_views(monkeypatch, ValueError)

    assert visitor.get("/conditions/").status_code == 500

    lines, text, heard = told()
    assert [line["message"] for line in lines if line["logger"] == "clinic.operations.operator_notes"] == [
        f"The operator got no mail: {log_lines.kind_of(trouble)}"
    ]
    assert len(heard) == 1
    assert MARK not in text


def test_operator_that_hangs_delays_no_request(visitor, told, monkeypatch, library):
    gate = threading.Event()
    monkeypatch.setattr("clinic.operations.operator_notes.send_mail", lambda *args: gate.wait(10))
    break_views(monkeypatch, ValueError)

    answer = visitor.get("/conditions/")  # comes while the mail is still under way

    assert answer.status_code == 500
    assert not gate.is_set()
    gate.set()
    told()


def test_without_an_operator_nobody_is_told(library, visitor, told, monkeypatch, settings, mailoutbox):
    settings.OPERATOR_EMAIL = settings.OPERATOR_WEBHOOK = ""
    break_views(monkeypatch, ValueError)

    visitor.get("/conditions/")

    assert told()[2] == []
    assert mailoutbox == []


def test_library_that_logs_values_shows_only_its_place(told):
    logging.getLogger("fido2.server").warning("credential " + MARK)  # noqa: G003  # as libraries do
    logging.getLogger("django.db").warning("slow: %s", f"SELECT {MARK}")

    lines, text, _heard = told()
    assert "tests/clinic/test_logs.py:" in lines[0]["message"]
    assert lines[1]["message"] == "slow: <str>"
    assert MARK not in json.dumps(lines) + text


def test_command_that_breaks_tells_no_values(told):
    try:
        raise IntegrityError(f"Key (name)=({MARK})")
    except IntegrityError:
        operator_notes.log_crash(*sys.exc_info())

    lines, text, heard = told()
    assert lines[0]["error"][0]["type"] == "django.db.utils.IntegrityError"
    assert MARK not in json.dumps([lines, heard]) + text


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OperationalError('FATAL:  password authentication failed for user "clinic"\nmore'), "password authentication"),
        (PermissionError(13, "Permission denied", "/var/lib/clinic"), "Permission denied (/var/lib/clinic)"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ModuleNotFoundError("No module named 'brotli'"), "No module named 'brotli': install the packages"),
        (EOFError("EOF when reading a line"), "nobody is there to answer"),
        (SMTPAuthenticationError(535, MARK.encode()), "refuses the user or the password"),
        (SMTPRecipientsRefused({f"{MARK}@clinic.example": (550, MARK.encode())}), "breaks off (SMTPRecipientsRefused)"),
        (IntegrityError(f"Key (name)=({MARK})"), ""),
        (ValueError(MARK), ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_command_that_the_machine_refuses_says_why(told, capsys, problem, said):
    operator_notes.log_crash(type(problem), problem, None)

    words = capsys.readouterr().err
    assert said in words
    assert ("It has stopped: " in words) is bool(said)
    assert MARK not in words
    assert "password authentication" not in json.dumps(told()[0]), "the log has no words of others"


def test_line_end_in_a_value_makes_no_line_of_its_own(told):
    logging.getLogger("clinic").warning("Mail %s", "1\n2026-01-01 CRITICAL forged")

    assert len(told()[0]) == 1
