"""What each button of a request does, what it refuses, and that nothing typed is lost."""

import html
import re
from datetime import datetime, timedelta

import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.desk.buttons import ACTIONS
from appointments.models import CloseReason, Event, Mail, Office, Status
from common.models import User
from tests.appointments.at_desk import (
    LIST,
    SCRIPT,
    TUESDAY_AT_TEN,
    act_on,
    everything,
    filled,
    history,
    hold,
    message,
    offered,
    page_of,
    prepare,
    rows,
    words,
)
from tests.conftest import NEW_YORK

THANKSGIVING_AT_TEN = "2026-11-26T10:00"
LONG = "x" * 20_000
ON_THE_PAGE = {"correct", "send-link", "show-code"}  # also when it is closed
FOR_A_VISIT = {"call", "later", "times", "propose", "book", "send", "assign", "note", "ask", "close", "duplicate"}
FOR_A_VISIT |= {"insurance", "network", "copy", "reminders"}
FOR_A_VISIT |= {"insurance", "copy", "urgent", "reply"} | ON_THE_PAGE

pytestmark = pytest.mark.usefixtures("monday")


# --- Each action works ---


# What the desk is told, the request's status after it, and the new line of the timeline; "send" is further down.
WORKS = {
    "call": ("Written down: Left voicemail.", "new", "Left voicemail"),
    "later": (
        "To be called on Tuesday, November 24 at 3 pm or later.",
        "new",
        "To be called on Tuesday, November 24 after 3 pm",
    ),
    "times": ("Written down when to call.", "new", "Details corrected"),
    "propose": (
        "The times go to the patient by email in a minute.",
        "proposed",
        "Times offered: Tuesday, December 1 at 10:15 am; Thursday, December 3 at 9:30 am",
    ),
    "remind": ("The patient is reminded by email in a minute.", "proposed", "Reminded of the offered times"),
    "book": ("Visit booked for Tuesday, December 1 at 10:15 am.", "booked", "Visit booked for Tuesday, December 1"),
    "came": ("Written down: the visit took place.", "closed", "Closed: Visit took place"),
    "missed": (
        "Written down: did not come. It needs a call again.",
        "new",
        "Did not come: Monday, November 23 at 9:12 am",
    ),
    "back": ("It needs a call again.", "new", "Back to “needs a call”"),
    "earlier": ("They are called if something opens.", "booked", "Patient wants to be called"),
    "reminders": ("A reminder without day and time.", "new", "Reminders of visits: A reminder without"),
    "assign": ("Assigned to tess.", "new", "Assigned to tess"),
    "note": ("Note saved.", "new", "Note"),
    "ask": ("The manager sees your question.", "new", "Manager asked"),
    "answer": ("Answer saved.", "new", "Manager answered"),
    "reply": (
        "Your answer is on their private page. They get an email about it in a minute.",
        "new",
        "Answered on the private page",
    ),
    "correct": ("Details corrected.", "new", "Details corrected"),
    "urgent": ("Marked as urgent.", "new", "Made urgent"),
    "routine": ("Not urgent any more. What the patient told us stays on top.", "new", "Made not urgent"),
    "send-link": ("The private link goes to the patient by email in a minute.", "new", "Private link sent again"),
    "show-code": ("Read the address and the code to the patient.", "new", "Private link shown, to read aloud"),
    "close": ("Request closed.", "closed", "Closed: Patient does not want a visit"),
    "duplicate": ("Closed as a duplicate of", "closed", "Closed as a duplicate of"),
    "reopen": ("Opened again. It needs a call.", "new", "Opened again"),
    "release": ("Out of quarantine. Call by 2:12 pm on Monday, November 23.", "new", "Not spam"),
    "unlock": ("The patient’s private page takes answers again.", "new", "Private page opened again"),
    "chart": ("Entered in the chart.", "booked", "Entered in the chart, number A20417"),
    "insurance": ("Insurance written down.", "new", "Insurance: Horizon (before: not known)"),
    "estimate": ("Written down: the estimate was given.", "new", "Estimate given"),
    "network": ("Written down: told whether we take the plan.", "new", "Told to ask the insurance company"),
    "hold": ("On legal hold: it is not deleted, however old it gets.", "new", "Put on legal hold"),
    "lift": ("The legal hold is lifted.", "new", "Legal hold lifted"),
    "safety": ("The answers are written down.", "new", "Safety questions asked: Routine"),
    "undo": ("Taken back.", "new", "Taken back: Called, spoke to patient"),
}


def test_every_action_is_tried_here():
    assert {*WORKS, "send"} == set(ACTIONS)


@pytest.mark.parametrize(("action", "said", "status", "line"), [(name, *result) for name, result in WORKS.items()])
def test_action_works_and_says_so(
    waiting, make_request, toms_river_desk, manager, signed_in, action, said, status, line
):
    other = make_request()
    who = manager if ACTIONS[action].manager_only else toms_river_desk
    prepare(waiting, action, toms_river_desk)

    answer = signed_in(who).post(act_on(waiting, action), filled(action, other), follow=True)

    assert answer.redirect_chain == [(page_of(waiting), 302)]
    assert said in words(answer)
    waiting.refresh_from_db()
    assert waiting.status == status
    lines = [entry for entry in history(answer) if not entry.startswith("Request opened")]
    assert lines[0].startswith(line)
    assert f"Today, 10:12 am · {who}" in lines[0]


@pytest.mark.parametrize("outcome", ["spoke", "voicemail", "no_answer"])
def test_call_is_written_down_with_what_was_said(waiting, tess, outcome):
    tess.post(act_on(waiting, "call"), {"call-outcome": outcome, "call-note": "Wants Thursday."})

    event = waiting.events.order_by("pk").last()
    assert (event.kind, event.note) == (outcome, "Wants Thursday.")


def test_sending_to_the_other_office_moves_it_out_of_sight(waiting, tess, bella):
    answer = tess.post(act_on(waiting, "send"), filled("send"), follow=True)

    assert answer.redirect_chain[0][0].startswith(f"{LIST}?sent=")
    assert f"{waiting.reference} is with the Belleville office now, and it gets a notice." in words(answer)
    assert rows(answer) == ""
    assert tess.get(page_of(waiting)).status_code == 404
    assert tess.post(act_on(waiting, "note"), filled("note")).status_code == 404
    page = bella.get(page_of(waiting))
    assert "Sent from Toms River to Belleville Today, 10:12 am · tess Lives there" in history(page)
    assert "tess, today, 10:12 am: Sent from Toms River to Belleville. Lives there" in words(page)


def test_sending_to_the_other_office_queues_its_notice(waiting, tess):
    tess.post(act_on(waiting, "send"), filled("send"))

    notices = Mail.objects.filter(request=waiting, kind=Mail.Kind.OFFICE_NOTICE).order_by("pk")
    assert [mail.office.slug for mail in notices] == ["toms-river", "belleville"]


def test_manager_still_sees_a_request_that_she_sent_to_the_other_office(waiting, mona):
    answer = mona.post(act_on(waiting, "send"), filled("send"), follow=True)

    assert answer.redirect_chain == [(page_of(waiting), 302)]
    assert "Belleville" in history(answer)[1]


def test_first_of_the_times_can_be_booked_at_once(waiting, tess):
    tess.post(act_on(waiting, "propose"), {**filled("propose"), "propose-second": "nonsense", "propose-now": "1"})

    waiting.refresh_from_db()
    assert (waiting.status, waiting.booked_for) == (Status.BOOKED, TUESDAY_AT_TEN + timedelta(minutes=15))


def test_times_for_a_patient_without_email_are_told_by_phone(make_request, tess):
    request = make_request(email="")

    answer = tess.post(act_on(request, "propose"), {**filled("propose"), "propose-by_phone": "on"}, follow=True)

    assert "Times written down. Tell the patient by phone." in words(answer)
    assert not Mail.objects.filter(request=request, kind=Mail.Kind.OFFER).exists()


def test_request_can_be_assigned_to_nobody_again(waiting, toms_river_desk, tess):
    actions.assign(inquiry=waiting, actor=Actor(toms_river_desk), to=toms_river_desk)

    answer = tess.post(act_on(waiting, "assign"), {"assign-to": ""}, follow=True)

    waiting.refresh_from_db()
    assert waiting.assigned_to is None
    assert "Assigned to nobody." in words(answer)


def test_duplicate_can_be_chosen_among_the_requests_of_the_same_person(waiting, make_request, tess):
    other = make_request()
    make_request(patient_name="Somebody Else")
    page = tess.get(page_of(waiting)).content.decode()
    choices = re.findall(r'<input type="radio" name="duplicate-of" value="(\d+)"', page)
    assert choices == [str(other.pk)]

    tess.post(act_on(waiting, "duplicate"), {"duplicate-of": other.pk})

    waiting.refresh_from_db()
    assert (waiting.duplicate_of, waiting.close_reason) == (other, CloseReason.DUPLICATE)
    assert f"{other.reference} This one is its duplicate" in words(tess.get(page_of(waiting)))
    assert f"{waiting.reference} A duplicate of this one" in words(tess.get(page_of(other)))


def test_visit_that_would_not_be_over_at_closing_time_is_booked_only_on_purpose(waiting, tess):
    late = {"book-at": "2026-12-01T16:45"}

    answer = tess.post(act_on(waiting, "book"), late)

    assert "The Toms River office closes before the visit is over: it takes 30 minutes." in words(answer)
    tess.post(act_on(waiting, "book"), {**late, "book-outside_hours": "on"})
    waiting.refresh_from_db()
    assert waiting.status == "booked"


def test_requests_that_do_not_go_on_are_not_offered_as_the_one_that_does(waiting, make_request, tess, toms_river_desk):
    old, held = make_request(), make_request()
    actions.close(inquiry=old, actor=Actor(toms_river_desk), reason=CloseReason.COMPLETED)
    hold(held)

    assert 'name="duplicate-of"' not in tess.get(page_of(waiting)).content.decode()


@pytest.mark.parametrize("by", ["choice", "reference"])
@pytest.mark.parametrize("state", ["closed", "in quarantine"])
def test_desk_is_told_why_a_request_is_not_the_one_that_goes_on(
    waiting, make_request, tess, toms_river_desk, state, by
):
    old = make_request()
    if state == "closed":
        actions.close(inquiry=old, actor=Actor(toms_river_desk), reason=CloseReason.COMPLETED)
    else:
        hold(old)
    before = everything()
    data = {"duplicate-of": old.pk} if by == "choice" else {"duplicate-reference": old.reference.lower()}

    answer = tess.post(act_on(waiting, "duplicate"), data)

    assert f"{old.reference} is {state}, so nobody would call." in words(answer)
    assert everything() == before


# --- Which are offered ---


@pytest.mark.parametrize(
    ("action", "data", "forms"),
    [
        (None, None, FOR_A_VISIT),
        ("call", {"call-outcome": "spoke"}, FOR_A_VISIT | {"back", "undo"}),
        ("propose", None, FOR_A_VISIT - {"later"} | {"remind", "back", "undo"}),
        ("book", None, FOR_A_VISIT - {"propose", "later"} | {"earlier", "back", "chart", "undo"}),
        ("close", None, ON_THE_PAGE | {"note", "reopen", "copy", "undo"}),
    ],
)
def test_page_offers_what_makes_sense(waiting, tess, action, data, forms):
    tess.get(page_of(waiting))
    if action:
        tess.post(act_on(waiting, action), data or filled(action))

    assert offered(tess.get(page_of(waiting))) == forms


def test_held_request_is_let_through_or_closed(waiting, tess):
    hold(waiting)

    page = tess.get(page_of(waiting))

    assert offered(page) == {
        *("release", "send", "assign", "note", "ask", "close", "duplicate", "copy", "correct", "urgent"),
    }
    assert "Held because of: too fast." in words(page)


def test_message_is_answered_and_closed_and_never_booked(practice, tess):
    page = tess.get(page_of(message()))

    assert offered(page) == FOR_A_VISIT - {"propose", "book", "insurance", "network", "reminders"}
    assert "Next step: answer the message A bill I got it twice." in words(page)
    assert "Message answered" in words(page)
    assert "Visit took place" not in words(page)


@pytest.mark.parametrize("action", ["propose", "book"])
def test_booking_a_message_is_refused(practice, tess, action):
    inquiry = message()
    before = everything()

    answer = tess.post(act_on(inquiry, action), filled(action))

    assert "This is a message, not a request for a visit. Answer it, then close it." in words(answer)
    assert everything() == before


def test_question_to_the_manager_is_answered_by_a_manager(waiting, toms_river_desk, tess, mona):
    actions.ask_manager(inquiry=waiting, actor=Actor(toms_river_desk), note="May he come on a Saturday?")
    assert "answer" not in offered(tess.get(page_of(waiting)))
    assert "Question to the manager May he come on a Saturday?" in words(tess.get(page_of(waiting)))

    refused = tess.post(act_on(waiting, "answer"), filled("answer"))

    assert "Only a manager can do this. You had written: Yes, once." in words(refused)
    assert "answer" in offered(mona.get(page_of(waiting)))


def test_who_may_only_look_is_offered_nothing(waiting, toms_river_desk, signed_in):
    group = toms_river_desk.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_appointmentrequest"))
    browser = signed_in(User.objects.get(pk=toms_river_desk.pk))

    assert offered(browser.get(page_of(waiting))) == set()
    assert browser.post(act_on(waiting, "note"), filled("note")).status_code == 404


# --- Undo ---


@pytest.mark.thorough
def test_undo_is_offered_for_a_minute_to_who_took_the_step(waiting, tess, mona, monday):
    tess.get(page_of(waiting))
    page = tess.post(act_on(waiting, "call"), filled("call"), follow=True)
    assert "Just now: Left voicemail Undo" in words(page)
    assert "undo" not in offered(mona.get(page_of(waiting)))

    monday.shift(61)

    assert "undo" not in offered(tess.get(page_of(waiting)))


def test_undo_that_comes_too_late_is_refused(waiting, tess, monday):
    tess.post(act_on(waiting, "close"), filled("close"))
    monday.shift(61)

    answer = tess.post(act_on(waiting, "undo"))

    assert "The last step can’t be undone any more." in words(answer)
    waiting.refresh_from_db()
    assert waiting.status == Status.CLOSED


def test_undone_step_stays_in_the_history_as_taken_back(waiting, tess):
    tess.get(page_of(waiting))
    tess.post(act_on(waiting, "close"), filled("close"))

    page = tess.post(act_on(waiting, "undo"), follow=True)

    assert history(page)[1].startswith("Closed: Patient does not want a visit (taken back)")
    assert "undo" not in offered(page)


@pytest.mark.thorough
def test_undone_offer_is_not_mailed(waiting, tess):
    tess.post(act_on(waiting, "propose"), filled("propose"))

    tess.post(act_on(waiting, "undo"))

    assert not Mail.objects.filter(request=waiting, kind=Mail.Kind.OFFER).exists()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.offered_times, waiting.choose_by) == (Status.NEW, [], None)


# --- Each action refuses what it cannot use, and keeps what was typed ---


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("call", {"call-outcome": ""}, "Press the button that says how the call went"),
        ("call", {"call-outcome": "sang"}, "Press the button that says how the call went"),
        ("call", {"call-note": LONG}, "Use 5,000 characters or fewer. You have used 20000."),
        ("note", {"note-text": ""}, "Write the note first"),
        ("note", {"note-text": " \t\u200b "}, "Write the note first"),
        ("note", {"note-text": LONG}, "Use 5,000 characters or fewer. You have used 20000."),
        ("ask", {"ask-text": ""}, "Write your question first"),
        ("ask", {"ask-text": LONG}, "Use 5,000 characters or fewer"),
        ("answer", {"answer-text": ""}, "Write your answer first"),
        ("answer", {"answer-text": LONG}, "Use 5,000 characters or fewer"),
        ("reopen", {"reopen-reason": ""}, "Say why it is opened again"),
        ("reopen", {"reopen-reason": LONG}, "Use 5,000 characters or fewer"),
        ("send", {"send-reason": ""}, "Say why it goes to the other office"),
        ("send", {"send-reason": LONG}, "Use 5,000 characters or fewer"),
        ("send", {"send-office": "99999"}, "Choose an office"),
        ("send", {"send-office": "x"}, "Choose an office"),
        ("assign", {"assign-to": "99999"}, "Choose somebody who works at this office"),
        ("assign", {"assign-to": "x"}, "Choose somebody who works at this office"),
        ("duplicate", {"duplicate-reference": ""}, "Choose the other request, or enter its reference"),
        ("duplicate", {"duplicate-reference": "GS-3333-33"}, "No other request of yours has this reference"),
        ("duplicate", {"duplicate-of": "99999"}, "Choose one of these requests, or enter its reference"),
        ("close", {"close-reason": ""}, "Choose a reason"),
        ("close", {"close-reason": "because"}, "Choose a reason"),
        ("close", {"close-reason": "answered"}, "Choose a reason"),
        ("close", {"close-note": LONG}, "Use 5,000 characters or fewer"),
        ("book", {"book-note": "y" * 201}, "Use 200 characters or fewer. You have used 201."),
        ("book", {"book-at": ""}, "Choose a day and time"),
        ("book", {"book-at": "tomorrow"}, "Enter a day and time, like 2026-12-01 10:15"),
        ("book", {"book-at": "2026-02-30T10:00"}, "Enter a day and time, like 2026-12-01 10:15"),
        ("book", {"book-at": "2026-11-23T10:12"}, "Choose a day and time in the future"),
        ("book", {"book-at": "2025-12-01T10:15"}, "Choose a day and time in the future"),
        ("book", {"book-at": "0001-01-01T00:00"}, "Choose a day and time in the future"),
        ("book", {"book-at": "2029-12-03T10:00"}, "Choose a day within the next two years"),
        (
            "book",
            {"book-at": "2027-03-14T02:30"},
            "The clocks go forward that night, so there is no 2:30 am. Choose another time.",
        ),
        (
            "book",
            {"book-at": "2027-11-07T01:30"},
            "The clocks go back that night, so 1:30 am comes twice. Choose another time.",
        ),
        ("book", {"book-at": "2026-12-01T07:30"}, "The Toms River office is closed then."),
        ("book", {"book-at": "2026-12-01T17:00"}, "The Toms River office is closed then."),
        ("book", {"book-at": "2026-11-28T10:00"}, "The Toms River office is closed then."),
        ("book", {"book-at": THANKSGIVING_AT_TEN}, "The Toms River office is closed then."),
        ("propose", {"propose-first": ""}, "Choose a day and time"),
        ("propose", {"propose-second": "2026-12-01T10:15"}, "This time is there already."),
        ("propose", {"propose-third": "2026-11-22T10:15"}, "Choose a day and time in the future"),
        ("propose", {"propose-third": THANKSGIVING_AT_TEN}, "The Toms River office is closed then."),
        ("propose", {"propose-third": "nonsense"}, "Enter a day and time, like 2026-12-01 10:15"),
    ],
)
def test_action_refuses_bad_input_and_keeps_what_was_typed(waiting, toms_river_desk, mona, action, typed, said):
    prepare(waiting, action, toms_river_desk)
    data = {**filled(action), **typed}
    before = everything()

    answer = mona.post(act_on(waiting, action), data)

    assert answer.status_code == 200
    assert said in words(answer)
    assert words(answer).startswith("Error:")
    assert everything() == before
    page = html.unescape(answer.content.decode())
    written = ("-text", "-note", "-at", "-first", "-second", "-third", "send-reason", "reopen-reason")
    for name, value in data.items():
        if name.endswith(written):
            assert value.strip(" \t") in page


def test_long_text_is_not_cut_off_by_the_browser(waiting, tess):
    page = tess.get(page_of(waiting)).content.decode()

    assert [tag for tag in re.findall(r"<textarea[^>]*>", page) if "maxlength" in tag] == []
    assert "maxlength" not in re.search(r'<input[^>]*name="book-note"[^>]*>', page).group()


def test_offer_without_an_email_needs_a_tick(make_request, tess):
    request = make_request(email="")
    before = everything()

    answer = tess.post(act_on(request, "propose"), filled("propose"))

    assert "There is no email address. Tick the box if you will tell them the times by phone." in words(answer)
    assert everything() == before


def test_duplicate_of_another_offices_request_is_refused_as_if_there_were_none(waiting, make_request, tess):
    other = make_request(office="belleville")
    before = everything()

    answer = tess.post(act_on(waiting, "duplicate"), {"duplicate-reference": other.reference})

    assert "No other request of yours has this reference" in words(answer)
    assert everything() == before


def test_duplicate_of_itself_is_refused(waiting, tess):
    answer = tess.post(act_on(waiting, "duplicate"), {"duplicate-reference": waiting.reference})

    assert "No other request of yours has this reference" in words(answer)


def test_assigning_to_somebody_of_another_office_is_refused(waiting, belleville_desk, tess):
    before = everything()

    answer = tess.post(act_on(waiting, "assign"), {"assign-to": belleville_desk.pk})

    assert "Choose somebody who works at this office" in words(answer)
    assert everything() == before


def test_booking_refuses_the_end_of_time(waiting, tess):
    before = everything()

    answer = tess.post(act_on(waiting, "book"), {"book-at": "9999-12-31T23:30", "book-outside_hours": "on"})

    assert answer.status_code == 200
    assert everything() == before


@pytest.mark.parametrize("at", ["2026-12-01T07:30", "2026-11-28T10:00", THANKSGIVING_AT_TEN])
def test_booking_outside_the_hours_needs_the_tick(waiting, tess, at):
    refused = tess.post(act_on(waiting, "book"), {"book-at": at})
    assert "Book although the office is closed then" in words(refused)

    tess.post(act_on(waiting, "book"), {"book-at": at, "book-outside_hours": "on"})

    waiting.refresh_from_db()
    assert waiting.booked_for == datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)


def test_offering_outside_the_hours_needs_the_tick(waiting, tess):
    data = {"propose-first": THANKSGIVING_AT_TEN}
    assert "Offer these times although the office is closed then" in words(tess.post(act_on(waiting, "propose"), data))

    tess.post(act_on(waiting, "propose"), {**data, "propose-outside_hours": "on"})

    waiting.refresh_from_db()
    assert waiting.status == Status.PROPOSED


def test_booking_does_not_offer_the_tick_before_it_is_needed(waiting, tess):
    assert "although the office is closed then" not in words(tess.get(page_of(waiting)))


def test_booking_in_the_past_is_refused_with_the_tick_too(waiting, tess):
    tess.post(act_on(waiting, "book"), {"book-at": "2026-11-22T10:00", "book-outside_hours": "on"})

    waiting.refresh_from_db()
    assert waiting.status == Status.NEW


def test_what_the_desk_typed_is_shown_as_text(waiting, tess):
    tess.post(act_on(waiting, "note"), {"note-text": SCRIPT})

    page = tess.get(page_of(waiting)).content.decode()

    assert SCRIPT not in page
    assert html.escape(SCRIPT) in page


# --- A page that was open for a while ---


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("call", "This request is closed or in quarantine, so no call was written down."),
        ("propose", "This request is “Closed” by now, so it can’t become “Times proposed”."),
        ("remind", "There is no offer that could be mailed again."),
        ("book", "This request is “Closed” by now, so it can’t become “Booked”."),
        ("send", "This request is closed, so it stays with its office."),
        ("ask", "This request is closed. Open it again before you ask about it."),
        ("close", "This request is “Closed” already."),
        ("duplicate", "This request is “Closed” already."),
        ("release", "This request is “Closed” by now, so it can’t become “Needs a call”."),
    ],
)
def test_action_on_a_closed_request_says_so_and_changes_nothing(waiting, make_request, tess, manager, action, said):
    other = make_request()
    actions.close(inquiry=waiting, actor=Actor(manager), reason=CloseReason.DUPLICATE)
    before = everything()

    answer = tess.post(act_on(waiting, action), filled(action, other))

    assert answer.status_code == 200
    assert said in words(answer)
    assert "Closed: Duplicate of another request" in words(answer)
    assert everything() == before


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"undo"}))
def test_stale_page_is_refused_with_what_changed_and_keeps_what_was_typed(
    waiting, make_request, toms_river_desk, manager, mona, action
):
    other = make_request()
    prepare(waiting, action, toms_river_desk)
    seen = waiting.events.order_by("pk").last().pk
    actions.add_note(inquiry=waiting, actor=Actor(toms_river_desk), note="She rang.")
    before = everything()
    data = filled(action, other)

    answer = mona.post(act_on(waiting, action), {**data, "seen": seen})

    assert "Meanwhile: “Note” (tess). Look at the history, then do it again if it is still right." in words(answer)
    assert everything() == before
    page = html.unescape(answer.content.decode())
    assert [value for value in data.values() if isinstance(value, str) and value not in page] == []


def test_what_was_typed_is_shown_when_its_form_makes_no_sense_any_more(waiting, tess, manager):
    actions.close(inquiry=waiting, actor=Actor(manager), reason=CloseReason.DECLINED)

    answer = tess.post(act_on(waiting, "book"), filled("book"))

    assert "You had written: Bring shoes" in words(answer)
    assert "book" not in offered(answer)


def test_second_click_does_it_once(waiting, tess):
    seen = waiting.events.order_by("pk").last().pk
    for _click in range(2):
        answer = tess.post(act_on(waiting, "call"), {**filled("call"), "seen": seen})

    assert waiting.events.filter(kind=Event.Kind.VOICEMAIL).count() == 1
    assert "Meanwhile: “Left voicemail” (you)." in words(answer)


NONSENSE = (
    *("", "\x00", "-1", "9" * 30, "9" * 5_000, "1e9", "٣", "²", "[]", "🦶", SCRIPT, LONG),
    *("2026-13-45T99:99", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-01T01:30"),
)


@pytest.mark.slow
@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda text: ascii(text)[:20])
def test_nonsense_is_answered_with_a_page(make_request, toms_river_desk, manager, mona, nonsense):
    for action in ACTIONS:
        request = make_request()
        prepare(request, action, toms_river_desk)
        names = [*filled(action), "seen", "assign-to", "duplicate-of", "propose-now", "propose-third"]
        for data in (dict.fromkeys(names, nonsense), {**dict.fromkeys(names, nonsense), "seen": ""}):
            assert mona.post(act_on(request, action), data).status_code in (200, 302), action


@pytest.mark.slow
@pytest.mark.parametrize("action", ACTIONS)
def test_body_that_is_no_form_changes_nothing_it_should_not(waiting, toms_river_desk, mona, action):
    prepare(waiting, action, toms_river_desk)
    before = [len(rows) for rows in everything()]

    answers = [
        mona.post(act_on(waiting, action), b'{"a": [', content_type="application/json"),
        mona.post(act_on(waiting, action), b"--x\r\n\r\n", content_type="multipart/form-data; boundary=y"),
        mona.post(act_on(waiting, action), b"%%%&&&=%ff", content_type="application/x-www-form-urlencoded"),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 400}
    if ACTIONS[action].form and action not in ("assign", "chart"):  # nobody is an answer, too, and so is no number
        assert [len(rows) for rows in everything()] == before


def test_action_on_a_request_sent_away_meanwhile_is_404(waiting, tess, manager):
    there = Office.objects.get(slug="belleville")
    actions.send_to_office(inquiry=waiting, actor=Actor(manager), office=there, reason="Nearer")
    before = everything()

    assert tess.post(act_on(waiting, "call"), filled("call")).status_code == 404
    assert everything() == before
