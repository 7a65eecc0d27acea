"""Requests of before an update are found in the ways that came with it."""

import pytest

from appointments import search_keys
from appointments.models import AppointmentRequest, SearchKey
from clinic.operations import search_upkeep
from common.models import AuditEntry

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def just_started(monkeypatch):
    """A worker that knows nothing yet."""
    monkeypatch.setattr(search_upkeep, "_walk", None)
    monkeypatch.setattr(search_upkeep, "_known_done", "")


@pytest.fixture
def of_before(make_request):
    """A request with only the keys that the version before made."""
    request = make_request(patient_name="Maria Delacruz")
    AppointmentRequest.objects.filter(pk=request.pk).update(person_key=1)
    request.search_keys.exclude(key__in=search_keys.phone_keys(request.phone)).delete()
    request.refresh_from_db()
    return request


def found(typed):
    return list(search_keys.search(AppointmentRequest.objects.all(), typed))


def test_earlier_request_is_found_in_the_new_ways(of_before):
    assert found("de la cruz") == found(of_before.email) == []

    search_upkeep.step()

    assert found("de la cruz") == found(of_before.email) == [of_before]


def test_earlier_request_is_known_as_the_same_person(of_before, make_request):
    search_upkeep.step()

    of_before.refresh_from_db()
    assert of_before.person_key == make_request(patient_name="Maria de la Cruz").person_key


def test_it_is_done_once(of_before, monkeypatch):
    search_upkeep.step()
    monkeypatch.setattr(search_upkeep, "_known_done", "")  # the worker was started anew
    SearchKey.objects.all().delete()

    search_upkeep.step()

    assert not SearchKey.objects.exists()
    assert AuditEntry.objects.filter(action="search keys made anew", record=search_keys.WAY).count() == 1


def test_it_is_done_again_with_the_next_way(of_before, monkeypatch):
    search_upkeep.step()
    SearchKey.objects.all().delete()
    monkeypatch.setattr(search_keys, "WAY", "next")

    search_upkeep.step()

    assert found("maria") == [of_before]


def test_it_goes_on_where_it_stopped(of_before, make_request, monkeypatch):
    make_request()
    monkeypatch.setattr(search_upkeep, "BATCH_ROWS", 1)
    monkeypatch.setattr(search_upkeep, "STEP_SECONDS", -1)

    for _step in range(2):
        search_upkeep.step()
        assert not AuditEntry.objects.filter(action="search keys made anew").exists()
    search_upkeep.step()

    assert AuditEntry.objects.filter(action="search keys made anew").exists()
    assert found("de la cruz") == [of_before]


def test_what_cannot_be_read_stays_findable_as_it_was(of_before, monkeypatch):
    monkeypatch.setattr(search_keys, "is_readable", lambda inquiry: False)

    search_upkeep.step()

    assert found("732 555 0142") == [of_before]
