"""Changing the key that encrypts patients' details: everything moves under the new one, nothing is lost on the way."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appointments import actions, drafts
from appointments.actions import Actor
from appointments.models import AppointmentRequest, Draft
from clinic.operations import key_rotation
from common.encrypted_fields import EncryptedTextField
from common.models import AuditEntry

OLD = "1:old-field-key-0123456789-abcdefghijklmnopqrst"
NEW = "2:new-field-key-0123456789-abcdefghijklmnopqrst"
BOTH = f"{NEW},{OLD}"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(key_rotation, "PAUSE_SECONDS", 0)


@pytest.fixture
def requests(make_request, settings):
    """Three requests with notes, and a draft, all written under the old key; now there is a new one."""
    settings.FIELD_KEYS = OLD
    made = [make_request(details=f"Left heel {number}") for number in range(3)]
    for request in made:
        actions.add_note(inquiry=request, actor=Actor(address="192.0.2.1"), note=f"Note of {request.details}")
    drafts.keep("draft of a fourth", about_you={"patient_name": "Harold Sample"})
    settings.FIELD_KEYS = BOTH
    return made


def rotate(*options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("rotate_keys", *options, stdout=said)
    return said.getvalue()


def stored(table: str, column: str) -> list[str]:
    """What stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")
        return [value for (value,) in cursor.fetchall()]


def told() -> list[tuple[str, str, list[str]]]:
    """What the desk reads."""
    return [
        (inquiry.patient_name, inquiry.details, [event.note for event in inquiry.events.all()])
        for inquiry in AppointmentRequest.objects.order_by("pk")
    ]


@pytest.mark.thorough
def test_everything_is_under_the_newest_key(requests):
    rotate()

    assert set(key_rotation.values_by_key()) == {"2"}
    assert all(value.startswith("v2.2.") for value in stored("appointments_appointmentrequest", "patient_name"))


def test_everything_still_reads_the_same(requests):
    before, answers = told(), Draft.objects.get().answers

    rotate()

    assert told() == before
    assert Draft.objects.get().answers == answers


def test_everything_reads_without_the_old_key(requests, settings):
    before = told()
    rotate()

    settings.FIELD_KEYS = NEW

    assert told() == before


def test_empty_values_stay_empty(requests):
    rotate()

    assert stored("appointments_appointmentrequest", "caller_name") == ["", "", ""]


def test_command_says_which_key_may_go(requests):
    said = rotate()

    assert "No longer used in this database: 1." in said
    assert "Everything is under the newest key." in said


def test_check_counts_and_changes_nothing(requests):
    before = stored("appointments_appointmentrequest", "patient_name")
    expected = key_rotation.values_by_key()["1"]

    said = rotate("--check")

    assert f"Key 1: {expected:,} values" in said
    assert "Key 2 (the newest): 0 values" in said
    assert "No longer used" not in said
    assert stored("appointments_appointmentrequest", "patient_name") == before


@pytest.mark.thorough
def test_second_run_changes_nothing(requests):
    rotate()
    before = stored("appointments_appointmentrequest", "patient_name")

    assert "Everything is under the newest key." in rotate()
    assert stored("appointments_appointmentrequest", "patient_name") == before


@pytest.mark.thorough
def test_rotation_that_was_stopped_goes_on(requests, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH_ROWS", 1)
    before = told()
    steps = key_rotation.rotate([])
    next(steps), next(steps), next(steps)
    steps.close()
    halfway = key_rotation.values_by_key()

    rotate()

    assert halfway["1"] > 0
    assert halfway["2"] > 0
    assert set(key_rotation.values_by_key()) == {"2"}
    assert told() == before


def test_rotation_stands_in_the_audit(requests):
    rotate()

    assert AuditEntry.objects.filter(action="keys rotated").count() == 1


def test_missing_key_is_named_and_nothing_changed(requests, settings):
    settings.FIELD_KEYS = NEW
    before = stored("appointments_appointmentrequest", "patient_name")

    with pytest.raises(CommandError, match="The key '1' is not in FIELD_KEYS"):
        rotate()

    assert stored("appointments_appointmentrequest", "patient_name") == before


def test_other_key_under_the_same_id_is_noticed_and_nothing_changed(requests, settings):
    settings.FIELD_KEYS = f"{NEW},1:another-key-0123456789-abcdefghijklmnopqrst"
    before = stored("appointments_appointmentrequest", "patient_name")

    with pytest.raises(CommandError, match="changed or moved, or encrypted under another key"):
        rotate()

    assert stored("appointments_appointmentrequest", "patient_name") == before


@pytest.mark.thorough
def test_damaged_value_is_named_and_kept_and_all_others_are_done(requests):
    with connection.cursor() as cursor:
        damaged = stored("appointments_appointmentrequest", "phone")[1][:-9] + "AAAAAAAA="
        cursor.execute("UPDATE appointments_appointmentrequest SET phone = %s WHERE id = %s", [damaged, requests[2].pk])

    with pytest.raises(CommandError, match=f"AppointmentRequest {requests[2].pk}, phone: ") as refused:
        rotate()

    assert "Harold" not in str(refused.value)
    phones = stored("appointments_appointmentrequest", "phone")
    assert damaged in phones
    assert [phone.startswith("v2.2.") for phone in phones if phone != damaged] == [True, True]
    assert key_rotation.values_by_key()["1"] == 1


def test_what_is_written_under_the_old_key_meanwhile_is_reported(requests, settings, monkeypatch):
    rotate_all = key_rotation.rotate

    def rotate_while_a_process_has_the_old_ring(skipped):
        yield from rotate_all(skipped)
        settings.FIELD_KEYS = OLD
        drafts.keep("late", about_you={})
        settings.FIELD_KEYS = BOTH

    monkeypatch.setattr(key_rotation, "rotate", rotate_while_a_process_has_the_old_ring)

    with pytest.raises(CommandError, match="restart the web server and the worker"):
        rotate()


def test_no_encrypted_column_is_forgotten():
    found = {(model, field.name) for model, fields in key_rotation.encrypted_columns() for field in fields}

    assert (AppointmentRequest, "patient_name") in found
    assert (Draft, "answers") in found
    assert {
        (AppointmentRequest, field.name)
        for field in AppointmentRequest._meta.fields
        if isinstance(field, EncryptedTextField)
    } <= found


@pytest.mark.slow
def test_nothing_is_lost_while_requests_come_in(make_site):
    site = make_site()
    with site.busy(threads=2) as busy:
        busy.wait_for(40)
    site.settings["FIELD_KEYS"] = "2:new-field-key-0123456789-abcdefghijklmnopqrst," + site.environment["FIELD_KEYS"]

    with site.busy(threads=2) as busy:
        busy.wait_for(4)
        said = site.manage("rotate_keys")
        lines = busy.wait_for(10)

    assert "No longer used in this database: 1." in said
    del site.settings["FIELD_KEYS"]
    site.settings["FIELD_KEYS"] = "2:new-field-key-0123456789-abcdefghijklmnopqrst"
    read = site.ask(
        "{r.reference: [r.patient_name, r.details, [e.note for e in r.events.filter(kind='note')]]"
        " for r in AppointmentRequest.objects.all()}"
    )
    assert {line.split()[0] for line in lines} <= set(read)
    for name, details, notes in read.values():
        number = name.split()[-1]
        assert details.endswith(f" {number}")
        assert notes in ([], [f"Note of {number}"])
