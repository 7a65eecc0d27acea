"""The audit trail: its chain shows every tampering, nobody can change it, and it names no patient."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from appointments import actions
from appointments.actions import Actor
from appointments.models import CloseReason, Event, Office
from common import audit
from common.audit import trail
from common.crypto import digest
from common.models import AuditEntry, AuditHead
from tests.conftest import NEW_YORK, unlocked_audit
from tests.telling import told_by

TRAIL = "/admin/appointments/auditentry/"
TUESDAY_AT_TEN = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK)
FIELDS = ["at", "actor", "action", "record", "office", "address", "previous_hash", "hash"]

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def journey(make_request, toms_river_desk, manager, signed_in):
    """A request from the patient's click to the closed visit, by way of both offices."""
    request = make_request()
    signed_in(toms_river_desk).get(f"/admin/appointments/appointmentrequest/{request.pk}/change/")
    tess, mona = Actor(toms_river_desk, "192.0.2.7"), Actor(manager, "192.0.2.8")
    actions.log_call(inquiry=request, actor=tess, outcome=Event.Kind.SPOKE, note="Harold likes mornings")
    there = Office.objects.get(slug="belleville")
    actions.send_to_office(inquiry=request, actor=tess, office=there, reason="Harold lives there")
    actions.book(inquiry=request, actor=mona, at=TUESDAY_AT_TEN, note="Harold brings shoes")
    actions.close(inquiry=request, actor=mona, reason=CloseReason.COMPLETED, note="Harold was seen")
    return request


def entries() -> list[AuditEntry]:
    """Oldest first."""
    return list(AuditEntry.objects.order_by("pk"))


def told_of(request) -> list[AuditEntry]:
    """What was done with a request, oldest first."""
    return list(AuditEntry.objects.filter(record=request.reference).order_by("pk"))


def tamper(pk: int, **values: object) -> None:
    """Change an entry as somebody who owns the database."""
    with unlocked_audit():
        assert AuditEntry.objects.filter(pk=pk).update(**values) == 1


def remove(*pks: int) -> None:
    """Take entries away as somebody who owns the database."""
    with unlocked_audit(), connection.cursor() as cursor:
        for pk in pks:
            cursor.execute("DELETE FROM appointments_auditentry WHERE id = %s", [pk])


def test_chain_of_a_fresh_site_is_whole(db):
    assert audit.first_broken() is None


def test_chain_is_whole_after_a_journey(journey):
    assert audit.first_broken() is None
    assert [entry.action for entry in told_of(journey)] == [
        "request sent",
        "view",
        "request spoke",
        "request rerouted",
        "request booked",
        "request closed",
    ]


def test_each_entry_tells_who_where_and_of_which_office(journey):
    told = [(entry.actor, entry.record, entry.office, entry.address) for entry in told_of(journey)]

    ref = journey.reference
    assert told == [
        ("patient", ref, "toms-river", audit.connection_key("192.0.2.1")),
        ("tess", ref, "toms-river", "127.0.0.1"),
        ("tess", ref, "toms-river", "192.0.2.7"),
        ("tess", ref, "belleville", "192.0.2.7"),
        ("mona", ref, "belleville", "192.0.2.8"),
        ("mona", ref, "belleville", "192.0.2.8"),
    ]


def test_patients_address_is_kept_only_as_a_key_that_tells_the_same_connection(journey, make_request, settings):
    sent = AuditEntry.objects.filter(actor="patient")
    make_request()

    keys = set(sent.values_list("address", flat=True))

    assert keys == {audit.connection_key("192.0.2.1")}
    assert "192.0" not in keys.pop()
    assert audit.connection_key("192.0.2.1") != audit.connection_key("192.0.2.10")
    before = audit.connection_key("192.0.2.1")
    settings.DIGEST_KEY = "the guess of someone who has a copy of the database"
    assert audit.connection_key("192.0.2.1") != before


def test_each_entry_follows_from_the_one_before(journey):
    found = entries()

    assert found[0].previous_hash == ""
    assert [entry.previous_hash for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    assert AuditHead.objects.get().last_hash == found[-1].hash


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "nobody"),
        ("action", "list"),
        ("record", "GS-0000-00"),
        ("office", "elsewhere"),
        ("address", "198.51.100.1"),
        ("at", TUESDAY_AT_TEN),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_changed_entry_is_found(journey, field, value):
    changed = entries()[2]

    tamper(changed.pk, **{field: value})

    assert audit.first_broken() == changed


def test_entry_moved_by_a_microsecond_is_found(journey):
    changed = entries()[0]

    tamper(changed.pk, at=changed.at + timedelta(microseconds=1))

    assert audit.first_broken() == changed


def test_text_moved_from_one_field_to_the_next_is_found(journey):
    changed = entries()[2]

    tamper(changed.pk, actor=f"{changed.actor}{changed.action}", action="")

    assert audit.first_broken() == changed


@pytest.mark.thorough
def test_entry_changed_and_hashed_again_without_the_key_is_found(journey, settings):
    changed = entries()[2]
    changed.actor = "nobody"
    key, settings.DIGEST_KEY = settings.DIGEST_KEY, "the guess of someone who can write to the database"

    tamper(changed.pk, actor="nobody", hash=trail.hash_of(changed))

    settings.DIGEST_KEY = key
    assert audit.first_broken() == changed


def test_entry_removed_from_the_middle_is_found_at_the_next_one(journey):
    _first, second, third, *_rest = entries()

    remove(second.pk)

    assert audit.first_broken() == third


def test_first_entry_removed_is_found_at_the_next_one(journey):
    first, second, *_rest = entries()

    remove(first.pk)

    assert audit.first_broken() == second


def test_entry_removed_from_the_end_is_missed(journey):
    remove(entries()[-1].pk)

    with pytest.raises(AuditEntry.DoesNotExist):
        audit.first_broken()


def test_all_entries_removed_are_missed(journey):
    remove(*[entry.pk for entry in entries()])

    with pytest.raises(AuditEntry.DoesNotExist):
        audit.first_broken()


def test_entries_removed_from_the_end_are_missed_when_the_head_is_turned_back(journey):
    *_kept, new_last, last = entries()
    remove(last.pk)

    AuditHead.objects.update(last_hash=new_last.hash)

    with pytest.raises(AuditEntry.DoesNotExist):
        audit.first_broken()


def test_entries_removed_from_the_end_are_missed_when_the_head_is_gone(journey):
    remove(entries()[-1].pk)

    AuditHead.objects.all().delete()

    with pytest.raises(AuditEntry.DoesNotExist):
        audit.first_broken()


def test_entry_inserted_at_the_end_is_found(journey):
    last = entries()[-1]
    forged = AuditEntry(at=last.at, actor="mona", action="view", previous_hash=last.hash, hash=digest("guess", "x"))

    AuditEntry.objects.bulk_create([forged])

    assert audit.first_broken() == forged


def test_entry_copied_is_found(journey):
    third = entries()[2]
    copy = AuditEntry(**{field: getattr(third, field) for field in FIELDS} | {"hash": "f" * 64})

    AuditEntry.objects.bulk_create([copy])

    assert audit.first_broken() == copy


def test_entries_that_changed_places_are_found(journey):
    _first, second, third, *_rest = entries()
    values = {entry.pk: {field: getattr(entry, field) for field in FIELDS} for entry in (second, third)}

    tamper(second.pk, hash="0" * 64)
    tamper(third.pk, **values[second.pk])
    tamper(second.pk, **values[third.pk])

    assert audit.first_broken() == second


@pytest.mark.thorough
def test_chain_goes_on_after_an_entry_that_failed(journey, make_request, monkeypatch):
    monkeypatch.setattr(trail, "hash_of", lambda entry: entries()[0].hash)
    with pytest.raises(IntegrityError):
        make_request()
    monkeypatch.undo()

    make_request()

    assert audit.first_broken() is None


# --- Append-only ---


def test_entry_is_never_saved_again(journey):
    entry = told_of(journey)[0]
    entry.actor = "nobody"

    with pytest.raises(TypeError, match="never changed"):
        entry.save()

    assert told_of(journey)[0].actor == "patient"


def test_entry_is_never_deleted(journey):
    entry = entries()[0]

    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()

    assert entries()[0] == entry


def test_database_refuses_two_entries_with_one_hash(journey):
    first, second, *_rest = entries()

    with pytest.raises(IntegrityError), transaction.atomic():
        tamper(second.pk, hash=first.hash)


# --- Who reads it ---


def test_manager_reads_the_trail(journey, manager, signed_in):
    browser = signed_in(manager)

    listed = browser.get(TRAIL)
    one = browser.get(f"{TRAIL}{told_of(journey)[0].pk}/change/")

    assert listed.status_code == one.status_code == 200
    assert listed.content.decode().count(journey.reference) >= 6
    assert "request rerouted" in listed.content.decode()
    assert journey.reference in one.content.decode()


def test_manager_finds_entries_by_reference(journey, make_request, manager, signed_in):
    other = make_request()

    page = signed_in(manager).get(f"{TRAIL}?q={other.reference}").content.decode()

    assert journey.reference not in page


def test_front_desk_does_not_read_the_trail(journey, toms_river_desk, signed_in):
    browser = signed_in(toms_river_desk)

    for address in (TRAIL, f"{TRAIL}{entries()[0].pk}/change/", f"{TRAIL}{entries()[0].pk}/history/"):
        assert browser.get(address).status_code in (302, 403)
        assert journey.reference not in browser.get(address, follow=True).content.decode()


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_changes_the_trail_in_the_admin(journey, manager, signed_in, superuser):
    manager.is_superuser = superuser
    manager.save()
    browser = signed_in(manager)
    before = list(AuditEntry.objects.order_by("pk").values())
    entry = before[0]["id"]

    answers = [
        browser.get(f"{TRAIL}add/"),
        browser.post(f"{TRAIL}add/", {"actor": "nobody"}),
        browser.post(f"{TRAIL}{entry}/change/", {"actor": "nobody"}),
        browser.get(f"{TRAIL}{entry}/delete/"),
        browser.post(f"{TRAIL}{entry}/delete/", {"post": "yes"}),
    ]
    browser.post(TRAIL, {"action": "delete_selected", "_selected_action": entry, "post": "yes"})

    assert [answer.status_code for answer in answers] == [403] * 5
    assert list(AuditEntry.objects.order_by("pk").values())[: len(before)] == before


# --- What it never says ---


@pytest.mark.thorough
def test_trail_names_no_patient(journey):
    told = AuditEntry.objects.values_list("actor", "action", "record", "office", "address")  # the rest is hashes
    written = " ".join(" ".join(entry) for entry in told)

    of_the_patient = ["Harold", "Sample", "5550142", "555-0142", "harold@", "1954", "08753", "eel", "morning", "shoes"]
    assert journey.reference in written
    assert told_by(written, of_the_patient) == []


def test_references_fill_one_record_after_the_other_and_none_is_lost():
    references = [f"GS-{number:04}-XX" for number in range(120)]

    records = audit.in_records(references)

    assert ", ".join(records).split(", ") == references
    assert [len(record) > audit.LONGEST_RECORD for record in records] == [False] * 3
    assert all(len(f"{record}, {references[0]}") > audit.LONGEST_RECORD for record in records[:-1])
