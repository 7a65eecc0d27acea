"""A new request from any door: a call, voicemail, a visit to the desk, a fax or letter, another practice."""

import logging
import re
from datetime import datetime, timedelta

import pytest

from appointments import actions, day_figures
from appointments.actions import Actor, WrongMove
from appointments.models import AppointmentRequest, Event, Mail, Office, Status
from common.models import KeptPost
from tests.appointments.at_desk import (
    LIST,
    TUESDAY_AT_TEN,
    act_on,
    entries,
    history,
    page_of,
    queries,
    rows,
    words,
)
from tests.appointments.reading import read
from tests.conftest import MONDAY, NEW_YORK

NEW = f"{LIST}new/"
CALL = {
    "nonce": "one showing of the form",
    "channel": "phone",
    "patient_name": "Paula Phone",
    "birth_date_0": "9",
    "birth_date_1": "14",
    "birth_date_2": "1954",
    "phone": "(732) 555-0177",
    "flags": "none",
    "reason": "I am not sure",
    "details": "Left heel, for two weeks.",
    "zip_code": "08753",
    "language": "en",
    "voicemail": "on",
    "consent": "on",
    "save": "1",
}
VOICEMAIL = {
    "nonce": "a",
    "channel": "voicemail",
    "patient_name": "Vera Voicemail",
    "phone": "732 555 0178",
    "save": "1",
}


@pytest.fixture(autouse=True)
def _now(monday, practice):
    """Monday, 10:12 am."""


@pytest.fixture
def tess(toms_river_desk, signed_in):
    return signed_in(toms_river_desk)


def taken() -> AppointmentRequest:
    return AppointmentRequest.objects.get()


# --- A call ---


def test_call_becomes_a_request_and_what_to_say_back_is_shown(tess):
    page = tess.post(NEW, CALL, follow=True)

    inquiry = taken()
    assert (inquiry.channel, inquiry.status, inquiry.urgent, inquiry.office.slug) == (
        *("phone", Status.NEW, False),
        "toms-river",
    )
    assert (inquiry.patient_name, inquiry.phone, inquiry.birth_date.isoformat()) == (
        *("Paula Phone", "+17325550177"),
        "1954-09-14",
    )
    assert inquiry.contact == {"language": "en", "other_language": "", "best_way": "call", "voicemail": "yes"}
    assert f"Your reference is {inquiry.reference}." in words(page)
    assert "The Toms River office will call you by 5 pm on Tuesday, November 24." in words(page)


def test_history_says_by_phone_and_never_web_form(tess):
    tess.post(NEW, CALL)

    page = tess.get(page_of(taken()))

    assert history(page)[-1] == (
        "Request received Today, 10:12 am · by phone, written down by tess. Agreed to the use of these details."
    )
    assert "web form" not in words(page)
    assert "The patient wrote" not in words(page)
    assert "Received today, 10:12 am, by phone" in words(page)


def test_taking_a_call_is_audited_with_who_did_it(tess):
    tess.post(NEW, CALL)

    assert entries(action="request written down") == [("tess", taken().reference, "toms-river", "127.0.0.1")]


def test_save_and_book_leads_straight_to_the_booking(tess):
    answer = tess.post(NEW, {**CALL, "book": "1"})

    assert answer.url == f"{page_of(taken())}?open=book#book"
    assert taken().reference in words(tess.get(answer.url))


@pytest.mark.parametrize(("minutes", "shown"), [(-1, 200), (1, 404)])
def test_what_to_say_back_can_be_read_for_as_long_as_a_patients_confirmation(
    tess, toms_river_desk, signed_in, monday, settings, minutes, shown
):
    saved = tess.post(NEW, CALL).url

    monday.shift(timedelta(minutes=settings.SENT_PAGE_MINUTES + minutes))

    assert signed_in(toms_river_desk).get(saved).status_code == shown


def test_double_click_makes_one_request(tess):
    first, second = (tess.post(NEW, CALL).url for _click in range(2))

    assert first == second == f"{LIST}{taken().pk}/saved/"
    assert taken().events.filter(kind=Event.Kind.RECEIVED).count() == 1


def test_next_caller_with_the_same_words_is_another_request(tess):
    tess.post(NEW, CALL)

    tess.post(NEW, {**CALL, "nonce": "another showing", "something_else": "on"})

    assert AppointmentRequest.objects.count() == 2


def test_receipt_goes_out_if_there_is_an_address_and_the_own_office_gets_no_notice(tess):
    tess.post(NEW, {**CALL, "email": "paula@example.com"})

    assert [mail.kind for mail in taken().mails.all()] == [Mail.Kind.RECEIPT]


@pytest.mark.thorough
def test_who_calls_for_the_patient_is_asked_for(tess):
    refused = tess.post(NEW, {**CALL, "caller_name": "Ann Phone"})
    tess.post(NEW, {**CALL, "caller_name": "Ann Phone", "caller_relation": "daughter"})

    assert "Say how they know the patient" in words(refused)
    assert "Ask for Ann Phone (daughter)." in words(tess.get(page_of(taken())))
    assert "Told by Ann Phone (daughter)" in words(tess.get(page_of(taken())))


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("patient_name", "Enter the patient’s name"),
        ("phone", "Enter a phone number with 10 digits"),
        ("birth_date_2", "Enter the year of birth"),
        ("zip_code", "Enter a ZIP code with 5 digits"),
        ("reason", "Choose the main problem"),
        ("flags", "Ask these questions, or choose “Not asked yet”"),
        ("consent", "Ask whether they agree, and tick the box"),
        ("channel", "Choose how it came"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(tess, left_out, said):
    page = tess.post(NEW, {name: value for name, value in CALL.items() if name != left_out})

    assert not AppointmentRequest.objects.exists()
    assert said in words(page)
    assert "Left heel, for two weeks." in words(page)


def test_caller_without_a_zip_code_is_asked_which_office(tess):
    call = {name: value for name, value in CALL.items() if name not in ("zip_code", "office")} | {"no_zip": "on"}

    tess.post(NEW, {**call, "office": "toms-river"})

    assert (taken().zip_code, taken().office.slug) == ("", "toms-river")


def test_wrong_box_of_a_birth_date_is_the_one_that_the_desk_is_led_to(tess):
    page = tess.post(NEW, {**CALL, "birth_date_2": "54"})

    assert [link["href"] for link in read(page).select("#problem a")] == ["#id_birth_date_2"]
    assert [box["id"] for box in read(page).select("[aria-invalid=true]")] == ["id_birth_date_2"]


@pytest.mark.parametrize(
    "typed",
    [
        {"patient_name": "x" * 20_000},
        {"details": "x" * 20_000},
        {"flags": "no such sign"},
        {"office": "nowhere"},
        {"language": "other"},
        {"email": "nobody"},
        {"nonce": "x" * 20_000},
        {"channel": "web"},
        {"reason": "<script>"},
        {"zip_code": "ABCDE"},
        {"birth_date_0": "13"},
        {"flags": ["none", "fever"]},
        {"flags": ["not-asked", "fever"]},
    ],
    ids=str,
)
def test_bad_input_is_refused_with_a_sentence(tess, typed):
    page = tess.post(NEW, {**CALL, **typed})

    assert page.status_code == 200
    assert "Nothing is saved yet" in words(page)
    assert not AppointmentRequest.objects.exists()


def test_text_of_a_session_that_ended_is_kept(tess, toms_river_desk):
    session = tess.session
    session["seen_at"] = 0
    session.save()

    tess.post(NEW, CALL, HTTP_REFERER=f"https://testserver{NEW}")

    assert KeptPost.objects.get().fields["details"] == ["Left heel, for two weeks."]
    tess.force_login(toms_river_desk)
    page = tess.get(NEW)
    assert "Your text is still here" in words(page)
    assert 'value="Paula Phone"' in page.content.decode()


def test_what_the_page_asks_by_itself_after_the_session_is_not_kept(tess):
    session = tess.session
    session["seen_at"] = 0
    session.save()

    answer = tess.post(NEW, {**CALL, "look": "1"}, HTTP_REFERER=f"https://testserver{NEW}", HTTP_X_BACKGROUND="1")

    assert answer.status_code == 401
    assert not KeptPost.objects.exists()


def test_page_costs_the_same_queries_however_many_requests_there_are(tess, make_request):
    queries(tess, NEW)
    few = queries(tess, NEW)
    for _time in range(3):
        make_request()

    assert queries(tess, NEW) == few <= 30


# --- Who may ---


def test_everybody_at_a_desk_finds_it_in_the_navigation(tess):
    page = tess.get(LIST).content.decode()

    assert re.search(rf'<a href="{NEW}"\s+aria-keyshortcuts="n">New request</a>', page)


def test_nobody_else_may_open_it(administrator, editor, signed_in, client):
    assert signed_in(administrator).get(NEW).status_code == 403
    assert signed_in(editor).get(NEW).status_code in (302, 403)
    assert client.get(NEW).status_code == 302


def test_nobody_but_the_writer_sees_what_to_say_back(tess, manager, signed_in):
    address = tess.post(NEW, CALL).url

    assert tess.get(address).status_code == 200
    assert signed_in(manager).get(address).status_code == 404


def test_what_to_say_back_is_over_after_a_while(tess, monday):
    address = tess.post(NEW, CALL).url
    monday.shift(timedelta(hours=3))

    assert tess.get(address).status_code in (302, 404)


def test_what_to_say_back_takes_no_post(tess):
    address = tess.post(NEW, CALL).url

    assert tess.post(address).status_code == 405


def test_who_is_at_no_office_is_told_so(tess, toms_river_desk):
    toms_river_desk.offices.clear()

    assert "You are not on the staff of an office yet." in words(tess.get(NEW))


# --- The same person ---


@pytest.mark.parametrize(
    "typed",
    [
        {"patient_name": "harold sam"},
        {"phone": "732.555.0142"},
        {"birth_date_0": "9", "birth_date_1": "14", "birth_date_2": "1954"},
    ],
    ids=str,
)
def test_other_requests_of_the_person_are_shown_while_somebody_types(tess, make_request, typed):
    other = make_request()

    page = tess.post(NEW, {"channel": "phone", "look": "1", **typed})

    assert other.reference in words(page)
    assert page_of(other) in page.content.decode()
    assert "Nothing is saved yet" not in words(page)


def test_past_requests_are_shown_after_open_ones(tess, toms_river_desk, make_request):
    past, going_on = make_request(), make_request()
    actions.close(inquiry=past, actor=Actor(toms_river_desk), reason="completed")

    page = words(tess.post(NEW, {"channel": "phone", "look": "1", "patient_name": "Harold Sample"}))

    assert page.index(going_on.reference) < page.index(past.reference)


def test_another_offices_patients_are_not_shown(tess, make_request):
    other = make_request(office="belleville")

    page = tess.post(NEW, {"channel": "phone", "look": "1", "patient_name": "Harold Sample"})

    assert other.reference not in words(page)


def test_who_was_shown_whom_is_audited_once(tess, make_request):
    other = make_request()
    typed = {"channel": "phone", "look": "1", "patient_name": "Harold Sample"}

    page = tess.post(NEW, typed)
    shown = re.search(r'data-shown="(\w+)"', page.content.decode())[1]
    tess.post(NEW, typed, HTTP_X_SHOWN=shown, HTTP_X_BACKGROUND="1")

    assert entries(action="search") == [("tess", other.reference, "toms-river", "127.0.0.1")] or entries(
        action="search"
    ) == [("tess", other.reference, "", "127.0.0.1")]


def test_words_stand_in_no_address_and_no_log(tess, make_request, caplog):
    make_request()
    caplog.set_level(logging.DEBUG)

    page = tess.post(NEW, {"channel": "phone", "look": "1", "patient_name": "Harold Sample"})

    assert page.status_code == 200
    assert "Harold" not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]
    assert "Harold" not in caplog.text.replace(repr(page), "")


def test_second_request_of_somebody_with_an_open_one_is_made_only_on_purpose(tess, make_request):
    other = make_request(patient_name="Paula Phone", phone="+17325550177")

    refused = tess.post(NEW, CALL)

    assert f"This person has an open request, {other.reference}." in words(refused)
    assert AppointmentRequest.objects.count() == 1
    tess.post(NEW, {**CALL, "something_else": "on"})
    assert AppointmentRequest.objects.count() == 2


def test_family_that_shares_a_phone_is_not_held_up(tess, make_request):
    make_request(patient_name="Otto Other", phone="+17325550177", birth_date="1950-01-02")

    tess.post(NEW, CALL)

    assert AppointmentRequest.objects.count() == 2


# --- What can't wait ---


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        ("chest", "Say now: Call 911 now"),
        ("injury", "Say now: Call 911 or go to an emergency room"),
        ("fever", "Say now: This has to be seen today"),
    ],
)
def test_sign_that_can_t_wait_says_what_to_say_now(tess, sign, said):
    typed = words(tess.post(NEW, {"channel": "phone", "flags": sign, "look": "1"}))
    saved = words(tess.post(NEW, {**CALL, "flags": sign, "conditions": "none", "book": "1"}, follow=True))

    assert said in typed
    assert said in saved
    assert taken().urgent


def test_own_words_are_looked_at_as_on_the_web(tess):
    typed = {**CALL, "details": "I have a fever and my foot is red and hot"}

    asked = words(tess.post(NEW, typed))
    about = re.search(r'name="asked_about" value="(\w+)"', tess.post(NEW, typed).content.decode())[1]
    tess.post(NEW, {**typed, "so": "yes", "asked_about": about})

    assert "Ask whether that is so today" in asked
    inquiry = taken()
    assert (inquiry.urgent, inquiry.safety["so"], inquiry.safety["level"]) == (True, True, "emergency")


def test_safety_answers_are_kept_with_the_version_that_was_read_aloud(tess):
    tess.post(NEW, {**CALL, "flags": "fever", "conditions": "diabetes"})

    safety = taken().safety
    assert safety["version"] == 1
    assert [flag["slug"] for flag in safety["flags"]] == ["fever"]
    assert [condition["slug"] for condition in safety["conditions"]] == ["diabetes"]


# --- Voicemail, fax, referral ---


def test_voicemail_needs_a_name_and_a_number_and_is_urgent_until_somebody_asks(tess):
    tess.post(NEW, VOICEMAIL)

    inquiry = taken()
    assert (inquiry.channel, inquiry.urgent, inquiry.safety_asked) == ("voicemail", True, False)
    assert inquiry.call_by == MONDAY + timedelta(minutes=60), "as soon as what is urgent"
    assert inquiry.promised_by == datetime(2026, 11, 24, 17, 0, tzinfo=NEW_YORK), "nobody was promised more"
    assert "Safety questions not asked yet" in rows(tess.get(LIST))
    page = words(tess.get(page_of(inquiry)))
    assert "Urgent until somebody asks the safety questions" in page
    assert "Ask the safety questions" in page
    assert "No ZIP code was given. Toms River was chosen at the desk." in page


def test_asking_makes_a_voicemail_as_urgent_as_it_is(tess):
    tess.post(NEW, VOICEMAIL)
    inquiry = taken()

    tess.post(act_on(inquiry, "safety"), {"safety-flags": "none"})

    inquiry.refresh_from_db()
    assert (inquiry.urgent, inquiry.safety_asked, inquiry.safety["level"]) == (False, True, "routine")
    assert inquiry.call_by == MONDAY + timedelta(minutes=240)
    assert history(tess.get(page_of(inquiry)))[1] == "Safety questions asked: Routine Today, 10:12 am · tess"
    assert "not asked yet" not in rows(tess.get(LIST))


def test_answer_that_can_t_wait_keeps_it_urgent(tess):
    tess.post(NEW, VOICEMAIL)
    inquiry = taken()

    tess.post(act_on(inquiry, "safety"), {"safety-flags": "injury", "safety-conditions": "none"})

    inquiry.refresh_from_db()
    assert (inquiry.urgent, inquiry.safety["level"]) == (True, "emergency")
    assert "injury" in rows(tess.get(LIST))


def test_questions_that_were_asked_are_not_asked_again(tess, toms_river_desk):
    tess.post(NEW, CALL)
    inquiry = taken()

    assert "Ask the safety questions" not in words(tess.get(page_of(inquiry)))
    answers = {"version": 1, "flags": [], "conditions": []}
    with pytest.raises(WrongMove):
        actions.ask_safety(inquiry=inquiry, actor=Actor(toms_river_desk), answers=answers, so=None)


def test_undoing_brings_the_unasked_questions_back(tess, toms_river_desk):
    tess.post(NEW, VOICEMAIL)
    inquiry = taken()
    tess.post(act_on(inquiry, "safety"), {"safety-flags": "none"})

    actions.undo(inquiry=inquiry, actor=Actor(toms_river_desk))

    inquiry.refresh_from_db()
    assert (inquiry.urgent, inquiry.safety_asked) == (True, False)
    assert inquiry.call_by == MONDAY + timedelta(minutes=60)


def test_referral_names_the_practice_it_came_from(tess):
    typed = {**VOICEMAIL, "channel": "referral"}

    refused = tess.post(NEW, typed)
    tess.post(NEW, {**typed, "referred_by": "Dr. Orr’s practice"})

    assert "Enter the practice that referred the patient" in words(refused)
    assert "Referred by Dr. Orr’s practice" in words(tess.get(page_of(taken())))


def test_caller_who_hung_up_before_the_questions_is_urgent_too(tess):
    tess.post(NEW, {**CALL, "flags": "not-asked"})

    assert (taken().urgent, taken().safety_asked) == (True, False)


def test_fax_whose_safety_was_settled_by_a_call_is_not_urgent(tess):
    tess.post(NEW, {**VOICEMAIL, "channel": "fax", "flags": "none"})

    assert not taken().urgent
    assert taken().safety_asked


# --- Which office ---


def test_zip_code_of_the_other_office_is_said_in_words_and_nothing_is_sent_by_itself(tess):
    page = words(tess.post(NEW, {**CALL, "zip_code": "07109"}))

    assert not AppointmentRequest.objects.exists()
    assert "This belongs to Belleville." in page
    assert "ZIP code 07109 is about 0 miles from Belleville" in page


def test_request_sent_to_the_other_office_is_confirmed_without_a_look_at_it(tess):
    answer = tess.post(NEW, {**CALL, "zip_code": "07109", "office": "belleville", "book": "1"})

    inquiry = taken()
    page = tess.get(answer.url)
    assert inquiry.office.slug == "belleville"
    assert page.status_code == 200
    assert f"Your reference is {inquiry.reference}." in words(page)
    assert "The Belleville office will call you by 5 pm on Tuesday, November 24." in words(page)
    assert "You do not see it any more." in words(page)
    assert "Paula" not in words(page)
    assert tess.get(page_of(inquiry)).status_code == 404
    assert [mail.kind for mail in inquiry.mails.all()] == [Mail.Kind.OFFICE_NOTICE]


def test_keeping_it_at_this_office_takes_a_reason(tess):
    typed = {**CALL, "zip_code": "07109", "office": "toms-river"}

    refused = tess.post(NEW, typed)
    tess.post(NEW, {**typed, "why_here": "Works across the street."})

    assert "Say why it does not go to the nearest office" in words(refused)
    assert taken().office.slug == "toms-river"
    assert "Why this office: Works across the street." in words(tess.get(page_of(taken())))


@pytest.mark.parametrize("zip_code", ["99999", "07716"], ids=["unknown", "near tie"])
def test_zip_code_that_does_not_settle_it_is_asked_about(tess, zip_code):
    page = words(tess.post(NEW, {**CALL, "zip_code": zip_code}))

    assert "Ask which office they can get to" in page


def test_office_that_takes_no_requests_is_not_offered(tess):
    office = Office.objects.get(slug="belleville")
    office.takes_requests = False
    office.save()

    page = tess.get(NEW).content.decode()

    assert '<option value="belleville">' not in page


def test_nothing_is_saved_while_no_office_takes_requests(tess):
    for office in Office.objects.all():
        office.takes_requests = False
        office.save()

    page = words(tess.post(NEW, CALL))

    assert "No office takes requests at this moment" in page
    assert not AppointmentRequest.objects.exists()


def test_whoever_works_for_both_offices_is_not_asked_twice(manager, signed_in):
    signed_in(manager).post(NEW, {**CALL, "zip_code": "07109"})

    assert taken().office.slug == "belleville"


# --- Shown, filtered, counted ---


def test_list_shows_and_filters_by_the_door(tess, make_request):
    make_request()
    tess.post(NEW, VOICEMAIL)

    all_of_them, of_voicemail = (rows(tess.get(f"{LIST}{query}")) for query in ("", "?channel=voicemail"))

    assert "Received today, 10:12 am, by voicemail" in all_of_them
    assert "Harold Sample" in all_of_them
    assert "Harold Sample" not in of_voicemail
    assert "Vera Voicemail" in of_voicemail


def test_file_says_by_which_door_each_came(tess, manager, signed_in):
    tess.post(NEW, VOICEMAIL)

    file = signed_in(manager).post(f"{LIST}export/", {"as": "csv"})

    assert '"Voicemail"' in b"".join(file.streaming_content).decode()


def test_dashboard_counts_the_doors(tess, make_request, manager, signed_in):
    make_request()
    tess.post(NEW, VOICEMAIL)
    day_figures.refresh([MONDAY.date()])

    page = words(signed_in(manager).get("/admin/dashboard/"))

    assert "1 of 2 requests was written down by the desk." in page


def test_callers_do_not_make_the_practices_own_connection_look_like_spam(tess):
    tess.post(NEW, CALL)

    assert taken().sender_key is None


# --- Booked without "called" ---


def test_visit_booked_without_a_call_written_down_counts_as_first_contact(tess, make_request):
    inquiry = make_request()

    tess.post(act_on(inquiry, "book"), {"book-at": f"{TUESDAY_AT_TEN:%Y-%m-%dT%H:%M}"})

    inquiry.refresh_from_db()
    assert (inquiry.first_called_at, inquiry.first_call_minutes) == (MONDAY, 0)
    assert "Spoken with when it was booked, today, 10:12 am" in rows(tess.get(f"{LIST}?tab=booked"))


def test_moved_visit_keeps_the_first_contact(tess, toms_river_desk, make_request, monday):
    inquiry = make_request()
    actions.log_call(inquiry=inquiry, actor=Actor(toms_river_desk), outcome=Event.Kind.NO_ANSWER)
    monday.shift(timedelta(minutes=20))

    actions.book(inquiry=inquiry, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    inquiry.refresh_from_db()
    assert inquiry.first_called_at == MONDAY
