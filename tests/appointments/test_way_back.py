"""Check on your request: to the private page without its link, by reference and second fact. Within the same limits."""

import re
import secrets

import pytest

from appointments import actions, private_link, references
from appointments.actions import Actor
from appointments.models import AppointmentRequest, CloseReason
from common.models import AuditEntry
from tests.appointments.reading import assert_problem, read, words
from tests.conftest import MONDAY, Browser

pytestmark = pytest.mark.usefixtures("practice", "monday")

RIGHT = {"last_digits": "0142"}
WRONG = (
    "We could not open it. Check the reference number, and what you entered with it. If it does not open then, call us"
)


@pytest.fixture
def made(make_request):
    """Harold's request, just sent."""
    return make_request()


def ask(client, reference: object, **fact: str):
    return client.post("/my/", {"reference": str(reference), **(fact or RIGHT)})


def page_of(inquiry: AppointmentRequest) -> str:
    return f"/appointments/status/{private_link.token(inquiry)}/"


# --- References ---


def test_reference_has_no_letters_that_look_or_sound_alike():
    drawn = {letter for _each in range(200) for letter in references.make_reference().removeprefix("GS-")}

    assert drawn - {"-"} <= set("4679DFHKMQRWXY")


def test_reference_is_said_aloud():
    assert references.aloud("GS-7K4M-96") == "7, K as in King, 4, M as in Mary, 9, 6"


@pytest.mark.parametrize("typed", ["GS-C3GP-NT", "gs c3gpnt", "C3GPNT", " c3gp nt "])
def test_reference_from_before_is_found_however_it_is_typed(client, make_request, monkeypatch, typed):
    letters = iter("C3GPNT")
    monkeypatch.setattr(secrets, "choice", lambda _letters: next(letters))
    made = make_request()

    assert made.reference == "GS-C3GP-NT"
    assert ask(client, typed).headers["Location"] == page_of(made)


def test_every_letter_can_be_spelled():
    assert {letter for letter in references.LETTERS if letter.isalpha()} <= references.SPELLED.keys()
    assert all(word[0].upper() == letter for letter, word in references.SPELLED.items())


# --- The way in ---


@pytest.mark.parametrize(
    "fact",
    [RIGHT, {"last_digits": " 01-42 "}, {"birth_date_0": "Sept", "birth_date_1": "14", "birth_date_2": "1954"}],
)
def test_reference_and_a_second_fact_open_the_page(client, made, fact):
    answer = ask(client, made.reference, **fact)

    assert answer.headers["Location"] == page_of(made)
    assert "We will call you" in words(client.get(page_of(made)))
    assert AuditEntry.objects.filter(action="own page opened", record=made.reference).count() == 1


def test_page_of_a_message_opens_too(client, practice):
    inquiry = actions.send_message(
        draft_digest="0" * 64,
        answers={
            "office": "toms-river",
            "topic": "A bill",
            "details": "What do I owe?",
            "patient_name": "Harold Sample",
            "phone": "+17325550142",
            "email": "",
            "contact": {"best_way": "call", "language": "en"},
        },
        language="en",
        actor=Actor(),
    )

    ask(client, inquiry.reference)

    assert "We will answer you" in words(client.get(page_of(inquiry)))


def test_code_and_second_fact_open_the_page_at_once(client, made, toms_river_desk):
    actions.show_code(inquiry=made, actor=Actor(toms_river_desk))
    code = private_link.code(made.events.get(kind="link_shown"))

    ask(client, code)

    assert "We will call you" in words(client.get(page_of(made)))


@pytest.mark.parametrize(
    "fact",
    [
        {"last_digits": "0143"},
        {"birth_date_0": "9", "birth_date_1": "15", "birth_date_2": "1954"},
        {"last_digits": "0142", "birth_date_0": "9", "birth_date_1": "15", "birth_date_2": "1954"},
    ],
)
def test_wrong_fact_and_unknown_reference_are_told_apart_by_nobody(client, made, fact):
    wrong, unknown = ask(client, made.reference, **fact), ask(client, "GS-4444-44", **fact)

    for answer in (wrong, unknown):
        assert_problem(answer, "id_reference", WRONG)
    assert words(wrong).replace(made.reference, "") == words(unknown).replace("GS-4444-44", "")
    assert client.get(page_of(made)).status_code == 200
    assert "Where your request is now" not in words(client.get(page_of(made)))


@pytest.mark.parametrize(
    ("sent", "control", "problem"),
    [
        ({}, "id_reference", "Enter your reference number"),
        ({"reference": "7K4M", **RIGHT}, "id_reference", "Enter a reference number like GS-7K4M-96"),
        ({"reference": "7" * 41, **RIGHT}, "id_reference", "Enter a reference number like GS-7K4M-96"),
        (
            {"reference": "GS-7K4M-96"},
            "id_last_digits",
            "Enter the last 4 digits of your phone number, or the patient’s date of birth",
        ),
        (
            {"reference": "GS-7K4M-96", "birth_date_0": "9", "birth_date_1": "14"},
            "id_birth_date_2",
            "Enter the year of birth",
        ),
    ],
)
def test_what_is_missing_is_a_problem_at_its_place(client, sent, control, problem):
    answer = client.post("/my/", sent)

    assert_problem(answer, control, problem)
    assert answer.content.decode().count("<title>Error: Check on your request") == 1


# --- The private link's limits ---


def test_tries_of_a_page_are_counted_with_those_by_its_link(client, made):
    for _try in range(3):
        ask(client, made.reference, last_digits="0000")
        client.post(page_of(made), {"last_digits": "0000"})

    assert client.post(page_of(made), RIGHT).status_code == 429


@pytest.mark.parametrize("reference", ["its own", "GS-4444-44"])
def test_tries_of_a_reference_are_limited_from_wherever(made, reference):
    typed = made.reference if reference == "its own" else reference
    for number in range(6):
        ask(Browser(REMOTE_ADDR=f"198.51.100.{number}"), typed, last_digits="0000")

    answer = ask(Browser(REMOTE_ADDR="198.51.100.99"), typed)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert read(answer).title.get_text().startswith("Error: ")
    assert read(answer).select("main form") == [], "it would take nothing"
    assert "Toms River (732) 557-9900" in words(answer)


def test_tries_of_many_references_from_one_connection_are_limited(client):
    answers = [ask(client, f"GS-4444-{number}") for number in range(40, 61)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


def test_ten_wrong_facts_close_the_page_for_good(client, made, monday):
    for number in range(10):
        ask(Browser(REMOTE_ADDR=f"198.51.100.{number}"), made.reference, last_digits="0000")
        monday.shift(15 * 60 + 1)

    assert_problem(ask(client, made.reference), "id_reference", WRONG)
    assert AuditEntry.objects.filter(action="own page refused", record=made.reference).count() == 1


def test_page_that_has_closed_is_not_found(client, made, toms_river_desk, monday):
    actions.close(inquiry=made, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)
    monday.shift(31 * 24 * 3600)

    assert_problem(ask(client, made.reference), "id_reference", WRONG)


def test_reference_stands_in_no_address_and_in_no_cookie(client, made):
    answer = ask(client, made.reference)

    letters = made.reference.removeprefix("GS-")
    assert letters not in answer.headers["Location"]
    assert letters not in str(client.cookies)


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/conditions/",
        "/conditions/heel-pain/",
        "/offices/toms-river/",
        "/privacy/",
        "/appointments/new/",
        "/appointments/message/",
        "/appointments/status/x/",
        "/nowhere/",
        "/my/",
    ],
)
def test_every_footer_leads_there(client, library, page):
    links = {link.get_text(): link["href"] for link in read(client.get(page)).select("footer a")}

    assert links["Check on your request"] == "/my/"


def test_page_is_kept_by_nobody(client):
    answer = client.get("/my/")

    assert "no-store" in answer.headers["Cache-Control"]
    assert re.search(r'name="robots" content="noindex"', answer.content.decode())


def test_second_click_is_no_second_try(client, made):
    """The page stays open; telling the fact again opens it again."""
    assert [ask(client, made.reference).status_code for _click in range(2)] == [302, 302]
    assert AppointmentRequest.objects.get(pk=made.pk).wrong_facts == 0
    assert made.created_at == MONDAY
