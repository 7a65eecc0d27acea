"""Notices that nobody opens: what counts as opened, and when a manager is asked whether the mailbox is right."""

import re
from datetime import timedelta

import pytest

from appointments.mail import unread
from appointments.mail.compose import compose
from appointments.models import Mail, Office
from appointments.offices import facts_of
from tests.appointments.at_desk import words

ASKS = "Is the mailbox right?"


@pytest.fixture
def notice(monday, make_request):
    """The notice of a request for Toms River, sent on Monday."""
    mail = make_request().mails.get(kind=Mail.Kind.OFFICE_NOTICE)
    mail.sent_at = mail.created_at
    mail.save()
    return mail


def link(mail: Mail) -> str:
    """Where the mail leads."""
    found = re.search(r"https://testserver(/admin/\S+)", str(compose(mail).body))
    assert found
    return found[1]


def opened(mail: Mail) -> bool:
    return Mail.objects.get(pk=mail.pk).opened_at is not None


def asked(office: str = "toms-river") -> str:
    facts = facts_of(Office.objects.get(slug=office))
    return unread.troubles([facts]).get(facts.pk, "")


def test_link_carries_a_mark_of_its_own_and_nothing_else(notice, make_request):
    other = make_request().mails.get(kind=Mail.Kind.OFFICE_NOTICE)

    path, mark = link(notice).split("?notice=")

    assert path == notice.request.get_absolute_url()
    assert len(mark) >= 16
    assert mark not in link(other)


def test_mail_to_a_patient_carries_none(notice):
    assert {mail.mark for mail in notice.request.mails.filter(kind__in=Mail.TO_PATIENT)} == {""}


def test_who_is_signed_in_at_that_office_has_opened_it(notice, toms_river_desk, signed_in):
    assert signed_in(toms_river_desk).get(link(notice)).status_code == 200

    assert opened(notice)


def test_scanner_of_mails_has_not_opened_it(notice, client):
    """It follows the link to the sign-in."""
    assert client.get(link(notice), follow=True).status_code == 200

    assert not opened(notice)


def test_mark_comes_along_through_the_sign_in(notice, client):
    address = client.get(link(notice)).headers["Location"]

    assert notice.mark in address


def test_another_office_has_not_opened_it(notice, belleville_desk, signed_in):
    assert signed_in(belleville_desk).get(link(notice)).status_code == 404

    assert not opened(notice)


@pytest.mark.parametrize("query", ["", "?notice=", "?notice=AAAAAAAAAAAAAAAAAAAAAA", "?notice=%00"])
def test_page_without_its_mark_opens_no_notice(notice, toms_river_desk, signed_in, query):
    assert signed_in(toms_river_desk).get(notice.request.get_absolute_url() + query).status_code == 200

    assert not opened(notice)


def test_manager_is_asked_after_two_open_days(notice, monday):
    """Sent on Monday; Thursday is Thanksgiving, and nobody is there on Saturday and Sunday."""
    said = []
    for _day in range(8):
        said.append(asked() != "")
        monday.shift(timedelta(days=1))

    assert said == [False, False, False, True, True, True, True, True]


def test_holidays_and_weekends_do_not_count(monday, notice):
    monday.shift(timedelta(days=2))
    Mail.objects.update(sent_at=notice.sent_at + timedelta(days=2))  # Wednesday
    said = []
    for _day in range(7):
        said.append(asked() != "")
        monday.shift(timedelta(days=1))

    assert said == [False, False, False, False, False, False, True]


def test_question_names_the_office_and_since_when(notice, monday, make_request, toms_river_desk, signed_in):
    monday.shift(timedelta(days=4))
    assert asked() == (
        "No notice to Toms River has been opened yet; the first went on Monday, November\xa023. Is the mailbox right?"
    )

    signed_in(toms_river_desk).get(link(notice))
    assert asked() == ""

    monday.shift(timedelta(minutes=1))
    later = make_request().mails.get(kind=Mail.Kind.OFFICE_NOTICE)
    Mail.objects.filter(pk=later.pk).update(sent_at=later.created_at)
    monday.shift(timedelta(days=7))
    assert asked() == "No notice to Toms River has been opened since Friday, November\xa027. Is the mailbox right?"


def test_notice_from_before_the_last_opened_one_is_not_asked_about(notice, monday, make_request):
    """The desk opens some of them, and works the others from the list."""
    Mail.objects.filter(pk=make_request().mails.get(kind=Mail.Kind.OFFICE_NOTICE).pk).update(
        sent_at=notice.sent_at, opened_at=notice.sent_at + timedelta(hours=1)
    )
    monday.shift(timedelta(days=7))

    assert asked() == ""


def test_office_that_was_sent_nothing_is_not_asked_about(notice, monday):
    monday.shift(timedelta(days=7))

    assert asked("belleville") == ""


def test_it_can_be_switched_off(notice, monday, settings):
    monday.shift(timedelta(days=7))
    settings.UNREAD_DAYS = 0

    assert asked() == ""


@pytest.mark.parametrize("page", ["/admin/first-day/", "/admin/dashboard/"])
def test_managers_read_the_question(notice, monday, manager, signed_in, page):
    assert ASKS not in words(signed_in(manager).get(page))
    monday.shift(timedelta(days=7))

    assert ASKS in words(signed_in(manager).get(page))
