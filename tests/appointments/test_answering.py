"""Answers on the private page, by phone in one click, and by text where the office can.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5.
"""

from datetime import timedelta

import pytest

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.mail.compose import compose
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Office, Status
from appointments.patient.forms import ContactForm
from common.spam_traps import new_stamp
from tests.appointments.at_desk import act_on, everything, history, message, offered, page_of, words
from tests.conftest import MONDAY, Browser

pytestmark = pytest.mark.usefixtures("practice", "monday")

ANSWER = "Yes, we are open on Friday.\nBring the old X-ray."


@pytest.fixture
def asked() -> AppointmentRequest:
    """Mel's question to Toms River."""
    return message()


def own_page(inquiry: AppointmentRequest) -> str:
    """What the patient reads there."""
    browser, address = Browser(), f"/appointments/status/{private_link.token(inquiry)}/"
    browser.post(address, {"last_digits": inquiry.phone[-4:]})
    return words(browser.get(address))


def reply(browser, inquiry: AppointmentRequest, **more: str):
    return browser.post(act_on(inquiry, "reply"), {"reply-text": ANSWER, **more}, follow=True)


def test_answer_stands_on_the_private_page(asked, tess):
    reply(tess, asked)

    page = own_page(asked)
    assert "Our answer Yes, we are open on Friday. Bring the old X-ray. Monday, November 23 at 10:12 am" in page
    assert "The office answered you on this page" in page
    assert "It never shows" not in page


def test_mail_says_in_a_minute_that_there_is_an_answer_and_nothing_of_it(asked, tess):
    reply(tess, asked)

    mail = Mail.objects.get(kind=Mail.Kind.REPLY)
    composed = compose(mail)
    assert mail.due_at == MONDAY + timedelta(seconds=60)
    assert composed.to == ["mel@example.com"]
    assert "X-ray" not in composed.body
    assert private_link.token(asked) in composed.body


def test_answer_and_close_is_one_click(asked, tess):
    answer = reply(tess, asked, **{"reply-answered": "1"})

    asked.refresh_from_db()
    assert (asked.status, asked.close_reason, asked.first_called_at) == (Status.CLOSED, CloseReason.ANSWERED, MONDAY)
    assert "They get an email about it in a minute. Message closed." in words(answer)
    assert any(line.startswith("Answered on the private page. Closed: Message answered") for line in history(answer))
    assert "We have answered you" in own_page(asked)


def test_answer_alone_leaves_the_message_open_and_counts_as_getting_in_touch(asked, tess):
    reply(tess, asked)

    asked.refresh_from_db()
    assert (asked.status, asked.first_called_at) == (Status.CONTACTED, MONDAY)


def test_answer_that_was_taken_back_stands_nowhere_and_is_not_mailed(asked, tess, monday):
    monday.shift(timedelta(minutes=1))
    tess.get(page_of(asked))
    reply(tess, asked, **{"reply-answered": "1"})

    tess.post(act_on(asked, "undo"))

    asked.refresh_from_db()
    assert asked.status == Status.NEW
    assert "X-ray" not in own_page(asked)
    assert not Mail.objects.filter(kind=Mail.Kind.REPLY).exists()


def test_who_has_no_email_is_to_be_called_too(tess):
    inquiry = message(email="")

    page = tess.get(page_of(inquiry))
    answer = reply(tess, inquiry)

    assert "they see your answer only if they open their private page. So call, too." in words(page)
    assert "Call too: they are not told of it by email." in words(answer)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.first_called_at) == (Status.NEW, None)
    assert not Mail.objects.filter(kind=Mail.Kind.REPLY).exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [(" ", "Write your answer first"), ("x" * 5001, "Use 5,000 characters or fewer. You have used 5001.")],
)
def test_answer_without_words_or_with_too_many_is_refused(asked, tess, text, problem):
    tess.get(page_of(asked))
    before = everything()

    answer = tess.post(act_on(asked, "reply"), {"reply-text": text, "reply-answered": "1"})

    assert problem in words(answer)
    assert everything() == before


def test_markup_in_an_answer_is_only_text(asked, toms_river_desk):
    actions.reply(inquiry=asked, actor=Actor(toms_river_desk), text="<script>alert(1)</script>")

    assert "<script>alert(1)</script>" in own_page(asked)


def test_who_asked_for_a_visit_can_be_written_to_and_is_still_called(waiting, tess):
    reply(tess, waiting)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.first_called_at) == (Status.NEW, None)
    assert "Our answer Yes, we are open" in own_page(waiting)


def test_request_for_a_visit_is_not_closed_by_an_answer(waiting, tess):
    answer = reply(tess, waiting, **{"reply-answered": "1"})

    assert "Only a message is closed by an answer." in words(answer)
    waiting.refresh_from_db()
    assert waiting.status == Status.NEW


def test_closed_message_is_not_answered(asked, toms_river_desk):
    desk = Actor(toms_river_desk)
    actions.close(inquiry=asked, actor=desk, reason=CloseReason.NO_ANSWER)

    with pytest.raises(WrongMove, match="nothing was sent"):
        actions.reply(inquiry=asked, actor=desk, text=ANSWER)


def test_other_office_answers_nothing(asked, bella):
    assert reply(bella, asked).status_code == 404


# --- By phone ---


def test_answered_by_phone_is_one_click_and_can_be_undone(asked, tess):
    tess.get(page_of(asked))

    answer = tess.post(act_on(asked, "call"), {"call-outcome": "answered", "call-note": "Told her."}, follow=True)

    asked.refresh_from_db()
    assert "Answered by phone, and closed." in words(answer)
    assert (asked.status, asked.close_reason, asked.first_called_at) == (Status.CLOSED, CloseReason.ANSWERED, MONDAY)
    assert any("Called, spoke to patient. Closed: Message answered" in line for line in history(answer))

    tess.post(act_on(asked, "undo"))

    asked.refresh_from_db()
    assert (asked.status, asked.close_reason, asked.first_called_at) == (Status.NEW, "", None)


def test_visit_is_not_answered_by_phone(waiting, tess):
    answer = tess.post(act_on(waiting, "call"), {"call-outcome": "answered"})

    assert "Press the button that says how the call went" in words(answer)
    assert "Answered by phone" not in words(tess.get(page_of(waiting)))


# --- By text ---


def test_text_is_a_step_where_the_office_can_and_the_patient_wished_it(make_request, tess):
    inquiry = make_request(best_way="text")

    page = tess.get(page_of(inquiry))
    tess.post(act_on(inquiry, "call"), {"call-outcome": "texted", "call-note": "Asked for Thursday."})

    inquiry.refresh_from_db()
    assert "Text sent" in words(page)
    assert (inquiry.status, inquiry.first_called_at) == (Status.NEW, MONDAY)
    assert inquiry.events.latest("pk").kind == Event.Kind.TEXTED
    assert "Text message sent, today, 10:12 am" in words(tess.get(page_of(inquiry)))


def test_text_is_no_step_once_the_number_has_an_extension(make_request, tess):
    inquiry = make_request(best_way="text")
    inquiry.phone = "+17325550142;ext=12"
    inquiry.save(update_fields=["phone"])

    assert "Text sent" not in words(tess.get(page_of(inquiry)))


@pytest.mark.parametrize(("can", "wished"), [(False, "text"), (True, "call")])
def test_text_is_no_step_otherwise(make_request, tess, toms_river_desk, can, wished):
    for office in Office.objects.all():
        office.sends_texts = can
        office.save()
    inquiry = make_request(best_way=wished)

    assert "Text sent" not in words(tess.get(page_of(inquiry)))
    assert "texted" not in str(offered(tess.post(act_on(inquiry, "call"), {"call-outcome": "texted"})))
    with pytest.raises(WrongMove, match="sends no texts"):
        actions.log_call(inquiry=inquiry, actor=Actor(toms_river_desk), outcome=Event.Kind.TEXTED)


def test_form_offers_a_text_with_what_one_agrees_to_only_where_the_office_can():
    offered_ways = dict(ContactForm(texts=True, days=[]).fields["best_way"].choices)

    assert list(offered_ways) == ["call", "text"]
    assert "You agree that we text this phone number" in offered_ways["text"]
    assert "best_way" not in ContactForm(texts=False, days=[]).fields


def test_message_to_an_office_that_sends_no_texts_asks_for_another_way(client):
    office = Office.objects.get(slug="belleville")
    office.sends_texts = False
    office.save()
    typed = {"office": "belleville", "about": "bill", "name": "Mel", "phone": "7325550194", "message": "Hello"}
    typed |= {"stamp": new_stamp(), "topic": ""}

    page = client.post("/appointments/message/", {**typed, "best_way": "text"})

    assert "The Belleville office can’t send texts. Choose another way to answer you" in words(page)


def test_wish_for_a_text_is_read_where_the_office_sends_none_any_more(make_request, tess):
    inquiry = make_request(best_way="text")
    office = Office.objects.get(slug="toms-river")
    office.sends_texts = False
    office.save()

    assert "Likes a text message." in words(tess.get(page_of(inquiry)))
