"""Mails that are owed, through a real mail server on this machine: they arrive, wait, come again, and tell nothing.

What the server refuses, and when, is said in each test.
"""

import email
import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default as default_policy
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import get_connection

from appointments import actions, drafts, private_link
from appointments.actions import Actor
from appointments.mail import outbox
from appointments.mail.compose import compose
from appointments.models import Draft, Mail, Office
from articles.models import Article
from clinic.management.commands import worker
from common import mail_queue
from tests.conftest import MONDAY, NEW_YORK
from tests.telling import told_by

LIST = "/admin/appointments/appointmentrequest/"
OFFICE, PATIENT = "toms-river@clinic.example", "harold@example.com"
OF_THE_PATIENT = ["Harold", "Sample", "5550142", "555-0142", "1954", "08753", "Heel pain", "Left heel", "the morning"]

pytestmark = pytest.mark.usefixtures("monday")


class Mailbox:
    """The mail server's handler: keeps what arrives, and answers as a test asks it to."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, EmailMessage]] = []
        self.raw: list[str] = []
        self.refused: dict[str, str] = {}  # recipient -> the answer to it
        self.answers: list[str] = []  # to the next messages, before they are taken again

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=default_policy)
        self.raw.append(envelope.content.decode())
        if self.answers:
            return self.answers.pop(0)
        self.arrived += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> EmailMessage:
        """The one mail that arrived there."""
        (found,) = [message for recipient, message in self.arrived if recipient == address]
        return found

    @property
    def recipients(self) -> list[str]:
        return sorted(address for address, _message in self.arrived)


@pytest.fixture
def port(settings) -> int:
    """Where the site looks for its mail server; nobody listens there yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free
    return free


@pytest.fixture
def start_server(port) -> Iterator[Callable[[], Mailbox]]:
    """Bring the mail server up."""
    running: list[Controller] = []

    def start() -> Mailbox:
        mailbox = Mailbox()
        running.append(Controller(mailbox, hostname="127.0.0.1", port=port))
        running[0].start()
        return mailbox

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def mailbox(start_server) -> Mailbox:
    """A mail server that is up."""
    return start_server()


def words(message: EmailMessage) -> str:
    """Everything a mail says, headers and both parts decoded, in one line; without what is drawn by lot."""
    headers = [value for name, value in message.items() if name not in ("Message-ID", "Content-Type")]
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return " ".join(" ".join([*headers, *parts]).split())


def waiting_mails() -> list[Mail]:
    return list(Mail.objects.filter(sent_at=None).order_by("pk"))


# --- They arrive, and say no more than they may ---


def test_both_mails_arrive(make_request, mailbox):
    make_request()

    assert outbox.deliver_due() == 2

    assert mailbox.recipients == [PATIENT, OFFICE]
    assert {(mail.sent_at, mail.problem, mail.tries) for mail in Mail.objects.all()} == {(MONDAY, "", 1)}


def test_delivered_mails_are_not_sent_again(make_request, mailbox, monday):
    make_request()
    outbox.deliver_due()
    monday.shift(timedelta(days=1))

    assert outbox.deliver_due() == 0

    assert mailbox.recipients == [PATIENT, OFFICE]


def test_notice_to_the_office_has_the_reference_and_the_link(make_request, mailbox):
    request = make_request()

    outbox.deliver_due()

    notice = mailbox.to(OFFICE)
    assert notice["Subject"] == f"New appointment request {request.reference}"
    assert notice["From"] == "office@clinic.example"
    links = re.findall(r"https?://[^\s\"<>]+", words(notice))
    mark = request.mails.get(kind=Mail.Kind.OFFICE_NOTICE).mark
    assert links == [f"https://testserver{LIST}{request.pk}/change/?notice={mark}"] * 2
    assert "Call by: Monday, November 23 at 2:12 pm" in words(notice)


def test_receipt_to_the_patient_has_the_reference_and_the_phone_of_the_office(make_request, mailbox):
    request = make_request()

    outbox.deliver_due()

    receipt = mailbox.to(PATIENT)
    assert receipt["Subject"] == f"We got your request ({request.reference})"
    assert "Call us at (732) 557-9900." in words(receipt)
    assert "The Toms River office will call you by 5 pm on Tuesday, November 24." in words(receipt)
    links = set(re.findall(r"https?://[^\s\"<>]+", words(receipt)))
    assert links == {f"https://testserver{private_link.path(request)}"}


@pytest.mark.parametrize("address", [OFFICE, PATIENT])
def test_mail_tells_nothing_of_the_patient(make_request, mailbox, address):
    make_request(visit_for="child", caller_name="Mary Sample", caller_relation="mother", flags=["fever"])

    outbox.deliver_due()

    told = words(mailbox.to(address))
    assert told_by(told, [*OF_THE_PATIENT, "Mary", "mother", "fever", "child"]) == []
    assert (PATIENT in told) is (address == PATIENT)


def test_subject_and_headers_do_not_name_the_patient(make_request, mailbox):
    make_request()

    outbox.deliver_due()

    heads = " ".join(raw.split("\r\n\r\n")[0] for raw in mailbox.raw)
    assert "Harold" not in heads
    assert heads.count("Auto-Submitted: auto-generated") == 2


@pytest.mark.parametrize("address", [OFFICE, PATIENT])
def test_mail_has_the_same_words_as_text_and_as_html(make_request, mailbox, address):
    request = make_request()

    outbox.deliver_due()

    message = mailbox.to(address)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert request.reference in part.get_content()
        assert "Toms River" in part.get_content()


def test_mail_goes_to_one_recipient_alone(make_request, mailbox):
    make_request()

    outbox.deliver_due()

    assert len(mailbox.arrived) == 2
    for address, message in mailbox.arrived:
        assert message["To"] == address
        assert message["Cc"] is None


def test_patient_without_an_email_gets_none(make_request, mailbox):
    make_request(email="")

    assert outbox.deliver_due() == 1

    assert mailbox.recipients == [OFFICE]


def test_request_sent_to_another_office_is_announced_there_after_a_minute(
    make_request, mailbox, toms_river_desk, monday
):
    request = make_request(email="")
    outbox.deliver_due()
    there = Office.objects.get(slug="belleville")
    actions.send_to_office(inquiry=request, actor=Actor(toms_river_desk), office=there, reason="Harold moved")
    assert outbox.deliver_due() == 0
    monday.shift(timedelta(seconds=60))

    outbox.deliver_due()

    notice = words(mailbox.to("belleville@clinic.example"))
    assert "New request: Belleville" in notice
    assert "Harold" not in notice


def test_outbox_holds_neither_address_nor_text(make_request):
    make_request()

    kept = str(list(Mail.objects.values("kind", "problem", "message_id", "request__reference")))
    columns = {field.attname for field in Mail._meta.get_fields()}

    assert columns == {
        *("id", "request_id", "kind", "office_id", "message_id"),
        *("created_at", "due_at", "tries", "problem", "sent_at", "deadline"),
        *("mark", "opened_at"),
    }
    assert [word for word in ("harold", "@example.com", "clinic.example", "We got") if word in kept] == []


def test_message_id_on_the_wire_is_the_stored_one(make_request, mailbox):
    make_request()

    outbox.deliver_due()

    assert {message["Message-ID"] for _address, message in mailbox.arrived} == {
        mail.message_id for mail in Mail.objects.all()
    }
    assert all(mail.message_id.endswith("@testserver>") for mail in Mail.objects.all())


# --- The mail server is dead ---


def test_mails_wait_while_the_server_is_dead(make_request, port):
    make_request()

    assert outbox.deliver_due() == 0

    notice, receipt = waiting_mails()
    for mail in (notice, receipt):
        assert (mail.tries, mail.problem) == (1, "ConnectionRefusedError")
        assert mail.due_at == MONDAY + timedelta(minutes=1)


def test_mails_are_tried_again_later_and_then_arrive(make_request, start_server, monday):
    make_request()
    outbox.deliver_due()
    mailbox = start_server()
    monday.shift(timedelta(seconds=59))
    assert outbox.deliver_due() == 0, "it is not time yet"

    monday.shift(timedelta(seconds=2))

    assert outbox.deliver_due() == 2
    assert mailbox.recipients == [PATIENT, OFFICE]
    assert waiting_mails() == []


def test_mail_that_has_waited_longest_goes_first(make_request, mailbox, monday):
    first = make_request(email="")
    monday.shift(timedelta(minutes=1))
    second = make_request(email="")

    outbox.deliver_due()

    subjects = [str(message["Subject"]) for _address, message in mailbox.arrived]
    assert [str(request) in subject for request, subject in zip((first, second), subjects, strict=True)] == [True, True]


def test_worker_has_time_for_something_else_while_many_mails_wait(make_request, mailbox, monkeypatch):
    """Each mail takes half a minute here."""
    for _request in range(5):
        make_request(email="")
    clock = SimpleNamespace(now=0)

    def later() -> int:
        clock.now += 30
        return clock.now

    monkeypatch.setattr(mail_queue, "time", SimpleNamespace(monotonic=later))

    assert outbox.deliver_due() == 2
    assert outbox.deliver_due() == 2
    assert outbox.deliver_due() == 1


@pytest.mark.usefixtures("port")
def test_waits_grow_to_an_hour_and_no_mail_is_given_up(make_request, monday):
    make_request(email="")
    waits = []
    for _try in range(8):
        outbox.deliver_due()
        (mail,) = waiting_mails()
        now = datetime.now(tz=NEW_YORK)
        waits.append((mail.due_at - now) // timedelta(minutes=1))
        monday.move_to(mail.due_at)

    assert waits == [1, 2, 5, 15, 30, 60, 60, 60]


def test_message_id_stays_over_the_tries(make_request, mailbox, monday):
    make_request(email="")
    stored = Mail.objects.get().message_id
    mailbox.answers = ["451 busy", "451 busy"]

    for _try in range(3):
        outbox.deliver_due()
        monday.shift(timedelta(minutes=10))

    assert [re.findall(r"(?im)^message-id: (.*?)\r?$", raw) for raw in mailbox.raw] == [[stored]] * 3
    assert mailbox.recipients == [OFFICE]


@pytest.mark.usefixtures("port")
def test_desk_sees_that_a_notice_is_undelivered(make_request, toms_river_desk, signed_in):
    request = make_request()
    browser = signed_in(toms_river_desk)
    assert "could not be delivered" not in browser.get(LIST).content.decode()

    outbox.deliver_due()

    assert "2 emails could not be delivered." in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{request.pk}/change/").content.decode()
    assert page.count("Not delivered yet") == 2


def test_desk_sees_when_the_notice_has_arrived(make_request, mailbox, toms_river_desk, signed_in):
    request = make_request()
    outbox.deliver_due()

    page = signed_in(toms_river_desk).get(f"{LIST}{request.pk}/change/").content.decode()

    assert page.replace("\N{NO-BREAK SPACE}", " ").count("Sent today, 10:12 am") == 2


# --- Answers to them ---


def test_patients_answers_go_where_somebody_reads_them(make_request, mailbox, settings):
    settings.REPLY_TO = ["desk@clinic.example"]
    make_request()

    outbox.deliver_due()

    assert mailbox.to(PATIENT)["Reply-To"] == "desk@clinic.example"
    assert "Please do not reply with health details" in words(mailbox.to(PATIENT))
    assert mailbox.to(OFFICE)["Reply-To"] is None


def test_patient_is_asked_not_to_answer_where_nobody_reads_it(make_request, mailbox):
    make_request()

    outbox.deliver_due()

    assert mailbox.to(PATIENT)["Reply-To"] is None
    assert "Please do not reply to this email" in words(mailbox.to(PATIENT))


# --- The mail server refuses ---


def test_refused_recipient_does_not_hold_up_the_other_mail(make_request, mailbox):
    mailbox.refused = {PATIENT: "550 no such user"}
    make_request()

    assert outbox.deliver_due() == 1

    assert mailbox.recipients == [OFFICE]
    (receipt,) = waiting_mails()
    assert (receipt.kind, receipt.problem) == (Mail.Kind.RECEIPT, Mail.REFUSED)


@pytest.mark.parametrize("answer", ["550 no such user", "554 5.1.1 unknown", "521 takes no mail"])
def test_address_that_a_server_refuses_for_good_is_not_tried_again(make_request, mailbox, monday, answer):
    mailbox.refused = {PATIENT: answer}
    make_request()
    outbox.deliver_due()
    mailbox.refused = {}

    monday.shift(timedelta(days=2))

    assert outbox.deliver_due() == 0
    assert mailbox.recipients == [OFFICE]


@pytest.mark.parametrize("answer", ["450 try later", "421 going down", "554 5.7.1 you may not send through me"])
def test_address_that_a_server_refuses_for_now_is_tried_again(make_request, mailbox, monday, answer):
    mailbox.refused = {PATIENT: answer}
    make_request()
    outbox.deliver_due()
    mailbox.refused = {}

    monday.shift(timedelta(minutes=2))

    assert outbox.deliver_due() == 1
    assert mailbox.recipients == [PATIENT, OFFICE]


def test_mail_that_the_patients_server_did_not_take_is_not_tried_again(make_request, mailbox, monday):
    make_request()
    Mail.objects.filter(kind=Mail.Kind.OFFICE_NOTICE).delete()
    mailbox.answers = ["552 mailbox full"]
    outbox.deliver_due()

    monday.shift(timedelta(days=2))

    assert outbox.deliver_due() == 0
    assert [mail.problem for mail in waiting_mails()] == [Mail.REFUSED]


def test_refused_mail_goes_to_the_patients_other_address(make_request, mailbox, toms_river_desk, monday):
    mailbox.refused = {PATIENT: "550 no such user"}
    request = make_request()
    outbox.deliver_due()
    actions.correct(inquiry=request, actor=Actor(toms_river_desk), wanted={"email": "harry@example.com"})
    monday.shift(timedelta(minutes=2))

    outbox.deliver_due()

    assert sorted(message["Subject"][:10] for to, message in mailbox.arrived if to == "harry@example.com") == [
        "We got you",
        "Your own p",
    ]


def test_office_that_refuses_is_tried_again(make_request, mailbox, monday):
    mailbox.refused = {OFFICE: "550 no such user"}
    make_request(email="")
    outbox.deliver_due()
    mailbox.refused = {}

    monday.shift(timedelta(minutes=2))

    assert outbox.deliver_due() == 1


@pytest.mark.parametrize("answer", ["451 try later", "421 going down", "552 mailbox full"])
def test_mail_refused_by_the_server_is_tried_again(make_request, mailbox, monday, answer):
    mailbox.answers = [answer]
    make_request(email="")
    assert outbox.deliver_due() == 0
    assert [mail.problem for mail in waiting_mails()] == ["SMTPDataError"]

    monday.shift(timedelta(minutes=2))

    assert outbox.deliver_due() == 1
    assert mailbox.recipients == [OFFICE]


def test_problem_is_kept_without_the_servers_words(make_request, mailbox):
    mailbox.refused = {PATIENT: f"550 {PATIENT} Harold Sample has left"}
    make_request()

    outbox.deliver_due()

    assert [mail.problem for mail in waiting_mails()] == [Mail.REFUSED]


def test_log_of_a_failed_mail_names_no_patient(make_request, mailbox, caplog):
    mailbox.refused = {PATIENT: f"550 {PATIENT} Harold Sample has left"}
    make_request()

    outbox.deliver_due()

    ours = " ".join(record.getMessage() for record in caplog.records if record.name != "mail.log")  # the server's own
    assert "SMTPRecipientsRefused" in ours
    assert "arold" not in ours


def test_office_without_an_address_is_owed_no_mail(make_request):
    request = make_request()
    request.mails.all().delete()
    request.office.notice_email = ""

    outbox.queue(Mail.Kind.OFFICE_NEWS, request, request.office)

    assert not request.mails.exists()


def test_manager_without_an_address_is_owed_no_mail(make_request, toms_river_desk):
    request = make_request(email="")

    actions.ask_manager(inquiry=request, actor=Actor(toms_river_desk), note="May he come on a Saturday?")

    assert [mail.kind for mail in request.mails.all()] == [Mail.Kind.OFFICE_NOTICE]


def test_office_that_lost_its_address_keeps_its_notice_waiting(make_request, mailbox, monday):
    request = make_request()
    Office.objects.filter(slug="toms-river").update(notice_email="")

    assert outbox.deliver_due() == 1

    (notice,) = waiting_mails()
    assert (notice.request, notice.kind, notice.problem) == (request, Mail.Kind.OFFICE_NOTICE, "NoAddress")
    assert mailbox.recipients == [PATIENT]


def test_office_that_gets_an_address_gets_its_notice(make_request, mailbox, monday):
    make_request(email="")
    Office.objects.filter(slug="toms-river").update(notice_email="")
    outbox.deliver_due()
    office = Office.objects.get(slug="toms-river")
    office.notice_email = "new@clinic.example"
    office.save()

    monday.shift(timedelta(minutes=2))
    outbox.deliver_due()

    assert mailbox.recipients == ["new@clinic.example"]


# --- Two workers, and one that is killed ---


def test_mail_that_one_worker_is_sending_is_not_taken_by_another(make_request, mailbox, monkeypatch):
    make_request()
    sent_by_the_other = []

    def while_connecting(**options: Any) -> Any:
        monkeypatch.setattr("appointments.mail.outbox.get_connection", get_connection)
        sent_by_the_other.append(outbox.deliver_due())
        return get_connection(**options)

    monkeypatch.setattr("appointments.mail.outbox.get_connection", while_connecting)

    assert outbox.deliver_due() == 1

    assert sent_by_the_other == [1]
    assert mailbox.recipients == [PATIENT, OFFICE]


def test_mail_of_a_killed_worker_is_sent_after_its_lease(make_request, mailbox, monkeypatch, monday):
    make_request(email="")
    stored = Mail.objects.get().message_id
    _kill_while_sending(monkeypatch)
    assert outbox.deliver_due() == 0, "the dead worker's lease still runs"
    monday.shift(mail_queue.LEASE - timedelta(seconds=1))
    assert outbox.deliver_due() == 0, "the dead worker's lease still runs"

    monday.shift(timedelta(seconds=1))

    assert outbox.deliver_due() == 1
    assert mailbox.to(OFFICE)["Message-ID"] == stored


def _kill_while_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**options: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("appointments.mail.outbox.get_connection", killed)
        with pytest.raises(SystemExit):
            outbox.deliver_due()


def test_lease_outlasts_one_try(settings):
    commands_that_can_hang = 5  # connect, EHLO, MAIL, RCPT, DATA

    assert timedelta(seconds=settings.EMAIL_TIMEOUT * commands_that_can_hang) < mail_queue.LEASE


# --- The worker ---


def test_worker_delivers(make_request, mailbox, work_once):
    make_request()

    work_once()

    assert mailbox.recipients == [PATIENT, OFFICE]


@pytest.fixture
def scheduled(article: Article) -> Article:
    """An article that is to be published on Tuesday at nine."""
    article.unpublish()
    article.go_live_at = MONDAY.replace(day=24, hour=9, minute=0)
    article.save_revision(clean=False).publish()
    article.refresh_from_db()
    return article


def test_worker_publishes_an_article_when_its_time_has_come(scheduled, client, monday, work_once):
    assert scheduled.latest_revision.approved_go_live_at == MONDAY.replace(day=24, hour=9, minute=0)
    work_once()
    assert client.get("/conditions/heel-pain/").status_code != 200
    monday.move_to(datetime(2026, 11, 24, 9, 1, tzinfo=NEW_YORK))

    work_once()

    assert client.get("/conditions/heel-pain/").status_code == 200


def test_worker_deletes_expired_drafts_alone(practice, monday, work_once):
    drafts.keep("old", safety={"flags": []})
    monday.shift(timedelta(minutes=90))
    drafts.keep("young", safety={"flags": []})
    monday.shift(timedelta(minutes=31))

    work_once()

    assert [draft.key_digest for draft in Draft.objects.all()] == ["young"]


def _out_of_order(*args: object, **kwargs: object) -> None:
    raise RuntimeError("out of order")


def test_job_that_fails_does_not_stop_the_others(scheduled, client, monday, monkeypatch, caplog, work_once):
    drafts.keep("old", safety={"flags": []})
    monday.move_to(datetime(2026, 11, 24, 9, 1, tzinfo=NEW_YORK))
    monkeypatch.setattr(mail_queue, "deliver_each", _out_of_order)

    work_once()

    assert "deliver_due failed" in caplog.text
    assert client.get("/conditions/heel-pain/").status_code == 200
    assert not Draft.objects.exists()


def test_job_that_fails_does_not_stop_the_mails(make_request, mailbox, monkeypatch, work_once):
    make_request()
    monkeypatch.setattr(worker, "JOBS", (_out_of_order, *worker.JOBS))

    work_once()

    assert mailbox.recipients == [PATIENT, OFFICE]


def test_mail_that_cannot_be_made_does_not_stop_the_others(make_request, mailbox, monkeypatch, work_once):
    broken, whole = make_request(email=""), make_request(email="")

    def fail_for_one(mail: Mail) -> Any:
        if mail.request_id == broken.pk:
            raise RuntimeError("a lost key")
        return compose(mail)

    monkeypatch.setattr("appointments.mail.outbox.compose", fail_for_one)

    work_once()
    work_once()

    assert any(whole.reference in words(message) for address, message in mailbox.arrived if address == OFFICE)
    assert [mail.request for mail in waiting_mails()] == [broken]
