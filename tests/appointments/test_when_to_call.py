"""When patients may be called: what they ask for, what the desk agrees on, and that clock, list and promise obey."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.call_wishes import CallWishes, by_in_words, suiting, times_only
from appointments.mail import escalation, outbox
from appointments.models import AppointmentRequest, Event, Mail, Status
from appointments.vocabulary import CallTime, SayWho
from tests.appointments.at_desk import LIST, act_on, filled, message, names, page_of, plain, queries, rows, words
from tests.appointments.reading import read
from tests.conftest import MONDAY, NEW_YORK, Browser, post_steps

NEXT_MONDAY = "2026-11-30"
TUESDAY_AT_THREE = datetime(2026, 11, 24, 15, 0, tzinfo=NEW_YORK)
CONTACT_PAGE = "/appointments/new/contact/"

pytestmark = pytest.mark.usefixtures("monday", "practice")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


def sent(client: Browser, **changes: dict[str, Any]) -> tuple[AppointmentRequest, Any]:
    """A request sent through the form, and its confirmation."""
    post_steps(client, **changes)
    confirmation = client.post("/appointments/check/", follow=True)
    return AppointmentRequest.objects.order_by("-pk")[0], confirmation


def private_page(inquiry: AppointmentRequest) -> Any:
    patient = Browser()
    return patient.post(private_link.path(inquiry), {"last_digits": inquiry.phone[-4:]}, follow=True)


def change(inquiry: AppointmentRequest, **contact: Any) -> None:
    """By the patient, on the private page."""
    actions.change_contact(
        inquiry=inquiry,
        actor=Actor(),
        wanted={"contact": {**inquiry.contact, **contact}},
    )
    inquiry.refresh_from_db()


# --- What is kept, in values ---


def test_wishes_are_read_as_they_are_kept():
    kept = {"call_times": ["afternoon", "morning"], "not_before": NEXT_MONDAY, "say_who": "first_name"}

    assert CallWishes.of(kept) == CallWishes(
        (CallTime.MORNING, CallTime.AFTERNOON), date(2026, 11, 30), SayWho.FIRST_NAME
    )


@pytest.mark.parametrize("kept", [{}, {"call_times": [], "not_before": "", "say_who": ""}, {"call_times": ["noon"]}])
def test_what_was_not_asked_is_no_wish(kept):
    assert CallWishes.of(kept) == CallWishes()


@pytest.mark.parametrize(
    ("times", "bits"),
    [
        ([], 0),
        (["morning"], 1),
        (["midday"], 2),
        (["afternoon"], 4),
        (["morning", "afternoon"], 5),
        (["morning", "midday", "afternoon"], 0),
    ],
)
def test_times_are_bits_and_all_of_them_are_any(times, bits):
    assert CallWishes.of({"call_times": times}).bits == bits


@pytest.mark.parametrize(
    ("hour", "minute", "fits"),
    [(8, 0, 1), (10, 59, 1), (11, 0, 2), (13, 59, 2), (14, 0, 4), (23, 59, 4), (0, 0, 1)],
)
def test_window_of_a_moment_is_the_practices_clock(hour, minute, fits):
    assert suiting(at(23, hour, minute)) == [bits for bits in range(8) if bits == 0 or bits & fits]


def test_window_follows_the_clock_across_the_change_of_summer_time():
    assert 1 in suiting(datetime(2026, 11, 1, 15, 30, tzinfo=NEW_YORK).replace(hour=10))
    assert suiting(datetime.fromisoformat("2026-11-02T16:30:00+00:00")) == suiting(at(2, 11, 30))


def test_day_that_has_come_holds_nothing_back():
    assert CallWishes(not_before=date(2026, 11, 23)).after(MONDAY) is None
    assert CallWishes(not_before=date(2026, 11, 24)).after(MONDAY) == at(24, 0)


@pytest.mark.parametrize(
    ("bits", "said"), [(0, ""), (4, "Afternoons only"), (1, "Mornings only"), (3, "Mornings or midday only")]
)
def test_times_in_words_of_the_list(bits, said):
    assert times_only(bits) == said


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (None, "by 5 pm on Tuesday, November 24"),
        (MONDAY, "by 5 pm on Tuesday, November 24"),
        (at(30, 0), "by 5 pm on Tuesday, November 24, and not before Monday, November 30"),
        (TUESDAY_AT_THREE, "on Tuesday, November 24 after 3 pm"),
    ],
)
def test_deadline_in_words_says_from_when_on(after, said):
    assert by_in_words(at(24, 17), after).replace("\N{NO-BREAK SPACE}", " ") == said


# --- The form ---


def test_form_asks_nothing_more_until_it_is_opened(client):
    post_steps(client)

    page = read(client.get(CONTACT_PAGE))

    [fold] = page.select("details.ask")
    assert not fold.has_attr("open")
    assert fold.summary.get_text(" ", strip=True) == "When is a good time to call? (optional)"
    assert [box["name"] for box in fold.select("input, select")] == [
        *["call_times"] * 3,
        "not_before",
        *["say_who"] * 2,
    ]
    assert fold.select("[checked], [required], option[selected][value]:not([value=''])") == []


def test_form_opens_where_something_was_answered(client):
    post_steps(client, contact={"call_times": ["morning"]})

    assert read(client.get(CONTACT_PAGE)).select("details.ask[open]")


def test_form_offers_the_days_on_which_an_office_opens(client):
    post_steps(client)

    days = [option["value"] for option in read(client.get(CONTACT_PAGE)).select("select[name=not_before] option")]

    assert days[:4] == ["", "2026-11-24", "2026-11-25", "2026-11-27"]  # Thanksgiving is closed
    assert days[-1] == "2026-12-21"
    assert "2026-11-28" not in days  # a Saturday


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("call_times", ["night"], "Choose from these times, or none"),
        ("not_before", "2027-11-24", "Choose a day from the list"),
        ("not_before", "soon", "Choose a day from the list"),
        ("say_who", "all", "Choose one of the answers, or none"),
    ],
)
def test_form_says_what_to_do_about_a_wrong_answer(client, field, value, said):
    post_steps(client)
    contact = {"best_way": "call", "voicemail": "yes", "language": "en", "consent": "on"}

    page = client.post(CONTACT_PAGE, {**contact, field: value})

    assert said in words(page)
    assert read(page).select("details.ask[open]")


def test_check_page_repeats_when_to_call(client):
    post_steps(
        client, contact={"call_times": ["morning", "midday"], "not_before": NEXT_MONDAY, "say_who": "first_name"}
    )

    said = words(client.get("/appointments/check/"))

    assert (
        "When to call Mornings (until 11), Midday (11 to 2) Not before Monday, November 30 "
        "If somebody else answers, say only a first name Change" in said
    )


def test_answers_stand_in_readable_columns_for_the_list(client):
    inquiry, _page = sent(client, contact={"call_times": ["afternoon"], "not_before": NEXT_MONDAY})

    assert (inquiry.call_times, inquiry.call_after) == (4, at(30, 0))


# --- What is promised ---


def test_promise_is_counted_from_the_day_that_was_asked_for(client):
    inquiry, page = sent(client, contact={"not_before": NEXT_MONDAY})

    assert (inquiry.call_from, inquiry.call_by) == (at(30, 0), at(30, 13))
    assert inquiry.promised_by == at(1, 17, month=12)
    told = "The Toms River office will call you by 5 pm on Tuesday, December 1, and not before Monday, November 30."
    assert told in words(page)
    assert told in words(private_page(inquiry))


def test_receipt_says_the_promise_that_was_counted(client, mailoutbox):
    sent(client, contact={"not_before": NEXT_MONDAY})
    outbox.deliver_due()

    [receipt] = [mail for mail in mailoutbox if mail.to == ["harold@example.com"]]
    assert "will call you by 5 pm on Tuesday, December 1" in receipt.body.replace("\N{NO-BREAK SPACE}", " ")


def test_afternoons_only_leave_the_deadline_as_it_is(make_request, client):
    usual = make_request()
    inquiry, page = sent(client, contact={"call_times": ["afternoon"]})

    assert (inquiry.call_by, inquiry.promised_by) == (usual.call_by, usual.promised_by)
    assert "Good times to call you: Afternoons (from 2)." in words(page)
    assert "Good times to call you: Afternoons (from 2)." in words(private_page(inquiry))


@pytest.mark.parametrize("wish", [{"not_before": NEXT_MONDAY}, {"call_times": ["afternoon"]}])
def test_urgent_request_is_called_by_the_usual_clock_and_the_patient_is_told(client, make_request, wish):
    usual = make_request(flags=["fever"])
    inquiry, page = sent(client, safety={"flags": ["fever"]}, contact=wish)

    assert (inquiry.call_by, inquiry.promised_by) == (usual.call_by, usual.promised_by)
    assert (inquiry.call_after, inquiry.call_times) == (None, 0)
    told = "What you told us should not wait. So we will call as soon as we can, even at a time you did not choose."
    assert told in words(page)
    assert told in words(private_page(inquiry))


def test_who_asked_for_no_time_is_told_of_none(client):
    inquiry, page = sent(client)

    assert "Good times" not in words(page)
    assert "should not wait" not in words(page)
    assert read(private_page(inquiry)).select_one(".lead + p") is None


def test_held_request_that_is_let_through_keeps_the_day(make_request, manager, client):
    inquiry = make_request(held_because="too fast")
    AppointmentRequest.objects.update(call_after=at(30, 0), promised_by=MONDAY - timedelta(minutes=1))

    actions.release(inquiry=inquiry, actor=Actor(manager))

    inquiry.refresh_from_db()
    assert (inquiry.call_from, inquiry.call_by, inquiry.promised_by) == (at(30, 0), at(30, 13), at(1, 17, month=12))


# --- Changed on the private page ---


def test_patient_changes_when_to_call(make_request):
    inquiry = make_request()
    patient = Browser()
    patient.post(private_link.path(inquiry), {"last_digits": "0142"})
    answers = {"email": inquiry.email, "phone": "(732) 555-0142"}
    answers |= {"best_way": "call", "voicemail": "yes", "language": "en", "days": ["1", "3"]}
    answers |= {"time_of_day": "morning", "call_times": ["midday"], "not_before": NEXT_MONDAY}

    page = patient.post(f"{private_link.path(inquiry)}change/", answers, follow=True)

    inquiry.refresh_from_db()
    assert (inquiry.call_times, inquiry.call_after, inquiry.call_by) == (2, at(30, 0), at(30, 13))
    assert inquiry.promised_by == at(1, 17, month=12)
    assert "by 5 pm on Tuesday, December 1, and not before Monday, November 30" in words(page)


def test_saving_the_page_without_a_change_changes_nothing(make_request):
    inquiry = make_request()
    patient = Browser()
    patient.post(private_link.path(inquiry), {"last_digits": "0142"})
    answers = {"email": inquiry.email, "phone": "(732) 555-0142"}
    answers |= {"best_way": "call", "voicemail": "yes", "language": "en", "days": ["1", "3"]}

    patient.post(f"{private_link.path(inquiry)}change/", {**answers, "time_of_day": "morning"})

    assert not inquiry.events.filter(kind=Event.Kind.CHANGED).exists()


def test_day_that_is_taken_back_makes_the_call_due_as_usual_from_now(make_request, monday):
    inquiry = make_request()
    change(inquiry, not_before=NEXT_MONDAY)
    monday.shift(timedelta(hours=1))

    change(inquiry, not_before="")

    assert (inquiry.call_after, inquiry.call_from, inquiry.call_by) == (None, at(23, 11, 12), at(23, 15, 12))


def test_other_times_of_day_leave_clock_and_promise_alone(make_request, monday):
    inquiry = make_request()
    before = (inquiry.call_by, inquiry.promised_by, inquiry.call_from)
    monday.shift(timedelta(hours=1))

    change(inquiry, call_times=["morning"])

    assert inquiry.call_times == 1
    assert (inquiry.call_by, inquiry.promised_by, inquiry.call_from) == before


def test_what_was_promised_before_a_call_is_not_promised_anew_after_it(make_request, toms_river_desk):
    inquiry = make_request()
    promised = inquiry.promised_by
    actions.log_call(inquiry=inquiry, actor=Actor(toms_river_desk), outcome=Event.Kind.NO_ANSWER)
    inquiry.refresh_from_db()

    change(inquiry, not_before=NEXT_MONDAY)

    assert (inquiry.promised_by, inquiry.call_by) == (promised, at(30, 13))


def test_patient_can_not_put_off_an_urgent_call(make_request):
    inquiry = make_request(flags=["fever"])
    before = inquiry.call_by

    change(inquiry, not_before=NEXT_MONDAY, call_times=["afternoon"])

    assert (inquiry.call_by, inquiry.call_after, inquiry.call_times) == (before, None, 0)


def test_new_phone_number_leaves_an_agreed_time_alone(make_request, toms_river_desk):
    inquiry = make_request()
    actions.call_later(inquiry=inquiry, actor=Actor(toms_river_desk), at=TUESDAY_AT_THREE)
    inquiry.refresh_from_db()

    change(inquiry, call_times=["morning"])

    assert (inquiry.call_after, inquiry.call_by) == (TUESDAY_AT_THREE, at(24, 17))


# --- The desk's list ---


@pytest.fixture
def four(make_request):
    """Who may be called now, in the afternoon, from next Monday, and another office's."""
    for name, changes in {
        "Now Sample": {},
        "Late Sample": {"call_times": 4},
        "Away Sample": {"call_after": at(30, 0)},
    }.items():
        inquiry = make_request(patient_name=name)
        AppointmentRequest.objects.filter(pk=inquiry.pk).update(**changes)


@pytest.mark.parametrize(
    ("moment", "callable_then"),
    [
        (at(23, 10, 12), ["Now Sample"]),
        (at(23, 14), ["Now Sample", "Late Sample"]),
        (at(23, 18), []),  # closed
        (at(26, 15), []),  # Thanksgiving
        (at(30, 9, 30), ["Now Sample", "Away Sample"]),
        (at(30, 14, 30), ["Now Sample", "Late Sample", "Away Sample"]),
    ],
)
def test_list_shows_who_may_be_called_at_this_moment(four, toms_river_desk, signed_in, monday, moment, callable_then):
    monday.move_to(moment)
    tess = signed_in(toms_river_desk)

    assert sorted(names(tess.get(f"{LIST}?now=on"))) == sorted(callable_then)
    assert len(names(tess.get(LIST))) == 3


def test_list_leads_to_who_may_be_called_and_back(four, tess):
    all_of_them, some = read(tess.get(LIST)), read(tess.get(f"{LIST}?tab=call&urgent=on&now=on"))

    def switch(page: Any) -> list[tuple[str, str, bool]]:
        links = page.select("nav[aria-label='Whom to call'] a")
        return [(link.get_text(strip=True), link["href"], link.has_attr("aria-current")) for link in links]

    assert switch(all_of_them) == [("All", "?tab=call", True), ("May be called now", "?tab=call&now=on", False)]
    assert switch(some) == [
        ("All", "?tab=call&urgent=on", False),
        ("May be called now", "?tab=call&urgent=on&now=on", True),
    ]
    assert some.select_one(".filters input[name=now]")["value"] == "on"


def test_other_stages_do_not_ask_whom_to_call(four, tess):
    assert read(tess.get(f"{LIST}?tab=booked")).select("nav[aria-label='Whom to call']") == []


def test_who_may_be_called_costs_no_more_queries(four, tess):
    tess.get(LIST)

    assert queries(tess, f"{LIST}?now=on") <= queries(tess, LIST)


def test_rows_say_when_to_call(four, tess):
    table = rows(tess.get(LIST)).replace("\N{NO-BREAK SPACE}", " ")

    assert "Afternoons only" in table
    assert "Not before Mon, Nov 30" in table


@pytest.mark.parametrize(("say_who", "first"), [("first_name", True), ("practice", False), ("", False)])
def test_who_else_picks_up_hears_a_first_name_only_where_the_patient_asked_for_that(waiting, tess, say_who, first):
    change(waiting, say_who=say_who)

    said = [plain(str(script)) for script in read(tess.get(page_of(waiting))).select("details.script")]

    assert said[0].startswith("What to say first" if first else "What to say in a call")
    assert ("Garden State" in said[0]) != first


def test_row_says_to_say_only_a_first_name(waiting, tess):
    change(waiting, say_who="first_name")

    assert "Say only your first name" in rows(tess.get(LIST))


def test_page_says_in_sentences_when_to_call(waiting, tess):
    change(waiting, call_times=["afternoon"], not_before=NEXT_MONDAY, say_who="practice")

    said = words(tess.get(page_of(waiting)))

    assert "Call on Monday, November 30 or later. Afternoons only." in said
    assert "If somebody else answers, you may say the practice’s name." in said
    assert "Next step: call on Monday, November 30 or later" in said


def test_page_of_an_urgent_one_says_that_the_wish_does_not_count(make_request, tess):
    inquiry = make_request(flags=["fever"])
    change(inquiry, call_times=["afternoon"])

    assert "It is urgent: call now, whatever times were asked for." in words(tess.get(page_of(inquiry)))


# --- "Call again on ..." ---


def test_agreed_time_is_what_the_clock_the_list_and_the_patient_go_by(waiting, make_request, tess):
    make_request(patient_name="Other Sample")

    answer = tess.post(act_on(waiting, "later"), filled("later"), follow=True)

    waiting.refresh_from_db()
    assert "To be called on Tuesday, November 24 at 3 pm or later." in words(answer)
    assert (waiting.call_after, waiting.call_from, waiting.call_by) == (TUESDAY_AT_THREE, TUESDAY_AT_THREE, at(24, 17))
    assert waiting.promised_by == at(24, 17)
    assert names(tess.get(LIST)) == ["Other Sample", "Harold Sample"]
    assert "Not before Tue, 3 pm" in rows(tess.get(LIST)).replace("\N{NO-BREAK SPACE}", " ")
    told = "The Toms River office will call you on Tuesday, November 24 after 3 pm."
    assert told in words(private_page(waiting))


def test_call_is_due_on_the_day_that_was_agreed_on(make_request, toms_river_desk):
    """Not hours later on the next business day."""
    inquiry = make_request()

    actions.call_later(inquiry=inquiry, actor=Actor(toms_river_desk), at=at(24, 16, 30))

    inquiry.refresh_from_db()
    assert inquiry.call_by == at(24, 17)


def test_morning_that_was_agreed_on_is_due_by_the_usual_clock(make_request, toms_river_desk):
    inquiry = make_request()

    actions.call_later(inquiry=inquiry, actor=Actor(toms_river_desk), at=at(24, 9))

    inquiry.refresh_from_db()
    assert inquiry.call_by == at(24, 13)


def test_who_was_spoken_to_is_called_again_when_it_was_agreed(make_request, tess):
    inquiry = make_request()
    tess.post(act_on(inquiry, "call"), {"call-outcome": "spoke"})

    tess.post(act_on(inquiry, "later"), filled("later"))

    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.call_by) == (Status.CONTACTED, at(24, 17))
    assert "get back to you on Tuesday, November 24 after 3 pm" in words(private_page(inquiry))
    assert "Follow up by Tue, 5 pm" in rows(tess.get(f"{LIST}?tab=waiting")).replace("\N{NO-BREAK SPACE}", " ")


def test_after_that_time_the_page_says_by_when(make_request, tess, monday):
    inquiry = make_request()
    tess.post(act_on(inquiry, "later"), filled("later"))
    monday.move_to(at(24, 15, 1))

    assert "will call you by 5 pm on Tuesday, November 24." in words(private_page(inquiry))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Choose a day and time"),
        ("2026-11-23T10:12", "Choose a day and time in the future"),
        ("2026-11-20T10:00", "Choose a day and time in the future"),
        ("2027-01-25T10:00", "Choose a day within the next 60 days"),
        ("2026-11-26T10:00", "The Toms River office is closed then, so nobody could call."),
        ("2026-11-24T20:00", "The Toms River office is closed then, so nobody could call."),
        ("Thursday", "Enter a day and time, like 2026-12-01 10:15"),
    ],
)
def test_call_is_not_put_off_to_a_time_when_nobody_calls(waiting, tess, typed, said):
    answer = tess.post(act_on(waiting, "later"), {"later-at": typed, "later-note": "Said so"})

    assert said in words(answer)
    assert "Said so" in answer.content.decode()
    assert read(answer).select("details[open] #later")
    waiting.refresh_from_db()
    assert waiting.call_after is None


def test_call_within_sixty_days_is_taken(waiting, tess):
    tess.post(act_on(waiting, "later"), {"later-at": "2027-01-22T10:00"})

    waiting.refresh_from_db()
    assert waiting.call_after == datetime(2027, 1, 22, 10, tzinfo=NEW_YORK)


def test_putting_off_a_call_is_undone(waiting, tess):
    before = (waiting.call_after, waiting.call_from, waiting.call_by, waiting.promised_by)
    tess.post(act_on(waiting, "later"), filled("later"))

    tess.post(act_on(waiting, "undo"))

    waiting.refresh_from_db()
    assert (waiting.call_after, waiting.call_from, waiting.call_by, waiting.promised_by) == before


@pytest.mark.parametrize("outcome", [Event.Kind.NO_ANSWER, Event.Kind.VOICEMAIL, Event.Kind.SPOKE])
def test_call_that_was_made_ends_the_agreement(waiting, tess, toms_river_desk, outcome, monday):
    actions.call_later(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_THREE)
    monday.move_to(TUESDAY_AT_THREE)

    actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome=outcome)

    waiting.refresh_from_db()
    assert waiting.call_after is None
    assert waiting.call_from == TUESDAY_AT_THREE


@pytest.mark.parametrize("status", ["booked", "closed", "proposed"])
def test_call_that_nobody_has_to_make_is_not_put_off(waiting, toms_river_desk, status):
    actor = Actor(toms_river_desk)
    match status:
        case "booked":
            actions.book(inquiry=waiting, actor=actor, at=TUESDAY_AT_THREE)
        case "closed":
            actions.close(inquiry=waiting, actor=actor, reason="declined")
        case "proposed":
            actions.propose(inquiry=waiting, actor=actor, times=[TUESDAY_AT_THREE])

    with pytest.raises(WrongMove, match="No call is to be made"):
        actions.call_later(inquiry=waiting, actor=actor, at=TUESDAY_AT_THREE)


def test_no_reminder_goes_out_before_an_agreed_time(waiting, toms_river_desk, monday):
    actions.open_request(inquiry=waiting, actor=Actor(toms_river_desk))
    actions.call_later(inquiry=waiting, actor=Actor(toms_river_desk), at=at(24, 15))
    monday.move_to(at(24, 16, 59))
    before = escalation.remind_offices()
    monday.move_to(at(24, 17))

    assert (before, escalation.remind_offices()) == (0, 1)


# --- Written down by the desk ---


def test_desk_writes_down_when_to_call(waiting, tess):
    tess.post(
        act_on(waiting, "times"),
        {"times-call_times": ["morning"], "times-not_before": NEXT_MONDAY, "times-say_who": "first_name"},
    )

    waiting.refresh_from_db()
    assert CallWishes.of(waiting.contact) == CallWishes((CallTime.MORNING,), date(2026, 11, 30), SayWho.FIRST_NAME)
    assert (waiting.call_times, waiting.call_after, waiting.call_by) == (1, at(30, 0), at(30, 13))
    assert waiting.contact["voicemail"] == "yes"


def test_what_the_desk_wrote_down_is_undone(waiting, tess):
    before = waiting.contact
    tess.post(act_on(waiting, "times"), filled("times"))

    tess.post(act_on(waiting, "undo"))

    waiting.refresh_from_db()
    assert (waiting.contact, waiting.call_times) == (before, 0)


def test_the_same_written_down_again_is_no_step(waiting, tess):
    tess.post(act_on(waiting, "times"), filled("times"))
    steps = waiting.events.count()

    tess.post(act_on(waiting, "times"), filled("times"))

    assert waiting.events.count() == steps


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("call_times", ["night"], "Choose from these times, or none"),
        ("not_before", "tomorrow", "Enter a day like 11/23/2026"),
        ("not_before", "2027-02-01", "Choose a day within the next 60 days"),
        ("say_who", "all", "Choose one of the answers"),
    ],
)
def test_desk_is_told_what_it_wrote_down_wrong(waiting, tess, field, value, said):
    answer = tess.post(act_on(waiting, "times"), {f"times-{field}": value})

    assert said in words(answer)
    assert read(answer).select("details[open] #times")


def test_message_says_when_to_call_too(tess, practice):
    inquiry = message()

    tess.post(act_on(inquiry, "times"), filled("times"))

    inquiry.refresh_from_db()
    assert inquiry.call_times == 4


# --- No voicemail where none is wanted ---


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no", "Do not leave a voicemail."),
        ("", "Nothing was said about voicemail: leave none."),
    ],
)
def test_voicemail_is_not_offered_where_none_is_wanted(waiting, tess, answer, why):
    change(waiting, voicemail=answer)

    page = read(tess.get(page_of(waiting)))

    form = page.select_one("form[action$='/call/']")
    assert [button["value"] for button in form.select("button")] == ["spoke", "no_answer"]
    assert why in form.get_text(" ", strip=True)


def test_voicemail_is_offered_where_it_may_be_left(waiting, tess):
    form = read(tess.get(page_of(waiting))).select_one("form[action$='/call/']")

    assert [button["value"] for button in form.select("button")] == ["spoke", "voicemail", "no_answer"]


def test_voicemail_that_was_not_wanted_is_not_written_down(waiting, tess):
    change(waiting, voicemail="no")

    answer = tess.post(act_on(waiting, "call"), {"call-outcome": "voicemail", "call-note": "Rang long"})

    assert "Do not leave a voicemail. Press “No answer”; if one was left all the same, say so in the note." in words(
        answer
    )
    assert "Rang long" in answer.content.decode()
    assert not waiting.events.filter(kind=Event.Kind.VOICEMAIL).exists()


def test_office_is_told_of_the_change_without_a_word_of_it(waiting):
    Mail.objects.all().delete()

    change(waiting, not_before=NEXT_MONDAY)

    assert [mail.kind for mail in Mail.objects.all()] == [Mail.Kind.OFFICE_NEWS]


# --- What pages cost ---


@pytest.mark.parametrize("who", ["tess", "mona"])
@pytest.mark.parametrize("page", ["", "?now=on", "day/", "day/week/"])
def test_list_and_day_take_twelve_queries_at_most(make_request, request, who, page):
    for hour in (11, 12, 13, 14):
        actions.book(inquiry=make_request(), actor=Actor(), at=at(23, hour))
        make_request()
    browser = request.getfixturevalue(who)
    browser.get(f"{LIST}{page}")

    assert queries(browser, f"{LIST}{page}") <= 12
