"""Mails to staff: no page waits for the mail server or breaks with it, and each mail arrives once it is back."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection

from common import staff_mail
from common.models import StaffMail, User
from tests.dead_mail_server import DEAD, TROUBLES, Backend

RESET = "/accounts/password/reset/"
ADDRESS = "tess@clinic.example"


@pytest.fixture
def tess(toms_river_desk):
    """With an address."""
    User.objects.filter(pk=toms_river_desk.pk).update(email=ADDRESS)
    return toms_river_desk


@pytest.fixture(params=TROUBLES.values(), ids=TROUBLES)
def dead_server(request, settings, monkeypatch):
    """A mail server in each kind of trouble."""
    monkeypatch.setattr(Backend, "trouble", request.param)
    settings.EMAIL_BACKEND = DEAD


def test_reset_with_a_dead_mail_server_says_the_same_for_everybody(client, tess, dead_server):
    answers = [client.post(RESET, {"email": email}) for email in (ADDRESS, "nobody@clinic.example")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"{RESET}done/")] * 2
    assert staff_mail.deliver_due() == 0
    assert StaffMail.objects.count() == 2


def test_reset_arrives_once_the_server_is_back(client, tess, settings, monday, mailoutbox):
    with_locmem = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = DEAD
    client.post(RESET, {"email": ADDRESS})
    staff_mail.deliver_due()
    settings.EMAIL_BACKEND = with_locmem

    assert staff_mail.deliver_due() == 0, "it waits a minute"
    monday.shift(timedelta(minutes=1))
    assert staff_mail.deliver_due() == 1

    (mail,) = mailoutbox
    assert mail.to == [ADDRESS]
    assert f"https://testserver{RESET}key/" in mail.body
    assert mail.message()["Auto-Submitted"] == "auto-generated"
    assert staff_mail.deliver_due() == 0
    assert not StaffMail.objects.exists(), "the link to a new password is gone once it is sent"


def test_mail_of_a_killed_worker_goes_again_under_the_same_number(db, monday, monkeypatch, mailoutbox):
    staff_mail.queue(ADDRESS, "Subject", "Text")
    number = StaffMail.objects.get().message_id

    def killed(self, fail_silently=False):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(staff_mail.EmailMessage, "send", killed)
        with pytest.raises(SystemExit):
            staff_mail.deliver_due()
    assert staff_mail.deliver_due() == 0, "the dead worker's lease still runs"
    monday.shift(staff_mail.mail_queue.LEASE)

    assert staff_mail.deliver_due() == 1
    assert mailoutbox[0].extra_headers["Message-ID"] == number


def test_mail_is_given_up_when_its_link_is_good_no_longer_and_the_operator_hears(db, monday, settings, caplog):
    staff_mail.queue(ADDRESS, "Subject", "Text")
    settings.EMAIL_BACKEND = DEAD
    monday.shift(staff_mail.KEPT)
    staff_mail.deliver_due()
    assert StaffMail.objects.exists()

    monday.shift(timedelta(hours=1, seconds=1))
    staff_mail.deliver_due()

    assert not StaffMail.objects.exists()
    assert [record.levelname for record in caplog.records if record.name == staff_mail.__name__][-1] == "ERROR"
    assert ADDRESS not in caplog.text


def test_nothing_of_a_waiting_mail_can_be_read_in_the_database(db):
    staff_mail.queue(ADDRESS, "Secret subject", "Secret text")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM common_staffmail")
        stored = str(cursor.fetchall())

    assert ADDRESS not in stored
    assert "Secret" not in stored


def test_mail_that_can_not_be_decrypted_does_not_keep_the_others(db, mailoutbox):
    for text in ("first", "second"):
        staff_mail.queue(ADDRESS, text, text)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE common_staffmail SET content = '1:nonsense' WHERE id = (SELECT min(id) FROM common_staffmail)"
        )

    assert staff_mail.deliver_due() == 1

    assert [mail.subject for mail in mailoutbox] == ["second"]
    assert StaffMail.objects.count() == 1


def test_mails_that_break_are_kept_and_the_others_go(db, monkeypatch, mailoutbox):
    for text in ("first", "second"):
        staff_mail.queue(ADDRESS, text, text)
    send = django_mail.EmailMessage.send

    def pick(self, fail_silently=False):
        if self.subject == "first":
            raise ValueError(self.subject)
        return send(self, fail_silently)

    monkeypatch.setattr(django_mail.EmailMessage, "send", pick)

    assert staff_mail.deliver_due() == 1
    assert [mail.subject for mail in mailoutbox] == ["second"]
    assert StaffMail.objects.count() == 1
