"""What patients type, from the box to the desk: an extension, no ZIP code, a slip in the email, a child's details.

It is Monday, November 23, 2026, 10:12 am in New York.
"""

import pytest

from appointments import private_link, search_keys
from appointments.models import AppointmentRequest
from common.phones import phone_in_words
from tests.appointments.reading import assert_problem, filled_in, offered_offices, read, words
from tests.conftest import ABOUT_YOU, CONTACT, SAFETY, post_steps

pytestmark = pytest.mark.usefixtures("practice", "monday")

STEP = "/appointments/new/about-you/"
DESK = "/admin/appointments/appointmentrequest/"
WITH_EXTENSION = "732-555-0142 x12"


# --- an extension ---


@pytest.fixture
def extended(client):
    """A request from a nursing home."""
    post_steps(client, about_you={"phone": WITH_EXTENSION})
    client.post("/appointments/check/")
    return AppointmentRequest.objects.get()


def test_extension_is_seen_and_dialed_by_the_desk(extended, tess):
    page = tess.get(extended.get_absolute_url())

    link = read(page).select_one("a.tel")
    assert link["href"] == "tel:+17325550142;ext=12"
    assert link.get_text().replace("\N{NO-BREAK SPACE}", " ") == "(732) 555-0142 ext. 12"
    assert "ext. 12" in words(tess.get(DESK)).replace("\N{NO-BREAK SPACE}", " ")


def test_extension_is_repeated_to_the_patient(client):
    post_steps(client, about_you={"phone": WITH_EXTENSION})

    assert "(732) 555-0142 ext. 12" in words(client.get("/appointments/check/"))
    assert filled_in(client.get(STEP))["phone"] == "(732) 555-0142 ext. 12"


@pytest.mark.parametrize("typed", ["0142", "01 42"])
def test_last_four_digits_are_those_of_the_number(client, extended, typed):
    client.cookies.clear()

    assert client.post(private_link.path(extended), {"last_digits": typed}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["732-555-0142", "732 555 0142 x12", "(732) 555-0142 ext. 12", "0142", "７３２–５５５–０１４２"]
)
def test_number_with_an_extension_is_found_by_the_number(extended, typed):
    assert list(search_keys.search(AppointmentRequest.objects.all(), typed)) == [extended]


@pytest.mark.thorough
def test_person_with_and_without_the_extension_is_the_same(extended, make_request):
    other = make_request()

    assert other.person_key == extended.person_key
    assert search_keys.phone_keys(other.phone) == search_keys.phone_keys(extended.phone)


def test_no_text_is_offered_for_an_extension(client):
    client.post("/appointments/new/", SAFETY)
    client.post(STEP, {**ABOUT_YOU, "phone": WITH_EXTENSION})
    client.post("/appointments/new/visit/", {"office": "toms-river"})

    assert not read(client.get("/appointments/new/contact/")).select("input[name=best_way]")


def test_text_is_given_up_when_the_phone_gets_an_extension(client):
    post_steps(client, contact={"best_way": "text"})

    client.post(STEP, {**ABOUT_YOU, "phone": WITH_EXTENSION})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().contact["best_way"] == "call"


def test_cost_of_texts_is_told(client):
    post_steps(client)

    assert "Your phone plan may charge for texts." in words(client.get("/appointments/new/contact/"))


# --- no ZIP code ---


def test_patient_without_a_zip_code_chooses_the_office(client):
    client.post("/appointments/new/", SAFETY)

    response = client.post(STEP, {**ABOUT_YOU, "zip_code": "K1A 0B1", "no_zip": "on"})

    assert response["Location"] == "/appointments/new/visit/"
    page = client.get("/appointments/new/visit/")
    assert "Without a ZIP code we can’t tell which office is near you" in words(page)
    assert "toms-river" in offered_offices(page)
    assert not read(page).select("input[name=office][checked]")
    again = filled_in(client.get(STEP))
    assert (again["no_zip"], again.get("zip_code")) == (["on"], None)


def test_request_without_a_zip_code_is_sent(client, tess):
    post_steps(client, about_you={"zip_code": "", "no_zip": "on"})
    assert "Not provided" in words(client.get("/appointments/check/"))

    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.zip_code, inquiry.office.slug) == ("", "toms-river")
    assert "No ZIP code was given." in words(tess.get(inquiry.get_absolute_url()))


def test_request_without_a_zip_code_for_the_first_office_is_checked_by_the_desk(client):
    post_steps(client, about_you={"zip_code": "", "no_zip": "on"}, visit={"office": "first"})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().check_office


def test_zip_code_that_is_typed_counts_though_the_box_is_ticked(client):
    post_steps(client, about_you={"no_zip": "on"})
    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().zip_code == ABOUT_YOU["zip_code"]


def test_zip_code_and_box_left_out_say_both_ways(client):
    client.post("/appointments/new/", SAFETY)

    response = client.post(STEP, {**ABOUT_YOU, "zip_code": ""})

    assert_problem(response, "id_zip_code", "Enter a ZIP code with 5 digits, or tick “I have no US ZIP code”")


# --- a slip in the email ---


def test_slip_in_the_email_is_asked_about_once_and_may_stay(client):
    client.post("/appointments/new/", SAFETY)
    typed = {**ABOUT_YOU, "email": "harold@gmail.con"}

    asked = client.post(STEP, typed)
    assert_problem(
        asked,
        "id_email",
        "Did you mean harold@gmail.com? If what you typed is right, press the button again",
    )
    hidden = {box["name"]: box["value"] for box in read(asked).select("input[type=hidden][name=email_asked]")}
    kept = client.post(STEP, {**typed, **hidden})

    assert kept["Location"] == "/appointments/new/visit/"
    assert filled_in(client.get(STEP))["email"] == "harold@gmail.con"


def test_slip_that_stays_is_not_asked_about_again_when_something_else_is_changed(client):
    client.post("/appointments/new/", SAFETY)
    client.post(STEP, {**ABOUT_YOU, "email": "harold@gmail.con", "email_asked": "harold@gmail.con"})
    page = client.get(STEP)
    hidden = {box["name"]: box["value"] for box in read(page).select("input[type=hidden][name=email_asked]")}

    response = client.post(STEP, {**filled_in(page), **hidden, "been_before": "yes"})

    assert response.status_code == 302


# --- another person's details ---


def own_details(page) -> set[str]:
    """What the browser may fill in of its owner's."""
    boxes = read(page).select("#id_patient_name, input[id^=id_birth_date_]")
    return {box["autocomplete"] for box in boxes}


def test_browser_fills_nobody_in_before_it_is_said_who_the_visit_is_for(client):
    client.post("/appointments/new/", SAFETY)

    assert own_details(client.get(STEP)) == {"off"}


@pytest.mark.parametrize("visit_for", ["child", "other"])
def test_browser_never_fills_its_owner_into_the_boxes_of_another(client, visit_for):
    client.post("/appointments/new/", SAFETY)

    page = client.post(STEP, {**ABOUT_YOU, "visit_for": visit_for, "phone": ""})

    assert own_details(page) == {"off"}
    assert read(page).find(id="id_caller_name")["autocomplete"] == "name"


def test_browser_may_fill_in_its_owner_for_themselves(client):
    client.post("/appointments/new/", SAFETY)

    page = client.post(STEP, {**ABOUT_YOU, "visit_for": "me", "phone": ""})

    assert own_details(page) == {"name", "bday-month", "bday-day", "bday-year"}


@pytest.mark.parametrize(("visit_for", "fills"), [("child", {"off"}), ("me", {"bday-month", "bday-day", "bday-year"})])
def test_lock_of_the_private_page_takes_no_parents_birthday(client, make_request, visit_for, fills):
    page = client.get(private_link.path(make_request(visit_for=visit_for)))

    assert {box["autocomplete"] for box in read(page).select("input[id^=id_birth_date_]")} == fills


# --- a birth date ---


def test_month_box_shows_digits_on_a_phone_and_takes_words(client):
    client.post("/appointments/new/", SAFETY)

    assert read(client.get(STEP)).find(id="id_birth_date_0")["inputmode"] == "numeric"
    assert client.post(STEP, {**ABOUT_YOU, "birth_date_0": "September"}).status_code == 302


def test_whole_date_in_one_box_is_split_also_where_something_else_is_wrong(client):
    client.post("/appointments/new/", SAFETY)
    typed = {**ABOUT_YOU, "birth_date_0": "09/14/1954", "birth_date_1": "", "birth_date_2": ""}

    refused = filled_in(client.post(STEP, {**typed, "phone": ""}))

    assert [refused[f"birth_date_{box}"] for box in range(3)] == ["09", "14", "1954"]
    client.post(STEP, typed)
    assert [filled_in(client.get(STEP))[f"birth_date_{box}"] for box in range(3)] == ["9", "14", "1954"]


# --- texts ---


def test_private_page_takes_no_text_to_an_extension(client, make_request):
    page = private_link.path(make_request())
    client.post(page, {"last_digits": "0142"})
    typed = {**CONTACT, "best_way": "text", "phone": WITH_EXTENSION, "days": ["1"], "time_of_day": "any"}

    response = client.post(page + "change/", typed)

    said = "We can’t text a number with an extension. Choose another way to reach you"
    assert_problem(response, "id_best_way_0", said)


def test_number_abroad_with_an_extension_reads_well():
    assert phone_in_words("+442079460958;ext=5").replace("\N{NO-BREAK SPACE}", " ").endswith("7946 0958 x5")


# --- what the privacy page says of cookies ---


def test_cookies_are_as_the_privacy_page_says(client, make_request):
    for address in ("/", "/conditions/", "/offices/", "/privacy/"):
        client.get(address)
    assert not client.cookies  # while one reads

    client.get("/appointments/new/")
    post_steps(client)
    client.post("/appointments/check/", follow=True)
    client.post(private_link.path(make_request()), {"last_digits": "0142"})

    kept = {name.removeprefix("__Host-"): cookie["max-age"] for name, cookie in client.cookies.items()}
    assert kept == {"csrf": "", "request-draft": "", "request-page": 30 * 60}
    said = words(client.get("/privacy/"))
    assert "They go away when you close the browser; the one of your private page also after 30 minutes." in said
