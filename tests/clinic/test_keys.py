"""A wrong key shows before anything is written with it: at the start, at /readyz, in every command."""

import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from appointments.models import AppointmentRequest, Draft
from clinic.operations import keys
from common import known_keys
from common.models import AuditEntry, AuditHead, KeyCheck
from tests.conftest import SAFETY
from tests.damage import age, damage

OTHER = "another-key-0123456789-0123456789-0123456789"


@pytest.fixture(autouse=True)
def _as_in_a_new_process(monkeypatch):
    monkeypatch.setattr(keys, "_fine", [])
    known_keys.forget()
    yield
    known_keys.forget()


@pytest.fixture
def noted(make_request):
    """A site that has run: a request, an audit, and known values."""
    request = make_request()
    assert keys.problems() == []
    return request


def other_field_key(settings) -> str:
    """Another one under the newest id; returns what is said."""
    settings.FIELD_KEYS = f"2:{OTHER}," + settings.FIELD_KEYS.split(",")[1]
    return "wrong key: FIELD_KEYS 2 is not the one"


def other_digest_key(settings) -> str:
    """Another one; returns what is said."""
    settings.DIGEST_KEY = OTHER
    return "wrong key: DIGEST_KEY 1 is not the one"


WRONG = pytest.mark.parametrize("change", [other_field_key, other_digest_key])


# --- The known values ---


def test_first_start_notes_a_known_value_of_each_key(noted):
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"FIELD_KEYS 2", "FIELD_KEYS 1", "DIGEST_KEY 1"}


def test_known_values_hold_no_key(noted, settings):
    texts = str(list(KeyCheck.objects.values_list("name", "value")))

    for ring in (settings.FIELD_KEYS, settings.DIGEST_KEY):
        assert not any(entry.rpartition(":")[2] in texts for entry in ring.split(","))


@WRONG
def test_wrong_key_is_said_and_nothing_noted(noted, settings, change):
    before = list(KeyCheck.objects.values_list("name", "value"))

    said = change(settings)

    assert any(problem.startswith(said) for problem in keys.problems())
    assert OTHER not in str(keys.problems())
    assert list(KeyCheck.objects.values_list("name", "value")) == before


def test_new_key_in_front_is_noted(noted, settings):
    settings.FIELD_KEYS = f"3:{OTHER},{settings.FIELD_KEYS}"
    settings.DIGEST_KEY = f"2:{OTHER},1:{settings.DIGEST_KEY}"

    assert keys.problems() == []
    assert KeyCheck.objects.filter(name__in=["FIELD_KEYS 3", "DIGEST_KEY 2"]).count() == 2


def test_missing_field_key_is_said_while_something_is_stored_under_it(noted, settings):
    settings.FIELD_KEYS = f"3:{OTHER}"

    assert keys.problems() == [
        "missing key: FIELD_KEYS 2 is still needed; put it back behind the newest, then run rotate_keys"
    ]


def test_field_key_may_go_when_nothing_is_stored_under_it(noted, settings):
    settings.FIELD_KEYS = settings.FIELD_KEYS.split(",")[0]

    assert keys.problems() == []
    assert not KeyCheck.objects.get(name="FIELD_KEYS 1").needed


def test_missing_digest_key_is_said(noted, settings):
    settings.DIGEST_KEY = f"2:{OTHER}"

    assert "missing key: DIGEST_KEY 1 is still needed" in keys.problems()[0]


def test_look_costs_few_queries_once_the_keys_are_noted(noted, django_assert_num_queries):
    with django_assert_num_queries(2):
        keys.problems()


# --- A database from before ---


@pytest.fixture
def unnoted(make_request):
    """A site that has run under an earlier version."""
    request = make_request()
    for name in ("patient_name", "phone", "details"):
        age(request, name)
    KeyCheck.objects.all().delete()
    return request


def test_database_from_before_is_compared_with_what_is_stored(unnoted):
    assert keys.problems() == []
    assert KeyCheck.objects.filter(name=known_keys.UNBOUND).exists()


def test_wrong_field_key_is_found_in_a_database_from_before(unnoted, settings):
    other_field_key(settings)

    assert keys.problems() == ["wrong key: FIELD_KEYS 2 is not the one that this database was written with"]
    assert not KeyCheck.objects.exists()


def test_missing_field_key_is_found_in_a_database_from_before(unnoted, settings):
    settings.FIELD_KEYS = f"7:{OTHER}"

    assert keys.problems() == ["missing key: FIELD_KEYS 2 is still needed; put it back behind the newest"]


def test_wrong_digest_key_is_found_in_a_database_from_before(unnoted, settings):
    other_digest_key(settings)

    assert keys.problems() == ["wrong key: DIGEST_KEY is not the one that this database was written with"]
    assert not KeyCheck.objects.exists()


def test_damaged_value_and_a_changed_trail_are_no_wrong_key(unnoted):
    damage(unnoted, "patient_name")
    AuditHead.objects.update(seal="0" * 64)

    assert keys.problems() == []


# --- The web server ---


@WRONG
@pytest.mark.usefixtures("library")
def test_nothing_is_written_by_the_web_server_with_a_wrong_key(client, noted, settings, change, manager, signed_in):
    staff = signed_in(manager)
    change(settings)
    before = [model.objects.count() for model in (AppointmentRequest, AuditEntry, Draft)]

    answers = [
        client.get("/appointments/new/"),
        client.post("/appointments/new/", SAFETY),
        client.post("/appointments/message/", {}),
        client.post("/conditions/heel-pain/question/", {}),
        client.post("/accounts/login/", {"login": "mona", "password": "x"}),
        staff.get("/admin/appointments/appointmentrequest/"),
        staff.get(f"/admin/appointments/appointmentrequest/{noted.pk}/change/"),
    ]

    assert {answer.status_code for answer in answers} == {503}
    assert all("(732) 557-9900" in answer.content.decode().replace("\xa0", " ") for answer in answers)
    assert [model.objects.count() for model in (AppointmentRequest, AuditEntry, Draft)] == before


@WRONG
@pytest.mark.usefixtures("library")
def test_public_pages_are_shown_with_a_wrong_key(client, noted, settings, change):
    change(settings)

    for page in ("/", "/conditions/", "/conditions/heel-pain/", "/offices/", "/privacy/", "/healthz"):
        assert client.get(page).status_code == 200, page


@WRONG
def test_readyz_says_which_key_is_wrong(client, noted, settings, change):
    assert client.get("/readyz").status_code == 200

    said = change(settings)
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.content.decode().startswith(said)
    assert OTHER not in answer.content.decode()


@WRONG
def test_operator_hears_of_a_wrong_key(client, noted, settings, change, caplog):
    said = change(settings)

    client.get("/appointments/new/")

    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert any(said in error for error in errors)


def test_site_takes_requests_again_with_the_right_key(client, noted, settings):
    right = settings.FIELD_KEYS
    other_field_key(settings)
    assert client.get("/appointments/new/").status_code == 503

    settings.FIELD_KEYS = right

    assert client.get("/appointments/new/").status_code == 200


def test_database_that_is_away_is_no_wrong_key(client, noted, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(keys, "problems", away)

    assert keys.fit()


def test_page_looks_at_the_keys_once_in_a_process(client, noted, django_assert_num_queries):
    assert keys.fit()

    with django_assert_num_queries(0):
        assert keys.fit()


# --- Worker and commands ---


@WRONG
def test_worker_does_not_start_with_a_wrong_key(noted, settings, change, mailoutbox):
    said = change(settings)

    with pytest.raises(CommandError, match=said):
        call_command("worker", once=True)

    assert mailoutbox == []


def test_worker_waits_for_a_database_that_is_away(noted, monkeypatch, caplog):
    def away():
        raise OperationalError

    monkeypatch.setattr(keys, "problems", away)

    call_command("worker", once=True)

    assert caplog.messages == ["The database is away: the worker waits for it"]


@WRONG
@pytest.mark.parametrize("command", ["load_practice", "backup", "rotate_keys", "createsuperuser", "verify_audit"])
def test_command_that_could_write_is_refused_with_a_wrong_key(noted, settings, change, command):
    said = change(settings)

    with pytest.raises(CommandError, match=said):
        keys.require_for([command])


@pytest.mark.parametrize(
    "arguments", [["migrate"], ["check", "--deploy"], ["restore", "x"], ["collectstatic"], ["worker", "--help"], []]
)
def test_command_that_writes_nothing_with_a_key_goes_on(noted, settings, arguments):
    other_field_key(settings)

    with pytest.raises(CommandError):
        keys.require_for(["rotate_keys"])
    assert keys.require_for(arguments) is None


@pytest.mark.slow
def test_commands_of_a_real_site_stop_before_they_write(make_site):
    site = make_site()
    site.manage("worker", "--once")
    right = site.environment["FIELD_KEYS"]
    before = site.ask("AuditEntry.objects.count()")

    site.settings["FIELD_KEYS"] = f"1:{OTHER}"
    refused = [site.run("worker", "--once"), site.run("backup", str(site.folder)), site.run("rotate_keys")]

    assert {done.returncode for done in refused} == {1}
    assert all("wrong key: FIELD_KEYS 1" in done.stderr for done in refused)
    assert all("Traceback" not in done.stderr and OTHER not in done.stderr for done in refused)
    site.settings["FIELD_KEYS"] = right
    assert site.ask("AuditEntry.objects.count()") == before
