"""A ciphertext belongs to its model, column and row: moved elsewhere it is refused. Older ones, bound to nothing, are
read until `rotate_keys` has bound them all.
"""

from datetime import timedelta
from importlib import import_module
from io import StringIO
from itertools import pairwise
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from appointments import actions, day_figures, drafts
from appointments.actions import Actor
from appointments.models import AppointmentRequest, DayFigures, Draft, Event
from clinic.operations import key_rotation, keys
from common import known_keys, staff_mail
from common.crypto import is_bound
from common.encrypted_fields import EncryptedTextField, Unreadable
from common.models import AuditEntry, KeptPost, KeyCheck, StaffMail
from tests.conftest import contents
from tests.damage import age, damage, old_ciphertext, put, raw

NUMBERS = import_module("appointments.migrations.0041_old_lines_have_their_number")

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """No waiting, and no answers of another test's database."""
    monkeypatch.setattr(key_rotation, "PAUSE_SECONDS", 0)
    known_keys.forget()
    yield
    known_keys.forget()


def fresh(row):
    """As it is now."""
    return type(row)._default_manager.get(pk=row.pk)


def encrypted(model) -> list[str]:
    """The names of its encrypted columns."""
    return [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]


DESK_WROTE = {"insurance_kind": "plan", "referred_by": "Dr. A", "visit_note": "Shoes", "chart_number": "A1"}


def two_of_each(make_request, user) -> dict[type, list]:
    """Two rows of every model that has encrypted columns, each column filled."""
    made = [make_request(caller_name="Sam", caller_relation="son", body_area="Heel", insurance="Aetna") for _n in "ab"]
    for request in made:
        for name, value in DESK_WROTE.items():
            setattr(request, name, value)
        request.source_article, request.offered_times = "heel-pain", ["2026-12-01T10:00:00-05:00"]
        request.save()
        actions.add_note(inquiry=request, actor=Actor(user), note="Called.")
    Event.objects.create(request=made[0], kind="note", at=made[0].events.last().at, by=user, note="Called again.")
    for name in "ab":
        drafts.keep(name, about_you={"name": name})
        staff_mail.queue("tess@clinic.example", "Subject", "Text")
        KeptPost.objects.create(
            user=user, key_digest=name, page="/", action="/", fields={"a": ["b"]}, expires_at=timezone.now()
        )
        DayFigures.objects.create(office=made[0].office, day=f"2026-01-0{'ab'.index(name) + 1}", facts={}, gone={})
    models = {model: list(model._base_manager.order_by("pk")) for model, _fields in key_rotation.encrypted_columns()}
    models[Event] = [event for event in models[Event] if event.kind == "note"]
    return models


def unread() -> set[tuple[str, object, str]]:
    """What the check of all values finds."""
    return {(found.label, found.pk, found.name) for found in key_rotation.unreadable() if found}


# --- Moved ---


@pytest.mark.thorough
def test_every_value_that_is_moved_to_another_row_is_refused(make_request, toms_river_desk):
    for model, rows in two_of_each(make_request, toms_river_desk).items():
        for name in encrypted(model):
            for there in rows[1:]:
                here = raw(there, name)
                put(there, name, raw(rows[0], name))

                assert isinstance(getattr(fresh(there), name), Unreadable), (model, name)
                assert unread() == {(model._meta.label, there.pk, name)}
                put(there, name, here)
    assert unread() == set()


def test_every_value_that_is_moved_to_another_column_is_refused(make_request, toms_river_desk):
    for model, rows in two_of_each(make_request, toms_river_desk).items():
        names = encrypted(model)
        for name, other in pairwise(names):
            before = raw(rows[0], other)
            put(rows[0], other, raw(rows[0], name))

            assert isinstance(getattr(fresh(rows[0]), other), Unreadable), (model, name, other)
            put(rows[0], other, before)


def test_whole_line_of_the_history_that_is_moved_to_another_request_is_refused(make_request, toms_river_desk):
    first, second = make_request(), make_request()
    actions.add_note(inquiry=first, actor=Actor(toms_river_desk), note="Called.")
    line = first.events.last()

    Event.objects.filter(pk=line.pk).update(request=second)

    assert isinstance(fresh(line).note, Unreadable)


def test_value_of_another_model_is_refused(make_request):
    request = make_request()
    drafts.keep(request.reference, about_you={})

    put(request, "contact", raw(Draft.objects.get(pk=request.reference), "answers"))

    assert isinstance(fresh(request).contact, Unreadable)


def test_every_model_with_encrypted_columns_says_what_names_its_rows():
    for model, _fields in key_rotation.encrypted_columns():
        assert {field.attname for field in model._meta.fields} >= set(model.ROW_KEY), model


# --- Second factors ---


def code(secret: str) -> str:
    """What an app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def factors(toms_river_desk, belleville_desk):
    """An app of each of two people: secrets and rows."""
    secrets = [generate_totp_secret(), generate_totp_secret()]
    for user, secret in zip((toms_river_desk, belleville_desk), secrets, strict=True):
        TOTP.activate(user, secret)
    return secrets, list(Authenticator.objects.order_by("user"))


def write_secret(factor, name, text) -> None:
    """Without us."""
    Authenticator.objects.filter(pk=factor.pk).update(data={**factor.data, name: str(text)})


def test_secret_of_an_app_opens_for_its_owner(factors):
    secrets, rows = factors

    for secret, row in zip(secrets, rows, strict=True):
        assert is_bound(row.data["secret"])
        assert row.wrap().validate_code(code(secret))


def test_secret_of_an_app_that_is_moved_to_somebody_else_lets_nobody_in(factors):
    secrets, (mine, theirs) = factors

    write_secret(theirs, "secret", mine.data["secret"])

    moved = Authenticator.objects.get(pk=theirs.pk)
    assert not moved.wrap().validate_code(code(secrets[0]))
    assert not moved.wrap().validate_code(code(secrets[1]))
    assert unread() == {("mfa.Authenticator", theirs.pk, "secret")}


def test_damaged_secret_is_a_wrong_code_and_no_error(factors):
    secrets, (mine, _theirs) = factors

    write_secret(mine, "secret", mine.data["secret"][:-8] + "AAAAAAA=")

    assert not Authenticator.objects.get(pk=mine.pk).wrap().validate_code(code(secrets[0]))


def test_damaged_recovery_codes_count_as_used(toms_river_desk):
    RecoveryCodes.activate(toms_river_desk)
    row = Authenticator.objects.get()
    codes = row.wrap().get_unused_codes()
    write_secret(row, "seed", row.data["seed"][:-8] + "AAAAAAA=")

    damaged = Authenticator.objects.get().wrap()

    assert len(codes) == 10
    assert damaged.get_unused_codes() == []
    assert not damaged.validate_code(codes[0])


def test_recovery_codes_still_open_once(toms_river_desk):
    RecoveryCodes.activate(toms_river_desk)
    codes = Authenticator.objects.get().wrap().get_unused_codes()

    assert Authenticator.objects.get().wrap().validate_code(codes[0])
    assert not Authenticator.objects.get().wrap().validate_code(codes[0])
    assert Authenticator.objects.get().wrap().get_unused_codes() == codes[1:]


# --- From before ---


@pytest.fixture
def old(make_request, toms_river_desk, factors):
    """A database as an earlier version has left it: all is encrypted, and bound to nothing."""
    day_figures.count_touched()
    rows = two_of_each(make_request, toms_river_desk)
    for model, _rows in rows.items():
        for row in model._base_manager.all():
            for name in encrypted(model):
                if raw(row, name):
                    age(row, name)
    for secret, row in zip(*factors, strict=True):
        write_secret(row, "secret", old_ciphertext(secret))
    KeyCheck.objects.all().delete()
    known_keys.forget()
    return rows


def everything() -> list:
    """What can be read."""
    return [contents(model._base_manager.order_by("pk")) for model, _fields in key_rotation.encrypted_columns()]


def rotate() -> str:
    """What the command says."""
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def test_old_values_are_read_from_the_first_start_on(old, factors):
    assert keys.problems() == []

    assert unread() == set()
    assert Authenticator.objects.get(pk=factors[1][0].pk).wrap().validate_code(code(factors[0][0]))


@pytest.mark.thorough
def test_old_values_are_bound_by_rotate_keys_and_read_the_same(old, factors):
    keys.problems()
    before = everything()

    said = rotate()

    assert "All values are bound to their places; others are refused from now on." in said
    assert everything() == before
    assert unread() == set()
    assert list(key_rotation.unbound()) == []
    assert Authenticator.objects.get(pk=factors[1][0].pk).wrap().validate_code(code(factors[0][0]))
    assert AuditEntry.objects.filter(action="values bound").count() == 1


@pytest.mark.thorough
def test_old_value_is_refused_after_all_have_been_bound(old):
    request = old[AppointmentRequest][0]
    kept = raw(request, "phone")
    keys.problems()
    rotate()

    put(request, "phone", kept)

    assert isinstance(fresh(request).phone, Unreadable)
    assert unread() == {("appointments.AppointmentRequest", request.pk, "phone")}


@pytest.mark.thorough
def test_old_values_are_not_read_again_when_the_known_values_are_deleted(old):
    request = old[AppointmentRequest][0]
    kept = raw(request, "phone")
    keys.problems()
    rotate()
    put(request, "phone", kept)
    KeyCheck.objects.all().delete()
    known_keys.forget()

    keys.problems()

    assert isinstance(fresh(request).phone, Unreadable)


def test_nobody_without_the_key_can_have_old_values_read(make_request):
    request = make_request()
    age(request, "phone")

    KeyCheck.objects.create(name=known_keys.UNBOUND, value="0" * 64)

    assert isinstance(fresh(request).phone, Unreadable)


def test_new_database_never_reads_old_values(make_request):
    request = make_request()
    keys.problems()

    age(request, "phone")

    assert isinstance(fresh(request).phone, Unreadable)


@pytest.mark.thorough
def test_binding_that_was_stopped_goes_on(old, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH_ROWS", 1)
    keys.problems()
    before = everything()
    steps = key_rotation.rotate([])
    next(steps), next(steps), next(steps)
    steps.close()
    assert any(key_rotation.unbound())
    assert everything() == before

    rotate()

    assert list(key_rotation.unbound()) == []
    assert everything() == before


@pytest.mark.thorough
def test_damaged_old_value_keeps_no_other_from_being_bound(old):
    request = old[AppointmentRequest][0]
    stored = damage(request, "phone")
    keys.problems()

    with pytest.raises(CommandError, match=f"AppointmentRequest {request.pk}, phone"):
        rotate()

    assert raw(request, "phone") == stored
    assert dict(key_rotation.unbound()) == {"appointments.AppointmentRequest": 1}
    assert not KeyCheck.objects.filter(name=known_keys.UNBOUND).exists()


@pytest.mark.thorough
def test_old_values_whose_key_is_missing_stay_readable_for_later(old, settings):
    keys.problems()
    ring = settings.FIELD_KEYS
    request = old[AppointmentRequest][0]
    settings.FIELD_KEYS = ring.split(",")[1]
    put(request, "phone", old_ciphertext("+17325550142"))
    settings.FIELD_KEYS = ring.split(",")[0]

    with pytest.raises(CommandError, match="The key '1' is not in FIELD_KEYS"):
        rotate()

    settings.FIELD_KEYS = ring
    assert fresh(request).phone == "+17325550142"
    rotate()
    assert not KeyCheck.objects.filter(name=known_keys.UNBOUND).exists()


def test_values_written_meanwhile_are_bound(old, tmp_path, make_request):
    keys.problems()
    steps = key_rotation.rotate([])
    next(steps)

    request = make_request()

    assert is_bound(raw(request, "phone"))
    list(steps)
    assert fresh(request).phone == "+17325550142"


def test_migration_gives_each_old_line_of_the_history_its_own_number(make_request):
    make_request()
    request = make_request()
    actions.add_note(inquiry=request, actor=Actor(), note="x")
    Event.objects.update(nonce=1)

    NUMBERS.number_each(apps, SimpleNamespace(connection=connection))

    numbers = list(Event.objects.values_list("nonce", flat=True))
    assert len(set(numbers)) == len(numbers)


def test_undo_puts_back_what_was_offered(make_request, toms_river_desk, monday):
    request, actor = make_request(), Actor(toms_river_desk)
    at = timezone.now() + timedelta(days=8)
    actions.propose(inquiry=request, actor=actor, times=[at])
    monday.shift(timedelta(seconds=90))
    actions.close(inquiry=request, actor=actor, reason="declined")

    actions.undo(inquiry=request, actor=actor)

    assert fresh(request).offered_times == [at.isoformat()]


def test_staff_mail_is_bound_to_its_message(db):
    staff_mail.queue("tess@clinic.example", "Subject", "Text")
    mail = StaffMail.objects.get()

    assert fresh(mail).content["to"] == "tess@clinic.example"
    StaffMail.objects.update(message_id="<other@clinic.example>")
    assert isinstance(fresh(mail).content, Unreadable)
