"""The front desk in the browser: who sees and changes which request, and what is written down about looking."""

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from appointments.desk.buttons import ACTIONS
from appointments.models import AppointmentRequest
from common.models import AuditEntry, User
from tests.appointments.at_desk import LIST, act_on, entries, everything, filled, page_of, rows, search_for, words
from tests.conftest import Browser
from tests.telling import told_by

SIGN_IN = "/accounts/login/"

pytestmark = pytest.mark.usefixtures("monday")


# --- Whose requests are listed ---


@pytest.mark.thorough
def test_list_shows_the_own_offices_requests_only(make_request, tess, bella):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    assert "Tom River-Patient" in words(tess.get(LIST))
    assert "Bell Ville-Patient" not in words(tess.get(LIST))
    assert "Bell Ville-Patient" in words(bella.get(LIST))
    assert "Tom River-Patient" not in words(bella.get(LIST))


def test_list_shows_the_manager_both_offices_and_each_alone(make_request, mona):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    both, one = rows(mona.get(LIST)), rows(mona.get(f"{LIST}?office=belleville"))

    assert "Tom River-Patient" in both
    assert "Bell Ville-Patient" in both
    assert "Bell Ville-Patient" in one
    assert "Tom River-Patient" not in one


def test_list_ignores_another_office_in_its_address(make_request, tess):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    page = rows(tess.get(f"{LIST}?office=belleville"))

    assert "Tom River-Patient" in page
    assert "Bell Ville-Patient" not in page


def test_counts_of_the_list_leave_out_other_offices(make_request, tess):
    make_request()
    for _number in range(3):
        make_request(office="belleville")

    assert "Needs a call 1 " in words(tess.get(LIST))


@pytest.mark.parametrize(
    "address",
    [
        *("?tab=nonsense", "?page=99", "?page=x", "?page=%00", "?office=no", "?who=x", "?who=%27", "?kind=x"),
        *("?since=x", "?since=0001-01-01", "?until=9999-12-31"),
    ],
)
def test_list_answers_a_broken_address(waiting, tess, address):
    assert tess.get(f"{LIST}{address}").status_code == 200


# --- What is not one's own does not exist ---


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "action", [*ACTIONS, "presence", "change", "delete", "history", "add", "edit", "password", "nonsense"]
)
def test_request_of_the_other_office_does_not_exist(waiting, bella, method, action):
    data = filled(action) if action in ACTIONS else {}
    before = everything()

    answer = getattr(bella, method)(act_on(waiting, action), data)

    assert answer.status_code == 404
    assert "Harold" not in answer.content.decode()
    assert everything() == before


def test_request_of_the_other_office_answers_as_one_that_never_was(waiting, bella):
    never_was = page_of(waiting).replace(str(waiting.pk), str(waiting.pk + 1000))

    theirs, nobodys = bella.get(page_of(waiting)), bella.get(never_was)

    assert (theirs.status_code, words(theirs)) == (nobodys.status_code, words(nobodys))


def test_view_on_site_address_does_not_tell_that_the_other_offices_request_exists(waiting, bella):
    kind = ContentType.objects.get_for_model(AppointmentRequest)

    theirs = bella.get(f"/admin/r/{kind.pk}/{waiting.pk}/")
    nobodys = bella.get(f"/admin/r/{kind.pk}/{waiting.pk + 1000}/")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)


@pytest.mark.parametrize("pk", [0, 10**12, 10**30])
def test_request_that_never_was_is_404(tess, pk):
    assert tess.get(f"{LIST}{pk}/change/").status_code == 404
    assert tess.post(f"{LIST}{pk}/call/").status_code == 404


@pytest.fixture
def visitor_of(request, signed_in) -> Callable[[str], Client]:
    """A browser of everyone who has no business with the request."""

    def arrive(who: str) -> Client:
        if who == "anonymous":
            return Browser()
        if who == "superuser":
            return signed_in(User.objects.create_superuser("root", password="a long enough password"))
        if who == "inactive":
            user = request.getfixturevalue("toms_river_desk")
            user.is_active = False
            user.save()
            return signed_in(user)
        if who == "off the staff":
            user = request.getfixturevalue("toms_river_desk")
            user.offices.clear()
            return signed_in(user)
        if who == "without a group":
            user = request.getfixturevalue("toms_river_desk")
            user.groups.clear()
            return signed_in(user)
        return signed_in(request.getfixturevalue(who))

    return arrive


STRANGERS = ["anonymous", "inactive", "editor", "reviewer", "superuser", "off the staff", "without a group"]
# What a stranger ends at: the sign-in page, or an answer that shows nothing.
ENDS = dict.fromkeys(STRANGERS, 404) | {"anonymous": 200, "inactive": 200, "editor": 403, "reviewer": 403}


@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_gets_no_request_page(waiting, visitor_of, who):
    browser = visitor_of(who)

    answer = browser.get(page_of(waiting), follow=True)

    assert answer.status_code == ENDS[who]
    assert answer.status_code != 200 or answer.request["PATH_INFO"] == SIGN_IN
    assert "Harold" not in answer.content.decode()


@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_gets_no_request_in_the_list(waiting, visitor_of, who):
    browser = visitor_of(who)

    page = browser.get(LIST, follow=True).content.decode()

    assert "Harold" not in page
    assert "555-0142" not in page
    assert waiting.reference not in page


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_changes_nothing(waiting, visitor_of, who, action):
    browser = visitor_of(who)
    before = everything()

    browser.post(act_on(waiting, action), filled(action))

    assert everything() == before


def test_superuser_without_an_office_reads_why_the_list_is_empty(waiting, visitor_of):
    page = words(visitor_of("superuser").get(LIST))

    assert "You are not on the staff of an office yet" in page


def test_manager_opens_the_requests_of_both_offices(make_request, mona):
    for slug in ("toms-river", "belleville"):
        assert mona.get(page_of(make_request(office=slug))).status_code == 200


def test_action_of_another_site_is_refused(waiting, toms_river_desk):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(toms_river_desk)
    before = everything()

    answer = browser.post(act_on(waiting, "call"), filled("call"))

    assert answer.status_code == 403
    assert everything() == before


# --- There is no other way to change a request ---


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["tess", "mona"])
def test_requests_have_no_add_edit_delete_or_history_address(waiting, request, who, method):
    browser = request.getfixturevalue(who)
    before = everything()

    for address in (
        f"{LIST}add/",
        f"{LIST}{waiting.pk}/",
        f"{LIST}{waiting.pk}/delete/",
        f"{LIST}{waiting.pk}/history/",
        f"{LIST}{waiting.pk}/edit/",
    ):
        assert getattr(browser, method)(address, {"status": "closed", "post": "yes"}).status_code == 404, address
    assert everything() == before


def test_posting_to_the_page_or_the_list_changes_nothing(waiting, tess):
    before = everything()

    tess.post(page_of(waiting), {"status": "closed", "close_reason": "spam", "patient_name": "Someone Else"})
    tess.post(LIST, {"action": "delete_selected", "_selected_action": waiting.pk, "post": "yes"})

    assert everything() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_address_of_an_action_leads_to_the_page_and_does_nothing(waiting, tess, action):
    """Where a form was refused, Enter in the address bar asks for it; a sign-in leads back to it, too."""
    before = everything()

    answer = tess.get(act_on(waiting, action), filled(action))

    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(waiting))
    assert everything() == before


# --- What is written down about looking ---


def test_opening_a_request_is_audited(waiting, tess):
    tess.get(page_of(waiting))

    assert entries(action="view") == [("tess", waiting.reference, "toms-river", "127.0.0.1")]


def test_opening_the_list_is_audited_with_the_references_shown(make_request, tess):
    shown = sorted(make_request().reference for _number in range(2))
    make_request(office="belleville")

    tess.get(LIST)

    assert entries(action="list") == [("tess", ", ".join(shown), "", "127.0.0.1")]


def test_audit_of_a_longer_list_names_every_request_shown(make_request, tess):
    shown = [make_request().reference for _number in range(8)]

    tess.get(LIST)

    written = " ".join(record for _actor, record, _office, _address in entries(action="list"))
    assert [reference for reference in shown if reference not in written] == []


def test_page_that_comes_back_with_an_error_is_audited_too(waiting, tess):
    answer = tess.post(act_on(waiting, "note"), {"note-text": ""})

    assert "Harold Sample" in words(answer)
    assert entries(action="view") == [("tess", waiting.reference, "toms-river", "127.0.0.1")]


def test_audit_of_looking_names_no_patient(waiting, tess):
    tess.get(LIST)
    search_for(tess, "Harold Sample")
    tess.get(page_of(waiting))
    tess.post(act_on(waiting, "note"), {"note-text": "Harold Sample called"})

    by_tess = AuditEntry.objects.filter(actor="tess")
    written = str(list(by_tess.values_list("action", "record", "office", "address")))  # the rest is hashes

    assert list(by_tess.values_list("action", flat=True)) == ["request note", "view", "search", "list"]
    assert told_by(written, ["Harold", "Sample", "555"]) == []


# --- Copies ---


def test_pages_of_the_desk_are_not_kept_by_browsers(waiting, tess):
    answers = [
        tess.get(LIST),
        tess.get(page_of(waiting)),
        tess.post(act_on(waiting, "note"), {"note-text": ""}),
        tess.post(act_on(waiting, "call"), filled("call")),
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store, private"] * 4
