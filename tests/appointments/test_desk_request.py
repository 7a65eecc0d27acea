"""The page of one request: what it tells, who is looking at it, and what it costs."""

import html
import json
import re
from datetime import datetime, timedelta

import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.models import AppointmentRequest, CloseReason, Event, Office, Presence
from tests.appointments.at_desk import (
    LIST,
    SCRIPT,
    TUESDAY_AT_TEN,
    act_on,
    entries,
    history,
    message,
    page_of,
    queries,
    rows,
    words,
)
from tests.conftest import MONDAY, NEW_YORK

MOST_QUERIES = 20

pytestmark = pytest.mark.usefixtures("monday")


# --- Opening ---


def test_first_view_opens_the_request(waiting, tess, mona, monday):
    monday.shift(60)
    tess.get(page_of(waiting))
    mona.get(page_of(waiting))

    waiting.refresh_from_db()
    assert waiting.opened_at == MONDAY + timedelta(seconds=60)
    assert [event.by.username for event in waiting.events.filter(kind=Event.Kind.OPENED)] == ["tess"]


def test_list_and_a_page_that_refreshes_itself_open_nothing(waiting, tess):
    tess.get(LIST)
    tess.get(page_of(waiting), headers={"X-Background": "1"})
    tess.post(f"{LIST}{waiting.pk}/presence/")

    waiting.refresh_from_db()
    assert waiting.opened_at is None


def test_who_may_only_look_opens_nothing(waiting, toms_river_desk, signed_in):
    group = toms_river_desk.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_appointmentrequest"))

    signed_in(toms_river_desk).get(page_of(waiting))

    waiting.refresh_from_db()
    assert waiting.opened_at is None


# --- What it tells ---


def test_timeline_shows_who_and_when_in_new_york_time(waiting, toms_river_desk, signed_in, monday):
    monday.move_to(datetime(2026, 11, 23, 19, 45, tzinfo=NEW_YORK))  # Tuesday already by the clock in London
    signed_in(toms_river_desk).post(act_on(waiting, "call"), {"call-outcome": "voicemail"})
    monday.move_to(datetime(2026, 11, 24, 9, 5, tzinfo=NEW_YORK))
    tess = signed_in(toms_river_desk)
    tess.post(act_on(waiting, "call"), {"call-outcome": "spoke", "call-note": "Thursday is fine."})

    assert history(tess.get(page_of(waiting))) == [
        "Request opened Today, 9:05 am · tess",
        "Called, spoke to patient Today, 9:05 am · tess Thursday is fine.",
        "Left voicemail Nov 23, 7:45 pm · tess",
        "Request received Nov 23, 10:12 am · web form",
    ]


def test_page_tells_why_this_office(waiting, tess):
    page = words(tess.get(page_of(waiting)))

    assert "Why Toms River?" in page
    assert re.search(r"ZIP code 08753 is about \d+ miles from Toms River and about \d+ miles from Belleville\.", page)
    assert "The patient chose Toms River." in page


def test_page_tells_how_to_reach_the_patient_and_what_to_say(make_request, tess):
    request = make_request(voicemail="no", language="es", interpreter=True)

    page = words(tess.get(page_of(request)))

    assert "Likes a phone call. Do not leave a voicemail. Spanish. Wants an interpreter. Not called yet." in page
    assert "What to say in a call" in page
    assert "What to say to voicemail" not in page


def test_page_tells_insurance_and_where_it_hurts(waiting, tess):
    waiting.insurance, waiting.body_area = "Blue Shield", "Heel"
    waiting.save()

    page = words(tess.get(page_of(waiting)))

    assert "Insurance Blue Shield" in page
    assert "Where on the foot Heel" in page


def test_page_says_when_the_patient_gave_no_email(make_request, tess):
    assert "Receipt to patient No email address" in words(tess.get(page_of(make_request(email=""))))


def test_page_tells_the_offered_times(waiting, toms_river_desk, tess):
    actions.propose(inquiry=waiting, actor=Actor(toms_river_desk), times=[TUESDAY_AT_TEN])

    assert "Offered by email: Tuesday, December 1 at 10 am" in words(tess.get(page_of(waiting)))


def test_page_of_a_message_tells_it(practice, tess):
    page = words(tess.get(page_of(message(details="I got it twice.\nWhy?"))))

    assert "A bill I got it twice. Why?" in page
    assert "The message was written to Toms River." in page
    assert "(age " not in page


@pytest.mark.parametrize(
    ("best_way", "in_list", "on_page"),
    [
        ("call", "Not called yet", "Likes a phone call. Nothing was said about voicemail: leave none. English."),
        ("email", "Not called yet Email is best", "Likes an email to mel@example.com. Nothing was said"),
    ],
)
def test_message_tells_how_to_answer_it_and_nothing_that_was_not_asked(practice, tess, best_way, in_list, on_page):
    inquiry = message(contact={"best_way": best_way, "language": "en"})

    row, page = rows(tess.get(LIST)), words(tess.get(page_of(inquiry)))

    assert in_list in row
    assert on_page in page
    assert "No voicemail" not in row
    assert "interpreter" not in page


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([], ""),
        (["spoke"], ""),
        (["no_answer"], "1 try without an answer. Try again by 2:12 pm."),
        (["no_answer", "voicemail"], "2 tries without an answer. Try again by 2:12 pm."),
        (
            ["no_answer"] * 3,
            "3 tries without an answer. Send times by email, or close it as “Could not reach the patient”.",
        ),
    ],
)
def test_page_suggests_when_to_try_again(waiting, toms_river_desk, tess, calls, said):
    for outcome in calls:
        actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome=outcome)

    page = words(tess.get(page_of(waiting)))

    assert said in page
    assert bool(said) == ("without an answer" in page)


def test_calls_in_the_morning_only_suggest_an_afternoon(waiting, toms_river_desk, signed_in, monday):
    actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome=Event.Kind.NO_ANSWER)
    assert "an afternoon may be better" in words(signed_in(toms_river_desk).get(page_of(waiting)))

    monday.move_to(datetime(2026, 11, 23, 13, 30, tzinfo=NEW_YORK))

    assert "may be better" not in words(signed_in(toms_river_desk).get(page_of(waiting)))


@pytest.mark.parametrize("change", [{"urgent": True}, {"call_by": datetime(2026, 11, 23, 11, 30, tzinfo=NEW_YORK)}])
def test_nobody_is_told_to_wait_for_the_afternoon_who_has_to_be_called_before(waiting, toms_river_desk, tess, change):
    actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk), outcome=Event.Kind.NO_ANSWER)
    AppointmentRequest.objects.filter(pk=waiting.pk).update(**change)

    page = words(tess.get(page_of(waiting)))

    assert "1 try without an answer. Try again by" in page
    assert "may be better" not in page


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"patient_name": "Harold Sample"}, "Harold Sample"),
        ({"patient_name": "June Child", "visit_for": "child", "caller_name": "May Mother"}, "May Mother"),
    ],
)
def test_call_asks_for_who_wants_to_be_called(make_request, tess, answers, name):
    page = words(tess.get(page_of(make_request(**answers))))

    assert f"May I speak with {name}?" in page


def test_next_in_list_leads_to_a_request_of_the_own_office(make_request, tess):
    first, second = make_request(), make_request()
    make_request(office="belleville", flags=["fever"])

    page = tess.get(page_of(first)).content.decode()

    assert re.findall(r'href="([^"]+)">Next in list', page) == [page_of(second)]


# --- Other requests of the same person ---


def test_earlier_requests_of_the_same_person_are_linked(make_request, tess):
    earlier, request = make_request(), make_request()
    make_request(patient_name="Somebody Else")

    page = tess.get(page_of(request))

    assert f"{earlier.reference} Sent earlier by the same person" in words(page)
    assert f'<a href="{page_of(earlier)}">{earlier.reference}</a>' in page.content.decode()


def test_page_shows_what_came_later_from_the_same_person(make_request, tess, toms_river_desk):
    request, later = make_request(), make_request()
    actions.close(inquiry=later, actor=Actor(toms_river_desk), reason=CloseReason.DECLINED)

    page = tess.get(page_of(request))

    assert f"{later.reference} Sent later by the same person Received today, 10:12 am Closed" in words(page)
    assert f'<a href="{page_of(later)}">{later.reference}</a>' in page.content.decode()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"patient_name": "Harry Sample"}, "Same phone and birth date: Harry Sample"),
        ({"patient_name": "June Child", "birth_date": "2015-05-05"}, "Same phone: June Child"),
        ({"phone": "+19735550177"}, "Same name and birth date"),
        ({"patient_name": "Maria de la Cruz", "phone": "+19735550177"}, None),
        ({"phone": "+19735550177", "birth_date": "1955-01-01"}, None),
    ],
)
def test_others_are_shown_with_what_is_the_same(make_request, tess, answers, said):
    """A family shares its phone, twins their birth date, and many their name: nothing is taken for granted."""
    request, other = make_request(), make_request(**answers)

    page = words(tess.get(page_of(request)))

    assert (other.reference in page) is (said is not None)
    assert said is None or f"{other.reference} {said}" in page


def test_request_of_another_office_with_the_same_phone_alone_is_not_shown(make_request, tess):
    request, other = make_request(), make_request(office="belleville", patient_name="Harry Sample")

    assert other.reference not in words(tess.get(page_of(request)))


def test_earlier_requests_at_the_other_office_are_named_and_lead_nowhere(make_request, tess):
    earlier = make_request(office="belleville", reason="Secret bunion")
    request = make_request()

    page = tess.get(page_of(request))

    assert f"{earlier.reference} (Belleville) Sent earlier by the same person" in words(page)
    assert page_of(earlier) not in page.content.decode()
    assert "Secret bunion" not in words(page)


def test_duplicate_that_went_to_the_other_office_is_named_and_leads_nowhere(make_request, manager, tess):
    copy, request = make_request(), make_request()
    actions.mark_duplicate(inquiry=copy, actor=Actor(manager), of=request)
    AppointmentRequest.objects.filter(pk=copy.pk).update(office=Office.objects.get(slug="belleville"))

    page = tess.get(page_of(request))

    assert f"{copy.reference} (Belleville)" in words(page)
    assert page_of(copy) not in page.content.decode()


# --- Who else is looking ---


def test_page_says_who_else_is_looking(waiting, tess, mona):
    mona.get(page_of(waiting))

    page = words(tess.get(page_of(waiting)))

    assert "mona is looking at this too." in page
    assert "tess is looking" not in page


def test_who_has_left_is_not_looking(waiting, tess, mona, monday):
    mona.get(page_of(waiting))
    monday.shift(60)

    assert "is looking" not in words(tess.get(page_of(waiting)))


def test_open_page_hears_who_came_and_what_happened(waiting, toms_river_desk, tess, mona):
    seen = waiting.events.get().pk
    quiet = tess.post(f"{LIST}{waiting.pk}/presence/", {"seen": seen})
    assert json.loads(quiet.content) == {"others": "", "news": ""}

    mona.post(act_on(waiting, "call"), {"call-outcome": "voicemail"})
    mona.get(page_of(waiting))
    heard = tess.post(f"{LIST}{waiting.pk}/presence/", {"seen": seen})

    news = json.loads(heard.content)
    assert news["others"] == "mona is looking at this too."
    assert news["news"] == "Meanwhile: “Request opened” (mona)."


@pytest.mark.thorough
def test_looking_leaves_one_row_for_each_person(waiting, tess, mona, monday):
    for _time in range(3):
        tess.get(page_of(waiting))
        mona.get(page_of(waiting))
        monday.shift(20)

    assert Presence.objects.count() == 2


def test_open_page_forgets_which_others_were_left(waiting, make_request, tess, monday):
    tess.get(page_of(make_request()))
    monday.shift(60)

    tess.post(f"{LIST}{waiting.pk}/presence/")

    assert [presence.request for presence in Presence.objects.all()] == [waiting]


def test_presence_refuses_get_and_other_offices(waiting, tess, bella):
    address = f"{LIST}{waiting.pk}/presence/"

    assert tess.get(address).status_code == 405
    assert bella.post(address).status_code == 404
    assert not Presence.objects.exists()


def test_staying_on_a_page_is_not_audited_again(waiting, tess):
    tess.get(page_of(waiting))

    tess.post(f"{LIST}{waiting.pk}/presence/", {"seen": 1})

    assert len(entries(action="view")) == 1


# --- What patients type cannot run ---


def test_what_a_patient_typed_is_shown_as_text(make_request, tess):
    names = ("patient_name", "caller_name", "caller_relation", "details", "reason", "other_language")
    request = make_request(visit_for="other", language="other", **{name: f"{SCRIPT}{name}" for name in names})
    request.insurance = request.body_area = SCRIPT
    request.save()

    for address in (LIST, page_of(request)):
        page = tess.get(address).content.decode()
        assert SCRIPT not in page
        assert html.escape(SCRIPT) + "patient_name" in page
    assert html.escape(SCRIPT) + "details" in page


# --- Its price ---


@pytest.mark.thorough
def test_page_costs_the_same_queries_whatever_its_history(make_request, tess, toms_river_desk, manager):
    by = Actor(toms_river_desk)
    requests = [make_request() for _number in range(3)]
    request = requests[-1]
    tess.get(page_of(request))
    actions.mark_duplicate(inquiry=requests[0], actor=Actor(manager), of=request)
    short = queries(tess, page_of(request))
    for _number in range(10):
        actions.add_note(inquiry=request, actor=by, note="Called again.")
        actions.close(inquiry=make_request(), actor=by, reason=CloseReason.DECLINED)

    long = queries(tess, page_of(request))

    assert long == short <= MOST_QUERIES
