"""The patient's own page: its lock, what it tells, and what can be done on it.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5. Thursday is Thanksgiving.
"""

from datetime import datetime, timedelta

import icalendar
import pytest
from django.conf import settings
from django.db import connection

from appointments import actions, private_link, search_keys
from appointments.actions import Actor, WrongMove
from appointments.mail.compose import compose
from appointments.models import AppointmentRequest, CloseReason, Closure, Event, Mail, Office, PracticeSettings, Status
from common.models import AuditEntry
from common.spam_traps import new_stamp
from tests.appointments.reading import assert_problem, filled_in, read, words
from tests.conftest import MONDAY, NEW_YORK, Browser, contents
from tests.telling import told_by

pytestmark = pytest.mark.usefixtures("practice", "monday")

TUESDAY_10 = datetime(2026, 12, 1, 10, 15, tzinfo=NEW_YORK)
THURSDAY_9 = datetime(2026, 12, 3, 9, 30, tzinfo=NEW_YORK)
THURSDAY_11 = datetime(2026, 12, 3, 11, 0, tzinfo=NEW_YORK)
NOT_OURS = "This is not what you gave us. Check it and try again, or call us"


@pytest.fixture
def made(make_request):
    """Harold's request, just sent."""
    return make_request()


@pytest.fixture
def desk(toms_river_desk):
    """Tess at work."""
    return Actor(user=toms_river_desk)


@pytest.fixture
def offered(made, desk):
    """Three times were offered to Harold."""
    actions.propose(inquiry=made, actor=desk, times=[THURSDAY_11, TUESDAY_10, THURSDAY_9])
    made.refresh_from_db()
    return made


@pytest.fixture
def booked(made, desk):
    """Harold's visit is booked."""
    actions.book(inquiry=made, actor=desk, at=THURSDAY_9)
    made.refresh_from_db()
    return made


def page_of(inquiry: AppointmentRequest) -> str:
    return f"/appointments/status/{private_link.token(inquiry)}/"


def unlock(client, inquiry: AppointmentRequest, **fact: str):
    return client.post(page_of(inquiry), fact or {"last_digits": "0142"})


def opened(client, inquiry: AppointmentRequest):
    """The page, unlocked."""
    unlock(client, inquiry)
    return client.get(page_of(inquiry))


def pick(client, inquiry: AppointmentRequest, at: datetime | str):
    return client.post(page_of(inquiry) + "choose/", {"at": at if isinstance(at, str) else at.isoformat()})


def timeline(response) -> list[str]:
    return [item.b.get_text() for item in read(response).select(".timeline li")]


# --- the address and the lock ---


def test_address_is_long_and_another_for_every_request(make_request):
    tokens = {private_link.token(make_request()) for _request in range(3)}

    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {64}


def test_address_stands_nowhere_in_the_database(made):
    token = private_link.token(made)

    stored = AppointmentRequest.objects.filter(pk=made.pk).values().get()

    assert token not in str(stored)
    assert stored["link_digest"] == private_link.digest_of(token)


def test_locked_page_asks_for_a_second_fact_and_tells_nothing(client, made):
    response = client.get(page_of(made))

    assert response.status_code == 200
    assert "Please tell us one thing about the request" in words(response)
    assert made.reference not in response.content.decode()
    assert "Where your request is now" not in response.content.decode()


@pytest.mark.parametrize(
    "fact",
    [
        {"last_digits": "0142"},
        {"last_digits": " 01-42 "},
        {"birth_date_0": "9", "birth_date_1": "14", "birth_date_2": "1954"},
        {"last_digits": "0142", "birth_date_0": "Sept", "birth_date_1": "14", "birth_date_2": "1954"},
    ],
    ids=["phone", "phone with spaces", "birth date", "both"],
)
def test_second_fact_opens_the_page(client, made, fact):
    response = unlock(client, made, **fact)

    assert response["Location"] == page_of(made)
    assert "We will call you" in words(client.get(page_of(made)))


@pytest.mark.parametrize(
    ("fact", "control", "message"),
    [
        ({"last_digits": "0143"}, "id_last_digits", NOT_OURS),
        ({"last_digits": "142"}, "id_last_digits", NOT_OURS),
        ({"last_digits": "2"}, "id_last_digits", NOT_OURS),
        ({"last_digits": "abcd"}, "id_last_digits", NOT_OURS),
        ({"birth_date_0": "9", "birth_date_1": "15", "birth_date_2": "1954"}, "id_birth_date_0", NOT_OURS),
        (
            {"last_digits": "0142", "birth_date_0": "1", "birth_date_1": "1", "birth_date_2": "1950"},
            "id_last_digits",
            NOT_OURS,
        ),
        ({"birth_date_0": "9", "birth_date_1": "14"}, "id_birth_date_2", "Enter the year of birth"),
        ({"last_digits": "1" * 21}, "id_last_digits", "Enter 4 digits, like 0100"),
        (
            {"last_digits": ""},
            "id_last_digits",
            "Enter the last 4 digits of your phone number, or the date of birth",
        ),
    ],
    ids=[
        "other digits",
        "three digits",
        "one digit",
        "letters",
        "other day",
        "one of two wrong",
        "half a date",
        "too long",
        "nothing",
    ],
)
def test_wrong_second_fact_is_refused(client, made, fact, control, message):
    response = unlock(client, made, **fact)

    assert_problem(response, control, message)
    assert filled_in(response) == {name: typed for name, typed in fact.items() if typed}
    assert "Where your request is now" not in client.get(page_of(made)).content.decode()


def test_tries_are_limited_even_for_the_right_answer(client, made):
    for _try in range(6):
        unlock(client, made, last_digits="9999")

    response = Browser().post(page_of(made), {"last_digits": "0142"})

    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "Wait 15 minutes and try again, or call us" in words(response)


def test_tries_are_counted_for_each_page_alone(client, make_request):
    first, second = make_request(), make_request()
    for _try in range(7):
        unlock(client, first, last_digits="9999")

    assert unlock(client, second).status_code == 302


CLOSED_NOTE = "Too many wrong answers were given here"


def audited(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def guess_wrong(inquiry: AppointmentRequest, times: int, monday):
    """From a new browser each time, and slowly enough for the limit of a quarter of an hour."""
    for number in range(times):
        if number % 5 == 0:
            monday.shift(timedelta(minutes=16))
        response = Browser().post(page_of(inquiry), {"last_digits": "9999"})
    return response


@pytest.mark.thorough
def test_ten_wrong_facts_close_the_page_for_good(client, made, monday):
    last = guess_wrong(made, 10, monday)

    assert (last.status_code, CLOSED_NOTE in words(last)) == (403, True)
    monday.shift(timedelta(days=2))
    response = unlock(client, made)
    assert response.status_code == 403
    assert CLOSED_NOTE in words(response)
    assert CLOSED_NOTE in words(client.get(page_of(made)))
    assert "(732) 557-9900" in words(response)


def test_right_fact_after_some_wrong_ones_opens_and_starts_the_count_anew(client, made, monday):
    guess_wrong(made, 9, monday)
    monday.shift(timedelta(minutes=16))

    assert unlock(client, made).status_code == 302

    made.refresh_from_db()
    assert made.wrong_facts == 0


def test_half_a_date_is_no_wrong_fact(client, made):
    unlock(client, made, birth_date_0="9")

    made.refresh_from_db()
    assert (made.wrong_facts, audited("own page wrong fact")) == (0, 0)


def test_wrong_and_right_facts_are_in_the_audit(client, made):
    unlock(client, made, last_digits="9999")
    unlock(client, made)

    written = AuditEntry.objects.filter(action__startswith="own page").order_by("pk")
    assert list(written.values_list("actor", "action", "record")) == [
        ("patient", "own page wrong fact", made.reference),
        ("patient", "own page opened", made.reference),
    ]


def test_refused_tries_are_in_the_audit_once_and_what_was_told_never(client, made):
    for _try in range(9):
        unlock(client, made, last_digits="7351")

    assert (audited("own page wrong fact"), audited("own page refused")) == (6, 1)
    assert "7351" not in repr(list(AuditEntry.objects.values()))


def test_tries_on_a_closed_page_are_in_the_audit(client, made, monday):
    guess_wrong(made, 10, monday)

    unlock(client, made)

    assert (audited("own page closed"), audited("own page refused")) == (1, 1)


@pytest.mark.thorough
def test_desk_sees_the_closed_page_and_opens_it_with_one_click(client, made, monday, toms_river_desk, signed_in):
    guess_wrong(made, 10, monday)
    browser = signed_in(toms_river_desk)
    desk_page = f"/admin/appointments/appointmentrequest/{made.pk}/"
    assert "The patient’s private page is closed" in words(browser.get(f"{desk_page}change/"))

    browser.post(f"{desk_page}unlock/")

    assert "The patient’s private page is closed" not in words(browser.get(f"{desk_page}change/"))
    assert AuditEntry.objects.filter(actor="tess", action="request unlocked", record=made.reference).exists()
    monday.shift(timedelta(minutes=16))
    assert unlock(client, made).status_code == 302


def test_page_that_is_open_is_not_opened_again(made, desk):
    with pytest.raises(WrongMove):
        actions.open_page_again(inquiry=made, actor=desk)


@pytest.mark.thorough
def test_closing_and_opening_the_page_is_not_told_to_the_patient(client, made, desk, monday):
    guess_wrong(made, 10, monday)
    actions.open_page_again(inquiry=made, actor=desk)
    monday.shift(timedelta(minutes=16))

    assert timeline(opened(client, made)) == ["Request received", "The office calls you", "Visit booked"]


def test_unlocking_one_page_does_not_open_another(client, make_request):
    first, second = make_request(), make_request(patient_name="Nora Example")
    unlock(client, first)

    assert "Please tell us one thing" in words(client.get(page_of(second)))


def test_page_locks_itself_after_half_an_hour(client, made, monday):
    unlock(client, made)

    monday.shift(timedelta(minutes=31))

    assert "Please tell us one thing" in words(client.get(page_of(made)))


def test_cookie_and_address_name_nobody(client, made):
    response = unlock(client, made)

    cookie = response.cookies["__Host-request-page"]
    assert (cookie["httponly"], cookie["secure"], cookie["path"]) == (True, True, "/")
    written = f"{cookie.value} {response['Location']}"
    assert told_by(written, ["Harold", "5550142", "1954", made.reference]) == []


@pytest.mark.parametrize("token", ["abc", "0" * 64, "x" * 5000])
@pytest.mark.parametrize("part", ["", "choose/", "change/", "add/", "cancel/", "appointment.ics"])
def test_wrong_address_says_so_and_gives_the_phones(client, token, part):
    for method in (client.get, client.post):
        response = method(f"/appointments/status/{token}/{part}")

        assert response.status_code == 404
        assert "This page is closed" in words(response)
        assert "(732) 557-9900" in words(response).replace("\xa0", " ")


def test_page_closes_some_days_after_the_visit(client, booked, monday):
    monday.move_to(THURSDAY_9 + timedelta(days=30, minutes=-1))
    assert client.get(page_of(booked)).status_code == 200

    monday.move_to(THURSDAY_9 + timedelta(days=30))
    assert client.get(page_of(booked)).status_code == 404


def test_how_long_the_page_stays_open_is_the_practices_choice(client, booked, monday):
    PracticeSettings.objects.update_or_create(pk=1, defaults={"status_link_days": 2})

    monday.move_to(THURSDAY_9 + timedelta(days=2))

    assert client.get(page_of(booked)).status_code == 404


@pytest.mark.parametrize("part", ["change/", "add/", "cancel/", "appointment.ics"])
def test_locked_parts_lead_to_the_lock(client, booked, part):
    response = client.get(page_of(booked) + part)

    assert response["Location"] == page_of(booked)


def test_opening_links_changes_nothing(client, offered):
    """A mail scanner opens every link it finds, also after the patient has unlocked the page."""
    unlock(client, offered)
    before = contents(AppointmentRequest.objects.filter(pk=offered.pk))
    events, mails = Event.objects.count(), Mail.objects.count()

    for part in ("", "choose/", "change/", "cancel/", "appointment.ics"):
        client.get(page_of(offered) + part)
        client.head(page_of(offered) + part)

    assert contents(AppointmentRequest.objects.filter(pk=offered.pk)) == before
    assert (Event.objects.count(), Mail.objects.count()) == (events, mails)


@pytest.mark.parametrize("part", ["", "change/", "add/", "cancel/"])
def test_page_is_kept_by_nobody_and_found_by_no_search_engine(client, made, part):
    unlock(client, made)

    response = client.get(page_of(made) + part)

    assert "no-store" in response["Cache-Control"]
    assert read(response).find("meta", {"name": "robots"})["content"] == "noindex"


def test_page_takes_few_queries(client, offered, django_assert_max_num_queries):
    unlock(client, offered)

    with django_assert_max_num_queries(4):
        client.get(page_of(offered))


# --- what it tells ---


def test_page_never_shows_name_reason_or_details(client, make_request):
    made = make_request(details="Left heel marker", reason="Heel pain marker", email="marker@example.com")

    text = opened(client, made).content.decode()

    assert told_by(text, ["Harold", "Sample", "marker", "1954", "555"]) == []


def test_new_request_says_by_when_the_office_calls(client, made):
    response = opened(client, made)

    assert "The Toms River office will call you by 5 pm on Tuesday, November 24." in words(response).replace(
        "\xa0", " "
    )
    assert timeline(response) == ["Request received", "The office calls you", "Visit booked"]


def test_broken_promise_is_admitted(client, made, monday):
    monday.move_to(datetime(2026, 11, 25, 9, 0, tzinfo=NEW_YORK))

    assert "We should have called by now, and we are sorry." in words(opened(client, made))


def test_missed_call_is_told_with_the_next_try(client, made, desk):
    actions.log_call(inquiry=made, actor=desk, outcome=Event.Kind.VOICEMAIL)

    response = opened(client, made)

    assert "The Toms River office will try again by 2:12 pm on Monday, November 23." in words(response).replace(
        "\xa0", " "
    )
    assert timeline(response)[1] == "The office called and left a voicemail"


def test_step_that_the_desk_took_back_is_not_told(client, made, desk):
    actions.log_call(inquiry=made, actor=desk, outcome=Event.Kind.NO_ANSWER)
    actions.undo(inquiry=made, actor=desk)

    assert timeline(opened(client, made)) == ["Request received", "The office calls you", "Visit booked"]


def test_notes_and_other_business_of_the_desk_are_not_told(client, made, desk, toms_river_desk):
    actions.open_request(inquiry=made, actor=desk)
    actions.add_note(inquiry=made, actor=desk, note="Sounds worried")
    actions.assign(inquiry=made, actor=desk, to=toms_river_desk)
    actions.ask_manager(inquiry=made, actor=desk, note="Too far?")

    response = opened(client, made)

    assert timeline(response) == ["Request received", "The office calls you", "Visit booked"]
    assert "worried" not in response.content.decode()


def test_other_office_is_told(client, made, desk):
    actions.send_to_office(inquiry=made, actor=desk, office=Office.objects.get(slug="belleville"), reason="Nearer")

    response = opened(client, made)

    assert "Sent to the Belleville office" in timeline(response)
    assert "(973) 450-3035" in words(response).replace("\xa0", " ")
    assert "Nearer" not in response.content.decode()


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        (CloseReason.COMPLETED, "Your visit took place"),
        (CloseReason.DECLINED, "This request is closed"),
        (CloseReason.CANCELLED, "You canceled this"),
        (CloseReason.NO_ANSWER, "We could not reach you"),
        (CloseReason.DUPLICATE, "We put your requests together"),
        (CloseReason.SPAM, "This request is closed"),
    ],
)
def test_closed_request_says_why_in_kind_words(client, made, desk, reason, title):
    actions.close(inquiry=made, actor=desk, reason=reason, note="secret")

    response = opened(client, made)

    assert read(response).h1.get_text() == title
    assert "secret" not in response.content.decode()
    assert not read(response).select("a[href$='/cancel/'], a[href$='/change/']")


def test_closed_request_says_on_which_day_its_page_closes(client, made):
    actions.cancel(inquiry=made, actor=Actor())

    page = words(opened(client, made))

    assert "This page is private. It closes on December 23, 2026." in page
    assert "after your visit" not in page


def test_request_in_quarantine_looks_like_any_other(client, make_request):
    made = make_request(held_because="links")

    assert timeline(opened(client, made)) == ["Request received", "The office calls you", "Visit booked"]


# --- choosing a time ---


def test_offered_times_stand_in_order_and_none_is_ticked(client, offered):
    response = opened(client, offered)

    page = read(response)
    labels = [label.get_text(" ", strip=True).replace("\xa0", " ") for label in page.select(".choice")]
    assert labels == [
        "Tuesday, December 1, 10:15 am",
        "Thursday, December 3, 9:30 am",
        "Thursday, December 3, 11 am",
        "None of these work for me We will call you to find another time.",
    ]
    assert not page.select("input[checked]")
    assert "Please choose by 10:12 am on Wednesday, November 25" in words(response).replace("\xa0", " ")


def test_picking_a_time_books_it_and_tells_both(client, offered):
    unlock(client, offered)
    before = set(Mail.objects.values_list("pk", flat=True))

    response = pick(client, offered, THURSDAY_9)

    offered.refresh_from_db()
    assert response["Location"] == page_of(offered)
    assert (offered.status, offered.booked_for) == (Status.BOOKED, THURSDAY_9)
    assert offered.events.last().kind == Event.Kind.CHOSEN
    mails = Mail.objects.exclude(pk__in=before)
    assert sorted(mail.kind for mail in mails) == [Mail.Kind.BOOKED, Mail.Kind.OFFICE_NEWS]


def test_times_that_were_not_picked_are_on_offer_no_more(client, offered):
    unlock(client, offered)

    pick(client, offered, TUESDAY_10)

    offered.refresh_from_db()
    assert (offered.offered_times, offered.choose_by) == ([], None)


def test_booked_page_says_when_where_and_what_to_bring(client, booked):
    text = words(opened(client, booked)).replace("\xa0", " ")

    assert "Thursday, December 3 at 9:30 am" in text
    assert "664 Commons Way, Building 1" in text
    assert "What to bring A photo ID, your insurance card" in text


def test_second_click_on_the_same_time_changes_nothing_more(client, offered):
    unlock(client, offered)
    pick(client, offered, THURSDAY_9)
    events = Event.objects.count()

    response = pick(client, offered, THURSDAY_9)

    assert (response.status_code, Event.objects.count()) == (302, events)


def test_another_time_from_an_old_page_is_refused_after_booking(client, offered):
    unlock(client, offered)
    pick(client, offered, THURSDAY_9)

    response = pick(client, offered, TUESDAY_10)

    offered.refresh_from_db()
    assert (response.status_code, offered.booked_for) == (409, THURSDAY_9)
    assert "That time is no longer available." in words(response)
    assert "Your visit is booked" in words(response)


def test_time_that_has_passed_is_refused_with_the_reason(client, offered, monday):
    unlock(client, offered)
    AppointmentRequest.objects.filter(pk=offered.pk).update(choose_by=THURSDAY_11)
    monday.move_to(TUESDAY_10 + timedelta(minutes=1))
    unlock(client, offered)

    response = pick(client, offered, TUESDAY_10)

    assert (response.status_code, AppointmentRequest.objects.get().status) == (409, Status.PROPOSED)
    assert "That time has passed. Please choose another one, or call us." in words(response)
    assert TUESDAY_10.isoformat() not in response.content.decode()


def test_time_in_an_hour_closed_since_is_refused_with_the_reason(client, offered):
    unlock(client, offered)
    Closure.objects.create(office=offered.office, first_day=THURSDAY_9, last_day=THURSDAY_9, reason="Training")

    response = pick(client, offered, THURSDAY_9)

    assert (response.status_code, AppointmentRequest.objects.get().status) == (409, Status.PROPOSED)
    assert "The office is now closed at that time." in words(response)


@pytest.mark.parametrize(
    "at", [THURSDAY_9 + timedelta(hours=2), "2026-12-03T25:99:00+00:00", "tomorrow", "x" * 3000, "'; --"]
)
def test_time_that_was_not_offered_is_refused(client, offered, at):
    unlock(client, offered)

    response = pick(client, offered, at)

    assert response.status_code in (200, 409)
    assert AppointmentRequest.objects.get().status == Status.PROPOSED


def test_nothing_picked_is_a_problem_at_the_times(client, offered):
    unlock(client, offered)

    assert_problem(pick(client, offered, ""), "id_at_0", "Choose a time, or “None of these work for me”")


def test_none_suits_gives_the_request_back_to_the_desk(client, offered, monday):
    unlock(client, offered)
    monday.shift(timedelta(minutes=20))

    pick(client, offered, "none")
    pick(client, offered, "none")  # a second click

    offered.refresh_from_db()
    assert (offered.status, offered.call_by) == (Status.NEW, MONDAY + timedelta(hours=4, minutes=20))
    assert offered.events.filter(kind=Event.Kind.NONE_SUITS).count() == 1
    assert "We will call you" in words(client.get(page_of(offered)))


def test_none_suits_after_booking_is_refused(client, booked):
    unlock(client, booked)

    response = pick(client, booked, "none")

    assert response.status_code == 409
    assert AppointmentRequest.objects.get().status == Status.BOOKED


def test_offer_that_nobody_took_goes_back_to_the_desk(offered, monday):
    monday.move_to(offered.choose_by - timedelta(minutes=1))
    assert actions.lapse_offers() == 0

    monday.move_to(offered.choose_by)
    assert actions.lapse_offers() == 1

    offered.refresh_from_db()
    assert (offered.status, offered.events.last().kind) == (Status.NEW, Event.Kind.LAPSED)
    assert actions.lapse_offers() == 0


def test_offer_that_ran_out_is_the_workers_doing_in_the_audit(offered, monday):
    monday.move_to(offered.choose_by)

    actions.lapse_offers()

    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.action, entry.record) == ("worker", "request lapsed", offered.reference)


def test_offer_ends_with_its_last_time(made, desk):
    last = MONDAY + timedelta(hours=3)

    actions.propose(inquiry=made, actor=desk, times=[MONDAY + timedelta(hours=1), last])

    made.refresh_from_db()
    assert made.choose_by == last


# --- changing how to be reached ---

CHANGED = {
    "phone": "973 555 0199",
    "email": "harold@example.com",
    "best_way": "text",
    "voicemail": "no",
    "days": ["any"],
    "time_of_day": "afternoon",
    "language": "es",
}


def test_change_form_is_filled_with_what_we_have(client, made):
    unlock(client, made)

    assert filled_in(client.get(page_of(made) + "change/")) == {
        "phone": "(732) 555-0142",
        "email": "harold@example.com",
        "best_way": "call",
        "voicemail": "yes",
        "days": ["1", "3"],
        "time_of_day": "morning",
        "language": "en",
    }


def test_change_reaches_the_desk_and_its_search(client, made):
    unlock(client, made)

    response = client.post(page_of(made) + "change/", CHANGED)

    made.refresh_from_db()
    assert response["Location"] == page_of(made)
    assert made.phone == "+19735550199"
    assert made.wishes == {"days": ["any"], "time_of_day": "afternoon"}
    assert (made.contact["best_way"], made.contact["voicemail"], made.contact["language"]) == ("text", "no", "es")
    event = made.events.last()
    assert (event.kind, event.facts["changed"]) == (
        Event.Kind.CHANGED,
        {
            "phone": ["+17325550142", "+19735550199"],
            "days": [["1", "3"], ["any"]],
            "time_of_day": ["morning", "afternoon"],
            "best_way": ["call", "text"],
            "voicemail": ["yes", "no"],
            "language": ["en", "es"],
        },
    )
    assert Mail.objects.filter(kind=Mail.Kind.OFFICE_NEWS).count() == 1
    assert unlock(Browser(), made, last_digits="0199").status_code == 302
    everybody = AppointmentRequest.objects.all()
    assert list(search_keys.search(everybody, "973 555 0199")) == [made]
    assert list(search_keys.search(everybody, "732 555 0142")) == []


def test_change_of_nothing_is_no_news(client, made):
    unlock(client, made)
    same = {**CHANGED, "phone": "7325550142", "best_way": "call", "voicemail": "yes", "language": "en"}

    client.post(page_of(made) + "change/", {**same, "days": ["1", "3"], "time_of_day": "morning"})

    assert not made.events.filter(kind=Event.Kind.CHANGED).exists()


def test_change_of_a_bad_phone_keeps_what_was_typed(client, made):
    unlock(client, made)

    response = client.post(page_of(made) + "change/", {**CHANGED, "phone": "12"})

    assert_problem(response, "id_phone", "Enter a phone number with 10 digits, like (202) 555-0100")
    assert filled_in(response) == {**CHANGED, "phone": "12"}


def test_booked_visit_keeps_its_wishes_when_the_phone_changes(client, booked):
    unlock(client, booked)
    answers = {name: CHANGED[name] for name in ("phone", "email", "best_way", "voicemail", "language")}

    client.post(page_of(booked) + "change/", answers)

    booked.refresh_from_db()
    assert (booked.phone, booked.wishes["time_of_day"]) == ("+19735550199", "morning")


def test_other_email_moves_the_page_for_everybody_but_this_browser(client, made):
    stranger = Browser()
    unlock(stranger, made)
    unlock(client, made)
    old = page_of(made)

    response = client.post(old + "change/", {**CHANGED, "email": "harry@example.com"})

    made.refresh_from_db()
    assert made.email == "harry@example.com"
    assert response["Location"] == page_of(made) != old
    assert "We will call you" in words(client.get(page_of(made)))
    assert stranger.get(old).status_code == 404
    assert "Please tell us one thing" in words(stranger.get(page_of(made)))


def test_other_email_is_news_for_the_office_and_gets_the_new_link(client, made):
    unlock(client, made)

    client.post(page_of(made) + "change/", {**CHANGED, "email": "harry@example.com"})

    made.refresh_from_db()
    kinds = {mail.kind: compose(mail) for mail in Mail.objects.order_by("pk")}
    assert kinds[Mail.Kind.OFFICE_NEWS].to == ["toms-river@clinic.example"]
    assert kinds[Mail.Kind.LINK].to == ["harry@example.com"]
    assert page_of(made) in kinds[Mail.Kind.LINK].body


def test_other_phone_locks_other_browsers_that_had_opened_the_page(client, made):
    other = Browser()
    unlock(other, made)
    unlock(client, made)

    client.post(page_of(made) + "change/", CHANGED)

    assert "We will call you" in words(client.get(page_of(made)))
    assert "Please tell us one thing" in words(other.get(page_of(made)))


# --- "I forgot to say" ---

BLACK_TOE = "My toe turned black and cold this morning."


def add(client, inquiry: AppointmentRequest, more: str, **fields: str):
    """Type it and send it; where something is asked, the answer goes with it."""
    address = page_of(inquiry) + "add/"
    shown = read(client.get(address)).main.form
    typed = {field["name"]: field.get("value", "") for field in shown.select("input")} | {"more": more}
    response = client.post(address, typed)
    if fields and response.status_code == 200:
        asked = read(response).select_one("input[name=asked_about]")["value"]
        response = client.post(address, {**typed, "asked_about": asked, **fields})
    return response


def test_what_was_forgotten_stands_beside_what_was_told(client, made, toms_river_desk, signed_in):
    unlock(client, made)

    response = add(client, made, "I can only park a van.")

    assert response["Location"] == page_of(made)
    made.refresh_from_db()
    assert (made.details, made.urgent) == ("Left heel, worse in the morning.", False)
    assert "You added something" in timeline(client.get(page_of(made)))
    assert "van" not in words(client.get(page_of(made)))
    desk = words(signed_in(toms_river_desk).get(made.get_absolute_url()))
    assert "worse in the morning. Added today, 10:12 am: I can only park a van." in desk
    assert Mail.objects.filter(kind=Mail.Kind.OFFICE_NEWS).count() == 1


def test_warning_sign_in_what_was_forgotten_is_asked_about_first(client, made):
    unlock(client, made)

    response = add(client, made, BLACK_TOE)

    assert "Choose whether that is so today" in words(response)
    assert not made.events.filter(kind=Event.Kind.ADDED).exists()


def test_warning_sign_that_is_so_today_tells_at_once_where_to_turn(client, made):
    unlock(client, made)

    add(client, made, BLACK_TOE, so="yes")

    made.refresh_from_db()
    assert made.urgent
    assert made.call_by < MONDAY + timedelta(hours=2)
    page = read(client.get(page_of(made)))
    assert page.select_one("section.urgent")


def test_warning_sign_that_is_not_so_today_is_read_first_by_the_desk(client, made, toms_river_desk, signed_in):
    unlock(client, made)

    add(client, made, BLACK_TOE, so="no")

    made.refresh_from_db()
    assert made.urgent
    assert not read(client.get(page_of(made))).select_one("section.urgent")
    page = words(signed_in(toms_river_desk).get(made.get_absolute_url()))
    assert "Asked before sending, the patient answered that it is not so today. Make sure." in page


def test_condition_told_before_makes_a_sign_told_later_urgent(client, make_request):
    inquiry = make_request(details="I have diabetes.")
    unlock(client, inquiry)

    add(client, inquiry, "There is an open sore on my heel.", so="yes")

    inquiry.refresh_from_db()
    assert inquiry.urgent


def test_warning_sign_brings_an_offer_back_to_the_desk(client, offered):
    unlock(client, offered)

    add(client, offered, BLACK_TOE, so="yes")

    offered.refresh_from_db()
    assert (offered.status, offered.urgent) == (Status.NEW, True)
    assert read(client.get(page_of(offered))).select_one("section.urgent")


def test_warning_sign_leaves_a_booked_visit(client, booked):
    unlock(client, booked)

    add(client, booked, BLACK_TOE, so="yes")

    booked.refresh_from_db()
    assert (booked.status, booked.booked_for, booked.urgent) == (Status.BOOKED, THURSDAY_9, True)
    assert read(client.get(page_of(booked))).select_one("section.urgent")


def test_warning_sign_that_is_so_today_lets_a_held_request_through(client, make_request):
    inquiry = make_request(held_because="words")
    unlock(client, inquiry)

    add(client, inquiry, BLACK_TOE, so="yes")

    inquiry.refresh_from_db()
    assert inquiry.status == Status.NEW
    assert Mail.objects.filter(kind=Mail.Kind.OFFICE_NOTICE).exists()


def test_sign_raises_again_what_the_desk_had_made_not_urgent(client, make_request, desk):
    inquiry = make_request(flags=["deep-wound"])
    actions.make_not_urgent(inquiry=inquiry, actor=desk, reason="Healed")
    unlock(client, inquiry)

    add(client, inquiry, BLACK_TOE, so="yes")

    inquiry.refresh_from_db()
    assert inquiry.urgent


@pytest.mark.parametrize(
    ("more", "problem"),
    [("\x00 ", "Write what you want to add"), ("x" * 601, "This is 1 character too long. Use 600 characters or fewer")],
)
def test_nothing_or_too_much_to_add_is_a_problem(client, made, more, problem):
    unlock(client, made)

    assert problem in words(add(client, made, more))
    assert not made.events.filter(kind=Event.Kind.ADDED).exists()


def test_same_words_sent_twice_are_added_once(client, made):
    unlock(client, made)

    for _click in range(2):
        add(client, made, "I can only park a van.")

    assert made.events.filter(kind=Event.Kind.ADDED).count() == 1
    assert Mail.objects.filter(kind=Mail.Kind.OFFICE_NEWS).count() == 1


def test_more_than_ten_additions_are_told_to_call(made):
    for number in range(10):
        actions.add_words(inquiry=made, actor=Actor(), text=f"Number {number}", so=None)

    with pytest.raises(WrongMove, match="Please call us and tell us the rest"):
        actions.add_words(inquiry=made, actor=Actor(), text="Number 11", so=None)


def test_closed_request_takes_nothing_more_and_says_so(client, made, desk):
    unlock(client, made)
    actions.close(inquiry=made, actor=desk, reason=CloseReason.NO_ANSWER)

    response = client.post(page_of(made) + "add/", {"more": "Too late", "stamp": new_stamp(), "topic": ""})

    assert "This request is closed, so nobody would read it. Please call us." in words(response)
    assert not made.events.filter(kind=Event.Kind.ADDED).exists()


# --- canceling ---


def test_canceling_asks_once_more_then_closes_and_tells_both(client, booked):
    unlock(client, booked)
    before = set(Mail.objects.values_list("pk", flat=True))
    question = client.get(page_of(booked) + "cancel/")

    response = client.post(page_of(booked) + "cancel/")

    booked.refresh_from_db()
    assert "Cancel your visit?" in words(question)
    assert response["Location"] == page_of(booked)
    assert (booked.status, booked.close_reason) == (Status.CLOSED, CloseReason.CANCELLED)
    kinds = sorted(Mail.objects.exclude(pk__in=before).values_list("kind", flat=True))
    assert kinds == [Mail.Kind.CANCELLED, Mail.Kind.OFFICE_NEWS]
    assert "You canceled this" in words(client.get(page_of(booked)))


def test_second_click_on_cancel_changes_nothing_more(client, made):
    unlock(client, made)
    client.post(page_of(made) + "cancel/")
    events = Event.objects.count()

    response = client.post(page_of(made) + "cancel/")

    assert (response.status_code, Event.objects.count()) == (302, events)


def test_request_closed_meanwhile_is_not_canceled_over_it(made, desk):
    actions.close(inquiry=made, actor=desk, reason=CloseReason.COMPLETED)

    with pytest.raises(WrongMove):
        actions.cancel(inquiry=made, actor=Actor())

    made.refresh_from_db()
    assert made.close_reason == CloseReason.COMPLETED


@pytest.mark.parametrize("part", ["", "choose/", "change/", "add/", "cancel/"])
def test_post_without_its_token_changes_nothing(offered, part):
    strict = Browser(enforce_csrf_checks=True)

    response = strict.post(page_of(offered) + part, {"at": THURSDAY_9.isoformat(), "last_digits": "0142"})

    assert response.status_code == 403
    assert AppointmentRequest.objects.get().status == Status.PROPOSED


# --- the calendar entry ---


def test_calendar_entry_says_when_and_where_and_nothing_about_health(client, booked):
    unlock(client, booked)

    response = client.get(page_of(booked) + "appointment.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    entry = icalendar.Calendar.from_ical(response.content).events[0]
    assert entry["SUMMARY"] == f"Appointment, {settings.PRACTICE_NAME}"
    assert entry.start == THURSDAY_9
    assert entry.end - entry.start == timedelta(minutes=30)
    assert "664 Commons Way" in entry["LOCATION"]
    for value in (b"Harold", b"eel", b"5550142"):
        assert value not in response.content
    assert all(len(line) <= 75 for line in response.content.splitlines())


def test_moved_visit_moves_the_same_calendar_entry(client, booked, desk):
    unlock(client, booked)
    first = icalendar.Calendar.from_ical(client.get(page_of(booked) + "appointment.ics").content).events[0]

    actions.book(inquiry=booked, actor=desk, at=THURSDAY_11)
    second = icalendar.Calendar.from_ical(client.get(page_of(booked) + "appointment.ics").content).events[0]

    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second.start == THURSDAY_11


def test_request_without_a_visit_has_no_calendar_entry(client, made):
    unlock(client, made)

    assert client.get(page_of(made) + "appointment.ics").status_code == 404


# --- two requests of the same person ---


def test_second_request_of_the_same_person_is_linked_with_the_first(make_request):
    first = make_request()
    second = make_request(patient_name="SAMPLE,  harold")

    assert list(actions.earlier_requests(second)) == [first]
    assert list(actions.earlier_requests(first)) == []


@pytest.mark.parametrize("other", [{"patient_name": "Nora Sample"}, {"phone": "+17325550143"}])
def test_somebody_elses_request_is_not_linked(make_request, other):
    make_request(**other)

    assert list(actions.earlier_requests(make_request())) == []


def test_request_from_over_a_month_ago_is_not_linked(make_request, monday):
    make_request()

    monday.shift(timedelta(days=30, seconds=1))

    assert list(actions.earlier_requests(make_request())) == []


def test_birth_date_of_a_message_is_not_asked_for(client, made):
    AppointmentRequest.objects.filter(pk=made.pk).update(birth_date=None)

    page = read(client.get(page_of(made)))

    assert not page.find(id="id_birth_date_0")
    assert page.find(id="id_last_digits")


def test_limits_hold_nothing_that_names_the_page(client, made):
    unlock(client, made, last_digits="9999")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM shared_cache")
        rows = str(cursor.fetchall())
    assert private_link.token(made) not in rows
