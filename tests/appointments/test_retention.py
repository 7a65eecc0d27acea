"""Closed requests go after their time, whole, and nothing else goes with them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from appointments import actions, day_figures, retention
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Event, Mail, Office, PracticeSettings, Presence, SearchKey
from common.models import AuditEntry
from tests.conftest import MONDAY

DAYS = 730


@pytest.fixture(autouse=True)
def settled(monday, practice, trusted_clock):
    """Closed requests are kept for two years."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"keep_closed_days": DAYS})


@pytest.fixture
def closed(make_request, toms_river_desk):
    """Makes a request that was closed now, its mails delivered, looked at by somebody."""

    def make(**changes) -> AppointmentRequest:
        request = make_request(**changes)
        actions.add_note(inquiry=request, actor=Actor(toms_river_desk), note="Notemark")
        actions.close(inquiry=request, actor=Actor(toms_river_desk), reason="declined")
        Mail.objects.filter(request=request).update(sent_at=MONDAY, tries=1)
        Presence.objects.create(request=request, user=toms_river_desk, at=MONDAY)
        request.refresh_from_db()
        return request

    return make


def references() -> list[str]:
    return sorted(AppointmentRequest.objects.values_list("reference", flat=True))


def everything_but_the_audit() -> str:
    """Every value of every table, as the database itself gives it."""
    tables = [name for name in connection.introspection.table_names() if name != "appointments_auditentry"]
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_request_goes_when_its_days_are_over_and_not_before(closed, monday):
    request = closed()
    monday.move_to(request.closed_at + timedelta(days=DAYS))
    assert retention.purge() == 0

    monday.shift(timedelta(microseconds=1))

    assert retention.purge() == 1
    assert references() == []


def test_nothing_of_the_request_stays_in_any_table(closed, monday):
    request = closed()
    digests = [request.draft_digest, request.link_digest, str(request.person_key)]
    digests += [mail.message_id for mail in request.mails.all()]
    cipher = [str(value) for value in _raw(request)]
    assert [mark for mark in [request.reference, *digests] if mark not in everything_but_the_audit()] == []
    monday.shift(timedelta(days=DAYS, seconds=1))

    retention.purge()

    left = everything_but_the_audit()
    assert [mark for mark in [request.reference, *digests, *cipher] if mark in left] == []
    for model in (Event, Mail, SearchKey, Presence):
        assert not model.objects.exists()


def _raw(inquiry: AppointmentRequest) -> list[str]:
    """Its encrypted columns as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_name, phone, reason FROM appointments_appointmentrequest WHERE id = %s", [inquiry.pk]
        )
        return list(cursor.fetchone())


@pytest.mark.parametrize("status", ["new", "contacted", "booked"])
def test_open_request_stays_however_old(make_request, toms_river_desk, monday, status):
    request, desk = make_request(), Actor(toms_river_desk)
    if status == "contacted":
        actions.log_call(inquiry=request, actor=desk, outcome="spoke")
    elif status == "booked":
        actions.book(inquiry=request, actor=desk, at=MONDAY + timedelta(days=1))
    Mail.objects.update(sent_at=MONDAY)
    monday.shift(timedelta(days=10 * DAYS))

    assert retention.purge() == 0

    assert references() == [request.reference]


def test_reopened_request_stays(closed, toms_river_desk, monday):
    request = closed()
    actions.reopen(inquiry=request, actor=Actor(toms_river_desk), note="Called again")
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 0


def test_request_with_a_mail_still_owed_stays(closed, monday):
    owing, done = closed(), closed()
    Mail.objects.filter(request=owing, kind="receipt").update(sent_at=None)
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 1

    assert references() == [owing.reference]
    assert done.reference not in references()


def test_duplicate_of_a_deleted_request_stays_and_names_it_no_more(closed, make_request, toms_river_desk, monday):
    first, second = make_request(), make_request()
    monday.shift(timedelta(days=10))
    actions.mark_duplicate(inquiry=second, actor=Actor(toms_river_desk), of=first)
    actions.close(inquiry=first, actor=Actor(toms_river_desk), reason="declined")
    AppointmentRequest.objects.filter(pk=first.pk).update(closed_at=MONDAY)
    Mail.objects.update(sent_at=MONDAY)
    monday.move_to(MONDAY + timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 1

    second.refresh_from_db()
    assert (second.duplicate_of, second.close_reason) == (None, "duplicate")


def test_deleted_duplicate_leaves_the_request_that_goes_on(closed, make_request, toms_river_desk, monday):
    first, second = make_request(), make_request()
    actions.mark_duplicate(inquiry=second, actor=Actor(toms_river_desk), of=first)
    Mail.objects.update(sent_at=MONDAY)
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 1

    assert references() == [first.reference]


def test_dry_run_names_what_would_go_and_deletes_nothing(closed, monday):
    old = closed()
    monday.shift(timedelta(days=DAYS, seconds=1))
    young = closed()
    before = everything_but_the_audit()
    said = StringIO()

    call_command("purge_requests", "--dry-run", stdout=said)

    assert said.getvalue().splitlines() == [
        f"1 requests closed more than {DAYS} days ago would be deleted",
        old.reference,
    ]
    assert young.reference not in said.getvalue()
    assert everything_but_the_audit() == before


def test_command_deletes_and_says_how_many(closed, monday):
    closed()
    monday.shift(timedelta(days=DAYS, seconds=1))
    said = StringIO()

    call_command("purge_requests", stdout=said)

    assert said.getvalue() == f"1 requests closed more than {DAYS} days ago were deleted\n"
    assert references() == []


def test_purge_is_written_into_the_audit_with_references_and_no_names(closed, monday):
    gone = [closed(patient_name="Markername").reference for _each in range(3)]
    monday.shift(timedelta(days=DAYS, seconds=1))

    retention.purge()

    entry = AuditEntry.objects.get(action="requests purged")
    assert (entry.actor, entry.record.partition(": ")[0]) == ("worker", "3")
    assert sorted(entry.record.partition(": ")[2].split(", ")) == sorted(gone)
    assert "Markername" not in entry.record


def test_many_go_in_chunks_each_with_its_entry(closed, monday, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 2)
    for _each in range(5):
        closed()
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 5

    records = AuditEntry.objects.filter(action="requests purged").order_by("pk").values_list("record", flat=True)
    assert [record.partition(":")[0] for record in records] == ["2", "2", "1"]


def test_references_of_a_chunk_fit_into_an_entry():
    longest = AppointmentRequest._meta.get_field("reference").max_length

    assert (
        len(f"{retention.CHUNK}: ") + retention.CHUNK * (longest + 2) <= AuditEntry._meta.get_field("record").max_length
    )


def test_numbers_of_the_day_stay(closed, monday):
    for _each in range(3):
        closed()
    toms_river, day = Office.objects.get(slug="toms-river").pk, MONDAY.date()
    day_figures.refresh([day])
    before = day_figures.by_office_and_day([toms_river], day, day)
    assert before[toms_river, day].visits == 3
    monday.shift(timedelta(days=DAYS, seconds=1))

    retention.purge()

    assert day_figures.by_office_and_day([toms_river], day, day) == before


def test_nothing_is_written_when_nothing_goes(closed):
    closed()
    count = AuditEntry.objects.count()

    retention.purge()

    assert AuditEntry.objects.count() == count


def test_old_summaries_go_too_and_owed_ones_stay(practice, monday):
    office = Office.objects.get(slug="toms-river")
    for number, sent_at in enumerate([MONDAY, None]):
        Mail.objects.create(
            kind="digest", office=office, message_id=f"<{number}@x>", created_at=MONDAY, due_at=MONDAY, sent_at=sent_at
        )
    monday.shift(timedelta(days=DAYS, seconds=1))

    retention.purge()

    assert [mail.message_id for mail in Mail.objects.all()] == ["<1@x>"]


def test_days_are_the_practices(closed, monday):
    row = PracticeSettings.objects.get()
    row.keep_closed_days = 400
    row.save()
    closed()
    monday.shift(timedelta(days=400, seconds=1))

    assert retention.purge() == 1


def test_database_itself_keeps_requests_for_a_year_at_least():
    with pytest.raises(IntegrityError, match="practice_settings_keep_a_year"), transaction.atomic():
        PracticeSettings.objects.update(keep_closed_days=364)
