"""A patient asks for an appointment: the four steps, the check, the confirmation, and everything that can go wrong.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5. Thursday is Thanksgiving.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection

from appointments import actions, drafts, offices
from appointments.models import (
    AppointmentRequest,
    Closure,
    Draft,
    Event,
    Mail,
    Office,
    OpeningHours,
    RedFlag,
    RoutingOverride,
)
from common import audit
from common.models import AuditEntry, User
from tests.appointments.reading import as_sent, assert_problem, calls_offered, filled_in, offered_offices, read, words
from tests.conftest import ABOUT_YOU, CONTACT, MONDAY, NEW_YORK, SAFETY, VISIT, Browser, post_steps
from tests.telling import told_by

pytestmark = pytest.mark.usefixtures("practice", "monday")

COOKIE = "__Host-request-draft"
OFFICE_AGAIN = "Your ZIP code changed, so please choose the office again."
PHONES = ("(732) 557-9900", "(973) 450-3035")
FOR_CHILD = {**ABOUT_YOU, "visit_for": "child", "caller_name": "Ann Sample", "caller_relation": "mother"}
OTHER_LANGUAGE = {**CONTACT, "language": "other", "other_language": "Portuguese"}
STEPS = {
    "/appointments/new/": SAFETY,
    "/appointments/new/about-you/": ABOUT_YOU,
    "/appointments/new/visit/": VISIT,
    "/appointments/new/contact/": CONTACT,
}
EVERY_STEP = pytest.mark.parametrize(("url", "answers"), STEPS.items(), ids=["safety", "about you", "visit", "contact"])

NEAR_TIE_ZIP = "07716"  # 29.5 and 28.0 miles
FAR_ZIP = "08204"  # Cape May
UNKNOWN_ZIP = "00000"


# --- the whole way ---


def test_request_step_by_step(client):
    for url, answers, next_url in [
        ("/appointments/new/", SAFETY, "/appointments/new/about-you/"),
        ("/appointments/new/about-you/", ABOUT_YOU, "/appointments/new/visit/"),
        ("/appointments/new/visit/", VISIT, "/appointments/new/contact/"),
        ("/appointments/new/contact/", CONTACT, "/appointments/check/"),
    ]:
        assert client.get(url).status_code == 200
        assert client.post(url, answers)["Location"] == next_url

    sent = client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert sent["Location"] == f"/appointments/sent/{inquiry.reference}/"
    assert client.get(sent["Location"]).status_code == 200


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_step_says_where_one_is(client, number):
    post_steps(client)

    page = words(client.get(list(STEPS)[number - 1]))

    assert f"Step {number} of 4" in page
    assert "Rather talk to someone?" in page
    assert all(phone in page for phone in PHONES)


@pytest.mark.thorough
def test_check_page_repeats_every_answer_and_leads_to_each(client):
    contact = {"voicemail": "no", "interpreter": "on", "insurance": "Horizon"}
    post_steps(client, about_you=FOR_CHILD, visit={"body_area": "heel"}, contact=contact)

    response = client.get("/appointments/check/")

    rows = {
        row.dt.get_text(): (" ".join(row.dd.get_text(" ").split()), row.a["href"])
        for row in read(response).select("dl.summary > div")
    }
    about, visit, contact = (f"/appointments/new/{name}/#id_" for name in ("about-you", "visit", "contact"))
    assert rows == {
        "Needs care today": ("None of these", "/appointments/new/#id_flags_0"),
        "Makes problems more serious": ("None of these", "/appointments/new/#id_conditions_0"),
        "Visit is for": ("My child", f"{about}visit_for_0"),
        "Your name": ("Ann Sample mother", f"{about}caller_name"),
        "Patient name": ("Harold Sample", f"{about}patient_name"),
        "Date of birth": ("September 14, 1954", f"{about}birth_date_0"),
        "Been here before": ("No", f"{about}been_before_0"),
        "Phone number": ("(732) 555-0142", f"{about}phone"),
        "Email": ("harold@example.com", f"{about}email"),
        "ZIP code": ("08753", f"{about}zip_code"),
        "Main problem": ("I am not sure", f"{visit}reason"),
        "Where on the foot": ("Heel", f"{visit}body_area"),
        "More details": ("Left heel, worse in the morning.", f"{visit}details"),
        "Office": ("Toms River Office about 4 miles from you", f"{visit}office_0"),
        "Days": ("Tuesday, Thursday", f"{visit}days_0"),
        "Time of day": ("Morning", f"{visit}time_of_day_0"),
        "Best way": ("Phone call", f"{contact}best_way_0"),
        "Voicemail": ("No voicemail", f"{contact}voicemail_0"),
        "Language": ("English, with an interpreter", f"{contact}language_0"),
        "When to call": ("At any time while we are open", f"{contact}call_times_0"),
        "Reminders by email": ("No reminders", f"{contact}reminders_0"),
        "Insurance company": ("Horizon", f"{contact}insurance"),
    }
    assert "Nothing is sent until you press the green button." in words(response)
    for _value, address in rows.values():
        page, box = address.split("#")
        assert read(client.get(page)).find(id=box), address


def test_sent_request_holds_what_was_typed(client):
    post_steps(client, about_you=FOR_CHILD, visit={"days": ["0", "any"]}, contact=OTHER_LANGUAGE)

    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.office.slug, inquiry.status, inquiry.urgent, inquiry.check_office) == (
        "toms-river",
        "new",
        False,
        False,
    )
    assert (inquiry.visit_for, inquiry.patient_name, inquiry.birth_date) == (
        "child",
        "Harold Sample",
        date(1954, 9, 14),
    )
    assert (inquiry.caller_name, inquiry.caller_relation, inquiry.been_before) == ("Ann Sample", "mother", "no")
    assert (inquiry.phone, inquiry.email, inquiry.zip_code) == ("+17325550142", "harold@example.com", "08753")
    assert (inquiry.reason, inquiry.details) == ("I am not sure", "Left heel, worse in the morning.")
    assert inquiry.wishes == {"days": ["any"], "time_of_day": "morning"}
    assert inquiry.contact == {
        "best_way": "call",
        "voicemail": "yes",
        "language": "other",
        "other_language": "Portuguese",
        "interpreter": False,
        "call_times": [],
        "not_before": "",
        "say_who": "",
    }
    assert inquiry.safety == {
        "version": 1,
        "level": "routine",
        "only_911": False,
        "conditions": [],
        "flags": [],
        "words": [],
        "so": None,
    }
    assert (inquiry.call_by, inquiry.created_at) == (MONDAY + timedelta(hours=4), MONDAY)


def test_sent_request_has_its_event_its_audit_entry_and_its_two_mails(client):
    post_steps(client)

    client.post("/appointments/check/", REMOTE_ADDR="198.51.100.1")

    inquiry = AppointmentRequest.objects.get()
    event = Event.objects.get()
    assert (event.request, event.kind, event.by) == (inquiry, "received", None)
    assert event.facts["routing"] == inquiry.routing
    assert inquiry.routing["rule"] == "chosen"
    assert set(inquiry.routing["miles"]) == {"toms-river", "belleville"}
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.record) == ("patient", "request sent", inquiry.reference)
    assert (entry.office, entry.address) == ("toms-river", audit.connection_key("198.51.100.1"))
    assert {(mail.kind, mail.office.slug) for mail in Mail.objects.all()} == {
        ("office_notice", "toms-river"),
        ("receipt", "toms-river"),
    }


def test_request_without_email_owes_the_patient_no_mail(client):
    post_steps(client, about_you={"email": ""})

    page = client.post("/appointments/check/", follow=True)

    assert [mail.kind for mail in Mail.objects.all()] == ["office_notice"]
    assert "receipt" not in words(page)


def test_request_for_oneself_drops_what_was_typed_for_another(client):
    post_steps(client, about_you={"caller_name": "Ann Sample", "caller_relation": "x" * 500})

    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.caller_name, inquiry.caller_relation) == ("", "")


@pytest.mark.parametrize("name", ["李小龍", "محمد عبد الله", "Nguyễn Thị Minh Khai", "Владимир", "Zoë O’Brien-Müller"])
def test_name_in_any_script_arrives_as_typed(client, name):
    post_steps(client, about_you={"patient_name": name})

    assert name in words(client.get("/appointments/check/"))
    client.post("/appointments/check/")
    assert AppointmentRequest.objects.get().patient_name == name


def test_control_characters_are_gone_before_the_patient_checks(client):
    post_steps(
        client,
        about_you={"patient_name": "\u202eHarold\x00 Sample\x07"},
        visit={"details": "Left\x00 heel.\r\n\u200bWorse at night."},
    )

    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.patient_name, inquiry.details) == ("Harold Sample", "Left heel.\nWorse at night.")


def test_markup_in_an_answer_is_only_text(client):
    typed = "<script>alert(1)</script>"
    post_steps(client, about_you={"patient_name": typed}, visit={"details": typed})

    for url in ("/appointments/check/", "/appointments/new/about-you/", "/appointments/new/visit/"):
        response = client.get(url)

        assert typed.encode() not in response.content
        assert b"&lt;script&gt;alert(1)" in response.content


# --- the confirmation ---


def test_confirmation_says_who_calls_by_when(client):
    post_steps(client)

    page = client.post("/appointments/check/", follow=True)

    promise = "The Toms River office will call you by 5\N{NO-BREAK SPACE}pm on Tuesday, November\N{NO-BREAK SPACE}24."
    assert promise in read(page).main.get_text()
    assert AppointmentRequest.objects.get().promised_by == datetime(2026, 11, 24, 17, tzinfo=NEW_YORK)


def test_confirmation_has_reference_office_and_phones(client):
    post_steps(client)

    page = client.post("/appointments/check/", follow=True)

    said = words(page)
    assert f"Your reference number is {AppointmentRequest.objects.get().reference}" in said
    assert "664 Commons Way, Building 1 Toms River, NJ 08755" in said
    assert read(page).main.select_one("a[href='tel:+17325579900']").get_text(strip=True) == "(732)\xa0557-9900"
    assert "They will call (732) 555-0142. If you miss the call, they will leave a short voicemail." in said
    assert "We are also sending the link to harold@example.com." in said
    assert "You sent your request Monday, November 23 at 10:12 am" in said


def test_confirmation_keeps_to_text_message_and_no_voicemail(client):
    post_steps(client, contact={"best_way": "text", "voicemail": "no"})

    said = words(client.post("/appointments/check/", follow=True))

    assert "They may send a text message to (732) 555-0142 first." in said
    assert "they will not leave a voicemail" in said


@pytest.mark.parametrize(
    ("sent_at", "by"),
    [
        pytest.param(datetime(2026, 11, 20, 16, tzinfo=NEW_YORK), "Monday, November 23", id="Friday"),
        pytest.param(datetime(2026, 11, 21, 23, tzinfo=NEW_YORK), "Monday, November 23", id="Saturday night"),
        pytest.param(datetime(2026, 11, 25, 10, tzinfo=NEW_YORK), "Friday, November 27", id="before Thanksgiving"),
        pytest.param(datetime(2026, 12, 31, 10, tzinfo=NEW_YORK), "Monday, January 4, 2027", id="New Year's Eve"),
    ],
)
def test_confirmation_counts_in_days_that_the_office_is_open(client, monday, sent_at, by):
    monday.move_to(sent_at)
    post_steps(client)

    said = words(client.post("/appointments/check/", follow=True))

    assert f"The Toms River office will call you by 5 pm on {by}." in said


def test_confirmation_is_not_shown_in_another_browser(client):
    post_steps(client)
    url = client.post("/appointments/check/")["Location"]

    page = Browser().get(url)

    assert page.status_code == 404
    assert "opens only in the browser it was sent from" in words(page)
    assert all(phone in words(page) for phone in PHONES)
    assert told_by(page.content.decode(), ["555", "November"]) == []


def test_confirmation_is_not_shown_to_somebody_with_a_draft_of_their_own(client):
    post_steps(client)
    url = client.post("/appointments/check/")["Location"]
    stranger = Browser()
    post_steps(stranger)

    assert stranger.get(url).status_code == 404


def test_confirmation_can_be_reopened_for_two_hours(client, monday):
    post_steps(client)
    url = client.post("/appointments/check/")["Location"]

    monday.shift(timedelta(minutes=119))
    assert client.get(url).status_code == 200
    monday.shift(timedelta(minutes=2))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("reference", ["GS-0000-00", "x", "GS-7K4M-39%00", "%F0%9F%91%A3", "'--", "a" * 500])
def test_confirmation_of_a_made_up_reference_is_not_found(client, reference):
    post_steps(client)
    client.post("/appointments/check/")

    assert client.get(f"/appointments/sent/{reference}/").status_code == 404


# --- from an article ---


def test_reason_is_prefilled_from_the_article(client):
    started = client.get("/appointments/new/?about=heel-pain")
    assert read(started).main.form["action"] == "/appointments/new/?about=heel-pain"
    client.post("/appointments/new/?about=heel-pain", SAFETY)
    client.post("/appointments/new/about-you/", ABOUT_YOU)

    page = client.get("/appointments/new/visit/")

    assert filled_in(page) == {"reason": "heel-pain"}
    assert "We filled this in from the page you were reading. You can change it." in words(page)


def test_reason_from_the_article_is_stored_in_words_with_where_it_came_from(client):
    client.post("/appointments/new/?about=heel-pain", SAFETY)
    client.post("/appointments/new/about-you/", ABOUT_YOU)
    client.post("/appointments/new/visit/", {**VISIT, "reason": "heel-pain"})
    client.post("/appointments/new/contact/", CONTACT)

    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.reason, inquiry.source_article) == ("Heel pain", "heel-pain")


def test_reason_prefilled_can_be_changed(client):
    client.post("/appointments/new/?about=heel-pain", SAFETY)
    client.post("/appointments/new/about-you/", ABOUT_YOU)
    client.post("/appointments/new/visit/", {**VISIT, "reason": "bunions"})

    page = client.get("/appointments/new/visit/")

    assert filled_in(page)["reason"] == "bunions"
    assert "We filled this in" not in words(page)


def test_reason_survives_a_red_flag_on_the_way(client):
    client.post("/appointments/new/?about=heel-pain", {"flags": ["fever"]})
    client.post("/appointments/new/about-you/", ABOUT_YOU)

    assert filled_in(client.get("/appointments/new/visit/")) == {"reason": "heel-pain"}


@pytest.mark.parametrize("about", ["no-such-article", "x" * 5000, "%00", "<script>", "../../etc"])
def test_reason_from_an_article_that_does_not_exist_is_left_open(client, about):
    client.post(f"/appointments/new/?about={about}", SAFETY)
    client.post("/appointments/new/about-you/", ABOUT_YOU)

    page = client.get("/appointments/new/visit/")

    assert page.status_code == 200
    assert filled_in(page) == {}


# --- red flags ---


def test_red_flag_leads_to_call_now_with_both_phones(client):
    response = client.post("/appointments/new/", {"flags": ["sore"], "conditions": ["diabetes"]})

    assert response["Location"] == "/appointments/new/call-now/"
    page = client.get("/appointments/new/call-now/")
    assert read(page).h1.get_text(strip=True) == "Please call us now"
    assert "With diabetes and the like, a sore can get worse in a day." in words(page)
    assert "An open sore, cut or blister on the foot Diabetes" in words(page)
    assert calls_offered(page) == ["tel:+17325579900", "tel:+19734503035"]


@pytest.mark.parametrize(
    "flags",
    [["cold-black"], ["injury"], ["fever", "hot-swollen"], ["calf", "cold-black"]],
    ids=["cold foot", "injury", "fever with a hot foot", "an emergency among others"],
)
def test_emergency_says_911(client, flags):
    client.post("/appointments/new/", {"flags": flags})

    page = client.get("/appointments/new/call-now/")

    assert read(page).h1.get_text(strip=True) == "Call 911 or go to an emergency room"
    assert calls_offered(page) == ["tel:911"]


def test_emergency_gives_the_advice_of_what_cannot_wait(client):
    client.post("/appointments/new/", {"flags": ["hot-swollen", "cold-black"]})
    both = words(client.get("/appointments/new/call-now/"))

    client.post("/appointments/new/", {"flags": ["cold-black"]})
    alone = words(client.get("/appointments/new/call-now/"))

    advice = RedFlag.objects.get(slug="cold-black").advice
    assert advice
    assert advice in alone
    assert advice in both
    assert RedFlag.objects.get(slug="hot-swollen").advice not in both


def test_office_that_is_open_is_the_first_to_call(client):
    days = {"first_day": MONDAY.date(), "last_day": MONDAY.date()}
    Closure.objects.create(office=Office.objects.get(slug="toms-river"), reason="Water in the cellar", **days)
    client.post("/appointments/new/", {"flags": ["hot-swollen"]})

    page = client.get("/appointments/new/call-now/")

    assert calls_offered(page) == ["tel:+19734503035", "tel:+17325579900"]


@pytest.mark.parametrize("flag", ["calf", "hot-swollen", "pus", "fever"])
def test_red_flag_that_is_no_emergency_still_names_911(client, flag):
    client.post("/appointments/new/", {"flags": [flag]})

    page = client.get("/appointments/new/call-now/")

    assert read(page).h1.get_text(strip=True) == "Please call us now"
    assert "If you feel very sick, call 911." in words(page)


@pytest.mark.parametrize("flag", ["calf", "cold-black"])
def test_red_flag_never_blocks_the_request(client, flag):
    client.post("/appointments/new/", {"flags": [flag]})

    way_on = read(client.get("/appointments/new/call-now/")).main.find(
        "a", string=lambda text: "Continue" in (text or "")
    )

    assert way_on["href"] == "/appointments/new/about-you/"
    assert client.get("/appointments/new/about-you/").status_code == 200


def test_red_flag_makes_the_request_urgent_with_a_shorter_deadline(client):
    post_steps(client, safety={"flags": ["fever", "hot-swollen"]})

    page = client.post("/appointments/check/", follow=True)

    inquiry = AppointmentRequest.objects.get()
    assert inquiry.urgent
    assert [(flag["slug"], flag["short"], flag["level"]) for flag in inquiry.safety["flags"]] == [
        ("hot-swollen", "hot, red, swollen", "emergency"),
        ("fever", "fever or very ill", "emergency"),
    ]
    assert inquiry.call_by == MONDAY + timedelta(hours=1)
    assert inquiry.promised_by == MONDAY + timedelta(hours=2)
    assert "will call you by 12:12 pm on Monday, November 23." in words(page)
    assert "You told us about something that should not wait." in words(page)


def test_red_flags_are_repeated_on_the_check_page(client):
    post_steps(client, safety={"flags": ["injury"]})

    assert "After an injury, you cannot stand or walk on it" in words(client.get("/appointments/check/"))


def test_red_flag_taken_back_is_not_urgent(client):
    post_steps(client, safety={"flags": ["fever"]})

    client.post("/appointments/new/", SAFETY)
    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.urgent, inquiry.safety["flags"]) == (False, [])


def test_red_flag_and_none_of_these_contradict(client):
    response = client.post("/appointments/new/", {"flags": ["fever", "none"]})

    assert_problem(response, "id_flags_0", "Choose what applies to you, or “No, none of these”, but not both")
    assert filled_in(response) == {"flags": ["fever", "none"]}


def test_call_now_without_a_red_flag_leads_to_the_first_step(client):
    assert client.get("/appointments/new/call-now/")["Location"] == "/appointments/new/"
    client.post("/appointments/new/", SAFETY)
    assert client.get("/appointments/new/call-now/")["Location"] == "/appointments/new/"


# --- something is missing or wrong ---

SAFETY_PROBLEM = "Choose an answer, or choose “No, none of these”"
PHONE_PROBLEM = "Enter a phone number with 10 digits, like (202) 555-0100"
EMAIL_PROBLEM = "Enter an email address like name@example.com"
ZIP_PROBLEM = "Enter a ZIP code with 5 digits, or tick “I have no US ZIP code”"
REASON_PROBLEM = "Choose the main problem, or “I am not sure”"


@pytest.mark.parametrize(
    ("url", "answers", "empty", "control_id", "message"),
    [
        ("/appointments/new/", SAFETY, "flags", "id_flags_0", SAFETY_PROBLEM),
        ("/appointments/new/about-you/", ABOUT_YOU, "visit_for", "id_visit_for_0", "Choose who the visit is for"),
        ("/appointments/new/about-you/", FOR_CHILD, "caller_name", "id_caller_name", "Enter your own name"),
        (
            "/appointments/new/about-you/",
            FOR_CHILD,
            "caller_relation",
            "id_caller_relation",
            "Say how you know the patient, for example: mother",
        ),
        (
            "/appointments/new/about-you/",
            ABOUT_YOU,
            "patient_name",
            "id_patient_name",
            "Enter the full name of the patient",
        ),
        ("/appointments/new/about-you/", ABOUT_YOU, "birth_date", "id_birth_date_0", "Enter the date of birth"),
        ("/appointments/new/about-you/", ABOUT_YOU, "been_before", "id_been_before_0", "Choose yes, no or not sure"),
        ("/appointments/new/about-you/", ABOUT_YOU, "phone", "id_phone", PHONE_PROBLEM),
        ("/appointments/new/about-you/", ABOUT_YOU, "zip_code", "id_zip_code", ZIP_PROBLEM),
        ("/appointments/new/visit/", VISIT, "reason", "id_reason", REASON_PROBLEM),
        ("/appointments/new/visit/", VISIT, "office", "id_office_0", "Choose an office"),
        ("/appointments/new/visit/", VISIT, "days", "id_days_0", "Choose at least one day"),
        ("/appointments/new/visit/", VISIT, "time_of_day", "id_time_of_day_0", "Choose a time of day"),
        ("/appointments/new/contact/", CONTACT, "best_way", "id_best_way_0", "Choose phone call or text message"),
        ("/appointments/new/contact/", CONTACT, "voicemail", "id_voicemail_0", "Choose yes or no for voicemail"),
        ("/appointments/new/contact/", CONTACT, "language", "id_language_0", "Choose a language"),
        ("/appointments/new/contact/", OTHER_LANGUAGE, "other_language", "id_other_language", "Say which language"),
        ("/appointments/new/contact/", CONTACT, "consent", "id_consent", "Check the box if you agree"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_required_answer_that_is_missing(client, url, answers, empty, control_id, message):
    post_steps(client)
    typed = {name: answer for name, answer in answers.items() if not name.startswith(empty)}

    response = client.post(url, typed)

    assert_problem(response, control_id, message)
    assert filled_in(response) == as_sent(typed)


@pytest.mark.parametrize(("url", "problems"), list(zip(STEPS, (1, 6, 4, 4), strict=True)))
def test_step_sent_empty_names_every_problem_in_the_order_of_the_page(client, url, problems):
    post_steps(client)

    page = read(client.post(url, {}))

    at_top = [link.get_text() for link in page.select("[role=alert] a")]
    assert len(at_top) == problems
    assert at_top == [error.get_text(strip=True) for error in page.select("p.error")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "answers", "changes", "control_id", "message"),
    [
        pytest.param(
            "/appointments/new/about-you/",
            ABOUT_YOU,
            {"patient_name": "x" * 201},
            "id_patient_name",
            "The patient’s name must be 200 characters or fewer",
            id="patient's name",
        ),
        pytest.param(
            "/appointments/new/about-you/",
            FOR_CHILD,
            {"caller_name": "x" * 201},
            "id_caller_name",
            "Your name must be 200 characters or fewer",
            id="caller's name",
        ),
        pytest.param(
            "/appointments/new/about-you/",
            FOR_CHILD,
            {"caller_relation": "x" * 101},
            "id_caller_relation",
            "Use 100 characters or fewer to say how you know the patient",
            id="caller's relation",
        ),
        pytest.param(
            "/appointments/new/about-you/", ABOUT_YOU, {"phone": "7" * 61}, "id_phone", PHONE_PROBLEM, id="phone"
        ),
        pytest.param(
            "/appointments/new/about-you/",
            ABOUT_YOU,
            {"email": "a" * 250 + "@example.com"},
            "id_email",
            EMAIL_PROBLEM,
            id="e-mail",
        ),
        pytest.param(
            "/appointments/new/about-you/",
            ABOUT_YOU,
            {"email": "a" * 400 + "@example.com"},
            "id_email",
            EMAIL_PROBLEM,
            id="e-mail beyond any",
        ),
        pytest.param(
            "/appointments/new/about-you/", ABOUT_YOU, {"zip_code": "0" * 41}, "id_zip_code", ZIP_PROBLEM, id="ZIP code"
        ),
        pytest.param(
            "/appointments/new/about-you/",
            ABOUT_YOU,
            {"birth_date_1": "1" * 21},
            "id_birth_date_1",
            "Enter the day of birth as a number from 1 to 31",
            id="day of birth",
        ),
        pytest.param(
            "/appointments/new/visit/",
            VISIT,
            {"details": "é" * 624},
            "id_details",
            "This is 24 characters too long. Use 600 characters or fewer",
            id="details",
        ),
        pytest.param(
            "/appointments/new/contact/",
            OTHER_LANGUAGE,
            {"other_language": "x" * 61},
            "id_other_language",
            "The language must be 60 characters or fewer",
            id="language",
        ),
        pytest.param(
            "/appointments/new/contact/",
            CONTACT,
            {"insurance": "x" * 81},
            "id_insurance",
            "The company’s name must be 80 characters or fewer",
            id="insurance",
        ),
    ],
)
def test_answer_that_is_too_long_is_not_cut(client, url, answers, changes, control_id, message):
    post_steps(client)
    typed = {**answers, **changes}

    response = client.post(url, typed)

    assert_problem(response, control_id, message)
    assert filled_in(response) == as_sent(typed)


@pytest.mark.parametrize("typed", ["Horizon 123456789", "Aetna ID 12-34 56", "00012345"])
def test_insurance_number_is_not_taken(client, typed):
    post_steps(client)

    response = client.post("/appointments/new/contact/", {**CONTACT, "insurance": typed})

    message = "Enter only the name of the insurance company, without any number"
    assert_problem(response, "id_insurance", message)
    assert filled_in(response) == as_sent({**CONTACT, "insurance": typed})


def test_insurance_names_with_few_digits_are_taken(client):
    post_steps(client, contact={"insurance": "1199 SEIU, Local 32"})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().insurance == "1199 SEIU, Local 32"


def test_sore_place_is_kept_in_words_and_may_be_left_open(client):
    post_steps(client, visit={"body_area": "heel"})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().body_area == "Heel"


def test_sore_place_that_is_not_on_the_list_is_refused(client):
    post_steps(client)

    response = client.post("/appointments/new/visit/", {**VISIT, "body_area": "elbow"})

    assert_problem(response, "id_body_area", "Choose a part of the foot, or leave it at “Not sure”")


def test_second_request_of_the_same_person_is_told_so(client):
    for browser in (Browser(), client):
        post_steps(browser)
        response = browser.post("/appointments/check/", follow=True)

    first = AppointmentRequest.objects.order_by("pk").first()
    assert f"You also wrote to us on Monday, November 23 at 10:12 am ({first.reference}, Toms River office)." in words(
        response
    ).replace("\xa0", " ")


def test_stranger_with_name_and_phone_is_not_told_who_has_been_here(client):
    post_steps(Browser())
    other = Browser()
    post_steps(other)
    other.post("/appointments/check/")
    post_steps(client, about_you={"birth_date_2": "1955"})

    response = client.post("/appointments/check/", follow=True)

    assert "You also wrote to us" not in words(response)


def test_confirmation_leads_to_the_private_page_which_is_locked(client):
    post_steps(client)
    response = client.post("/appointments/check/", follow=True)

    link = read(response).select_one("a[href^='/appointments/status/']")["href"]

    assert "Please tell us one thing about the request" in words(client.get(link))


def test_details_of_600_letters_are_enough_even_with_a_line_end_the_browser_doubles(client):
    typed = "x" * 299 + "\r\n" + "x" * 300

    post_steps(client, visit={"details": typed})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().details == typed.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("changes", "control_id", "message"),
    [
        pytest.param({"zip_code": "8755"}, "id_zip_code", ZIP_PROBLEM, id="ZIP 8755"),
        pytest.param({"zip_code": "ABCDE"}, "id_zip_code", ZIP_PROBLEM, id="ZIP ABCDE"),
        pytest.param({"phone": "555-0142"}, "id_phone", PHONE_PROBLEM, id="phone without area code"),
        pytest.param({"phone": "020 7946 0958 1"}, "id_phone", PHONE_PROBLEM, id="foreign phone without country"),
        pytest.param({"phone": "+1 732 555"}, "id_phone", PHONE_PROBLEM, id="phone with country, too short"),
        pytest.param({"phone": "ask my son"}, "id_phone", PHONE_PROBLEM, id="phone in words"),
        pytest.param({"email": "harold"}, "id_email", EMAIL_PROBLEM, id="e-mail"),
        pytest.param({"email": "a@b@example.com"}, "id_email", EMAIL_PROBLEM, id="e-mail with two @"),
        pytest.param(
            {"birth_date_0": "11", "birth_date_1": "24", "birth_date_2": "2026"},
            "id_birth_date_0",
            "Date of birth must be in the past",
            id="birth date in the future",
        ),
        pytest.param(
            {"birth_date_2": "54"},
            "id_birth_date_2",
            "Year of birth must have 4 digits, like 1953",
            id="birth year of two digits",
        ),
        pytest.param(
            {"birth_date_0": "2", "birth_date_1": "30"},
            "id_birth_date_1",
            "February 1954 did not have 30 days. Check the day",
            id="February 30",
        ),
        pytest.param(
            {"birth_date_1": ""},
            "id_birth_date_1",
            "Enter the day of birth",
            id="birth date without day",
        ),
    ],
)
def test_answer_that_cannot_be_right_stays_as_typed(client, changes, control_id, message):
    client.post("/appointments/new/", SAFETY)
    typed = {**ABOUT_YOU, **changes}

    response = client.post("/appointments/new/about-you/", typed)

    assert_problem(response, control_id, message)
    assert filled_in(response) == as_sent(typed)


def test_email_of_two_lines_says_what_to_enter(client):
    client.post("/appointments/new/", SAFETY)
    email = "harold@example.com\r\nBcc: x@example.com"

    response = client.post("/appointments/new/about-you/", {**ABOUT_YOU, "email": email})

    assert_problem(response, "id_email", EMAIL_PROBLEM)


@pytest.mark.parametrize(
    ("url", "changes", "control_id", "message"),
    [
        ("/appointments/new/", {"flags": ["hangnail"]}, "id_flags_0", SAFETY_PROBLEM),
        ("/appointments/new/about-you/", {"visit_for": "dog"}, "id_visit_for_0", "Choose who the visit is for"),
        ("/appointments/new/visit/", {"office": "atlantis"}, "id_office_0", "Choose an office"),
        ("/appointments/new/visit/", {"office": "toms\x00river"}, "id_office_0", "Choose an office"),
        ("/appointments/new/visit/", {"days": ["6"]}, "id_days_0", "Choose at least one day"),  # closed on Sundays
        ("/appointments/new/visit/", {"reason": "headache"}, "id_reason", REASON_PROBLEM),
        ("/appointments/new/contact/", {"best_way": "pigeon"}, "id_best_way_0", "Choose phone call or text message"),
    ],
)
def test_choice_that_was_never_offered_is_asked_again(client, url, changes, control_id, message):
    post_steps(client)

    response = client.post(url, {**STEPS[url], **changes})

    assert_problem(response, control_id, message)


def test_phone_of_another_country_is_shown_as_people_write_it(client):
    post_steps(client, about_you={"phone": "011 44 20 7946 0958"})

    assert "+44 20 7946 0958" in words(client.get("/appointments/check/"))
    assert "Best way to reach you at +44 20 7946 0958" in words(client.get("/appointments/new/contact/"))


def test_form_of_more_than_a_megabyte_gets_a_page_in_words(client):
    response = client.post("/appointments/new/visit/", {**VISIT, "details": "x" * 1_100_000})

    assert response.status_code == 400
    assert all(phone in words(response) for phone in PHONES)


# --- which office ---


def visit_page_for(client, zip_code: str):
    """The step that asks for the office, for somebody from there."""
    client.post("/appointments/new/", SAFETY)
    client.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": zip_code})
    return client.get("/appointments/new/visit/")


def test_office_nearest_comes_first_with_its_distance(client):
    page = visit_page_for(client, "07104")

    assert offered_offices(page) == ["belleville", "toms-river", "first"]
    assert "Nearest to you Belleville Office , about 2 miles 1 Clara Maas Drive" in words(page)
    assert "You gave ZIP code 07104. Distances are in a straight line." in words(page)
    assert words(page).count("Nearest to you") == 1
    assert filled_in(page) == {}  # suggested, not chosen


@pytest.mark.parametrize(
    ("zip_code", "sentence"),
    [
        (NEAR_TIE_ZIP, "ZIP code 07716 is about as far from each office, so please choose."),
        (FAR_ZIP, "ZIP code 08204 is far from each office. We are glad to see you at the one you can get to."),
        (UNKNOWN_ZIP, "We do not know where ZIP code 00000 is, so please choose the office you can get to."),
    ],
)
def test_office_in_doubt_is_asked_without_a_suggestion(client, zip_code, sentence):
    page = visit_page_for(client, zip_code)

    assert sentence in words(page)
    assert "Nearest to you" not in words(page)
    assert sorted(offered_offices(page)) == ["belleville", "first", "toms-river"]


@pytest.mark.parametrize("zip_code", [NEAR_TIE_ZIP, FAR_ZIP, UNKNOWN_ZIP, "10001", "99999"])
@pytest.mark.parametrize("office", ["toms-river", "belleville"])
def test_request_is_never_refused_for_its_zip(client, zip_code, office):
    post_steps(client, about_you={"zip_code": zip_code}, visit={"office": office})

    check = client.get("/appointments/check/")
    client.post("/appointments/check/")

    assert f"The {AppointmentRequest.objects.get().office.name} office will call you" in words(check)
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.office.slug, inquiry.zip_code, inquiry.check_office) == (office, zip_code, False)


def test_request_goes_to_the_other_office_when_the_patient_chose_it(client):
    post_steps(client, visit={"office": "belleville"})

    page = client.post("/appointments/check/", follow=True)

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.office.slug, inquiry.routing["rule"]) == ("belleville", "chosen")
    assert "The Belleville office will call you" in words(page)
    assert {mail.office.slug for mail in Mail.objects.all()} == {"belleville"}


@pytest.mark.parametrize(
    ("zip_code", "rule", "in_doubt"),
    [
        ("08753", "nearest", False),
        (NEAR_TIE_ZIP, "near_tie", True),
        (FAR_ZIP, "far", True),
        (UNKNOWN_ZIP, "unknown_zip", True),
    ],
)
def test_first_office_that_can_see_me_goes_to_the_nearest_and_a_person_looks_when_in_doubt(
    client, zip_code, rule, in_doubt
):
    post_steps(client, about_you={"zip_code": zip_code}, visit={"office": "first"})

    check = client.get("/appointments/check/")
    client.post("/appointments/check/")

    assert "You asked for the first office that can see you." in words(check)
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.routing["rule"], inquiry.check_office) == (rule, in_doubt)


def test_override_suggests_its_office_and_takes_the_request_that_leaves_it_open(client):
    RoutingOverride.objects.create(zip_code="07718", office=Office.objects.get(slug="toms-river"), note="The bay")

    page = visit_page_for(client, "07718")

    assert "Suggested for your ZIP code Toms River Office" in words(page)
    post_steps(client, about_you={"zip_code": "07718"}, visit={"office": "first"})
    client.post("/appointments/check/")
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.office.slug, inquiry.routing["rule"]) == ("toms-river", "override")


def test_changing_the_zip_asks_the_office_again_and_keeps_the_rest(client):
    post_steps(client)

    response = client.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "07104"})

    assert response["Location"] == "/appointments/new/visit/"
    page = client.get("/appointments/new/visit/")
    assert read(page).select_one("p.alert").get_text() == OFFICE_AGAIN
    assert {control["name"] for control in read(page).main.form.select("[id^=id_][name]")} == {"office"}
    assert offered_offices(page)[0] == "belleville"
    assert client.get("/appointments/check/")["Location"] == "/appointments/new/visit/"
    assert client.post("/appointments/new/visit/", {"office": "belleville"})["Location"] == "/appointments/check/"
    assert filled_in(client.get("/appointments/new/visit/")) == {**as_sent(VISIT), "office": "belleville"}


def test_office_asked_again_wants_an_answer(client):
    post_steps(client)
    client.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "07104"})

    response = client.post("/appointments/new/visit/", {})

    assert_problem(response, "id_office_0", "Choose an office")
    assert OFFICE_AGAIN in words(response)


@pytest.mark.parametrize("sent", [{"office": "belleville"}, {**VISIT, "office": "belleville"}], ids=["alone", "all"])
@pytest.mark.parametrize("answered", [False, True], ids=["still open", "answered before"])
def test_office_asked_again_takes_an_old_page_too(client, sent, answered):
    post_steps(client)
    client.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "07104"})
    if answered:
        client.post("/appointments/new/visit/", {"office": "toms-river"})

    assert client.post("/appointments/new/visit/", sent)["Location"] == "/appointments/check/"
    assert filled_in(client.get("/appointments/new/visit/")) == {**as_sent(VISIT), "office": "belleville"}


def test_changing_the_zip_asks_nothing_where_there_is_one_office(client):
    Office.objects.exclude(slug="belleville").delete()
    post_steps(client, visit={"office": "belleville"})

    response = client.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "07104"})

    assert response["Location"] == "/appointments/check/"


def test_changing_anything_but_the_zip_goes_straight_back_to_the_check(client):
    post_steps(client)

    response = client.post(
        "/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "08753-1234", "phone": "7325550199"}
    )

    assert response["Location"] == "/appointments/check/"


def stop_taking_requests(slug: str, **changes: Any) -> None:
    """The office takes no requests, as its admin page would store it."""
    office = Office.objects.get(slug=slug)
    for name, value in (changes or {"takes_requests": False}).items():
        setattr(office, name, value)
    office.save()


@pytest.mark.parametrize("changes", [{"takes_requests": False}, {"not_taking_until": date(2026, 11, 24)}])
def test_office_that_takes_no_requests_is_not_offered_and_it_says_so(client, changes):
    stop_taking_requests("toms-river", **changes)

    page = visit_page_for(client, "08753")

    assert offered_offices(page) == ["belleville"]
    assert "Toms River Office does not take requests right now." in words(page)


def test_office_that_takes_no_requests_gets_none(client):
    stop_taking_requests("toms-river")
    visit_page_for(client, "08753")

    response = client.post("/appointments/new/visit/", VISIT)

    assert_problem(response, "id_office_0", "Choose an office")


def test_office_takes_requests_again_on_the_day_it_said(client):
    stop_taking_requests("toms-river", not_taking_until=date(2026, 11, 23))

    assert offered_offices(visit_page_for(client, "08753")) == ["toms-river", "belleville", "first"]


def test_office_that_stops_taking_requests_while_somebody_fills_the_form_is_said(client):
    post_steps(client)

    stop_taking_requests("toms-river")

    page = client.get("/appointments/check/", follow=True)
    assert "Toms River Office does not take requests right now." in words(page)


def leave(slug: str, what: str) -> None:
    """The office lacks something that it needs before anybody may write to it."""
    office = Office.objects.get(slug=slug)
    match what:
        case "staff":
            office.staff.clear()
        case "staff that may sign in":
            User.objects.filter(offices=office).update(is_active=False)
        case "staff with rights":
            User.user_permissions.through.objects.all().delete()
        case "hours":
            office.hours.all().delete()
        case "a day on which it opens":
            Closure.objects.create(office=office, first_day=MONDAY.date(), last_day=date(2030, 1, 1), reason="Fire")
        case "address":
            office.notice_email = ""
            office.save()
    offices.forget()


LACKS = ["staff", "hours", "a day on which it opens", "address"]


@pytest.mark.parametrize("what", LACKS)
def test_office_where_nobody_would_see_a_request_is_not_offered(client, what):
    leave("toms-river", what)

    page = visit_page_for(client, "08753")

    assert offered_offices(page) == ["belleville"]
    assert "Toms River Office does not take requests right now." in words(page)


@pytest.mark.parametrize("what", [*LACKS, "staff that may sign in", "staff with rights", "wish"])
def test_form_says_whom_to_call_when_no_office_takes_requests_and_keeps_the_answers(client, what):
    post_steps(client)
    for slug in ("toms-river", "belleville"):
        stop_taking_requests(slug) if what == "wish" else leave(slug, what)

    start = client.get("/appointments/new/")
    check = client.get("/appointments/check/", follow=True)
    sent = client.post("/appointments/check/")

    assert sent.status_code == 503
    for page in (start, check, sent):
        assert "We can’t take requests on this page right now" in words(page)
        assert "(732) 557-9900" in words(page)
    assert not AppointmentRequest.objects.exists()
    assert "Harold Sample" in words(sent)


def test_request_goes_on_where_it_was_once_an_office_takes_requests_again(client):
    post_steps(client)
    keeper = User.objects.get(username="keeper")
    keeper.offices.clear()
    client.post("/appointments/check/")

    keeper.offices.set(Office.objects.all())

    assert client.post("/appointments/check/").status_code == 302
    assert AppointmentRequest.objects.get().patient_name == "Harold Sample"


def test_request_goes_to_no_office_that_lost_its_last_person_a_moment_ago_elsewhere(client):
    post_steps(client)
    offices.directory()
    Office.staff.through.objects.filter(office__slug="toms-river").delete()  # as another process would, unheard of here

    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().office.slug == "belleville"


def test_practice_with_one_office_asks_nothing_about_which(client):
    Office.objects.get(slug="belleville").delete()

    page = visit_page_for(client, FAR_ZIP)

    assert offered_offices(page) == []
    post_steps(client, visit={"office": ""})
    client.post("/appointments/check/")
    assert AppointmentRequest.objects.get().office.slug == "toms-river"


def test_practice_with_five_offices_offers_all_nearest_first(client):
    for position, (name, latitude) in enumerate([("Freehold", 40.25), ("Edison", 40.52), ("Sparta", 41.03)], start=2):
        office = Office.objects.create(
            name=name,
            slug=name.lower(),
            letter=name[0],
            position=position,
            phone="+17325550100",
            notice_email="notices@clinic.example",
            latitude=latitude,
            longitude=-74.2,
        )
        OpeningHours.objects.create(office=office, weekday=0, opens="09:00", closes="17:00")
        office.staff.add(User.objects.get(username="keeper"))

    page = visit_page_for(client, "08753")

    assert offered_offices(page) == ["toms-river", "freehold", "edison", "belleville", "sparta", "first"]
    post_steps(client, visit={"office": "edison"})
    client.post("/appointments/check/")
    assert AppointmentRequest.objects.get().office.slug == "edison"


# --- a second click, two tabs, back ---


def test_second_click_on_send_gives_the_same_request(client):
    post_steps(client)

    first, second = client.post("/appointments/check/"), client.post("/appointments/check/")

    assert first["Location"] == second["Location"]
    assert AppointmentRequest.objects.count() == 1
    assert Event.objects.count() == 1
    assert AuditEntry.objects.count() == 1
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["office_notice", "receipt"]
    assert client.get(second["Location"]).status_code == 200


def test_second_click_while_the_first_is_still_being_sent_gives_the_same_request(client, monkeypatch):
    post_steps(client)
    send = actions.submit

    def arrive_second(**answers: Any) -> AppointmentRequest:
        send(**answers)
        return send(**answers)

    monkeypatch.setattr("appointments.actions.submit", arrive_second)
    response = client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert response["Location"] == f"/appointments/sent/{inquiry.reference}/"
    assert Mail.objects.count() == 2


def test_two_tabs_fill_one_request(client):
    post_steps(client)

    client.post("/appointments/new/about-you/", {**ABOUT_YOU, "phone": "(732) 555-0199"})  # in one tab
    client.post("/appointments/new/contact/", {**CONTACT, "best_way": "text"})  # in the other
    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.phone, inquiry.contact["best_way"]) == ("+17325550199", "text")


def test_second_tab_that_starts_again_keeps_the_other_tabs_answers(client):
    post_steps(client)

    client.get("/appointments/new/")
    response = client.post("/appointments/new/", SAFETY)

    assert response["Location"] == "/appointments/check/"


def test_second_tab_left_on_check_finds_the_request_that_the_first_one_sent(client):
    post_steps(client)
    sent = client.post("/appointments/check/")

    assert client.get("/appointments/check/")["Location"] == sent["Location"]


@pytest.mark.parametrize("url", list(STEPS)[1:])
def test_back_after_sending_does_not_say_that_nothing_was_sent(client, url):
    post_steps(client)
    client.post("/appointments/check/")

    page = client.get(url, follow=True)

    assert "Nothing was sent" not in words(page)


def test_second_tab_left_on_a_step_is_not_told_that_nothing_was_sent(client):
    post_steps(client)
    sent = client.post("/appointments/check/")

    page = client.post("/appointments/new/contact/", CONTACT, follow=True)

    assert "Nothing was sent" not in words(page)
    assert client.get(sent["Location"]).status_code == 200


def test_second_request_from_the_same_browser_is_a_new_one(client):
    post_steps(client)
    client.post("/appointments/check/")

    post_steps(client, about_you={"patient_name": "Maude Sample"})
    client.post("/appointments/check/")

    assert {inquiry.patient_name for inquiry in AppointmentRequest.objects.all()} == {"Harold Sample", "Maude Sample"}


@EVERY_STEP
def test_back_shows_what_was_typed(client, url, answers):
    post_steps(client)

    shown = filled_in(client.get(url))

    shown.pop("consent", None)  # is asked each time
    assert shown == {name: typed for name, typed in as_sent(answers).items() if name != "consent"}


@pytest.mark.parametrize(
    ("url", "previous"),
    [
        ("/appointments/new/about-you/", "/appointments/new/"),
        ("/appointments/new/visit/", "/appointments/new/about-you/"),
        ("/appointments/new/contact/", "/appointments/new/visit/"),
        ("/appointments/check/", "/appointments/new/contact/"),
    ],
)
def test_back_link_leads_to_the_step_before(client, url, previous):
    post_steps(client)

    link = read(client.get(url)).main.find("a", string=lambda text: "Back" in (text or ""))

    assert link["href"] == previous


def test_check_leads_to_the_first_step_still_open(client):
    client.post("/appointments/new/", SAFETY)
    client.post("/appointments/new/visit/", VISIT)

    assert client.get("/appointments/check/")["Location"] == "/appointments/new/about-you/"
    assert client.post("/appointments/check/")["Location"] == "/appointments/new/about-you/"
    assert not AppointmentRequest.objects.exists()


@pytest.mark.parametrize("url", [*list(STEPS)[1:], "/appointments/check/"])
def test_step_opened_without_any_answers_leads_to_the_first(client, url):
    assert client.get(url)["Location"] == "/appointments/new/"


def test_step_that_does_not_exist_is_not_found(client):
    assert client.get("/appointments/new/payment/").status_code == 404
    assert client.post("/appointments/new/payment/").status_code == 404


# --- answers that have expired ---

EXPIRED = "To keep your answers private we delete them when you stop for a while."


def test_answers_whose_time_is_over_do_not_come_back_with_a_later_step(monday):
    """The worker may not have deleted them yet."""
    drafts.keep("the-draft", safety={"flags": ["fever"]})
    monday.shift(timedelta(minutes=120))

    drafts.keep("the-draft", visit={"reason": "Heel pain"})

    assert drafts.load("the-draft") == {"visit": {"reason": "Heel pain"}}


@pytest.mark.parametrize("url", [*list(STEPS)[1:], "/appointments/check/", "/appointments/new/call-now/"])
def test_expired_answers_are_asked_again_with_a_sentence_and_the_phones(client, monday, url):
    post_steps(client, safety={"flags": ["fever"]})
    monday.shift(timedelta(hours=2, seconds=1))

    response = client.get(url)

    assert response["Location"] == "/appointments/new/?expired=1"
    page = client.get(response["Location"])
    assert EXPIRED in words(page)
    assert all(phone in words(page) for phone in PHONES)
    assert filled_in(page) == {}


def test_answers_live_for_two_hours_after_the_last_step(client, monday):
    client.post("/appointments/new/", SAFETY)
    monday.shift(timedelta(minutes=119))
    client.post("/appointments/new/about-you/", ABOUT_YOU)
    monday.shift(timedelta(minutes=119))

    assert filled_in(client.get("/appointments/new/about-you/")) == as_sent(ABOUT_YOU)


def test_expired_answers_keep_what_was_just_typed(client, monday):
    post_steps(client)
    monday.shift(timedelta(hours=3))

    response = client.post("/appointments/new/visit/", {**VISIT, "details": "Typed for a long time."})

    assert response["Location"] == "/appointments/new/?expired=1"
    assert client.post("/appointments/new/", SAFETY)["Location"] == "/appointments/new/about-you/"
    assert filled_in(client.get("/appointments/new/about-you/")) == {}
    assert client.post("/appointments/new/about-you/", ABOUT_YOU)["Location"] != "/appointments/check/"
    assert filled_in(client.get("/appointments/new/visit/"))["details"] == "Typed for a long time."


def test_expired_answers_are_not_sent(client, monday):
    post_steps(client)
    monday.shift(timedelta(hours=3))

    response = client.post("/appointments/check/")

    assert response["Location"] == "/appointments/new/?expired=1"
    assert not AppointmentRequest.objects.exists()


def test_expired_draft_with_a_mistake_in_the_step_shows_the_mistake_first(client, monday):
    post_steps(client)
    monday.shift(timedelta(hours=3))
    typed = {**ABOUT_YOU, "zip_code": "8755"}

    response = client.post("/appointments/new/about-you/", typed)

    assert_problem(response, "id_zip_code", ZIP_PROBLEM)
    assert filled_in(response) == as_sent(typed)


# --- a post without its token ---


@pytest.fixture
def strict(client):
    """The same visitor's browser with all steps filled, before a site that insists on the token."""
    post_steps(client)
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    browser.get("/appointments/new/")
    return browser


@EVERY_STEP
def test_post_without_token_shows_the_step_again_with_what_was_typed(strict, url, answers):
    response = strict.post(url, answers)

    assert response.status_code == 403
    assert "We could not be sure that this came from our own page" in words(response)
    assert filled_in(response) == as_sent(answers)


@EVERY_STEP
def test_post_without_token_is_not_kept_by_a_cache(strict, url, answers):
    assert "no-store" in strict.post(url, answers).get("Cache-Control", "")


@EVERY_STEP
def test_post_without_token_can_be_sent_again_from_the_page_shown(strict, url, answers):
    refused = strict.post(url, answers)
    token = read(refused).main.form.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]

    response = strict.post(
        url, {**filled_in(refused), "csrfmiddlewaretoken": token}, headers={"origin": "https://testserver"}
    )

    assert response["Location"] == "/appointments/check/"


def test_post_without_token_changes_nothing(strict):
    strict.post("/appointments/new/about-you/", {**ABOUT_YOU, "patient_name": "Mallory"})

    assert filled_in(strict.get("/appointments/new/about-you/"))["patient_name"] == "Harold Sample"


def test_post_without_token_and_with_a_mistake_shows_both(strict):
    response = strict.post("/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "8755"})

    assert response.status_code == 403
    assert ZIP_PROBLEM in words(response)
    assert filled_in(response)["zip_code"] == "8755"


def test_post_without_token_does_not_send_and_keeps_the_answers(strict):
    response = strict.post("/appointments/check/")

    assert response.status_code == 403
    assert "nothing was sent" in words(response)
    assert not AppointmentRequest.objects.exists()
    assert strict.get("/appointments/check/").status_code == 200


def test_post_without_token_to_a_step_that_does_not_exist_is_not_found(strict):
    assert strict.post("/appointments/new/payment/").status_code == 404


# --- where the answers are, and where they are not ---

MARKERS = {
    "patient_name": "Quirinus Zabriskie",
    "caller_name": "Philomena Zabriskie",
    "caller_relation": "godmother",
    "birth_date_0": "2",
    "birth_date_1": "27",
    "birth_date_2": "1931",
    "phone": "(201) 555-0187",
    "email": "quirinus@zabriskie.example",
    "visit_for": "child",
    "zip_code": "08753",
}
MARKED = {
    "safety": {"flags": ["hot-swollen"]},
    "about_you": MARKERS,
    "visit": {"reason": "heel-pain", "details": "Xylophone fell on it"},
    "contact": {"language": "other", "other_language": "Esperanto"},
}
SECRETS = [
    "Quirinus",
    "Philomena",
    "Zabriskie",
    "zabriskie",
    "godmother",
    "1931-02-27",
    "2015550187",
    "555-0187",
    "Xylophone",
    "Esperanto",
]


def everything_stored() -> dict[str, str]:
    """Every table of the database in one text each, as somebody with a stolen copy would read it."""
    tables = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            tables[table] = "\n".join(
                str([bytes(value) if isinstance(value, memoryview) else value for value in row]) for row in cursor
            )
    return tables


def test_draft_is_unreadable_in_the_database(client):
    post_steps(client, **MARKED)

    assert Draft.objects.get().answers["about_you"]["patient_name"] == "Quirinus Zabriskie"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM appointments_draft")
        row = str(cursor.fetchone())
    assert told_by(row, [*SECRETS, "08753", "heel-pain", "hot-swollen", "child", client.cookies[COOKIE].value]) == []


def test_draft_is_gone_when_the_request_is_sent(client):
    post_steps(client)

    client.post("/appointments/check/")

    assert not Draft.objects.exists()


def test_draft_cookie_is_opaque_and_closed_to_everyone_else(client):
    response = client.post("/appointments/new/", SAFETY)

    cookie = response.cookies[COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")
    assert len(cookie.value) >= 43


def test_draft_cookie_that_we_never_gave_is_replaced(client):
    client.cookies[COOKIE] = "made-up"

    post_steps(client)

    assert client.cookies[COOKIE].value != "made-up"
    stranger = Browser()
    stranger.cookies[COOKIE] = "made-up"
    assert stranger.get("/appointments/check/").status_code == 302


def test_nothing_sent_is_readable_in_any_table(client):
    post_steps(client, **MARKED)
    client.post("/appointments/check/")

    stored = everything_stored()

    inquiry = AppointmentRequest.objects.get()
    assert inquiry.patient_name == "Quirinus Zabriskie"
    assert inquiry.reference in stored["appointments_appointmentrequest"]
    assert inquiry.reference in stored["appointments_auditentry"]
    for table, text in stored.items():
        assert [secret for secret in SECRETS if secret in text] == [], table


def test_nothing_of_health_is_readable_where_requests_are_kept(client):
    post_steps(client, **MARKED)
    client.post("/appointments/check/")

    stored = everything_stored()

    for model in (AppointmentRequest, Event, Mail, AuditEntry, Draft):
        text = stored[model._meta.db_table]
        readable = ["Heel pain", "heel-pain", "hot-swollen", "hot, red", "08753", "child", "morning", "belleville"]
        assert told_by(text, readable) == [], model


def test_nothing_sent_is_in_the_session_an_address_or_a_cookie(client):
    seen = []
    for url, name, answers in zip(STEPS, MARKED, STEPS.values(), strict=True):
        seen.append(client.post(url, {**answers, **MARKED[name]})["Location"])
        page = read(client.get(seen[-1]))
        assert {hidden["name"] for hidden in page.select("input[type=hidden]")} <= {"csrfmiddlewaretoken", "stamp"}
        seen += [link["href"] for link in page.select("a[href]")]
    seen.append(client.post("/appointments/check/")["Location"])
    seen += [cookie.value for cookie in client.cookies.values()]

    assert not Session.objects.exists()
    assert set(client.cookies) <= {COOKIE, "__Host-csrf"}
    assert told_by("\n".join(seen), [*SECRETS, "08753", "hot-swollen"]) == []


def test_nothing_typed_is_logged(client, caplog, monkeypatch):
    post_steps(client, **MARKED)
    client.post("/appointments/new/about-you/", {**ABOUT_YOU, **MARKERS, "zip_code": "8755"})
    monkeypatch.setattr("appointments.actions.submit", fail)
    client.post("/appointments/check/")

    assert "A request could not be saved" in caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


# --- when the database is away ---


def fail(**kwargs: Any) -> None:
    """The database gives up while a request is saved."""
    raise DatabaseError("disk full")


def test_failure_while_sending_keeps_the_answers_and_shows_the_phones(client, monkeypatch):
    post_steps(client)
    monkeypatch.setattr("appointments.actions.submit", fail)

    response = client.post("/appointments/check/")

    assert response.status_code == 503
    page = read(response)
    assert page.title.get_text().startswith("Error: ")
    problem = page.select_one("[role=alert]")
    assert "Your request was not sent" in problem.get_text()
    assert [link["href"] for link in problem.select("a")] == ["tel:+17325579900", "tel:+19734503035"]
    assert "Harold Sample" in words(response)
    assert "no-store" in response["Cache-Control"]


def test_failure_while_sending_can_be_tried_again(client, monkeypatch):
    post_steps(client)
    with monkeypatch.context() as broken:
        broken.setattr("appointments.actions.submit", fail)
        client.post("/appointments/check/")

    client.post("/appointments/check/")

    assert AppointmentRequest.objects.count() == 1


def test_failure_halfway_leaves_nothing_behind(client, monkeypatch):
    post_steps(client)
    monkeypatch.setattr("common.audit.record", fail)  # the last thing that is written

    response = client.post("/appointments/check/")

    assert response.status_code == 503
    assert not AppointmentRequest.objects.exists()
    assert not Event.objects.exists()
    assert not Mail.objects.exists()
    assert Draft.objects.exists()


# --- manners ---


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("url", [*STEPS, "/appointments/check/"])
def test_form_takes_only_get_and_post(client, method, url):
    response = getattr(client, method)(url)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("url", ["/appointments/new/call-now/", "/appointments/sent/GS-7K4M-39/"])
def test_pages_that_only_tell_take_no_post(client, url):
    assert client.post(url).status_code == 405


def test_get_of_the_check_page_sends_nothing(client):
    post_steps(client)

    client.get("/appointments/check/")
    client.head("/appointments/check/")

    assert not AppointmentRequest.objects.exists()


def test_no_page_of_the_form_may_be_kept_by_a_cache(client):
    post_steps(client, safety={"flags": ["fever"]})
    pages = [client.get(url) for url in (*STEPS, "/appointments/new/call-now/", "/appointments/check/")]
    pages += [client.post(url, {}) for url in STEPS]
    pages.append(client.post("/appointments/check/"))
    pages.append(client.get(pages[-1]["Location"]))
    pages.append(Browser().get(pages[-2]["Location"]))

    for page in pages:
        assert "no-store" in page["Cache-Control"], page.request["PATH_INFO"]
        assert "private" in page["Cache-Control"]


@EVERY_STEP
def test_step_takes_few_queries(client, url, answers, django_assert_max_num_queries):
    post_steps(client)

    with django_assert_max_num_queries(8):
        client.get(url)
    with django_assert_max_num_queries(8):
        client.post(url, answers)
    with django_assert_max_num_queries(8):
        client.post(url, {})


def test_check_confirmation_and_call_now_take_few_queries(client, django_assert_max_num_queries):
    post_steps(client, safety={"flags": ["fever"]})

    with django_assert_max_num_queries(8):
        client.get("/appointments/check/")
    with django_assert_max_num_queries(8):
        client.get("/appointments/new/call-now/")
    with django_assert_max_num_queries(30):
        sent = client.post("/appointments/check/")
    with django_assert_max_num_queries(8):
        client.get(sent["Location"])
