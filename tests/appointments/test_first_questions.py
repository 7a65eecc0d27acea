"""What everybody asks before a first visit: one place for the answers, four for the patient to find them."""

import pytest

from appointments import private_link
from appointments.mail.compose import compose
from appointments.models import Mail, Office, PracticeSettings
from tests.appointments.reading import read, words
from tests.conftest import post_steps

pytestmark = pytest.mark.usefixtures("practice", "monday")

ANSWERS = {
    "What to bring": "Your shoes",
    "How long a first visit takes": "About 45 minutes.",
    "Parking and bus": "Behind the building. Bus 559 stops in front.",
    "What it costs": "Asking for a visit costs nothing.",
}


@pytest.fixture
def told(practice):
    """The practice has answered everything."""
    settings, _made = PracticeSettings.objects.get_or_create(pk=1)
    settings.what_to_bring = "your shoes"
    settings.first_visit_length = "About 45 minutes."
    settings.cost_of_asking = "Asking for a visit costs nothing."
    settings.save()
    office = Office.objects.get(slug="toms-river")
    office.parking = "Behind the building. Bus 559 stops in front."
    office.save()


def shown(answer) -> dict[str, str]:
    """The questions with their answers, as the page has them, without the links to more."""
    rows = read(answer).select("section dl div")
    return {row.dt.get_text(strip=True): row.dd.find(string=True).strip() for row in rows}


def confirmation(client):
    post_steps(client)
    return client.post("/appointments/check/", follow=True)


def private_page(client, make_request):
    address = private_link.path(make_request())
    client.post(address, {"last_digits": "0142"})
    return client.get(address)


@pytest.mark.usefixtures("told")
def test_answers_stand_on_confirmation_private_page_and_office_page(client, make_request):
    assert shown(confirmation(client)) == ANSWERS
    assert shown(private_page(client, make_request)) == ANSWERS
    assert shown(client.get("/offices/toms-river/")) == ANSWERS


@pytest.mark.usefixtures("told")
def test_answers_stand_in_the_receipt(make_request):
    make_request()

    body = compose(Mail.objects.get(kind="receipt")).body

    assert "What to bring to a visit: Your shoes\nHow long a first visit takes: About 45 minutes.\n" in body
    assert "Parking and bus: Behind the building. Bus 559 stops in front.\nWhat it costs: Asking" in body


def test_what_is_not_told_is_left_out_and_of_cost_nothing_is_made_up(client, make_request):
    nothing_but = {
        "What to bring": "A photo ID, your insurance card, a list of your medicines, and the shoes you wear most",
        "What it costs": "Please ask us on the phone.",
    }
    inquiry = make_request()

    message = compose(inquiry.mails.get(kind="receipt"))

    assert shown(client.get("/offices/toms-river/")) == nothing_but
    assert "What it costs: Please ask us on the phone." in message.body
    for part in (message.body, message.alternatives[0].content):
        assert "How long" not in part
        assert "Parking" not in part


@pytest.mark.usefixtures("told")
def test_closed_request_and_message_are_not_told_of_visits(client, make_request):
    inquiry = make_request()
    address = private_link.path(inquiry)
    client.post(address, {"last_digits": "0142"})
    client.post(f"{address}cancel/")

    page = client.get(address)

    assert "You canceled this" in words(page)
    assert shown(page) == {}
