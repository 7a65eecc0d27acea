"""A list as a file: who may take it, what it says first, what is in it, and what can't run in a spreadsheet."""

import csv
import io
import tempfile
from datetime import datetime, time, timedelta

import openpyxl
import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.desk import export, spreadsheets
from appointments.models import AppointmentRequest
from tests.appointments.at_desk import entries, queries, words
from tests.conftest import MONDAY

LIST = "/admin/appointments/appointmentrequest/"
EXPORT = f"{LIST}export/"
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "  =1+1"]


@pytest.fixture(autouse=True)
def _now(monday, practice):
    """Monday, 10:12 am."""


def text(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8-sig")


def taken(browser, query: str = "") -> list[dict[str, str]]:
    """The rows of the CSV file."""
    answer = browser.post(f"{EXPORT}{query}", {"as": "csv"})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(text(answer))))


def patients(browser, query: str = "") -> list[str]:
    return [row["Patient"] for row in taken(browser, query)]


# --- Who ---


@pytest.mark.parametrize("method", ["get", "post"])
def test_receptionist_can_not_export(tess, waiting, method):
    assert getattr(tess, method)(EXPORT, {"as": "csv"}).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_administrator_can_not_export(administrator, signed_in, waiting, method):
    assert getattr(signed_in(administrator), method)(EXPORT, {"as": "csv"}).status_code == 403


def test_nobody_exports_without_signing_in(client, waiting):
    assert client.post(EXPORT, {"as": "csv"}).status_code == 302


def test_link_is_shown_to_who_may_export_only(mona, tess, waiting):
    assert f'href="{EXPORT}?tab=call"' in mona.get(LIST).content.decode()
    assert EXPORT not in tess.get(LIST).content.decode()


def test_link_keeps_the_filters(mona, waiting):
    page = mona.get(f"{LIST}?tab=booked&urgent=on&office=belleville").content.decode()

    assert f'href="{EXPORT}?tab=booked&amp;urgent=on&amp;office=belleville"' in page


def test_requests_of_other_offices_are_not_in_the_file(manager, signed_in, make_request):
    manager.offices.set(manager.offices.filter(slug="belleville"))
    make_request(patient_name="Toni Toms")
    make_request(patient_name="Bo Belleville", office="belleville")

    assert patients(signed_in(manager)) == ["Bo Belleville"]
    assert patients(signed_in(manager), "?office=toms-river") == ["Bo Belleville"]


def test_page_and_audit_count_no_request_of_another_office(manager, signed_in, make_request):
    manager.offices.set(manager.offices.filter(slug="belleville"))
    other, own = make_request(), make_request(office="belleville")
    browser = signed_in(manager)

    assert "This file holds the details of 1 request." in words(browser.get(EXPORT))
    patients(browser)
    recorded = " ".join(record for _actor, record, _office, _address in entries(action="export"))
    assert own.reference in recorded
    assert other.reference not in recorded


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_address_that_asks_for_a_file_gives_the_page(mona, waiting, kind):
    """A link in a mail can't take a file."""
    answer = mona.get(f"{EXPORT}?as={kind}")

    assert answer["Content-Type"].startswith("text/html")
    assert entries(action="export") == []


# --- What the page says first ---


def test_page_says_what_the_file_holds_and_who_is_recorded(mona, make_request):
    make_request()
    make_request()

    page = words(mona.get(EXPORT))

    assert "This file holds the details of 2 requests." in page
    assert "Keep it like a paper chart" in page
    assert "The audit will say that mona took it" in page


def test_page_shows_no_patient_and_takes_nothing(mona, waiting):
    assert "Harold" not in words(mona.get(EXPORT))
    assert entries(action="export") == []


def test_empty_list_has_no_file(mona):
    page = mona.get(EXPORT)

    assert "There is nothing to export" in words(page)
    assert 'name="as"' not in page.content.decode()


@pytest.mark.parametrize("kind", ["", "pdf", "CSV"])
def test_unknown_kind_of_file_gives_the_page_again(mona, waiting, kind):
    answer = mona.post(EXPORT, {"as": kind})

    assert "This file holds" in words(answer)
    assert entries(action="export") == []


def test_long_list_is_cut_and_says_so(mona, make_request, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    for _number in range(3):
        make_request()

    assert "only its first 2 requests go into the file." in words(mona.get(EXPORT))
    assert len(taken(mona)) == 2


# --- What is in it ---


def test_file_has_what_the_list_has(mona, make_request):
    make_request(patient_name="Ned New")
    closed = make_request(patient_name="Clara Closed")
    actions.close(inquiry=closed, actor=Actor(), reason="declined")

    assert patients(mona) == ["Ned New"]
    assert patients(mona, "?tab=closed") == ["Clara Closed"]


def test_filters_of_the_list_are_kept(mona, make_request, monday):
    make_request(patient_name="Uma Urgent", flags=["fever"])
    make_request(patient_name="Ned Normal")

    assert patients(mona, "?urgent=on") == ["Uma Urgent"]


def test_rows_stand_in_the_order_of_the_list(mona, make_request, monday):
    make_request(patient_name="Ann First")
    monday.shift(timedelta(minutes=5))
    make_request(patient_name="Zoe Second")
    make_request(patient_name="Uma Urgent", flags=["fever"])

    assert patients(mona) == ["Uma Urgent", "Ann First", "Zoe Second"]


def test_times_are_new_yorks_and_say_so(mona, waiting):
    assert taken(mona)[0]["Received (America/New_York)"] == f"{MONDAY:%Y-%m-%d %H:%M}"


def test_row_has_the_patients_details(mona, make_request):
    make_request(flags=["fever"], email="", caller_name="Cara Caller")
    row = taken(mona)[0]

    assert (row["Phone"], row["Date of birth"], row["ZIP code"]) == ("(732) 555-0142", "1954-09-14", "08753")
    assert (row["Who asks"], row["Email"], row["Urgent"], row["Wants"]) == (
        "Cara Caller",
        "",
        "yes",
        "Tue, Thu, mornings",
    )
    assert row["In their words"] == "Left heel, worse in the morning."


def test_closed_row_says_why_and_when(mona, waiting):
    actions.close(inquiry=waiting, actor=Actor(), reason="declined")

    row = taken(mona, "?tab=closed")[0]

    assert row["Closed because"] == "Patient does not want a visit"
    assert row["Closed (America/New_York)"] == "2026-11-23 10:12"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_patient_lies_in_a_temporary_file(mona, waiting, monkeypatch, kind):
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("A temporary file was made")

    for name in ("mkstemp", "mkdtemp", "TemporaryFile", "NamedTemporaryFile", "TemporaryDirectory"):
        monkeypatch.setattr(tempfile, name, refuse)

    answer = mona.post(EXPORT, {"as": kind})

    assert len(b"".join(answer.streaming_content) if answer.streaming else answer.content) > 100


def test_excel_file_has_the_same_rows(mona, waiting):
    answer = mona.post(EXPORT, {"as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active

    rows = [[as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [dict(zip(rows[0], rows[1], strict=True))] == taken(mona)


def as_text(cell) -> str:
    """As the CSV file has it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def test_moments_dates_and_counts_are_such_in_excel(manager, signed_in, waiting, toms_river_desk, monday):
    monday.shift(timedelta(minutes=30))
    actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome="spoke")

    answer = signed_in(manager).post(f"{EXPORT}?tab=waiting", {"as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active

    row = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert row["Received (America/New_York)"] == MONDAY.replace(tzinfo=None)
    assert row["Date of birth"] == datetime.fromisoformat("1954-09-14")
    assert row["Office minutes to first call"] == 30
    assert (row["Phone"], row["ZIP code"]) == ("(732) 555-0142", "08753")


def test_period_is_taken_in_every_stage_as_it_came(manager, signed_in, make_request, monday):
    make_request(patient_name="Olly Old")
    monday.shift(timedelta(days=1))
    closed = make_request(patient_name="Clara Closed")
    make_request(patient_name="Uma Urgent", flags=["fever"])
    actions.close(inquiry=closed, actor=Actor(), reason="declined")
    period = "?stages=all&since=2026-11-24&until=2026-11-24"
    mona = signed_in(manager)

    page = mona.get(f"{EXPORT}{period}")

    assert "Export: Every stage" in words(page)
    assert "This file holds the details of 2 requests." in words(page)
    assert patients(mona, period) == ["Clara Closed", "Uma Urgent"]
    assert patients(mona, "?stages=all") == ["Olly Old", "Clara Closed", "Uma Urgent"]


def test_period_holds_only_ones_own_offices(manager, signed_in, make_request):
    manager.offices.set(manager.offices.filter(slug="belleville"))
    make_request(patient_name="Toni Toms")
    make_request(patient_name="Bo Belleville", office="belleville")

    assert patients(signed_in(manager), "?stages=all") == ["Bo Belleville"]


def test_row_has_what_the_patient_added_later_in_order(mona, waiting, make_request):
    make_request(patient_name="Silent")
    for added in ("I forgot: it is the left heel.", "And I take a blood thinner."):
        actions.add_words(inquiry=waiting, actor=Actor(), text=added, so=None)

    rows = {row["Patient"]: row["Added later"] for row in taken(mona)}

    assert rows == {"Silent": "", waiting.patient_name: "I forgot: it is the left heel.\nAnd I take a blood thinner."}


def test_row_has_where_it_hurts_and_the_note_for_the_visit(mona, waiting):
    waiting.body_area, waiting.visit_note = "Heel", "Bring old orthotics"
    waiting.save(update_fields=["body_area", "visit_note"])

    row = taken(mona)[0]

    assert (row["Where it hurts"], row["Note for the visit"]) == ("Heel", "Bring old orthotics")


@pytest.mark.parametrize(("kind", "name"), [("csv", "requests-call-belleville-2026-11-23.csv"), ("xlsx", ".xlsx")])
def test_file_name_says_which_list_and_no_patient(mona, make_request, kind, name):
    make_request(office="belleville")

    answer = mona.post(f"{EXPORT}?office=belleville", {"as": kind})

    assert answer["Content-Disposition"].endswith(f'{name}"')
    assert "Harold" not in answer["Content-Disposition"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_file_is_kept_by_no_cache(mona, waiting, kind):
    assert "no-store" in mona.post(EXPORT, {"as": kind})["Cache-Control"]


def test_queries_of_the_page_stay_the_same(mona, make_request):
    make_request()
    mona.get(EXPORT)  # who works here is kept for a minute
    few = queries(mona, EXPORT)
    make_request()

    assert queries(mona, EXPORT) == few


# --- Formulas ---


@pytest.mark.parametrize("typed", FORMULAS)
def test_text_that_starts_a_formula_stays_text_in_csv(typed):
    assert spreadsheets.safe_cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["Anna", "", "O’Neil", "1+1", "a=b", "(732) 555-0142", -5, 0])
def test_harmless_text_is_left_alone(typed):
    assert spreadsheets.safe_cell(typed) == str(typed)


@pytest.mark.parametrize("typed", FORMULAS)
def test_no_cell_of_an_excel_file_is_a_formula(typed):
    body = spreadsheets.xlsx_file([["Patient"], [typed]], "Requests")
    cell = openpyxl.load_workbook(io.BytesIO(body)).active["A2"]

    assert cell.data_type == "s"
    assert cell.value.endswith(typed.strip())


def test_what_a_patient_typed_can_not_run(mona, make_request):
    make_request(patient_name='=HYPERLINK("https://evil.example","Click")', details='x", =1+1')

    row = taken(mona)[0]

    assert row["Patient"] == '\'=HYPERLINK("https://evil.example","Click")'
    assert row["In their words"] == 'x", =1+1'


def test_numbers_that_begin_with_zero_keep_it_in_excel(mona, waiting):
    sheet = openpyxl.load_workbook(io.BytesIO(mona.post(EXPORT, {"as": "xlsx"}).content)).active

    assert "08753" in [cell.value for cell in sheet[2]]


# --- Audit ---


def test_audit_says_how_many_which_list_and_which_requests(mona, make_request):
    first, second = make_request(), make_request()
    mona.post(f"{EXPORT}?kind=visit&office=toms-river", {"as": "xlsx"})

    assert entries(action="export") == [
        ("mona", "2 as xlsx: call kind=visit office=toms-river", "toms-river", "127.0.0.1"),
        ("mona", f"{first.reference}, {second.reference}", "toms-river", "127.0.0.1"),
    ]


@pytest.mark.thorough
def test_audit_holds_every_reference_of_a_long_list(mona, make_request):
    for _number in range(60):
        make_request()
    taken(mona)

    records = [record for _actor, record, *_rest in entries(action="export")][1:]
    assert all(len(record) <= 700 for record in records)
    named = ", ".join(records).split(", ")
    assert sorted(named) == sorted(AppointmentRequest.objects.values_list("reference", flat=True))


def test_audit_has_no_value_of_a_patient(mona, waiting):
    taken(mona)

    said = str(entries(action="export"))
    assert [value for value in ("Harold", "5550142", "heel", "1954") if value in said] == []
