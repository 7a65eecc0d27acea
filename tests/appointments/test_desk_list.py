"""The desk's lists: what stands in which, in which order, what each line says, filters, refreshing, and their price."""

import html
import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from appointments import actions
from appointments.actions import Actor
from appointments.desk import lists as desk_list
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Presence
from tests.appointments.at_desk import (
    LIST,
    SCRIPT,
    TUESDAY_AT_TEN,
    act_on,
    entries,
    filled,
    hold,
    message,
    names,
    page_of,
    prepare,
    queries,
    rows,
    search_for,
    steps,
    words,
)
from tests.conftest import MONDAY, NEW_YORK

MOST_QUERIES = 12
TABS = ("call", "news", "waiting", "booked", "closed", "quarantine", "questions")

pytestmark = pytest.mark.usefixtures("monday")


# --- Stages ---


@pytest.mark.parametrize(
    ("action", "data", "tab"),
    [
        ("call", {"call-outcome": "spoke"}, "waiting"),
        ("call", {"call-outcome": "no_answer"}, "call"),
        ("propose", None, "waiting"),
        ("book", None, "booked"),
        ("close", None, "closed"),
    ],
)
def test_request_stands_in_the_list_of_its_stage_alone(waiting, tess, action, data, tab):
    tess.post(act_on(waiting, action), data or filled(action))

    assert [name for name in TABS if "Harold" in rows(tess.get(f"{LIST}?tab={name}"))] == [tab]


def test_held_request_stands_in_quarantine_alone(waiting, tess):
    hold(waiting)

    assert [name for name in TABS if "Harold" in rows(tess.get(f"{LIST}?tab={name}"))] == ["quarantine"]
    assert "Quarantine 1" in words(tess.get(LIST))


def test_list_of_endless_stages_counts_only_so_far(make_request, toms_river_desk, tess, monkeypatch):
    monkeypatch.setattr(desk_list, "COUNT_UP_TO", 2)
    for _number in range(4):
        actions.close(inquiry=make_request(), actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)
    for _number in range(4):
        make_request()

    page = words(tess.get(LIST))

    assert "Closed 2+" in page
    assert "Needs a call 4 " in page


def test_long_list_has_pages(make_request, tess, monkeypatch):
    monkeypatch.setattr(desk_list, "PER_PAGE", 2)
    for number in range(5):
        make_request(patient_name=f"Patient {number}")

    first, last = tess.get(f"{LIST}?urgent="), tess.get(f"{LIST}?page=3")

    assert names(first) == ["Patient 0", "Patient 1"]
    assert "Requests 1 to 2 of 5" in words(first)
    assert f"{LIST}?tab=call" in first.content.decode()
    assert names(last) == ["Patient 4"]
    assert "Next page" not in words(last)


# --- Order ---


def test_list_has_urgent_requests_first_then_the_oldest_deadline(make_request, tess, monday):
    for name, flags in (("Ann Early", []), ("Ben Later", []), ("Cleo Urgent", ["fever"])):
        make_request(patient_name=name, flags=flags)
        monday.shift(timedelta(minutes=4))

    assert names(tess.get(LIST)) == ["Cleo Urgent", "Ann Early", "Ben Later"]


def test_waiting_list_is_ordered_by_when_to_follow_up(make_request, toms_river_desk, tess):
    spoken, offered_late, offered_soon = (make_request(patient_name=name) for name in ("Spoken", "Late", "Soon"))
    by = Actor(toms_river_desk)
    actions.propose(inquiry=offered_late, actor=by, times=[TUESDAY_AT_TEN])
    actions.propose(inquiry=offered_soon, actor=by, times=[MONDAY + timedelta(hours=2)])
    actions.log_call(inquiry=spoken, actor=by, outcome=Event.Kind.SPOKE)

    assert names(tess.get(f"{LIST}?tab=waiting")) == ["Soon", "Spoken", "Late"]


def test_closed_list_has_the_last_closed_first(make_request, toms_river_desk, tess, monday):
    requests = [make_request(patient_name=name) for name in ("Ann", "Ben")]
    for request in reversed(requests):
        monday.shift(timedelta(minutes=1))
        actions.close(inquiry=request, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)

    assert names(tess.get(f"{LIST}?tab=closed")) == ["Ann", "Ben"]


def test_closed_list_of_certain_days_has_the_last_received_first(make_request, toms_river_desk, tess, monday):
    requests = []
    for name in ("Ann", "Ben"):
        monday.shift(timedelta(minutes=1))
        requests.append(make_request(patient_name=name))
    for request in reversed(requests):
        monday.shift(timedelta(minutes=1))
        actions.close(inquiry=request, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)

    assert names(tess.get(f"{LIST}?tab=closed&since=2026-11-01")) == ["Ben", "Ann"]


def test_booked_list_has_the_earliest_visit_first(make_request, toms_river_desk, tess):
    for name, days in (("Later", 3), ("Sooner", 1)):
        at = TUESDAY_AT_TEN + timedelta(days=days)
        actions.book(inquiry=make_request(patient_name=name), actor=Actor(toms_river_desk), at=at)

    assert names(tess.get(f"{LIST}?tab=booked")) == ["Sooner", "Later"]


# --- Clocks ---


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (MONDAY, "Due 2:12 pm"),
        (MONDAY + timedelta(hours=3, minutes=20), "Due in 40 min"),
        (MONDAY + timedelta(hours=4, minutes=35), "Overdue 35 min"),
        (datetime(2026, 11, 24, 9, 30, tzinfo=NEW_YORK), "Overdue 3 h 18 min"),
    ],
)
def test_deadline_is_told_in_open_hours(waiting, toms_river_desk, signed_in, monday, now, said):
    monday.move_to(now)
    tess = signed_in(toms_river_desk)

    assert said in rows(tess.get(LIST))
    assert said in words(tess.get(page_of(waiting)))


@pytest.mark.parametrize(("seconds", "said"), [(-30, "Due now"), (30, "Overdue")])
def test_deadline_of_this_minute_is_told_without_a_zero(waiting, toms_river_desk, signed_in, monday, seconds, said):
    monday.move_to(MONDAY + timedelta(hours=4, seconds=seconds))

    assert f"{said} Received" in rows(signed_in(toms_river_desk).get(LIST))


def test_deadline_of_tomorrow_is_not_due_soon_in_the_evening(make_request, toms_river_desk, signed_in, monday):
    monday.move_to(datetime(2026, 11, 23, 20, 0, tzinfo=NEW_YORK))
    make_request(flags=["fever"])

    page = rows(signed_in(toms_river_desk).get(LIST))

    assert "Due Tue" in page
    assert "Due in" not in page


def test_list_counts_what_is_overdue(waiting, toms_river_desk, signed_in, monday):
    assert "overdue" not in words(signed_in(toms_river_desk).get(LIST))

    monday.shift(timedelta(hours=5))

    assert "1 overdue" in words(signed_in(toms_river_desk).get(LIST))


def test_follow_up_that_is_overdue_is_marked_and_counted(waiting, toms_river_desk, signed_in, monday):
    actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome=Event.Kind.SPOKE)
    monday.move_to(datetime(2026, 11, 25, 9, 30, tzinfo=NEW_YORK))
    tess = signed_in(toms_river_desk)

    assert "Overdue 30 min" in rows(tess.get(f"{LIST}?tab=waiting"))
    assert "Waiting on patient 1 1 overdue" in words(tess.get(LIST))


def test_visit_whose_time_is_over_is_marked(waiting, toms_river_desk, signed_in, monday):
    actions.book(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)
    monday.move_to(TUESDAY_AT_TEN + timedelta(hours=1))

    page = signed_in(toms_river_desk).get(f"{LIST}?tab=booked")

    assert "Was 10 am" in rows(page)
    assert steps(page) == [("Settle", f"{page_of(waiting)}?list=tab%3Dbooked#caller")]


# --- What a line says ---


def test_list_names_the_red_flags(make_request, tess):
    request = make_request(flags=["fever"])

    assert "Urgent: fever" in rows(tess.get(LIST))
    assert "Fever or chills, or feeling very ill, along with the foot problem" in words(tess.get(page_of(request)))


def test_list_asks_to_check_a_doubtful_office(make_request, mona):
    make_request(office="first", zip_code="00501")

    assert "Routing: check office" in rows(mona.get(LIST))


def test_list_tells_a_message_from_a_request(practice, tess):
    message()

    page = tess.get(LIST)

    assert "Mel Message (732) 555-0194 A bill Message" in rows(page)
    assert [label for label, _address in steps(page)] == ["Answer"]


def test_list_says_whose_job_it_is_and_what_the_manager_was_asked(waiting, toms_river_desk, tess, mona):
    actions.assign(inquiry=waiting, actor=Actor(toms_river_desk), to=toms_river_desk)
    actions.ask_manager(inquiry=waiting, actor=Actor(toms_river_desk), note="May I?")

    assert "For tess" in rows(tess.get(LIST))
    assert "Manager asked" in rows(tess.get(LIST))
    assert "Questions 1" in words(mona.get(LIST))
    assert "1 question" not in words(tess.get(LIST))


def test_list_says_which_colleague_has_a_request_open(waiting, manager, mona, toms_river_desk):
    Presence.objects.create(request=waiting, user=toms_river_desk, at=MONDAY - timedelta(seconds=20))
    assert "tess has it open" in rows(mona.get(LIST))

    Presence.objects.update(at=MONDAY - timedelta(minutes=5))
    assert "has it open" not in rows(mona.get(LIST))


def test_call_that_was_taken_back_counts_no_more(waiting, toms_river_desk, tess):
    by = Actor(toms_river_desk)
    for outcome in (Event.Kind.NO_ANSWER, Event.Kind.VOICEMAIL):
        actions.log_call(inquiry=waiting, actor=by, outcome=outcome)
    assert "Left voicemail, today, 10:12 am (2 calls)" in rows(tess.get(LIST))

    actions.undo(inquiry=waiting, actor=by)

    assert "No answer, today, 10:12 am" in rows(tess.get(LIST))
    assert "calls" not in rows(tess.get(LIST))


def test_names_that_could_be_markup_are_shown_as_text(make_request, tess):
    make_request(patient_name=SCRIPT, reason=SCRIPT)

    assert SCRIPT not in tess.get(LIST).content.decode()
    assert rows(tess.get(LIST)).count(SCRIPT) == 3


# --- The next step ---


@pytest.mark.parametrize(
    ("action", "data", "tab", "label", "panel"),
    [
        (None, None, "call", "Call now", "#caller"),
        ("call", {"call-outcome": "no_answer"}, "call", "Call again", "#caller"),
        ("call", {"call-outcome": "spoke"}, "waiting", "Call", "#caller"),
        ("propose", None, "waiting", "Remind", "#caller"),
        ("book", None, "booked", "See visit", "#caller"),
        ("close", None, "closed", "Reopen", "&open=reopen#reopen"),
    ],
)
def test_line_has_one_next_step(waiting, tess, action, data, tab, label, panel):
    if action:
        tess.post(act_on(waiting, action), data or filled(action))

    assert steps(tess.get(f"{LIST}?tab={tab}")) == [(label, f"{page_of(waiting)}?list=tab%3D{tab}{panel}")]


def test_doubtful_office_is_to_be_checked_before_the_call(make_request, mona):
    request = make_request(office="first", zip_code="00501")

    assert steps(mona.get(LIST)) == [("Check office", f"{page_of(request)}?list=tab%3Dcall&open=send#send")]
    assert (
        "<details open>\n<summary>Send to another office" in mona.get(f"{page_of(request)}?open=send").content.decode()
    )


def test_held_request_is_to_be_checked(waiting, tess):
    hold(waiting)

    assert [label for label, _address in steps(tess.get(f"{LIST}?tab=quarantine"))] == ["Check"]


def test_offer_without_an_email_is_followed_up_by_phone(make_request, toms_river_desk, tess):
    actions.propose(inquiry=make_request(email=""), actor=Actor(toms_river_desk), times=[TUESDAY_AT_TEN])

    assert [label for label, _address in steps(tess.get(f"{LIST}?tab=waiting"))] == ["Call"]


# --- Filters ---


@pytest.fixture
def four(make_request, toms_river_desk, monday):
    """An urgent one of Sunday; on Monday one for tess, one for nobody, and a message."""
    monday.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=NEW_YORK))  # Monday already by the clock in London
    make_request(patient_name="Ursa Urgent", flags=["fever"])
    monday.move_to(MONDAY)
    actions.assign(inquiry=make_request(patient_name="Tom Tess"), actor=Actor(toms_river_desk), to=toms_river_desk)
    make_request(patient_name="Nora Nobody")
    message()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("urgent=on", ["Ursa Urgent"]),
        ("since=2026-11-23", ["Tom Tess", "Nora Nobody", "Mel Message"]),
        ("until=2026-11-22", ["Ursa Urgent"]),
        ("since=2026-11-22&until=2026-11-22", ["Ursa Urgent"]),
        ("who=me", ["Tom Tess"]),
        ("who=nobody", ["Ursa Urgent", "Nora Nobody", "Mel Message"]),
        ("who=manager", []),
        ("kind=message", ["Mel Message"]),
        ("kind=visit&who=nobody&since=2026-11-23", ["Nora Nobody"]),
    ],
)
@pytest.mark.usefixtures("four")
def test_list_can_be_filtered(toms_river_desk, signed_in, address, found):
    tess = signed_in(toms_river_desk)

    page = tess.get(f"{LIST}?{address}")

    assert names(page) == found
    assert "Show all" in words(page)


@pytest.mark.usefixtures("four")
def test_list_can_be_filtered_by_a_colleague(toms_river_desk, manager, signed_in):
    assert names(signed_in(manager).get(f"{LIST}?who={toms_river_desk.pk}")) == ["Tom Tess"]


def test_filter_says_what_is_wrong_with_a_date(waiting, tess):
    page = tess.get(f"{LIST}?since=yesterday")

    assert "Enter a day like 11/23/2026" in words(page)
    assert "Harold" in rows(page)


def test_filter_stays_when_another_tab_is_opened(waiting, tess):
    page = tess.get(f"{LIST}?urgent=on&office=toms-river").content.decode()

    assert re.search(r'tab=booked&amp;urgent=on&amp;office=toms-river"', page)


# --- Banners ---


@pytest.mark.thorough
def test_undelivered_notice_is_told_on_the_list_and_the_page(waiting, tess, bella):
    assert "could not be delivered" not in words(tess.get(LIST))

    Mail.objects.filter(kind=Mail.Kind.OFFICE_NOTICE).update(tries=2, problem="ConnectionRefusedError")

    assert (
        f"1 email could not be delivered. The requests are all here; do not wait for the emails. {waiting.reference}"
        in words(tess.get(LIST))
    )
    assert "Notice to office Not delivered yet, 2 tries" in words(tess.get(page_of(waiting)))
    assert "could not be delivered" not in words(bella.get(LIST))


@pytest.mark.thorough
def test_undelivered_receipt_of_a_patient_is_told_on_the_list_and_the_page(waiting, tess, bella):
    Mail.objects.filter(kind=Mail.Kind.RECEIPT).update(tries=2, problem="ConnectionRefusedError")

    listed = words(tess.get(LIST))
    assert f"{waiting.reference} : Receipt to patient. Not delivered yet, 2 tries: call instead" in listed
    assert "Email not delivered yet: call instead" in rows(tess.get(LIST))
    assert "Receipt to patient Not delivered yet, 2 tries: call instead" in words(tess.get(page_of(waiting)))
    assert "could not be delivered" not in words(bella.get(LIST))


@pytest.mark.thorough
def test_address_that_was_refused_is_told_on_the_list_and_the_page(waiting, tess):
    Mail.objects.filter(kind=Mail.Kind.RECEIPT).update(tries=1, problem=Mail.REFUSED)

    assert f"{waiting.reference} : Receipt to patient. Email address refused: call instead" in words(tess.get(LIST))
    assert "Email address refused: call instead" in rows(tess.get(LIST))
    assert "Receipt to patient Email address refused: call instead" in words(tess.get(page_of(waiting)))


@pytest.mark.parametrize(
    ("action", "data"), [("call", {"call-outcome": "spoke"}), ("close", {"close-reason": "declined"})]
)
def test_refused_mail_is_settled_by_talking_or_closing(waiting, tess, monday, action, data):
    Mail.objects.filter(kind=Mail.Kind.RECEIPT).update(tries=1, problem=Mail.REFUSED)
    monday.shift(5)

    tess.post(act_on(waiting, action), data)

    assert "could not be delivered" not in words(tess.get(LIST))


def test_refused_mail_is_not_settled_by_a_voicemail(waiting, tess, monday):
    Mail.objects.filter(kind=Mail.Kind.RECEIPT).update(tries=1, problem=Mail.REFUSED)
    monday.shift(5)

    tess.post(act_on(waiting, "call"), {"call-outcome": "voicemail"})

    assert "1 email could not be delivered" in words(tess.get(LIST))


def test_mail_without_an_address_is_no_matter_of_the_desk(waiting, tess):
    Mail.objects.filter(kind=Mail.Kind.OFFICE_NOTICE).update(tries=2, problem="NoAddress")

    assert "could not be delivered" not in words(tess.get(LIST))


def test_banner_names_the_first_mails_and_counts_the_rest(make_request, tess):
    first = [make_request(email="").reference for _number in range(7)][:5]
    Mail.objects.update(tries=2, problem="ConnectionRefusedError")

    page = tess.get(LIST).content.decode()

    banner = page[page.index("7 emails could not be delivered") :].partition("</div>")[0]
    assert re.findall(r"GS-\w{4}-\w\w", banner) == first
    assert "and 2 more" in banner


# --- News of the patient ---


def test_news_of_a_patient_stand_in_the_list_until_somebody_opens_the_request(waiting, toms_river_desk, tess, bella):
    actions.book(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)
    actions.cancel(inquiry=waiting, actor=Actor())

    assert names(tess.get(f"{LIST}?tab=news")) == [waiting.patient_name]
    assert "News: Patient canceled" in rows(tess.get(f"{LIST}?tab=news"))
    assert "News: Patient canceled" in rows(tess.get(f"{LIST}?tab=closed"))
    assert names(bella.get(f"{LIST}?tab=news")) == []

    tess.get(page_of(waiting))

    assert names(tess.get(f"{LIST}?tab=news")) == []
    assert "News:" not in rows(tess.get(f"{LIST}?tab=closed"))


def test_who_may_only_look_leaves_the_news(waiting, toms_river_desk, signed_in):
    actions.cancel(inquiry=waiting, actor=Actor())
    browser = signed_in(toms_river_desk)
    toms_river_desk.user_permissions.set(Permission.objects.filter(codename="view_appointmentrequest"))
    toms_river_desk.groups.clear()

    browser.get(page_of(waiting))

    waiting.refresh_from_db()
    assert waiting.news_at is not None


def test_step_of_the_desk_is_no_news(waiting, tess):
    tess.post(act_on(waiting, "close"), filled("close"))

    assert names(tess.get(f"{LIST}?tab=news")) == []


@pytest.mark.thorough
def test_title_counts_what_nobody_has_looked_at(make_request, tess):
    first, second = make_request(), make_request()
    assert "<title>(2) Needs a call" in tess.get(LIST).content.decode()

    tess.get(page_of(first))
    tess.get(page_of(second))
    assert "<title>Needs a call" in tess.get(LIST).content.decode()

    actions.cancel(inquiry=first, actor=Actor())
    assert "<title>(1) Needs a call" in tess.get(LIST).content.decode()


# --- Questions to the manager ---


@pytest.mark.parametrize("state", ["held", "waiting", "booked"])
def test_question_stands_in_a_list_of_its_own_in_every_stage(waiting, toms_river_desk, tess, mona, state):
    if state == "held":
        hold(waiting)
    if state == "booked":
        actions.book(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)
    actions.ask_manager(inquiry=waiting, actor=Actor(toms_river_desk), note="May I?")

    assert "Questions 1" in words(mona.get(LIST))
    assert names(mona.get(f"{LIST}?tab=questions")) == [waiting.patient_name]
    assert "Questions" not in words(tess.get(LIST))


def test_question_that_was_answered_stands_there_no_more(waiting, toms_river_desk, manager, mona):
    actions.ask_manager(inquiry=waiting, actor=Actor(toms_river_desk), note="May I?")
    actions.answer_desk(inquiry=waiting, actor=Actor(manager), note="Yes.")

    assert names(mona.get(f"{LIST}?tab=questions")) == []


# --- Others of the same phone ---


def test_row_counts_what_else_is_open_with_the_same_phone(make_request, toms_river_desk, tess):
    make_request(patient_name="Harold Sample"), make_request(patient_name="Harry Sample")
    make_request(patient_name="Somebody Else", phone="+19735559999")
    over = make_request(patient_name="Over Sample")
    actions.close(inquiry=over, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)
    make_request(office="belleville", patient_name="Elsewhere Sample")

    found = rows(tess.get(LIST))

    assert found.count("Same phone: 1 more open") == 2
    assert "Same phone: 2 more open" in rows(tess.get(f"{LIST}?tab=closed"))


# --- Back to where one was ---


@pytest.mark.parametrize("query", ["tab=booked", "tab=call&office=toms-river", "tab=closed&urgent=on&since=2026-11-01"])
def test_page_leads_back_to_the_list_it_was_opened_from(waiting, tess, query):
    tess.post(act_on(waiting, "book"), filled("book"))
    address = f"{page_of(waiting)}?{urlencode({'list': query})}"

    page = tess.get(address).content.decode()

    assert f'href="{LIST}?{html.escape(query)}">‹ Back to the list' in page


def test_rows_say_which_list_they_stand_in(make_request, toms_river_desk, tess):
    request = make_request()
    actions.book(inquiry=request, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    page = tess.get(f"{LIST}?tab=booked&office=toms-river").content.decode()

    assert f'<a href="{page_of(request)}?list=tab%3Dbooked%26office%3Dtoms-river">' in page


def test_next_in_list_is_the_next_of_that_list(make_request, toms_river_desk, tess):
    visits = [make_request() for _number in range(3)]
    make_request(flags=["fever"])
    for number, visit in enumerate(visits):
        actions.book(inquiry=visit, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN + timedelta(days=number))

    page = tess.get(f"{page_of(visits[0])}?list=tab%3Dbooked").content.decode()

    assert re.findall(r'href="([^"]+)">Next in list', page) == [f"{page_of(visits[1])}?list=tab%3Dbooked"]


def test_last_one_in_a_list_has_no_next(make_request, toms_river_desk, tess):
    visit, _waiting = make_request(), make_request()
    actions.book(inquiry=visit, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    assert "Next in list" not in tess.get(f"{page_of(visit)}?list=tab%3Dbooked").content.decode()


def test_after_a_step_the_page_still_leads_back(waiting, tess):
    address = f"https://testserver{page_of(waiting)}?list=tab%3Dbooked"

    answer = tess.post(act_on(waiting, "note"), filled("note"), headers={"Referer": address})

    assert answer["Location"] == f"{page_of(waiting)}?list=tab%3Dbooked"


def test_what_is_sent_away_leads_back_to_its_list(waiting, tess):
    address = f"https://testserver{page_of(waiting)}?list=tab%3Dcall%26office%3Dtoms-river"

    answer = tess.post(act_on(waiting, "send"), filled("send"), headers={"Referer": address})

    assert answer["Location"].startswith(f"{LIST}?tab=call&office=toms-river")


@pytest.mark.thorough
def test_page_leads_back_to_the_search_it_was_opened_from(make_request, tess):
    found, other = make_request(), make_request(patient_name="Harold Other")
    result = search_for(tess, "harold")
    token = result.redirect_chain[-1][0]
    (address,) = re.findall(rf'<a href="({page_of(found)}\?list=[^"]+)">', result.content.decode())

    page = tess.get(html.unescape(address)).content.decode()

    assert f'href="{token}">‹ Back to the list' in page
    assert "harold" not in address
    assert "Next in list" not in page  # the newest comes first
    (newest,) = re.findall(rf'<a href="({page_of(other)}\?list=[^"]+)">', result.content.decode())
    assert page_of(found) in tess.get(html.unescape(newest)).content.decode().partition("Next in list")[0][-200:]


@pytest.mark.parametrize("typed", ["found=../../secret", "tab=nothing", "//evil.example", '"><script>', "x" * 5000])
def test_nonsense_about_the_list_leads_nowhere_else(waiting, tess, typed):
    page = tess.get(f"{page_of(waiting)}?{urlencode({'list': typed})}")

    (address,) = re.findall(r'href="([^"]*)">‹ Back to the list', page.content.decode())
    assert address.startswith(LIST)
    assert tess.get(html.unescape(address)).status_code == 200


# --- Refreshing ---


def shown(page) -> str:
    return re.search(r'data-shown="(\w+)"', page.content.decode()).group(1)


def refresh(browser: Client, known: str):
    return browser.get(LIST, headers={"X-Background": "1", "X-Shown": known})


def test_list_that_refreshes_itself_is_audited_only_when_it_shows_others(waiting, make_request, tess):
    known = shown(tess.get(LIST))
    refresh(tess, known)
    assert len(entries(action="list")) == 1

    another = make_request()
    page = refresh(tess, known)

    assert another.reference in entries(action="list")[-1][1]
    assert len(entries(action="list")) == 2
    assert shown(page) != known


def test_list_is_audited_when_somebody_elses_mark_is_sent(waiting, tess, mona):
    known = shown(mona.get(LIST))

    refresh(tess, known)

    assert [who for who, *_rest in entries(action="list")] == ["mona", "tess"]


def test_list_has_a_link_to_refresh_it_without_a_script(waiting, tess):
    page = tess.get(f"{LIST}?tab=waiting&urgent=on").content.decode()

    assert f'<a href="{LIST}?tab=waiting&amp;urgent=on" id="refresh">' in page


# --- Its price ---


@pytest.mark.slow
@pytest.mark.parametrize("who", ["tess", "mona"])
@pytest.mark.parametrize("tab", TABS)
def test_list_costs_the_same_queries_whatever_its_length(make_request, toms_river_desk, request, who, tab):
    browser = request.getfixturevalue(who)
    for _number in range(3):
        _one_for(tab, make_request, toms_river_desk)
    browser.get(LIST)  # who works here is kept for a minute
    short = queries(browser, f"{LIST}?tab={tab}")
    for _number in range(9):
        _one_for(tab, make_request, toms_river_desk)

    long = queries(browser, f"{LIST}?tab={tab}")

    assert "12 requests" in words(browser.get(f"{LIST}?tab={tab}"))
    assert long == short
    assert long <= MOST_QUERIES


def _one_for(tab: str, make_request, user) -> AppointmentRequest:
    request = make_request(flags=["fever"])
    by = Actor(user)
    actions.log_call(inquiry=request, actor=by, outcome=Event.Kind.NO_ANSWER)
    actions.assign(inquiry=request, actor=by, to=user)
    match tab:
        case "waiting":
            prepare(request, "remind", user)
        case "booked":
            actions.book(inquiry=request, actor=by, at=TUESDAY_AT_TEN, although_taken=True)
        case "closed":
            prepare(request, "reopen", user)
        case "quarantine":
            hold(request)
        case "news":
            actions.cancel(inquiry=request, actor=Actor())
        case "questions":
            actions.ask_manager(inquiry=request, actor=by, note="May I?")
    return request
