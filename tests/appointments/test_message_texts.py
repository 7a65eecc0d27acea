"""What the sender of a message reads afterwards, in mails and on their own page: never of a request or a visit.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5.
"""

import re
from datetime import timedelta

import pytest

from appointments import actions, private_link
from appointments.actions import Actor
from appointments.mail import compose, outbox
from appointments.models import AppointmentRequest, CloseReason, Event, Mail
from tests.appointments.at_desk import hold, message
from tests.appointments.reading import filled_in, read, words

pytestmark = pytest.mark.usefixtures("practice", "monday")

OF_A_VISIT = re.compile(r"(?i)\b(requests?|visits?|appointments?|book\w*)\b")


@pytest.fixture
def written():
    """Mel's message to Toms River, just sent."""
    return message()


@pytest.fixture
def desk(toms_river_desk):
    """Tess at work."""
    return Actor(toms_river_desk)


def own_page(inquiry: AppointmentRequest) -> str:
    return f"/appointments/status/{private_link.token(inquiry)}/"


def opened(client, inquiry: AppointmentRequest):
    """Mel's own page, unlocked."""
    client.post(own_page(inquiry), {"last_digits": "0194"})
    return client.get(own_page(inquiry))


def test_lock_and_wrong_fact_speak_of_a_message(client, written):
    for response in (client.get(own_page(written)), client.post(own_page(written), {"last_digits": "0000"})):
        assert "Your message" in words(response)
        assert not OF_A_VISIT.search(read(response).select_one(".narrow").get_text(" "))


@pytest.mark.parametrize(
    ("outcomes", "title"),
    [
        ([], "We will answer you"),
        ([Event.Kind.NO_ANSWER], "We will answer you"),
        ([Event.Kind.SPOKE], "We spoke with you"),
    ],
)
def test_page_of_an_open_message_speaks_of_a_message(client, written, desk, outcomes, title):
    for outcome in outcomes:
        actions.log_call(inquiry=written, actor=desk, outcome=outcome)

    page = opened(client, written)

    assert read(page).h1.get_text() == title
    assert "Where your message is now" in words(page)
    assert not OF_A_VISIT.search(words(page))


def test_late_answer_is_owned_up_to(client, written, monday):
    monday.shift(timedelta(days=3))

    page = words(opened(client, written))

    assert "We should have answered by now, and we are sorry." in page
    assert not OF_A_VISIT.search(page)


def test_message_in_quarantine_speaks_of_a_message(client, written):
    hold(written)

    assert not OF_A_VISIT.search(words(opened(client, written)))


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        (CloseReason.ANSWERED, "We have answered you"),
        (CloseReason.NO_ANSWER, "We could not reach you"),
        (CloseReason.DUPLICATE, "We put your messages together"),
        (CloseReason.SPAM, "This message is closed"),
    ],
)
def test_page_of_a_closed_message_speaks_of_a_message(client, written, desk, reason, title):
    actions.close(inquiry=written, actor=desk, reason=reason)

    page = opened(client, written)

    assert read(page).h1.get_text() == title
    assert not OF_A_VISIT.search(words(page))
    assert read(page).main.find("a", string="Send us a message")["href"] == "/appointments/message/"


def test_message_can_be_taken_back(client, written):
    opened(client, written)
    question = client.get(own_page(written) + "cancel/")

    page = client.post(own_page(written) + "cancel/", follow=True)

    assert "Withdraw your message?" in words(question)
    assert read(page).h1.get_text() == "You withdrew your message"
    assert not OF_A_VISIT.search(words(question) + words(page))


def test_wish_to_be_answered_by_email_is_kept_when_the_phone_changes(client):
    inquiry = message(contact={"best_way": "email", "language": "en"})
    opened(client, inquiry)

    form = client.get(own_page(inquiry) + "change/")

    assert filled_in(form)["best_way"] == "email"
    client.post(own_page(inquiry) + "change/", {**filled_in(form), "phone": "732 555 0195", "voicemail": "yes"})
    inquiry.refresh_from_db()
    assert (inquiry.phone, inquiry.contact["best_way"], inquiry.contact["voicemail"]) == (
        "+17325550195",
        "email",
        "yes",
    )


@pytest.mark.parametrize(
    ("kind", "subject"),
    [(Mail.Kind.RECEIPT, "We got your message"), (Mail.Kind.CANCELLED, "You withdrew your message")],
)
def test_mail_to_the_sender_speaks_of_a_message(written, kind, subject):
    outbox.queue(kind, written, written.office)

    mail = compose.compose(Mail.objects.filter(kind=kind).latest("pk"))

    assert mail.subject == f"{subject} ({written.reference})"
    assert not OF_A_VISIT.search(re.sub(r"https://\S+", "", str(mail.body)))


def test_office_is_told_that_it_is_a_message(written):
    mail = compose.compose(Mail.objects.get(kind=Mail.Kind.OFFICE_NOTICE))

    assert mail.subject == f"New message {written.reference}"
    assert "Answer by: Monday, November 23 at 2:12 pm" in str(mail.body).replace("\N{NO-BREAK SPACE}", " ")
