"""Nobody is forgotten: reminders to the office, then to the manager, a daily summary, and a worker that is heard of.

Call by is 2:12 pm for a request sent on Monday at 10:12 am: four opening hours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from appointments import actions
from appointments.actions import Actor
from appointments.mail import escalation, outbox
from appointments.models import AppointmentRequest, Closure, Mail, Office, PracticeSettings
from appointments.offices import forget
from common import heartbeat
from common.models import AuditEntry, WorkerBeat
from tests.conftest import MONDAY, NEW_YORK

LIST = "/admin/appointments/appointmentrequest/"
BANNER = "Mails and reminders are not going out"


@pytest.fixture(autouse=True)
def settled(monday, practice):
    """The practice has settled whom to tell."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": "manager@clinic.example"})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def remind() -> list[tuple[str, str]]:
    """A run of both jobs: (kind, office) of each mail it owes."""
    before = set(Mail.objects.values_list("pk", flat=True))
    escalation.remind_offices()
    escalation.remind_manager()
    new = Mail.objects.exclude(pk__in=before).select_related("office")
    return [(mail.kind, mail.office.slug) for mail in new]


def opened(inquiry: AppointmentRequest, user) -> AppointmentRequest:
    actions.open_request(inquiry=inquiry, actor=Actor(user))
    inquiry.refresh_from_db()
    return inquiry


# --- The office ---


def test_office_is_reminded_of_a_request_nobody_opened(make_request, monday):
    make_request()
    monday.move_to(at(23, 12, 11))
    assert remind() == []

    monday.move_to(at(23, 12, 12))

    assert remind() == [("late_office", "toms-river")]


def test_office_is_not_reminded_of_an_opened_request_before_its_deadline(make_request, toms_river_desk, monday):
    opened(make_request(), toms_river_desk)

    monday.move_to(at(23, 14, 11))

    assert remind() == []


def test_office_is_not_reminded_of_a_request_that_is_opened_this_moment(
    make_request, toms_river_desk, monday, monkeypatch
):
    """Between the worker's list and its look at the row."""
    request = make_request()
    monday.move_to(at(23, 12, 12))

    @contextmanager
    def opened_first() -> Iterator[None]:
        opened(request, toms_river_desk)
        with transaction.atomic():
            yield

    monkeypatch.setattr(escalation, "transaction", SimpleNamespace(atomic=opened_first))

    assert remind() == []


def test_office_is_reminded_when_the_deadline_has_passed(make_request, toms_river_desk, monday):
    opened(make_request(), toms_river_desk)

    monday.move_to(at(23, 14, 12))

    assert remind() == [("late_office", "toms-river")]


def test_office_is_reminded_once_for_a_deadline(make_request, monday):
    make_request()
    monday.move_to(at(23, 12, 30))
    assert len(remind()) == 1

    monday.move_to(at(23, 14, 30))

    assert remind() == []


def test_office_is_reminded_again_of_the_deadline_after_a_missed_call(make_request, toms_river_desk, monday):
    request = make_request()
    monday.move_to(at(23, 14, 30))
    assert remind() == [("late_office", "toms-river")]
    actions.log_call(inquiry=request, actor=Actor(toms_river_desk), outcome="no_answer")
    request.refresh_from_db()
    assert remind() == []

    monday.move_to(request.call_by)

    assert remind() == [("late_office", "toms-river")]


def test_closed_hours_do_not_count(make_request, monday):
    monday.move_to(at(23, 16, 0))
    make_request()  # an hour today, the second one tomorrow from nine
    monday.move_to(at(24, 9, 59))
    assert remind() == []

    monday.move_to(at(24, 10, 0))

    assert remind() == [("late_office", "toms-river")]


def test_days_off_do_not_count(make_request, monday):
    office = Office.objects.get(slug="toms-river")
    Closure.objects.create(office=office, first_day=at(24, 0).date(), last_day=at(25, 0).date(), reason="Painting")
    monday.move_to(at(23, 16, 0))
    make_request()

    monday.move_to(at(25, 16, 0))

    assert remind() == []


def test_request_in_quarantine_is_not_forgotten(make_request, monday):
    request = make_request()
    AppointmentRequest.objects.filter(pk=request.pk).update(status="held", held_because="links")

    monday.move_to(at(23, 14, 12))

    assert remind() == [("late_office", "toms-river")]


def test_flood_of_spam_is_one_reminder_a_day(make_request, monday):
    for _piece in range(3):
        make_request(held_because="links")

    monday.move_to(at(23, 14, 12))
    assert remind() == [("late_office", "toms-river")]

    monday.move_to(at(24, 14, 13))
    assert remind().count(("late_office", "toms-river")) == 1


@pytest.mark.parametrize("outcome", ["spoke", "booked", "closed"])
def test_nobody_is_reminded_of_what_is_settled(make_request, toms_river_desk, monday, outcome):
    request, desk = make_request(), Actor(toms_river_desk)
    if outcome == "spoke":
        actions.log_call(inquiry=request, actor=desk, outcome="spoke")
    elif outcome == "booked":
        actions.book(inquiry=request, actor=desk, at=at(30, 10))
    else:
        actions.close(inquiry=request, actor=desk, reason="declined")

    monday.move_to(at(24, 16, 0))

    assert remind() == []


def test_each_office_is_told_of_its_own(make_request, monday):
    make_request()
    make_request(office="belleville")

    monday.move_to(at(23, 12, 12))

    assert remind() == [("late_office", "toms-river"), ("late_office", "belleville")]


def test_minutes_are_the_practices(make_request, monday):
    row = PracticeSettings.objects.get()
    row.unopened_minutes = 15
    row.save()
    make_request()

    monday.move_to(at(23, 10, 27))

    assert remind() == [("late_office", "toms-river")]


# --- The manager ---


def test_manager_is_told_of_what_stays_overdue(make_request, monday):
    make_request()
    monday.move_to(at(23, 15, 11))
    assert remind() == [("late_office", "toms-river")]

    monday.move_to(at(23, 15, 12))

    assert remind() == [("late_manager", "toms-river")]


def test_manager_is_told_once_for_a_deadline(make_request, monday):
    make_request()
    monday.move_to(at(23, 16, 0))
    assert len(remind()) == 2

    monday.move_to(at(24, 16, 0))

    assert remind() == []


def test_night_does_not_make_it_more_overdue(make_request, monday):
    monday.move_to(at(23, 12, 30))
    make_request()  # due at 4:30 pm, half an hour before closing
    monday.move_to(at(24, 9, 29))
    assert remind() == [("late_office", "toms-river")]

    monday.move_to(at(24, 9, 30))

    assert remind() == [("late_manager", "toms-river")]


def test_manager_is_not_told_of_what_was_called_in_the_meantime(make_request, toms_river_desk, monday):
    request = make_request()
    monday.move_to(at(23, 14, 20))
    remind()
    actions.log_call(inquiry=request, actor=Actor(toms_river_desk), outcome="voicemail")

    monday.move_to(at(23, 15, 30))

    assert remind() == []


# --- Once, and written down ---


def test_second_worker_finds_the_reminder_and_sends_none(make_request, monday, monkeypatch):
    request = make_request()
    monday.move_to(at(23, 14, 12))
    ask = escalation.office_should_know

    def while_the_other_is_quicker(found, now):
        monkeypatch.setattr(escalation, "office_should_know", ask)
        assert escalation.remind_offices() == 1
        return ask(found, now)

    monkeypatch.setattr(escalation, "office_should_know", while_the_other_is_quicker)

    assert escalation.remind_offices() == 0

    assert request.mails.filter(kind="late_office").count() == 1


def test_database_refuses_a_second_reminder_for_a_deadline(make_request):
    request = make_request()
    outbox.queue(Mail.Kind.LATE_OFFICE, request, request.office, deadline=MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.queue(Mail.Kind.LATE_OFFICE, request, request.office, deadline=MONDAY)


def test_database_refuses_a_second_summary_of_a_day(practice):
    office = Office.objects.get(slug="toms-river")
    outbox.queue(Mail.Kind.DIGEST, None, office, deadline=MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.queue(Mail.Kind.DIGEST, None, office, deadline=MONDAY)


def test_reminders_are_written_into_the_audit(make_request, monday):
    request = make_request()
    monday.move_to(at(23, 16, 0))

    remind()

    found = AuditEntry.objects.filter(actor="worker").order_by("pk")
    assert [(entry.action, entry.record, entry.office) for entry in found] == [
        ("mail late_office", request.reference, "toms-river"),
        ("mail late_manager", request.reference, "toms-river"),
    ]


def test_reminders_cost_the_same_queries_when_nothing_is_due(make_request, django_assert_num_queries, monday):
    for _each in range(5):
        make_request()
    escalation.remind_offices()

    with django_assert_num_queries(4):  # calls, and visits to settle
        escalation.remind_offices()
        escalation.remind_manager()


# --- The daily summary ---


def digests() -> list[str]:
    return [mail.office.slug for mail in Mail.objects.filter(kind="digest").select_related("office")]


def test_summary_goes_out_at_its_time_to_offices_with_work(make_request, monday):
    make_request()
    monday.move_to(at(24, 7, 59))
    assert escalation.send_digests() == 0

    monday.move_to(at(24, 8, 0))

    assert escalation.send_digests() == 1
    assert digests() == ["toms-river"]


def test_summary_goes_out_once_a_day(make_request, monday):
    make_request()
    monday.move_to(at(24, 8, 0))
    escalation.send_digests()
    monday.move_to(at(24, 8, 1))
    assert escalation.send_digests() == 0

    monday.move_to(at(25, 8, 1))

    assert escalation.send_digests() == 1


@pytest.mark.parametrize("day", [26, 28], ids=["Thanksgiving", "Saturday"])
def test_no_summary_on_a_closed_day(make_request, monday, day):
    make_request()

    monday.move_to(at(day, 9, 0))

    assert escalation.send_digests() == 0


def test_no_summary_when_there_is_nothing_to_say(practice, monday):
    monday.move_to(at(24, 9, 0))

    assert escalation.send_digests() == 0


def test_no_summary_when_the_practice_wants_none(make_request, monday):
    row = PracticeSettings.objects.get()
    row.digest_at = None
    row.save()
    make_request()

    monday.move_to(at(24, 9, 0))

    assert escalation.send_digests() == 0


def test_summary_is_delivered_without_a_request(make_request, monday, mailoutbox):
    make_request()
    Mail.objects.all().delete()
    monday.move_to(at(24, 8, 0))
    escalation.send_digests()

    assert outbox.deliver_due() == 1

    (mail,) = mailoutbox
    assert mail.to == ["toms-river@clinic.example"]
    assert f"https://testserver{LIST}?office=toms-river" in mail.body


# --- The worker ---


@pytest.fixture
def browser(toms_river_desk, signed_in):
    return signed_in(toms_river_desk)


def test_desk_is_told_when_the_worker_has_never_run(browser):
    assert BANNER in browser.get(LIST).content.decode()


def test_desk_is_told_when_the_worker_has_not_run_for_five_minutes(browser, monday):
    heartbeat.beat()
    monday.shift(timedelta(minutes=4, seconds=59))
    assert BANNER not in browser.get(LIST).content.decode()

    monday.shift(timedelta(seconds=1))

    assert BANNER in browser.get(LIST).content.decode()


@pytest.mark.parametrize("page", [LIST, "/admin/appointments/office/", "/admin/?all"])
def test_manager_reads_on_every_page_that_the_worker_is_late(manager, signed_in, page):
    assert BANNER in signed_in(manager).get(page).content.decode()


def test_manager_without_an_address_is_owed_nothing_and_the_desk_is_not_told(browser, make_request, monday):
    make_request()
    Mail.objects.all().delete()
    PracticeSettings.objects.update(manager_email="")
    forget()
    monday.shift(timedelta(hours=6))

    assert escalation.remind_manager() == 0

    assert not Mail.objects.exists()
    assert "could not be delivered" not in browser.get(LIST).content.decode()


def test_office_without_an_address_is_owed_no_reminder_and_no_summary(make_request, monday):
    make_request()
    Mail.objects.all().delete()
    Office.objects.update(notice_email="")
    forget()
    monday.shift(timedelta(days=1))

    assert escalation.remind_offices() + escalation.send_digests() == 0

    assert not Mail.objects.exists()


def test_readyz_tells_whether_the_worker_runs(client, practice, monday):
    heartbeat.beat()
    assert client.get("/readyz").content == b"ok\nworker running\n"

    monday.shift(timedelta(minutes=6))

    late = client.get("/readyz")
    assert (late.status_code, late.content) == (200, b"ok\nworker late\n")


def test_heartbeat_is_one_row(practice, monday):
    heartbeat.beat()
    monday.shift(timedelta(minutes=1))
    heartbeat.beat()

    assert WorkerBeat.objects.get().at == MONDAY + timedelta(minutes=1)


def test_worker_does_all_of_it(make_request, monday, work_once, mailoutbox):
    make_request()
    monday.move_to(at(24, 16, 0))

    work_once()

    assert set(Mail.objects.values_list("kind", flat=True)) >= {"late_office", "late_manager", "digest"}
    assert not heartbeat.worker_is_late()


def test_worker_brings_lapsed_offers_back(make_request, toms_river_desk, monday, work_once, mailoutbox):
    request = make_request()
    actions.propose(inquiry=request, actor=Actor(toms_river_desk), times=[at(24, 10)])
    monday.move_to(at(24, 10, 1))

    work_once()

    request.refresh_from_db()
    assert request.status == "new"
    assert AuditEntry.objects.filter(actor="worker", action="request lapsed", record=request.reference).exists()
