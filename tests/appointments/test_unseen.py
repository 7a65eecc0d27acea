"""A request that no active person can see raises an alarm: on the desk, by mail, and for the operator.

It is Monday, November 23, 2026, 10:12 am in New York.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from appointments.desk import unseen
from appointments.models import AppointmentRequest, Office, PracticeSettings
from clinic.management.commands.worker import JOBS, PAUSES
from clinic.operations import alarms
from common.models import StaffMail, User
from tests.appointments.at_desk import entries, hold, words
from tests.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("practice", "monday")

PAGE = "/admin/unseen/"
BANNER = "Nobody can see the requests of Toms River:"


@pytest.fixture
def orphan(waiting) -> AppointmentRequest:
    """A request of Toms River, where nobody works any more."""
    waiting.office.staff.clear()
    return waiting


@pytest.fixture
def ada(administrator, signed_in):
    """The administrator's browser."""
    User.objects.filter(pk=administrator.pk).update(email="ada@clinic.example")
    return signed_in(administrator)


def work() -> int:
    """What the worker does within a minute. Returns of how many offices mails were written."""
    alarms.watch()
    return unseen.look()


def mails() -> list[dict[str, str]]:
    return [mail.content for mail in StaffMail.objects.order_by("pk")]


def lose(office: Office, how: str) -> None:
    """Nobody sees the office's requests any more."""
    match how:
        case "taken off the staff":
            office.staff.clear()
        case "may not sign in":
            User.objects.filter(offices=office).update(is_active=False)
        case "lost the right":
            for person in office.staff.all():
                person.groups.clear()
                person.user_permissions.clear()
        case "group lost the right":
            Group.objects.get(name="Front desk").permissions.clear()
            User.user_permissions.through.objects.all().delete()
        case "no access to the desk":
            User.objects.filter(offices=office).update(is_staff=False)


@pytest.mark.parametrize(
    "how", ["taken off the staff", "may not sign in", "lost the right", "group lost the right", "no access to the desk"]
)
def test_request_that_nobody_can_see_is_told_within_a_minute(waiting, toms_river_desk, ada, how):
    assert work() == 0

    lose(waiting.office, how)

    assert {unseen.look, alarms.watch} <= set(JOBS)
    assert max(PAUSES[unseen.look], PAUSES[alarms.watch]) <= 60
    assert work() == 1
    assert [mail["to"] for mail in mails()] == ["ada@clinic.example"]
    assert BANNER in words(ada.get("/admin/?all"))


@pytest.mark.parametrize("state", ["held", "booked", "contacted", "proposed"])
def test_every_request_that_is_not_closed_counts(orphan, state):
    if state == "held":
        hold(orphan)
    else:
        AppointmentRequest.objects.filter(pk=orphan.pk).update(status=state, booked_for=MONDAY, choose_by=MONDAY)

    assert work() == 1


def test_closed_request_of_an_office_without_staff_is_no_alarm(orphan, ada):
    AppointmentRequest.objects.update(status="closed", close_reason="declined", closed_at=MONDAY)

    assert work() == 0
    assert BANNER not in words(ada.get("/admin/?all"))


def test_alarm_goes_to_administrators_managers_and_the_practice_s_manager_once(orphan, ada, manager, bella):
    User.objects.filter(pk=manager.pk).update(email="mona@clinic.example")
    User.objects.filter(username="bella").update(email="bella@clinic.example")
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": "boss@clinic.example"})
    orphan.office.staff.clear()

    work()
    work()

    told = sorted(mail["to"] for mail in mails())
    assert told == ["ada@clinic.example", "boss@clinic.example", "mona@clinic.example"]


def test_alarm_is_told_again_the_next_day(orphan, ada, monday):
    work()
    monday.shift(timedelta(days=1))

    assert work() == 1


def test_alarm_names_references_and_the_office_and_nothing_else(orphan, ada, caplog):
    work()

    (mail,) = mails()
    (line,) = [line for line in (record.getMessage() for record in caplog.records) if alarms.UNSEEN in line]
    for told in (mail["subject"] + mail["text"], line):
        assert "Harold" not in told
        assert "Heel" not in told
    assert "Toms River" in mail["subject"]
    assert orphan.reference in mail["text"]
    assert PAGE in mail["text"]
    assert orphan.reference in line
    assert BANNER in line
    assert entries(action=unseen.ALARM) == [("worker", orphan.reference, "toms-river", "")]


def test_administrator_finds_the_references_and_the_way_to_give_the_office_a_person(orphan, ada):
    page = ada.get(PAGE)

    assert f"{orphan.reference} Toms River" in words(page)
    assert 'href="/admin/common/user/"' in page.content.decode()
    assert "Harold" not in words(page)
    assert entries(action="list")[-1][:2] == ("ada", orphan.reference)


def test_manager_is_told_whom_to_ask(orphan, mona):
    orphan.office.staff.clear()
    work()

    assert "Ask an administrator to give the office a person" in words(mona.get(PAGE))
    assert BANNER in words(mona.get("/admin/?all"))


def test_front_desk_is_not_told(orphan, bella):
    work()

    assert bella.get(PAGE).status_code == 403
    assert BANNER not in words(bella.get("/admin/appointments/appointmentrequest/"))


def test_alarm_is_over_once_the_office_has_a_person(orphan, toms_river_desk, ada):
    work()
    toms_river_desk.offices.add(orphan.office)

    assert work() == 0
    assert "Every request is seen by somebody." in words(ada.get(PAGE))
    assert BANNER not in words(ada.get("/admin/?all"))


def test_list_refuses_a_post(ada):
    assert ada.post(PAGE).status_code == 405


def test_job_of_who_was_disabled_elsewhere_becomes_nobodys(waiting, toms_river_desk):
    AppointmentRequest.objects.filter(pk=waiting.pk).update(assigned_to=toms_river_desk)
    User.objects.filter(pk=toms_river_desk.pk).update(is_active=False)

    work()

    waiting.refresh_from_db()
    assert waiting.assigned_to is None
    assert entries(action="request assigned")[-1][:2] == ("worker", waiting.reference)


def test_requests_of_an_office_without_staff_are_seen_by_nobody_rather_than_by_all(
    make_request, toms_river_desk, manager
):
    request = make_request(office="belleville")
    request.office.staff.clear()

    for user in (toms_river_desk, manager):
        assert request not in AppointmentRequest.objects.visible_to(user)
