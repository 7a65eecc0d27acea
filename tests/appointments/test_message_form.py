"""A message to an office about something else than an appointment.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from appointments import actions, offices
from appointments.models import AppointmentRequest, Event, Mail, Office
from common import audit
from common.models import AuditEntry
from tests.appointments.reading import read, words
from tests.conftest import Browser, post_steps

pytestmark = pytest.mark.usefixtures("practice")

URL = "/appointments/message/"
COOKIE = "__Host-sent-message"
PHONES = ("(732) 557-9900", "(973) 450-3035")
WORDS = "Are you open on the day after Thanksgiving?"
TYPED = {
    "office": "belleville",
    "about": "hours",
    "name": "Harold Sample",
    "phone": "(732) 555-0142",
    "email": "harold@example.com",
    "message": WORDS,
    "best_way": "text",
}


@pytest.fixture
def typed(client, monday):
    """A filled-in form, a minute after it was opened."""
    hidden = {field["name"]: field.get("value", "") for field in read(client.get(URL)).main.form.select("input")}
    monday.shift(timedelta(minutes=1))
    return {"stamp": hidden["stamp"], "topic": "", **TYPED}


# --- the page ---


def test_page_says_what_it_is_for_and_what_not(client):
    page = words(client.get(URL))

    assert "Do not write about your health here." in page
    assert "call 911" in page
    assert all(phone in page for phone in PHONES)
    assert read(client.get(URL)).main.find("a", string="Request an appointment")["href"] == "/appointments/new/"


def test_page_asks_for_what_an_answer_needs(client):
    page = read(client.get(URL))

    names = {control["name"] for control in page.main.form.select("input, textarea")}
    assert names == {"csrfmiddlewaretoken", "stamp", "topic", *TYPED}
    assert page.find(id="id_name")["autocomplete"] == "name"
    assert page.find(id="id_email")["autocomplete"] == "email"
    assert page.find(id="id_phone")["autocomplete"] == "tel"
    assert not page.main.select("input:checked")


@pytest.mark.parametrize("url", ["/offices/toms-river/", "/privacy/", "/"])
def test_page_is_linked(client, url):
    assert [link for link in read(client.get(url)).select("a[href]") if link["href"].startswith(URL)]


def test_link_of_an_office_chooses_it(client):
    link = next(
        link["href"] for link in read(client.get("/offices/toms-river/")).main.select("a") if URL in link["href"]
    )

    assert [radio["value"] for radio in read(client.get(link)).select("input[name=office][checked]")] == ["toms-river"]


def test_made_up_office_in_the_address_chooses_none(client):
    assert not read(client.get(f"{URL}?office=nowhere")).select("input[name=office][checked]")


def test_office_where_nobody_would_read_it_is_not_offered(client):
    Office.objects.get(slug="belleville").staff.clear()

    offered = [radio["value"] for radio in read(client.get(URL)).select("input[name=office]")]

    assert offered == ["toms-river"]


def test_office_that_is_away_may_be_written_to(client):
    office = Office.objects.get(slug="belleville")
    office.takes_requests = False
    office.save()

    assert read(client.get(URL)).select("input[name=office][value=belleville]")


def test_message_that_nobody_would_read_is_not_taken_and_its_words_stay(client, typed):
    offices.directory()
    Office.staff.through.objects.all().delete()  # as another process would, unheard of here

    answer = client.post(URL, typed)

    assert answer.status_code == 503
    assert "We can’t take messages on this page right now" in words(answer)
    assert all(phone in words(answer) for phone in PHONES)
    assert read(answer).find(id="id_message").text.strip() == WORDS
    assert not AppointmentRequest.objects.exists()


# --- what it sends ---


def test_message_is_tracked_like_a_request(client, typed):
    response = client.post(URL, typed, REMOTE_ADDR="198.51.100.1")

    inquiry = AppointmentRequest.objects.get()
    assert response["Location"] == f"/appointments/message/sent/{inquiry.reference}/"
    assert (inquiry.kind, inquiry.office.slug, inquiry.status, inquiry.urgent) == (
        "message",
        "belleville",
        "new",
        False,
    )
    assert (inquiry.patient_name, inquiry.phone, inquiry.email) == (
        "Harold Sample",
        "+17325550142",
        "harold@example.com",
    )
    assert (inquiry.reason, inquiry.details) == ("Opening hours or how to get there", WORDS)
    assert inquiry.contact == {"best_way": "text", "language": "en"}
    assert [event.kind for event in Event.objects.all()] == ["received"]
    assert {mail.kind for mail in Mail.objects.all()} == {"office_notice", "receipt"}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.record, entry.address) == (
        "request sent",
        inquiry.reference,
        audit.connection_key("198.51.100.1"),
    )


def test_confirmation_says_by_when_and_how_the_office_answers(client, typed):
    page = client.post(URL, typed, follow=True)

    inquiry = AppointmentRequest.objects.get()
    assert "The Belleville office will answer you by 5 pm on Tuesday, November 24." in words(page)
    assert inquiry.reference in words(page)
    assert "They will send a text message to (732) 555-0142." in words(page)
    assert read(page).main.select_one("a[href^='/appointments/status/']")
    assert WORDS not in page.content.decode()


@pytest.mark.parametrize(
    ("best_way", "sentence"),
    [("call", "They will call (732) 555-0142."), ("email", "They will write to harold@example.com.")],
)
def test_confirmation_repeats_the_wished_way(client, typed, best_way, sentence):
    assert sentence in words(client.post(URL, {**typed, "best_way": best_way}, follow=True))


def test_message_without_email_owes_the_sender_no_mail(client, typed):
    page = client.post(URL, {**typed, "email": ""}, follow=True)

    assert [mail.kind for mail in Mail.objects.all()] == ["office_notice"]
    assert "receipt" not in words(page)


def test_second_click_sends_nothing_twice(client, typed):
    first = client.post(URL, typed)["Location"]

    assert client.post(URL, typed)["Location"] == first
    assert client.get(first).status_code == 200
    assert AppointmentRequest.objects.count() == 1


def test_other_words_are_another_message(client, typed):
    client.post(URL, typed)
    client.post(URL, {**typed, "message": "And on Saturday?"})

    assert AppointmentRequest.objects.count() == 2


def test_confirmation_opens_only_in_the_browser_that_sent_it(client, typed):
    url = client.post(URL, typed)["Location"]

    for stranger in (Browser(), Browser()):
        response = stranger.get(url)
        assert response.status_code == 404
        assert "Harold" not in response.content.decode()
        stranger.cookies[COOKIE] = "0" * 64
    assert client.get("/appointments/message/sent/GS-7K4M-39/").status_code == 404
    assert client.get("/appointments/message/sent/GS%00/").status_code == 404


def test_confirmation_closes_after_a_while(client, typed, monday):
    url = client.post(URL, typed)["Location"]
    monday.shift(timedelta(minutes=121))

    assert client.get(url).status_code == 404


def test_request_being_filled_in_is_left_alone(client, typed):
    post_steps(client)

    client.post(URL, typed)

    assert client.get("/appointments/check/").status_code == 200


# --- mistakes ---


@pytest.mark.parametrize(
    ("changes", "control_id", "error"),
    [
        ({"office": ""}, "id_office_0", "Choose an office"),
        ({"office": "nowhere"}, "id_office_0", "Choose an office"),
        ({"about": ""}, "id_about_0", "Choose what it is about"),
        ({"name": " "}, "id_name", "Enter your full name"),
        ({"name": "x" * 201}, "id_name", "Your name must be 200 characters or fewer"),
        ({"phone": "12"}, "id_phone", "Enter a phone number with 10 digits, like (202) 555-0100"),
        ({"phone": ""}, "id_phone", "Enter a phone number with 10 digits, like (202) 555-0100"),
        ({"email": "harold"}, "id_email", "Enter an email address like name@example.com"),
        ({"message": "\x00 \n"}, "id_message", "Enter your message"),
        ({"message": "x" * 601}, "id_message", "This is 1 character too long. Use 600 characters or fewer"),
        ({"best_way": ""}, "id_best_way_0", "Choose the best way to answer you"),
        (
            {"best_way": "email", "email": ""},
            "id_email",
            "Enter an email address, or choose another way to answer you",
        ),
    ],
)
def test_mistake_is_named_and_what_was_typed_stays(client, typed, changes, control_id, error):
    response = client.post(URL, {**typed, **changes})

    page = read(response)
    assert response.status_code == 200
    assert page.title.text.strip().startswith("Error: ")
    summary = page.select_one("[role=alert]")
    assert [(link["href"], link.text) for link in summary.select("a")] == [(f"#{control_id}", error)]
    control = page.find(id=control_id)
    assert control["aria-invalid"] == "true"
    described = control if control.get("aria-describedby") else control.find_parent("fieldset")
    assert error in [page.find(id=name).get_text(" ", strip=True) for name in described["aria-describedby"].split()]
    if "message" not in changes:
        assert page.find("textarea").get_text().strip() == WORDS
    assert not AppointmentRequest.objects.exists()


def test_message_of_600_letters_is_taken(client, typed):
    assert client.post(URL, {**typed, "message": "ä" * 600}).status_code == 302


def test_old_page_is_shown_again_with_what_was_typed(client, typed, monday):
    monday.shift(timedelta(hours=3))

    response = client.post(URL, typed)

    assert "open for a long time" in words(response)
    assert read(response).find("textarea").get_text().strip() == WORDS


def test_message_without_its_token_comes_back_with_what_was_typed(typed):
    response = Browser(enforce_csrf_checks=True).post(URL, typed)

    assert response.status_code == 403
    assert read(response).find("textarea").get_text().strip() == WORDS
    assert not AppointmentRequest.objects.exists()


def test_database_failure_keeps_the_words_and_shows_the_phones(client, typed, monkeypatch):
    def fail(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(actions, "send_message", fail)

    response = client.post(URL, typed)

    assert response.status_code == 503
    assert "Your message was not sent" in words(response)
    assert read(response).find("textarea").get_text().strip() == WORDS


def test_markup_is_only_text(client, typed):
    hostile = "</textarea><script>alert(1)</script>"

    response = client.post(URL, {**typed, "message": hostile, "name": hostile, "phone": ""})

    assert b"<script>alert(1)" not in response.content


# --- suspicion ---


@pytest.mark.parametrize(
    "changes", [{"topic": "https://pills.example"}, {"message": "We offer SEO and backlinks for your website."}]
)
def test_suspected_message_is_asked_for_one_more_step_and_then_held(client, typed, changes):
    asked = client.post(URL, {**typed, **changes})

    assert read(asked).title.text.strip().startswith("One more step")
    assert "Nothing has been sent yet." in words(asked)
    assert not AppointmentRequest.objects.exists()
    page = client.post(URL, {**typed, **changes, "asked": "1", "proof": ""}, follow=True)
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.status, bool(inquiry.held_because)) == ("held", True)
    assert not Mail.objects.exists()
    first = "A person at the Belleville office looks at your message first, and answers you by"
    assert f"{first} 5 pm on Tuesday, November 24." in words(page)
    assert words(page).count("by 5 pm") == 1, "one promise"
    assert "We have it, and nothing is lost." in words(page)


def test_message_sent_too_fast_is_asked_for_one_more_step(client, typed, monday):
    monday.shift(timedelta(seconds=-58))

    assert "One more step" in words(client.post(URL, typed))


# --- cost and caches ---


def test_page_and_confirmation_take_few_queries(client, typed, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(URL)
    with django_assert_max_num_queries(8):
        client.post(URL, {})
    with django_assert_max_num_queries(30):
        sent = client.post(URL, typed)
    with django_assert_max_num_queries(8):
        client.get(sent["Location"])


def test_no_page_of_it_is_kept_or_found(client, typed):
    sent = client.post(URL, typed)
    for page in (client.get(URL), client.post(URL, {}), sent, client.get(sent["Location"])):
        assert "no-store" in page["Cache-Control"]
    assert read(client.get(URL)).find("meta", attrs={"name": "robots"})["content"] == "noindex"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_pages_take_no_other_method(client, method):
    assert getattr(client, method)(URL).status_code == 405
    assert client.post("/appointments/message/sent/GS-7K4M-39/").status_code == 405
