"""Who pays, what plans an office takes, and the estimate that is owed to who pays alone."""

from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.db import IntegrityError, transaction

from appointments import actions, offices
from appointments import answers as table
from appointments.actions import Actor, WrongMove
from appointments.mail.compose import digest_counts
from appointments.models import Event, Facility, InsurancePlan, Office
from appointments.offices import facts_of
from appointments.patient import step_forms
from appointments.vocabulary import InsuranceKind
from common.models import AuditEntry
from tests.appointments.at_desk import (
    LIST,
    TUESDAY_AT_TEN,
    act_on,
    everything,
    history,
    message,
    names,
    offered,
    page_of,
    rows,
    words,
)
from tests.appointments.reading import read
from tests.appointments.test_settings_admin import save
from tests.conftest import NEW_YORK

pytestmark = pytest.mark.usefixtures("monday")
OFFICE = "/admin/appointments/office/"
PLANS = "/admin/appointments/insuranceplan/"
MONDAY = date(2026, 11, 23)


@pytest.fixture
def plans(practice):
    """What Toms River takes, and one of Belleville."""
    toms_river, belleville = Office.objects.get(slug="toms-river"), Office.objects.get(slug="belleville")
    InsurancePlan.objects.create(office=toms_river, name="Horizon Direct", checked_on="2026-11-03")
    InsurancePlan.objects.create(office=toms_river, name="Aetna Choice")
    InsurancePlan.objects.create(office=belleville, name="Only in Belleville")


@pytest.fixture
def insured(toms_river_desk):
    """Writes down who pays."""

    def write(inquiry, kind, name=""):
        actions.write_down_insurance(inquiry=inquiry, actor=Actor(toms_river_desk), kind=kind, name=name)
        inquiry.refresh_from_db()
        return inquiry

    return write


@pytest.fixture
def book(toms_river_desk):
    def book(inquiry, at=TUESDAY_AT_TEN):
        actions.book(inquiry=inquiry, actor=Actor(toms_river_desk), at=at)
        inquiry.refresh_from_db()
        return inquiry

    return book


def end_of(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 23, 59, tzinfo=NEW_YORK)


# --- Who pays ---


def test_plan_of_the_offices_list_is_chosen_with_when_it_was_checked(waiting, plans, tess):
    page = words(tess.get(page_of(waiting)))
    assert "Horizon Direct (checked on Tue, Nov 3)" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Aetna Choice (not checked yet)" in page
    assert "Only in Belleville" not in page

    tess.post(act_on(waiting, "insurance"), {"insurance-kind": "plan", "insurance-plan": "Horizon Direct"})

    waiting.refresh_from_db()
    assert (waiting.insurance_kind, waiting.insurance) == ("plan", "Horizon Direct")


def test_office_without_a_list_takes_the_name(waiting, tess):
    assert "Plan on our list" not in words(tess.get(page_of(waiting)))

    tess.post(act_on(waiting, "insurance"), {"insurance-kind": "plan", "insurance-name": "Local 32"})

    waiting.refresh_from_db()
    assert waiting.insurance == "Local 32"


def test_plan_of_the_list_replaces_what_the_patient_typed(waiting, plans, tess):
    waiting.insurance = "horizn"
    waiting.save()

    tess.post(
        act_on(waiting, "insurance"),
        {"insurance-kind": "plan", "insurance-plan": "Horizon Direct", "insurance-name": "horizn"},
    )

    waiting.refresh_from_db()
    assert waiting.insurance == "Horizon Direct"


def test_history_tells_what_it_was_and_what_it_is(waiting, insured, tess):
    insured(waiting, InsuranceKind.PLAN, "Horizon")
    insured(waiting, InsuranceKind.NONE)

    lines = history(tess.get(page_of(waiting)))

    assert any(line.startswith("Insurance: No insurance (before: Horizon)") for line in lines)
    assert any(line.startswith("Insurance: Horizon (before: not known)") for line in lines)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("plan", "Horizon", "Horizon"),
        ("none", "", "No insurance"),
        ("self_pay", "Horizon", "Will not use insurance: Horizon"),
        ("unsure", "", "Not sure"),
    ],
)
def test_page_says_who_pays(waiting, insured, tess, kind, name, said):
    insured(waiting, InsuranceKind(kind), name)

    assert f"Insurance and estimate {said}" in words(tess.get(page_of(waiting)))


def test_who_has_none_has_no_company(waiting, tess):
    tess.post(act_on(waiting, "insurance"), {"insurance-kind": "none", "insurance-name": "Horizon"})

    waiting.refresh_from_db()
    assert waiting.insurance == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose who pays"),
        ({"insurance-kind": "rich"}, "Choose who pays"),
        ({"insurance-kind": "plan"}, "Choose the plan, or enter the company’s name"),
        (
            {"insurance-kind": "plan", "insurance-name": "Horizon 3HZN12345678"},
            "Enter only the name of the insurance company, without any number",
        ),
        ({"insurance-kind": "plan", "insurance-name": "x" * 81}, "The company’s name must be 80 characters or fewer"),
        ({"insurance-kind": "plan", "insurance-plan": "Only in Belleville"}, "Choose a plan of the list"),
        (
            {"insurance-kind": "plan", "insurance-plan": "Aetna Choice", "insurance-name": "Horizon"},
            "Choose a plan of the list, or enter a name, but not both",
        ),
    ],
)
def test_bad_input_is_refused_and_nothing_changes(waiting, plans, tess, typed, said):
    before = everything()

    answer = tess.post(act_on(waiting, "insurance"), typed)

    assert said in words(answer)
    assert everything() == before


def test_message_has_no_insurance(practice, toms_river_desk):
    with pytest.raises(WrongMove, match="This is a message"):
        actions.write_down_insurance(inquiry=message(), actor=Actor(toms_river_desk), kind=InsuranceKind.NONE, name="")


# --- The estimate ---


@pytest.mark.parametrize("kind", ["none", "self_pay"])
def test_estimate_is_owed_to_who_pays_alone(waiting, insured, book, kind):
    insured(waiting, InsuranceKind(kind))

    assert book(waiting).estimate_by == end_of(11, 24)


@pytest.mark.parametrize("kind", ["plan", "unsure"])
def test_no_estimate_is_owed_to_others(waiting, insured, book, kind):
    insured(waiting, InsuranceKind(kind), "Horizon")

    assert book(waiting).estimate_by is None


def test_estimate_is_owed_as_soon_as_the_desk_learns_who_pays(waiting, insured, book, monday):
    book(waiting, TUESDAY_AT_TEN + timedelta(days=14))
    monday.shift(timedelta(days=1))

    assert insured(waiting, InsuranceKind.NONE).estimate_by == end_of(11, 30)  # three after Tuesday, over Thanksgiving


def test_estimate_is_not_owed_any_more_once_there_is_a_plan(waiting, insured, book):
    insured(waiting, InsuranceKind.NONE)
    book(waiting)

    assert insured(waiting, InsuranceKind.PLAN, "Horizon").estimate_by is None


def test_deadline_does_not_move_by_writing_down_the_same_again(waiting, insured, book, monday):
    insured(waiting, InsuranceKind.NONE)
    book(waiting)
    monday.shift(timedelta(days=2))

    assert insured(waiting, InsuranceKind.SELF_PAY).estimate_by == end_of(11, 24)


def test_moved_visit_is_counted_anew(waiting, insured, book, monday):
    insured(waiting, InsuranceKind.NONE)
    book(waiting)
    monday.shift(timedelta(days=1))

    assert book(waiting, TUESDAY_AT_TEN + timedelta(days=21)).estimate_by == end_of(11, 30)


def test_lead_is_that_of_the_booking_that_stands(waiting, insured, book, monday):
    book(waiting, TUESDAY_AT_TEN)  # five business days ahead
    monday.shift(timedelta(days=7))

    assert insured(waiting, InsuranceKind.NONE).estimate_by == datetime(2026, 12, 1, 23, 59, tzinfo=NEW_YORK)


def test_late_booking_owes_none_but_one_can_be_given(waiting, insured, book, tess):
    insured(waiting, InsuranceKind.NONE)
    book(waiting, datetime(2026, 11, 24, 10, 0, tzinfo=NEW_YORK))

    page = tess.get(page_of(waiting))
    assert waiting.estimate_by is None
    assert "give one if the patient asks" in words(page)
    assert "estimate" in offered(page)


def test_patient_who_chooses_a_time_is_owed_one_too(waiting, insured, toms_river_desk):
    insured(waiting, InsuranceKind.NONE)
    actions.propose(inquiry=waiting, actor=Actor(toms_river_desk), times=[TUESDAY_AT_TEN])

    actions.choose_time(inquiry=waiting, actor=Actor(), at=TUESDAY_AT_TEN)

    waiting.refresh_from_db()
    assert waiting.estimate_by == end_of(11, 24)


def test_page_list_and_filter_tell_until_when(waiting, insured, book, tess):
    book(insured(waiting, InsuranceKind.NONE))

    for page in (words(tess.get(page_of(waiting))), rows(tess.get(f"{LIST}?tab=booked&only=estimate"))):
        assert "Estimate due by Tue, Nov 24" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_estimate_that_was_given_is_owed_no_more(waiting, insured, book, tess):
    book(insured(waiting, InsuranceKind.NONE))

    tess.post(act_on(waiting, "estimate"))

    assert names(tess.get(f"{LIST}?tab=booked&only=estimate")) == []
    page = tess.get(page_of(waiting))
    assert "Estimate given: today, 10:12 am." in words(page)
    assert "Estimate due" not in rows(tess.get(f"{LIST}?tab=booked"))
    assert "estimate" not in offered(page)


def test_second_giving_is_refused(waiting, insured, toms_river_desk):
    insured(waiting, InsuranceKind.NONE)
    actions.give_estimate(inquiry=waiting, actor=Actor(toms_river_desk))

    with pytest.raises(WrongMove, match="given already"):
        actions.give_estimate(inquiry=waiting, actor=Actor(toms_river_desk))

    assert waiting.events.filter(kind=Event.Kind.ESTIMATE).count() == 1


def test_giving_can_be_taken_back(waiting, insured, tess):
    insured(waiting, InsuranceKind.NONE)
    tess.post(act_on(waiting, "estimate"))

    tess.post(act_on(waiting, "undo"))

    waiting.refresh_from_db()
    assert waiting.estimate_given_at is None


def test_late_estimate_is_marked_and_counted(waiting, insured, book, toms_river_desk, signed_in, monday):
    book(insured(waiting, InsuranceKind.NONE))
    toms_river = facts_of(waiting.office)
    monday.move_to(end_of(11, 24))
    assert digest_counts(toms_river)["estimates_late"] == 0

    monday.shift(timedelta(minutes=1))

    assert digest_counts(toms_river)["estimates_late"] == 1
    list_page = signed_in(toms_river_desk).get(f"{LIST}?tab=booked").content.decode()
    assert 'data-state="late"' in list_page
    assert "Estimate was due by Tue" in list_page


def test_estimate_of_a_canceled_visit_is_owed_no_more(waiting, insured, book, monday):
    book(insured(waiting, InsuranceKind.NONE))
    actions.cancel(inquiry=waiting, actor=Actor())
    monday.move_to(end_of(11, 25))

    assert digest_counts(facts_of(waiting.office))["estimates_late"] == 0


# --- The practice's list ---


@pytest.fixture
def paste(mona):
    """Pastes lines into Toms River's page."""
    address = f"{OFFICE}{Office.objects.get(slug='toms-river').pk}/change/"

    def send(lines, **more):
        return save(mona, address, add_plans=lines, **more)

    return send


def test_manager_and_administrator_keep_the_plans_with_the_office(plans, mona, administrator, signed_in):
    toms_river = Office.objects.get(slug="toms-river").pk

    for browser in (mona, signed_in(administrator)):
        assert 'name="add_plans"' in browser.get(f"{OFFICE}{toms_river}/change/").content.decode()
        assert "Aetna Choice" in browser.get(PLANS).content.decode()


def test_plans_are_pasted_one_a_line_and_what_is_there_is_told(plans, paste):
    page = paste("\n Oxford  Freedom\nAETNA choice\n\nOxford Freedom\nMedicare", checked_on="2026-11-20")

    assert "2 insurance plans added." in page
    assert "On the list already, or typed twice: AETNA choice; Oxford Freedom" in page
    rows = InsurancePlan.objects.filter(office__slug="toms-river").values_list("name", "checked_on")
    assert list(rows) == [
        ("Aetna Choice", None),
        ("Horizon Direct", date(2026, 11, 3)),
        ("Medicare", date(2026, 11, 20)),
        ("Oxford Freedom", date(2026, 11, 20)),
    ]
    assert AuditEntry.objects.filter(action="settings plans added").exists()


@pytest.mark.parametrize(
    ("lines", "day", "said"),
    [
        ("x" * 81, "", "80 letters are the most for a plan. Too long: xxx"),
        ("Medicare", "2026-11-24", "Enter today, or a day that is over"),
    ],
)
def test_plans_that_can_not_be_are_refused(practice, paste, lines, day, said):
    assert said in paste(lines, checked_on=day)
    assert not InsurancePlan.objects.exists()


def test_plans_are_checked_together_and_corrected_one_by_one(plans, mona):
    numbers = list(InsurancePlan.objects.values_list("pk", flat=True))

    mona.post(PLANS, {"action": "checked_today", "_selected_action": numbers})
    assert set(InsurancePlan.objects.values_list("checked_on", flat=True)) == {MONDAY}

    plan = InsurancePlan.objects.get(name="Aetna Choice")
    answer = mona.post(f"{PLANS}{plan.pk}/change/", {"name": "HORIZON direct", "checked_on": ""})
    assert "This plan is on the list already" in words(answer)
    assert mona.get(f"{PLANS}add/").status_code == 403


def test_plan_stands_once_in_an_offices_list(plans):
    plan = InsurancePlan.objects.get(name="Aetna Choice")
    with pytest.raises(IntegrityError), transaction.atomic():
        InsurancePlan.objects.create(office=plan.office, name=plan.name)


# --- The public page ---


def test_public_page_tells_plans_by_office_and_when_they_were_checked(plans, client, monday):
    page = read(client.get("/insurance/")).main

    toms_river = [" ".join(item.text.split()) for item in page.select("#toms-river .plans li")]
    assert toms_river == ["Aetna Choice ask us", "Horizon Direct checked on Nov 3, 2026"]
    assert [" ".join(item.text.split()) for item in page.select("#belleville .plans li")] == [
        "Only in Belleville ask us"
    ]
    monday.move_to(datetime(2027, 2, 1, 10, 0, tzinfo=NEW_YORK))
    assert "Horizon Direct checked on Nov 3, 2026" in words(client.get("/insurance/"))
    monday.shift(timedelta(days=1))
    assert "Horizon Direct ask us" in words(client.get("/insurance/"))


def test_three_hundred_plans_stand_under_their_letters(practice, client):
    office = Office.objects.get(slug="toms-river")
    names = [f"{letter}{number:02} Plan" for letter in "CAB" for number in range(100)]
    InsurancePlan.objects.bulk_create(InsurancePlan(office=office, name=name) for name in names)
    offices.forget()

    page = read(client.get("/insurance/")).main

    assert [heading.text for heading in page.select("#toms-river h4")] == ["A", "B", "C"]
    assert len(page.select("#toms-river .plans li")) == 300
    assert client.get("/offices/toms-river/").content.decode().count("A00 Plan") == 0


def test_plans_that_were_checked_on_one_day_say_it_once(plans, client):
    for plan in InsurancePlan.objects.filter(office__slug="toms-river"):
        plan.checked_on = date(2026, 11, 3)
        plan.save()

    page = read(client.get("/insurance/")).main

    assert "We checked all of these on Nov 3, 2026." in page.select_one("#toms-river").text
    assert [item.text.strip() for item in page.select("#toms-river .plans li")] == ["Aetna Choice", "Horizon Direct"]


def test_list_that_is_not_there_sends_people_to_the_phone(practice, client):
    assert "Call and ask whether it takes your plan" in words(client.get("/insurance/"))
    assert "Call and ask whether we take your plan" in words(client.get("/offices/toms-river/"))


def test_hospitals_are_told_or_that_there_are_none(practice, client):
    toms_river = Office.objects.get(slug="toms-river")
    Facility.objects.create(office=toms_river, name="Example Hospital", city="Town", checked_on="2026-11-03")
    belleville = Office.objects.get(slug="belleville")
    belleville.no_facilities = True
    belleville.save()

    page = read(client.get("/insurance/")).main

    assert "Example Hospital, Town checked on Nov 3, 2026" in " ".join(page.select_one("#toms-river").text.split())
    assert "do not treat patients at a hospital" in page.select_one("#belleville").text


# --- Whether we take the plan ---


@pytest.mark.parametrize(
    ("kind", "name", "seen", "said"),
    [
        ("plan", "horizon DIRECT", "In network here, checked Tue, Nov 3", "is in the network of Horizon Direct"),
        ("plan", "Aetna Choice", "not checked lately: ask the insurer first", "We have to ask Aetna Choice"),
        ("plan", "Local 32", "Not on this office’s list", "We are not in the network of Local 32"),
        ("", "Local 32", "Typed by the patient, and not on the list", "What does your insurance card say"),
        ("unsure", "", "Plan not known", "What does your insurance card say"),
    ],
)
def test_desk_sees_whether_the_plan_is_taken_and_what_to_say(waiting, plans, tess, kind, name, seen, said):
    waiting.insurance_kind, waiting.insurance = kind, name
    waiting.save()

    page = words(tess.get(page_of(waiting))).replace("\N{NO-BREAK SPACE}", " ")

    assert seen in page
    assert said in page


def test_office_without_a_list_asks_the_insurer_first(waiting, insured, tess):
    insured(waiting, InsuranceKind.PLAN, "Local 32")

    assert "This office has no list of plans yet: ask the insurer first" in words(tess.get(page_of(waiting)))


def test_hospitals_are_said_with_the_plan(waiting, plans, insured, tess):
    Facility.objects.create(office=waiting.office, name="Example Hospital", city="Town")
    insured(waiting, InsuranceKind.PLAN, "Horizon Direct")

    assert "Our podiatrists here also treat patients at Example Hospital, Town." in words(tess.get(page_of(waiting)))


@pytest.mark.parametrize("kind", ["none", "self_pay"])
def test_nothing_is_to_be_told_of_a_plan_that_is_not_used(waiting, plans, insured, tess, kind):
    insured(waiting, InsuranceKind(kind))

    assert "network" not in offered(tess.get(page_of(waiting)))


def test_told_is_kept_with_what_was_true_then(waiting, plans, insured, tess):
    insured(waiting, InsuranceKind.PLAN, "Horizon Direct")

    tess.post(act_on(waiting, "network"))

    InsurancePlan.objects.all().delete()
    page = tess.get(page_of(waiting))
    told = "Told whether we take the plan: Horizon Direct, on the list of Toms River, checked Tue, Nov 3"
    assert any(line.replace("\N{NO-BREAK SPACE}", " ").startswith(told) for line in history(page))
    assert "Told: today, 10:12 am" in words(page)
    assert "network" not in offered(page)
    with pytest.raises(WrongMove, match="told already"):
        actions.tell_network(inquiry=waiting, actor=Actor())


def test_telling_can_be_taken_back(waiting, plans, tess):
    tess.post(act_on(waiting, "network"))
    tess.post(act_on(waiting, "undo"))

    waiting.refresh_from_db()
    assert waiting.network_told_at is None


def test_other_plan_or_office_is_to_be_told_anew(waiting, plans, insured, toms_river_desk):
    actor = Actor(toms_river_desk)
    insured(waiting, InsuranceKind.PLAN, "Horizon Direct")
    for change in (
        lambda: insured(waiting, InsuranceKind.PLAN, "Aetna Choice"),
        lambda: actions.correct(inquiry=waiting, actor=actor, wanted={"insurance": "Medicare"}),
        lambda: actions.send_to_office(
            inquiry=waiting, actor=actor, office=Office.objects.get(slug="belleville"), reason="x"
        ),
    ):
        actions.tell_network(inquiry=waiting, actor=actor)
        change()
        waiting.refresh_from_db()
        assert waiting.network_told_at is None

    actions.tell_network(inquiry=waiting, actor=actor)
    assert insured(waiting, InsuranceKind.PLAN, "Medicare").network_told_at, "it is the same plan"


# --- The form ---


def test_form_offers_the_plans_of_the_chosen_office(plans):
    answers = {"about_you": {"zip_code": "08755"}, "visit": {"office": "belleville"}}

    field = step_forms.contact_form(answers, None).fields["insurance"]

    offers = BeautifulSoup(field.get_bound_field(forms.Form(), "insurance").as_widget(), "html.parser").select("option")
    assert [offer["value"] for offer in offers] == [
        "Only in Belleville",
        "No insurance",
        "Will not use insurance",
        "Not sure",
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("No insurance", ("none", "")), ("not sure", ("unsure", "")), ("Local 32", (None, "Local 32")), ("", (None, ""))],
)
def test_answer_without_a_plan_is_kept_as_who_pays(typed, kept):
    columns = table.columns({"contact": {"insurance": typed}})

    assert (columns.get("insurance_kind"), columns["insurance"]) == kept
