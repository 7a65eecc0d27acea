"""The front desk in the browser: who sees which request, what each button does, and what it refuses."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.actions import Actor
from appointments.admin import ACTIONS
from appointments.models import AppointmentRequest, AuditEntry, CloseReason, Event, Mail, Office, Status
from clinic.common.models import User
from tests.conftest import MONDAY, NEW_YORK, Browser

LIST = "/admin/appointments/appointmentrequest/"
SIGN_IN = "/accounts/login/"
MOST_QUERIES = 14
THANKSGIVING_AT_TEN = "2026-11-26T10:00"
SCRIPT = "<script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def tess(toms_river_desk, signed_in):
    """Toms River's receptionist at her screen."""
    return signed_in(toms_river_desk)


@pytest.fixture
def bella(belleville_desk, signed_in):
    """Belleville's receptionist at her screen."""
    return signed_in(belleville_desk)


@pytest.fixture
def mona(manager, signed_in):
    """The manager of both offices at her screen."""
    return signed_in(manager)


@pytest.fixture
def waiting(make_request):
    """A request for Toms River that waits for its call."""
    return make_request()


def page_of(request: AppointmentRequest) -> str:
    return f"{LIST}{request.pk}/change/"


def act_on(request: AppointmentRequest, action: str) -> str:
    return f"{LIST}{request.pk}/{action}/"


def words(response: Any) -> str:
    """What a person reads on the page, in one line."""
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def rows(response: Any) -> str:
    """What the table of the list says."""
    found = re.search(r"(?s)<tbody.*</tbody>", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group() if found else "")).split())


def history(response: Any) -> list[str]:
    """The lines of the timeline, newest first."""
    found = re.search(r'(?s)<ol class="history">(.*?)</ol>', response.content.decode())
    lines = re.findall(r"(?s)<li>(.*?)</li>", found.group(1) if found else "")
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def everything() -> list[Any]:
    """All rows that a button could touch, to compare before and after."""
    models = (AppointmentRequest, Event, Mail)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def filled(action: str) -> dict[str, Any]:
    """What the desk sends with a button, filled so that it works."""
    return {
        "spoke": {},
        "voicemail": {},
        "no-answer": {},
        "note": {"note-text": "Call after 5."},
        "book": {"book-at": "2026-12-01T10:15", "book-note": "Bring shoes"},
        "send": {"send-office": Office.objects.get(slug="belleville").pk, "send-reason": "Lives there"},
        "close": {"close-reason": "declined", "close-note": "Said so"},
    }[action]


# --- Whose requests are listed ---


def test_list_shows_the_own_offices_requests_only(make_request, tess, bella):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    assert "Tom River-Patient" in words(tess.get(LIST))
    assert "Bell Ville-Patient" not in words(tess.get(LIST))
    assert "Bell Ville-Patient" in words(bella.get(LIST))
    assert "Tom River-Patient" not in words(bella.get(LIST))


def test_list_shows_the_manager_both_offices_and_each_alone(make_request, mona):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    both, one = rows(mona.get(LIST)), rows(mona.get(f"{LIST}?office=belleville"))

    assert "Tom River-Patient" in both
    assert "Bell Ville-Patient" in both
    assert "Bell Ville-Patient" in one
    assert "Tom River-Patient" not in one


def test_list_ignores_another_office_in_its_address(make_request, tess):
    make_request(patient_name="Tom River-Patient")
    make_request(patient_name="Bell Ville-Patient", office="belleville")

    page = rows(tess.get(f"{LIST}?office=belleville"))

    assert "Tom River-Patient" in page
    assert "Bell Ville-Patient" not in page


def test_search_finds_a_reference_of_the_own_office_only(make_request, tess):
    own, other = make_request(patient_name="Own Patient"), make_request(patient_name="Other", office="belleville")

    assert "Own Patient" in rows(tess.get(f"{LIST}?q={own.reference.lower()}"))
    assert rows(tess.get(f"{LIST}?q={other.reference}")) == ""
    assert "No requests here" in words(tess.get(f"{LIST}?q={other.reference}"))


def test_counts_of_the_list_leave_out_other_offices(make_request, tess):
    make_request()
    for _number in range(3):
        make_request(office="belleville")

    assert "Needs a call 1 " in words(tess.get(LIST))


def test_next_in_list_leads_to_a_request_of_the_own_office(make_request, tess):
    first, second = make_request(), make_request()
    make_request(office="belleville", flags=["fever"])

    page = tess.get(page_of(first)).content.decode()

    assert re.findall(r'href="([^"]+)">Next in list', page) == [page_of(second)]


@pytest.mark.parametrize("address", ["?tab=nonsense", "?page=99", "?page=x", "?q=%00", "?q=%25_%27%22", "?office=no"])
def test_list_answers_a_broken_address(waiting, tess, address):
    assert tess.get(f"{LIST}{address}").status_code == 200


# --- What is not one's own does not exist ---


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("action", [*ACTIONS, "change", "delete", "history", "add", "edit", "password", "nonsense"])
def test_request_of_the_other_office_does_not_exist(waiting, bella, method, action):
    data = filled(action) if action in ACTIONS else {}
    before = everything()

    answer = getattr(bella, method)(act_on(waiting, action), data)

    assert answer.status_code == 404
    assert "Harold" not in answer.content.decode()
    assert everything() == before


def test_request_of_the_other_office_answers_as_one_that_never_was(waiting, bella):
    never_was = page_of(waiting).replace(str(waiting.pk), str(waiting.pk + 1000))

    theirs, nobodys = bella.get(page_of(waiting)), bella.get(never_was)

    assert (theirs.status_code, words(theirs)) == (nobodys.status_code, words(nobodys))


def test_view_on_site_address_does_not_tell_that_the_other_offices_request_exists(waiting, bella):
    kind = ContentType.objects.get_for_model(AppointmentRequest)

    theirs = bella.get(f"/admin/r/{kind.pk}/{waiting.pk}/")
    nobodys = bella.get(f"/admin/r/{kind.pk}/{waiting.pk + 1000}/")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)


@pytest.mark.parametrize("pk", [0, 10**12, 10**30])
def test_request_that_never_was_is_404(tess, pk):
    assert tess.get(f"{LIST}{pk}/change/").status_code == 404
    assert tess.post(f"{LIST}{pk}/spoke/").status_code == 404


@pytest.fixture
def visitor_of(request, signed_in) -> Callable[[str], Client]:
    """A browser of everyone who has no business with the request."""

    def arrive(who: str) -> Client:
        if who == "anonymous":
            return Browser()
        if who == "superuser":
            return signed_in(User.objects.create_superuser("root", password="a long enough password"))
        if who == "inactive":
            user = request.getfixturevalue("toms_river_desk")
            user.is_active = False
            user.save()
            return signed_in(user)
        if who == "off the staff":
            user = request.getfixturevalue("toms_river_desk")
            user.offices.clear()
            return signed_in(user)
        if who == "without a group":
            user = request.getfixturevalue("toms_river_desk")
            user.groups.clear()
            return signed_in(user)
        return signed_in(request.getfixturevalue(who))

    return arrive


STRANGERS = ["anonymous", "inactive", "editor", "reviewer", "superuser", "off the staff", "without a group"]
# What a stranger ends at: the sign-in page, or an answer that shows nothing.
ENDS = dict.fromkeys(STRANGERS, 404) | {"anonymous": 200, "inactive": 200, "editor": 403, "reviewer": 403}


@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_gets_no_request_page(waiting, visitor_of, who):
    browser = visitor_of(who)

    answer = browser.get(page_of(waiting), follow=True)

    assert answer.status_code == ENDS[who]
    assert answer.status_code != 200 or answer.request["PATH_INFO"] == SIGN_IN
    assert "Harold" not in answer.content.decode()


@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_gets_no_request_in_the_list(waiting, visitor_of, who):
    browser = visitor_of(who)

    page = browser.get(LIST, follow=True).content.decode()

    assert "Harold" not in page
    assert "555-0142" not in page
    assert waiting.reference not in page


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_changes_nothing(waiting, visitor_of, who, action):
    browser = visitor_of(who)
    before = everything()

    browser.post(act_on(waiting, action), filled(action))

    assert everything() == before


def test_superuser_without_an_office_reads_why_the_list_is_empty(waiting, visitor_of):
    page = words(visitor_of("superuser").get(LIST))

    assert "You are not on the staff of an office yet" in page


def test_manager_opens_the_requests_of_both_offices(make_request, mona):
    for slug in ("toms-river", "belleville"):
        assert mona.get(page_of(make_request(office=slug))).status_code == 200


def test_action_of_another_site_is_refused(waiting, toms_river_desk):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(toms_river_desk)
    before = everything()

    answer = browser.post(act_on(waiting, "spoke"))

    assert answer.status_code == 403
    assert everything() == before


# --- There is no other way to change a request ---


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["tess", "mona"])
def test_requests_have_no_add_edit_delete_or_history_address(waiting, request, who, method):
    browser = request.getfixturevalue(who)
    before = everything()

    for address in (
        f"{LIST}add/",
        f"{LIST}{waiting.pk}/",
        f"{LIST}{waiting.pk}/delete/",
        f"{LIST}{waiting.pk}/history/",
        f"{LIST}{waiting.pk}/edit/",
    ):
        assert getattr(browser, method)(address, {"status": "closed", "post": "yes"}).status_code == 404, address
    assert everything() == before


def test_posting_to_the_page_or_the_list_changes_nothing(waiting, tess):
    before = everything()

    tess.post(page_of(waiting), {"status": "closed", "close_reason": "spam", "patient_name": "Someone Else"})
    tess.post(LIST, {"action": "delete_selected", "_selected_action": waiting.pk, "post": "yes"})

    assert everything() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_action_refuses_get(waiting, tess, action):
    before = everything()

    answer = tess.get(act_on(waiting, action), filled(action))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert everything() == before


# --- Each action works ---


# What the desk is told, the request's status after it, the new line of the timeline; "send" is further down.
WORKS = {
    "spoke": ("Written down: Called, spoke to patient.", "contacted", "Called, spoke to patient"),
    "voicemail": ("Written down: Left voicemail.", "new", "Left voicemail"),
    "no-answer": ("Written down: No answer.", "new", "No answer"),
    "note": ("Note saved.", "new", "Note"),
    "book": ("Visit booked.", "booked", "Visit booked for Tuesday, December 1 at 10:15 am"),
    "close": ("Request closed.", "closed", "Closed: Patient does not want a visit"),
}


@pytest.mark.parametrize(("action", "said", "status", "line"), [(name, *result) for name, result in WORKS.items()])
def test_action_works_and_says_so(waiting, tess, action, said, status, line):
    answer = tess.post(act_on(waiting, action), filled(action), follow=True)

    assert answer.redirect_chain == [(page_of(waiting), 302)]
    assert said in words(answer)
    waiting.refresh_from_db()
    assert waiting.status == status
    assert history(answer)[0].startswith(f"{line} Today, 10:12 am · tess")


def test_every_action_is_tried_here():
    assert {*WORKS, "send"} == set(ACTIONS)


def test_sending_to_the_other_office_moves_it_out_of_sight(waiting, tess, bella):
    answer = tess.post(act_on(waiting, "send"), filled("send"), follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert f"{waiting.reference} is with the Belleville office now, and it gets a notice." in words(answer)
    assert rows(answer) == ""
    assert tess.get(page_of(waiting)).status_code == 404
    assert tess.post(act_on(waiting, "note"), filled("note")).status_code == 404
    page = bella.get(page_of(waiting))
    assert history(page)[0] == "Sent from Toms River to Belleville Today, 10:12 am · tess Lives there"


def test_sending_to_the_other_office_queues_its_notice(waiting, tess):
    tess.post(act_on(waiting, "send"), filled("send"))

    notices = Mail.objects.filter(request=waiting, kind=Mail.Kind.OFFICE_NOTICE).order_by("pk")
    assert [mail.office.slug for mail in notices] == ["toms-river", "belleville"]


def test_manager_still_sees_a_request_that_she_sent_to_the_other_office(waiting, mona):
    answer = mona.post(act_on(waiting, "send"), filled("send"), follow=True)

    assert answer.redirect_chain == [(page_of(waiting), 302)]
    assert "Belleville" in history(answer)[0]


# --- Each action refuses what it cannot use, and keeps what was typed ---


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("note", {"note-text": ""}, "Write the note first"),
        ("note", {"note-text": " \t\u200b "}, "Write the note first"),
        ("note", {"note-text": "x" * 5001}, "Use 5,000 letters or fewer"),
        ("send", {"send-reason": ""}, "Say why it goes to the other office"),
        ("send", {"send-office": "99999"}, "Select a valid choice"),
        ("send", {"send-office": "x"}, "Select a valid choice"),
        ("close", {"close-reason": ""}, "Choose a reason"),
        ("close", {"close-reason": "because"}, "Choose a reason"),
        ("close", {"close-note": "x" * 5001}, "Use 5,000 letters or fewer"),
        ("book", {"book-at": ""}, "Choose a day and time"),
        ("book", {"book-at": "tomorrow"}, "Enter a day and time, like 2026-12-01 10:15"),
        ("book", {"book-at": "2026-02-30T10:00"}, "Enter a day and time, like 2026-12-01 10:15"),
        ("book", {"book-at": "2026-11-23T10:12"}, "Choose a day and time in the future"),
        ("book", {"book-at": "2025-12-01T10:15"}, "Choose a day and time in the future"),
        ("book", {"book-at": "0001-01-01T00:00"}, "Choose a day and time in the future"),
        ("book", {"book-at": "2026-12-01T07:30"}, "The Toms River office is closed then."),
        ("book", {"book-at": "2026-12-01T17:00"}, "The Toms River office is closed then."),
        ("book", {"book-at": "2026-11-28T10:00"}, "The Toms River office is closed then."),
        ("book", {"book-at": THANKSGIVING_AT_TEN}, "The Toms River office is closed then."),
    ],
)
def test_action_refuses_bad_input_and_keeps_what_was_typed(waiting, tess, action, typed, said):
    data = {**filled(action), **typed}
    before = everything()

    answer = tess.post(act_on(waiting, action), data)

    assert answer.status_code == 200
    assert said in words(answer)
    assert everything() == before
    page = html.unescape(answer.content.decode())
    for name in ("note-text", "send-reason", "close-note", "book-note"):
        assert data.get(name, "").strip(" \t") in page
    if action == "book":
        assert f'value="{data["book-at"]}"' in page


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


def test_booking_does_not_offer_the_tick_before_it_is_needed(waiting, tess):
    assert "Book although the office is closed then" not in words(tess.get(page_of(waiting)))


def test_booking_in_the_past_is_refused_with_the_tick_too(waiting, tess):
    tess.post(act_on(waiting, "book"), {"book-at": "2026-11-22T10:00", "book-outside_hours": "on"})

    waiting.refresh_from_db()
    assert waiting.status == Status.NEW


# --- A page that was open for a while ---


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("spoke", "This request is closed, so no call was written down."),
        ("voicemail", "This request is closed, so no call was written down."),
        ("no-answer", "This request is closed, so no call was written down."),
        ("book", "This request is “Closed” by now, so it can’t become “Booked”."),
        ("send", "This request is closed, so it stays with its office."),
        ("close", "This request is “Closed” by now, so it can’t become “Closed”."),
    ],
)
def test_action_on_a_request_closed_meanwhile_says_so_and_changes_nothing(waiting, tess, manager, action, said):
    actions.close(request=waiting, actor=Actor(manager), reason=CloseReason.DUPLICATE)
    before = everything()

    answer = tess.post(act_on(waiting, action), filled(action))

    assert answer.status_code == 200
    assert said in words(answer)
    assert "Closed: Duplicate of another request" in words(answer)
    assert everything() == before


def test_closed_request_offers_a_note_and_nothing_else(waiting, tess, manager):
    actions.close(request=waiting, actor=Actor(manager), reason=CloseReason.DUPLICATE)

    page = tess.get(page_of(waiting)).content.decode()

    assert re.findall(rf'action="{act_on(waiting, "")[:-1]}([a-z-]+)/"', page) == ["note"]


def test_action_on_a_request_sent_away_meanwhile_is_404(waiting, tess, manager):
    there = Office.objects.get(slug="belleville")
    actions.send_to_office(request=waiting, actor=Actor(manager), office=there, reason="Nearer")
    before = everything()

    assert tess.post(act_on(waiting, "spoke")).status_code == 404
    assert everything() == before


# --- What the desk reads ---


def test_timeline_shows_who_and_when_in_new_york_time(waiting, toms_river_desk, signed_in, monday):
    monday.move_to(datetime(2026, 11, 23, 19, 45, tzinfo=NEW_YORK))  # Tuesday already by the clock in London
    signed_in(toms_river_desk).post(act_on(waiting, "voicemail"))
    monday.move_to(datetime(2026, 11, 24, 9, 5, tzinfo=NEW_YORK))
    tess = signed_in(toms_river_desk)
    tess.post(act_on(waiting, "spoke"))

    assert history(tess.get(page_of(waiting))) == [
        "Called, spoke to patient Today, 9:05 am · tess",
        "Left voicemail Nov 23, 7:45 pm · tess",
        "Request received Nov 23, 10:12 am · web form",
    ]


def test_page_tells_why_this_office(waiting, tess):
    page = words(tess.get(page_of(waiting)))

    assert "Why Toms River?" in page
    assert "The patient chose Toms River." in page


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


def test_deadline_of_tomorrow_is_not_due_soon_in_the_evening(make_request, tess, monday):
    monday.move_to(datetime(2026, 11, 23, 20, 0, tzinfo=NEW_YORK))
    make_request(flags=["fever"])

    page = rows(tess.get(LIST))

    assert "Due Tue" in page
    assert "Due in" not in page


def test_list_counts_what_is_overdue(make_request, tess, monday):
    make_request()
    assert "overdue" not in words(tess.get(LIST))

    monday.shift(timedelta(hours=5))

    assert "1 overdue" in words(tess.get(LIST))


def test_list_has_urgent_requests_first_then_the_oldest_deadline(make_request, tess, monday):
    for name, flags in (("Ann Early", []), ("Ben Later", []), ("Cleo Urgent", ["fever"])):
        make_request(patient_name=name, flags=flags)
        monday.shift(timedelta(minutes=10))

    found = re.findall(r"(Ann Early|Ben Later|Cleo Urgent) \(", rows(tess.get(LIST)))

    assert found == ["Cleo Urgent", "Ann Early", "Ben Later"]


def test_list_names_the_red_flags(make_request, tess):
    request = make_request(flags=["fever"])

    assert "Urgent: fever" in rows(tess.get(LIST))
    assert "I have a fever or chills along with my foot problem" in words(tess.get(page_of(request)))


def test_list_asks_to_check_a_doubtful_office(make_request, mona):
    make_request(office="first", zip_code="00501")

    assert "Routing: check office" in rows(mona.get(LIST))


@pytest.mark.parametrize(
    ("action", "tab"), [("spoke", "waiting"), ("book", "booked"), ("close", "closed"), ("no-answer", "call")]
)
def test_request_stands_in_the_list_of_its_stage_alone(waiting, tess, action, tab):
    tess.post(act_on(waiting, action), filled(action))

    tabs = ("call", "waiting", "booked", "closed")
    shown = [name for name in tabs if "Harold" in rows(tess.get(f"{LIST}?tab={name}"))]

    assert shown == [tab]


def test_undelivered_notice_is_told_on_the_list_and_the_page(waiting, tess, bella):
    assert "could not be delivered" not in words(tess.get(LIST))

    Mail.objects.filter(kind=Mail.Kind.OFFICE_NOTICE).update(tries=2, problem="ConnectionRefusedError")

    assert "1 notice to an office could not be delivered yet." in words(tess.get(LIST))
    assert "Notice to office Not delivered yet, 2 tries" in words(tess.get(page_of(waiting)))
    assert "could not be delivered" not in words(bella.get(LIST))


def test_undelivered_receipt_of_a_patient_raises_no_banner(waiting, tess):
    Mail.objects.filter(kind=Mail.Kind.RECEIPT).update(tries=2, problem="SMTPRecipientsRefused")

    assert "could not be delivered" not in words(tess.get(LIST))
    assert "Receipt to patient Not delivered yet, 2 tries" in words(tess.get(page_of(waiting)))


def test_page_says_when_the_patient_gave_no_email(make_request, tess):
    request = make_request(email="")

    assert "Receipt to patient No email address" in words(tess.get(page_of(request)))


# --- What patients type cannot run ---


def test_what_a_patient_typed_is_shown_as_text(make_request, tess):
    names = ("patient_name", "caller_name", "caller_relation", "details", "reason", "other_language")
    request = make_request(visit_for="other", language="other", **{name: f"{SCRIPT}{name}" for name in names})

    for address in (LIST, page_of(request)):
        page = tess.get(address).content.decode()
        assert SCRIPT not in page
        assert html.escape(SCRIPT) + "patient_name" in page
    assert html.escape(SCRIPT) + "details" in page


def test_what_the_desk_typed_is_shown_as_text(waiting, tess):
    tess.post(act_on(waiting, "note"), {"note-text": SCRIPT})

    for address in (page_of(waiting), f"{LIST}?q={SCRIPT}"):
        page = tess.get(address).content.decode()
        assert SCRIPT not in page
        assert html.escape(SCRIPT) in page


# --- What is written down about looking ---


def entries(**which: str) -> list[tuple[str, ...]]:
    found = AuditEntry.objects.filter(**which).order_by("pk")
    return [(entry.actor, entry.record, entry.office, entry.address) for entry in found]


def test_opening_a_request_is_audited(waiting, tess):
    tess.get(page_of(waiting))

    assert entries(action="view") == [("tess", waiting.reference, "toms-river", "127.0.0.1")]


def test_opening_the_list_is_audited_with_the_references_shown(make_request, tess):
    shown = sorted(make_request().reference for _number in range(2))
    make_request(office="belleville")

    tess.get(LIST)

    assert entries(action="list") == [("tess", ", ".join(shown), "", "127.0.0.1")]


def test_audit_of_a_longer_list_names_every_request_shown(make_request, tess):
    shown = [make_request().reference for _number in range(8)]

    tess.get(LIST)

    written = " ".join(record for _actor, record, _office, _address in entries(action="list"))
    assert [reference for reference in shown if reference not in written] == []


def test_searching_is_audited(waiting, tess):
    tess.get(f"{LIST}?q={waiting.reference}")

    assert entries(action="search") == [("tess", waiting.reference, "", "127.0.0.1")]


def test_page_that_comes_back_with_an_error_is_audited_too(waiting, tess):
    answer = tess.post(act_on(waiting, "note"), {"note-text": ""})

    assert "Harold Sample" in words(answer)
    assert entries(action="view") == [("tess", waiting.reference, "toms-river", "127.0.0.1")]


def test_audit_of_looking_names_no_patient(waiting, tess):
    tess.get(LIST)
    tess.get(f"{LIST}?q=Harold")
    tess.get(page_of(waiting))
    tess.post(act_on(waiting, "note"), {"note-text": "Harold Sample called"})

    by_tess = AuditEntry.objects.filter(actor="tess")
    written = str(list(by_tess.values_list("action", "record", "office", "address")))  # the rest is hashes

    assert by_tess.count() == 4
    assert "Harold" not in written
    assert "555" not in written


# --- Copies and queries ---


def test_pages_of_the_desk_are_not_kept_by_browsers(waiting, tess):
    answers = [
        tess.get(LIST),
        tess.get(page_of(waiting)),
        tess.post(act_on(waiting, "note"), {"note-text": ""}),
        tess.post(act_on(waiting, "spoke")),
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store, private"] * 4


def queries(browser: Client, address: str) -> int:
    """How many queries a page costs; the savepoints are the tests' own, whose outer transaction never ends."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize("who", ["tess", "mona"])
def test_list_costs_the_same_queries_whatever_its_length(make_request, request, who):
    browser = request.getfixturevalue(who)
    for _number in range(3):
        _called_once(make_request(flags=["fever"]))
    short = queries(browser, LIST)
    for _number in range(27):
        _called_once(make_request(flags=["fever"]))

    long = queries(browser, LIST)

    assert "30 requests" in words(browser.get(LIST))
    assert long == short
    assert long <= MOST_QUERIES


def _called_once(request: AppointmentRequest) -> None:
    actions.log_call(request=request, actor=Actor(), outcome=Event.Kind.NO_ANSWER)


def test_page_costs_the_same_queries_whatever_its_history(make_request, tess, toms_river_desk):
    request = make_request()
    for _number in range(3):
        make_request()
    short = queries(tess, page_of(request))
    for _number in range(10):
        actions.add_note(request=request, actor=Actor(toms_river_desk), note="Called again.")

    long = queries(tess, page_of(request))

    assert long == short
    assert long <= MOST_QUERIES
