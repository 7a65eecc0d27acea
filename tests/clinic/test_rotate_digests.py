"""Another DIGEST_KEY: all is found as before, the audit goes on, and mailed addresses still lead somewhere."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from appointments import actions, drafts, private_link, search_keys
from appointments.desk import search
from appointments.models import AppointmentRequest, EarlierLink
from clinic.operations import digest_rotation, keys
from common import audit, known_keys
from common.models import AuditEntry, KeyCheck
from tests.conftest import post_steps
from tests.damage import damage

NEW = "2:new-digest-key-0123456789-abcdefghijklmnopqrst"

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(digest_rotation, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(keys, "_fine", [])
    known_keys.forget()


@pytest.fixture
def requests(make_request):
    """Two of one person, and one of another."""
    return [
        make_request(),
        make_request(),
        make_request(patient_name="Nora Novak", phone="+17325550199", birth_date="1961-02-03", details="x " * 70),
    ]


@pytest.fixture
def change(requests, settings):
    """The new key is in front, and the servers are restarted."""
    old = settings.DIGEST_KEY

    def change_key() -> None:
        settings.DIGEST_KEY = f"{NEW},1:{old}"
        assert keys.problems() == []

    change_key.old = old
    return change_key


def rotate(*options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("rotate_digests", *options, stdout=said)
    return said.getvalue()


def found(words: str) -> set[int]:
    """By the desk's search."""
    return set(search.search(AppointmentRequest.objects.all(), words).values_list("pk", flat=True))


WORDS = ["Nora", "Novak", "5550199", "(732) 555-0199", "2/3/1961", "0199"]


@pytest.mark.parametrize("words", WORDS)
def test_search_finds_the_same_before_while_and_after(requests, change, settings, words):
    wanted = {requests[2].pk}
    assert found(words) == wanted

    change()
    assert found(words) == wanted
    rotate()
    assert found(words) == wanted

    settings.DIGEST_KEY = NEW
    assert found(words) == wanted


def test_request_that_comes_in_before_the_rotation_is_found(make_request, change):
    change()
    request = make_request(patient_name="Late Comer")

    assert found("Comer") == {request.pk}
    rotate()
    assert found("Comer") == {request.pk}


def test_requests_of_the_same_person_belong_together_after_the_rotation(requests, change, make_request):
    change()
    rotate()

    third = make_request()

    assert {inquiry.pk for inquiry in actions.earlier_requests(third)} == {requests[0].pk, requests[1].pk}


def test_mailed_address_works_until_its_key_is_taken_away(client, requests, change, settings):
    mailed = private_link.path(requests[0])
    change()
    assert private_link.path(fresh(requests[0])) == mailed  # what is mailed before the rotation
    assert client.get(mailed).status_code == 200

    rotate()
    new = private_link.path(fresh(requests[0]))

    assert new != mailed
    assert client.get(mailed).status_code == client.get(new).status_code == 200
    settings.DIGEST_KEY = NEW
    assert client.get(mailed).status_code == 404
    assert client.get(new).status_code == 200


def test_addresses_of_two_changes_ago_still_work(client, requests, change, settings):
    mailed = private_link.path(requests[0])
    change()
    rotate()
    settings.DIGEST_KEY = f"3:newest-digest-key-0123456789-abcdefghijkl,{settings.DIGEST_KEY}"
    rotate()

    assert client.get(mailed).status_code == 200
    assert client.get(private_link.path(fresh(requests[0]))).status_code == 200


def test_mailed_addresses_can_be_ended(client, requests, change):
    mailed = private_link.path(requests[0])
    change()

    said = rotate("--end-old-links")

    assert "3 addresses that were mailed under an older key lead nowhere any more." in said
    assert client.get(mailed).status_code == 404
    assert client.get(private_link.path(fresh(requests[0]))).status_code == 200


def fresh(row):
    """As it is now."""
    return type(row).objects.get(pk=row.pk)


def test_audit_goes_on_and_is_whole(requests, change, make_request):
    mark = audit.verify().mark
    change()

    make_request()
    rotate()
    make_request()

    assert audit.verify(expected=mark).entries == AuditEntry.objects.count()


def test_audit_is_not_whole_without_the_key_of_its_entries(requests, change, settings):
    change()
    rotate()

    settings.DIGEST_KEY = NEW

    with pytest.raises(audit.Broken):
        audit.verify()


@pytest.mark.usefixtures("library")
def test_what_somebody_is_typing_goes_on(client, change):
    post_steps(client)
    change()

    assert client.get("/appointments/check/").status_code == 200
    post_steps(client)
    sent = client.post("/appointments/check/", {})
    assert sent.status_code == 302
    assert client.get(sent["Location"]).status_code == 200


def test_draft_under_the_old_key_is_found_by_its_cookie(change, rf, settings):
    request = rf.get("/")
    request.COOKIES[settings.DRAFT_COOKIE] = "cookie"
    key = drafts.key_of(request)
    drafts.keep(key, about_you={"patient_name": "Harold Sample"})

    change()

    assert drafts.key_of(request) == key


def test_confirmation_opens_again_after_the_change(client, change, library, settings):
    post_steps(client)
    sent = client.post("/appointments/check/", {})["Location"]

    change()
    rotate()

    assert client.get(sent).status_code == 200


def test_second_run_changes_nothing(requests, change):
    change()
    assert "3 requests are found under the newest key." in rotate()
    before = list(AppointmentRequest.objects.order_by("pk").values_list("link_digest", "person_key"))

    assert "0 requests are found" in rotate()

    assert list(AppointmentRequest.objects.order_by("pk").values_list("link_digest", "person_key")) == before
    assert EarlierLink.objects.count() == 3


def test_rotation_that_was_stopped_goes_on(requests, change, monkeypatch):
    monkeypatch.setattr(digest_rotation, "BATCH_ROWS", 1)
    change()
    steps = digest_rotation.rotate([])
    next(steps)
    steps.close()

    assert "2 requests are found under the newest key." in rotate()


def test_request_with_a_damaged_value_keeps_its_old_search_keys_and_no_other_from_going_on(requests, change):
    damage(requests[0], "patient_name")
    change()

    with pytest.raises(CommandError, match=requests[0].reference):
        rotate()

    assert requests[0].pk in found("Harold")
    assert found("Nora") == {requests[2].pk}
    assert KeyCheck.objects.get(name="DIGEST_KEY 1").needed


def test_old_key_may_go_only_after_the_rotation(requests, change, settings):
    change()
    settings.DIGEST_KEY = NEW
    assert "missing key: DIGEST_KEY 1" in keys.problems()[0]

    settings.DIGEST_KEY = f"{NEW},1:{change.old}"
    rotate()
    settings.DIGEST_KEY = NEW

    assert keys.problems() == []


def test_same_text_and_same_phone_are_known_again_before_the_rotation(requests, change):
    change()

    assert search_keys.phone_keys("+17325550199") & {*requests[2].search_keys.values_list("key", flat=True)}
    assert search_keys.text_keys("x " * 70) & {*requests[2].search_keys.values_list("key", flat=True)}
