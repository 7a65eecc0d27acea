"""The desk's search: what it finds, and that what was typed leaves no trace."""

import logging

import pytest
from django.db import connection

from appointments import actions
from appointments.actions import Actor
from appointments.desk import lists as desk_list
from appointments.models import CloseReason, Draft
from common.models import AuditEntry
from tests.appointments.at_desk import LIST, SCRIPT, SEARCH, entries, names, queries, rows, search_for, words
from tests.conftest import Browser
from tests.telling import told_by

MOST_QUERIES = 18

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def nora(make_request):
    """A patient with everything to be found by."""
    return make_request(
        patient_name="Nora María O’Sample-Müller",
        phone="+17325550123",
        birth_date="1961-04-27",
        email="nora@example.com",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "nora",
        "NORA",
        "maria",
        "osamp",
        "o'sample",
        "Müller",
        "muller nora",
        "nora müll",
        "(732) 555-0123",
        "732.555.0123",
        "+1 732 555 0123",
        "17325550123",
        "5550123",
        "555-0123",
        "0123",
        "4/27/1961",
        "1961-04-27",
        "April 27, 1961",
        "nora 4/27/1961",
        "04271961",
        "042761",
        "19610427",
        "4-27-61",
        "4.27.1961",
        "27.4.1961",
        "4 27 61",
        "Apr 27 1961",
        "27 Apr 1961",
        "Apr. 27th, ’61".replace("’", "'"),
        "nora Apr 27 1961",
        "nora 732 555 0123",
        "nora@example.com",
        "mailto:Nora@Example.com",
        "<NORA@EXAMPLE.COM>,",
        "\u200enora@example.com",
        "nora@example.com müller",
        "o sample",
        "mariaosample",
        "０１２３",
        "  nora   ",
    ],
)
def test_search_finds_a_request_by(nora, make_request, tess, typed):
    make_request(patient_name="Somebody Else", phone="+19735559999")

    assert names(search_for(tess, typed)) == ["Nora María O’Sample-Müller"]


@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", ""), lambda text: text[3:]])
def test_search_finds_a_reference_in_any_form(nora, make_request, tess, change):
    make_request()

    assert names(search_for(tess, change(nora.reference))) == ["Nora María O’Sample-Müller"]


@pytest.mark.parametrize(
    "typed",
    ["norab", "ora", "nora smith", "5550124", "4/28/1961", "04281961", "nora@example.org", "GS-3333-33", "%", "'", "-"],
)
def test_search_finds_nothing_by(nora, tess, typed):
    page = search_for(tess, typed)

    assert rows(page) == ""
    assert page.status_code == 200


def test_search_finds_who_called_for_the_patient(make_request, tess):
    make_request(visit_for="child", patient_name="June Child", caller_name="May Mother", caller_relation="mother")

    assert names(search_for(tess, "mother")) == ["June Child"]


def test_search_finds_closed_requests_too_the_newest_first(make_request, toms_river_desk, tess):
    old, _new = make_request(patient_name="Nora Old"), make_request(patient_name="Nora New")
    actions.close(inquiry=old, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)

    assert names(search_for(tess, "nora")) == ["Nora New", "Nora Old"]


def test_search_finds_nothing_of_another_office(nora, bella):
    for typed in ("nora", "5550123", "4/27/1961", nora.reference):
        page = search_for(bella, typed)
        assert rows(page) == ""
        assert "No request of yours fits" in words(page)


def test_search_that_finds_too_many_says_so(make_request, tess, monkeypatch):
    monkeypatch.setattr(desk_list, "FOUND_UP_TO", 2)
    for number in range(3):
        make_request(patient_name=f"Nora Number{number}")

    page = search_for(tess, "nora")

    assert names(page) == ["Nora Number2", "Nora Number1"]
    assert "More than 2 requests fit. Add a first name" in words(page)


def test_search_that_finds_just_as_many_says_nothing(make_request, tess, monkeypatch):
    monkeypatch.setattr(desk_list, "FOUND_UP_TO", 2)
    for number in range(2):
        make_request(patient_name=f"Nora Number{number}")

    assert "narrow it down" not in words(search_for(tess, "nora"))


@pytest.mark.parametrize("typed", ["", "   ", "\0", "\u200b"])
def test_search_without_words_says_what_to_type(tess, typed):
    page = search_for(tess, typed)

    assert page.request["PATH_INFO"] == LIST
    assert "Type a name, a phone number, a birth date, an email address or a reference first." in words(page)


# --- Traces ---


def test_what_was_searched_for_stands_in_no_address(nora, tess):
    page = search_for(tess, "Nora O’Sample")

    address = page.redirect_chain[-1][0]
    assert address.startswith(SEARCH)
    assert told_by(address.lower(), ["nora", "sample"]) == []
    assert 'value="Nora O’Sample"' in page.content.decode()


def test_words_in_the_address_are_not_searched_for(nora, tess):
    assert tess.get(f"{SEARCH}?words=nora").headers["Location"] == LIST
    assert 'value="nora"' not in tess.get(f"{LIST}?words=nora").content.decode()


def test_going_back_to_a_search_and_refreshing_it_works(nora, tess):
    address = search_for(tess, "nora").redirect_chain[-1][0]

    assert names(tess.get(address)) == ["Nora María O’Sample-Müller"]


def test_search_of_a_colleague_is_nobody_elses(nora, tess, mona):
    address = search_for(tess, "nora").redirect_chain[-1][0]

    assert "That search is over." in words(mona.get(address, follow=True))


def test_search_is_forgotten_after_two_hours(nora, toms_river_desk, signed_in, monday):
    address = search_for(signed_in(toms_river_desk), "nora").redirect_chain[-1][0]
    monday.shift(2 * 60 * 60 + 1)

    assert "That search is over." in words(signed_in(toms_river_desk).get(address, follow=True))


def test_search_lies_encrypted_in_the_database(nora, tess):
    search_for(tess, "Nora Secretname")

    assert Draft.objects.get().answers == {"words": "Nora Secretname"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Draft._meta.db_table}")
        assert "Secretname" not in str(cursor.fetchall())


def test_search_is_audited_with_what_it_showed_and_without_the_words(nora, tess):
    search_for(tess, "Nora O’Sample")

    assert entries(action="search") == [("tess", nora.reference, "", "127.0.0.1")]
    assert "ample" not in str(list(AuditEntry.objects.values()))


def test_search_writes_no_words_into_the_log(nora, tess, caplog):
    with caplog.at_level(logging.DEBUG):
        search_for(tess, "Nora O’Sample")

    assert "Nora O’Sample" not in "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )


def test_search_needs_its_token(toms_river_desk, nora):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(toms_river_desk)

    answer = browser.post(SEARCH, {"words": "nora"})

    assert not answer.headers.get("Location", "").startswith(SEARCH)
    assert not Draft.objects.exists()


def test_typed_markup_is_shown_as_text(tess):
    page = search_for(tess, SCRIPT)

    assert SCRIPT not in page.content.decode()
    assert SCRIPT in words(page)


def test_who_works_at_every_office_asks_nothing_about_others(make_request, tess, mona):
    make_request()

    at_all, at_one = (queries(who, search_for(who, "harold").redirect_chain[-1][0]) for who in (mona, tess))

    assert at_all < at_one


@pytest.mark.thorough
def test_search_costs_the_same_queries_whatever_it_finds(make_request, tess):
    make_request()
    few = queries(tess, search_for(tess, "harold").redirect_chain[-1][0])
    for _number in range(9):
        make_request()

    many = queries(tess, search_for(tess, "harold").redirect_chain[-1][0])

    assert many == few
    assert many <= MOST_QUERIES + 4, "one for each word, and what was sent away is looked for by itself"
