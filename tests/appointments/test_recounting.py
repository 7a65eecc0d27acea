"""Whoever changes hours, days off, holidays or minutes moves what was promised, and is told how much.

It is Monday, November 23, 2026, 10:12 am in New York, the week of Thanksgiving; both offices are open from 9 to 5 on
weekdays. A request of now is to be called by 2:12 pm, and was promised a call by Tuesday 5 pm.
"""

from datetime import datetime

import pytest

from appointments import actions, offices
from appointments.actions import Actor, WrongMove
from appointments.desk.lists import ListLengths
from appointments.mail import escalation
from appointments.models import AppointmentRequest, Closure, Event, Mail, Office, OpeningHours, PracticeSettings, Status
from tests.appointments.at_desk import (
    LIST,
    TUESDAY_AT_TEN,
    entries,
    everything,
    history,
    hold,
    names,
    page_of,
    rows,
    words,
)
from tests.appointments.test_own_page import opened as private_page
from tests.appointments.test_own_page import pick, timeline
from tests.appointments.test_settings_admin import SETTINGS, fields_of, office_page
from tests.appointments.test_touched import change, confirm
from tests.conftest import MONDAY, NEW_YORK

pytestmark = pytest.mark.usefixtures("practice", "monday")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def other_hours(first: str, last: str, opens: str = "", closes: str = "") -> dict[str, str]:
    """What is typed for days with other hours."""
    typed = {"first_day": first, "last_day": last, "opens": opens, "closes": closes, "reason": "Storm"}
    return {f"closures-0-{name}": value for name, value in typed.items()}


TUESDAY_OFF = other_hours("2026-11-24", "2026-11-24")
STORM = other_hours("2026-11-23", "2026-11-24")


@pytest.fixture
def toms_river() -> Office:
    return Office.objects.get(slug="toms-river")


@pytest.fixture
def page(toms_river) -> str:
    return office_page(toms_river)


def save(browser, url: str, **changes) -> str:
    """Save, saying yes to what is asked; what the next page says."""
    answer = change(browser, url, **changes)
    if answer.status_code == 200:
        answer = confirm(browser, url, answer)
    return words(browser.get(answer["Location"], follow=True)).replace("\N{NO-BREAK SPACE}", " ")


def deadlines(inquiry: AppointmentRequest) -> tuple[datetime, datetime]:
    inquiry.refresh_from_db()
    return inquiry.call_by, inquiry.promised_by


def news(inquiry: AppointmentRequest) -> int:
    """How many mails it owes that say there is news on the private page."""
    return inquiry.mails.filter(kind=Mail.Kind.PATIENT_NEWS).count()


# --- What moves ---


@pytest.mark.thorough
def test_day_off_moves_the_promise_and_tells_who_saved_it(waiting, mona, page):
    said = save(mona, page, **TUESDAY_OFF)

    assert "Deadline of 1 request moved. 1 patient gets a mail." in said
    assert deadlines(waiting) == (at(23, 14, 12), at(25, 17))


@pytest.mark.thorough
def test_day_off_moves_no_promise_that_waits_for_a_later_day(make_request, mona, page):
    inquiry = make_request(not_before="2026-11-30")

    said = save(mona, page, **TUESDAY_OFF)

    assert "moved" not in said
    assert deadlines(inquiry) == (at(30, 13), datetime(2026, 12, 1, 17, tzinfo=NEW_YORK))


def test_day_off_moves_the_promise_of_a_time_that_was_agreed_on(waiting, toms_river_desk, mona, page):
    actions.call_later(inquiry=waiting, actor=Actor(toms_river_desk), at=at(24, 15))

    save(mona, page, **TUESDAY_OFF)

    assert deadlines(waiting) == (at(25, 13), at(25, 17))


def test_patient_reads_the_new_promise_and_why(waiting, mona, page, client):
    save(mona, page, **TUESDAY_OFF)

    own = private_page(client, waiting)

    assert "will call you by 5 pm on Wednesday, November 25." in words(own).replace("\N{NO-BREAK SPACE}", " ")
    assert "Our opening hours have changed, so our call comes later than we had said. We are sorry." in timeline(own)
    assert news(waiting) == 1


@pytest.mark.thorough
def test_recount_is_in_the_history_and_in_the_audit(waiting, mona, page):
    save(mona, page, **STORM)

    lines = [line.replace("\N{NO-BREAK SPACE}", " ") for line in history(mona.get(page_of(waiting)))]
    (line,) = [line for line in lines if "Hours or settings changed" in line]
    assert "promised by Wednesday, November 25 at 5 pm (was Tuesday, November 24 at 5 pm)" in line
    assert "call by Wednesday, November 25 at 1 pm (was Monday, November 23 at 2:12 pm)" in line
    assert [entry[:2] for entry in entries(action="request recounted")] == [("mona", waiting.reference)]


def test_who_would_be_called_later_is_told_before_it_is_saved(waiting, mona, page):
    before = everything()

    answer = change(mona, page, **TUESDAY_OFF)

    assert "1 patient will be called later than promised." in words(answer)
    assert waiting.reference in words(answer)
    assert everything() == before


def test_question_leaves_no_page_with_the_unsaved_hours(waiting, mona, page):
    before = offices.office("toms-river").schedule

    change(mona, page, **TUESDAY_OFF)

    assert offices.office("toms-river").schedule == before


@pytest.mark.thorough
def test_question_says_who_has_no_email(make_request, mona, page):
    without = make_request(email="")

    assert f"{without.reference}: no email" in words(change(mona, page, **TUESDAY_OFF))
    assert "Deadline of 1 request moved. 0 patients get a mail." in save(mona, page, **TUESDAY_OFF)
    assert news(without) == 0


def test_deadline_of_the_desk_alone_moves_without_a_question(waiting, mona, page):
    answer = change(mona, page, **other_hours("2026-11-23", "2026-11-23", "09:00", "13:00"))

    assert answer.status_code == 302
    assert deadlines(waiting) == (at(24, 10, 12), at(24, 17))
    assert news(waiting) == 0


def test_desk_has_no_longer_than_was_promised(make_request, manager, signed_in, page, monday):
    monday.move_to(at(23, 16))
    waiting = make_request()

    save(signed_in(manager), page, **other_hours("2026-11-24", "2026-11-24", "09:00", "11:00"))

    assert deadlines(waiting) == (at(24, 11), at(24, 11))


def test_other_office_and_what_is_closed_or_booked_stay(make_request, manager, mona, page):
    elsewhere, closed, booked = make_request(office="belleville"), make_request(), make_request()
    actions.close(inquiry=closed, actor=Actor(manager), reason="declined")
    actions.book(inquiry=booked, actor=Actor(manager), at=TUESDAY_AT_TEN)
    before = [deadlines(inquiry) for inquiry in (elsewhere, closed, booked)]

    save(mona, page, **STORM)

    assert [deadlines(inquiry) for inquiry in (elsewhere, closed, booked)] == before


def test_page_that_is_saved_without_new_hours_counts_nothing(waiting, mona, page):
    AppointmentRequest.objects.filter(pk=waiting.pk).update(call_by=at(27, 12))

    save(mona, page, parking="Behind the building")

    assert deadlines(waiting)[0] == at(27, 12)


def test_follow_up_moves_with_the_hours_and_the_patient_is_told(waiting, manager, mona, page, client):
    actions.log_call(inquiry=waiting, actor=Actor(manager), outcome=Event.Kind.SPOKE)

    save(mona, page, **TUESDAY_OFF)

    assert deadlines(waiting)[0] == at(25, 17)
    assert news(waiting) == 1
    assert "get back to you by 5 pm on Wednesday" in words(private_page(client, waiting)).replace("\xa0", " ")


def test_call_that_was_put_off_is_counted_from_then(waiting, mona, page):
    AppointmentRequest.objects.filter(pk=waiting.pk).update(
        call_from=at(25, 9), call_by=at(25, 13), first_call_minutes=1, first_called_at=MONDAY
    )

    save(mona, page, **other_hours("2026-11-25", "2026-11-25"))

    assert deadlines(waiting)[0] == at(27, 13)


def test_quarantine_is_counted_too_and_nobody_is_mailed(waiting, mona, page):
    hold(waiting)

    save(mona, page, **STORM)

    assert deadlines(waiting) == (at(25, 13), at(25, 17))
    assert news(waiting) == 0


def test_holiday_that_is_not_kept_after_all_brings_deadlines_forward(make_request, manager, signed_in, page, monday):
    monday.move_to(at(25, 16))
    waiting = make_request()
    assert deadlines(waiting) == (at(27, 12), at(27, 17))

    save(signed_in(manager), page, open_holidays=["Thanksgiving Day"])

    assert deadlines(waiting) == (at(26, 12), at(26, 17))
    assert news(waiting) == 0


def test_minutes_of_the_settings_are_counted_at_once_for_all_offices(make_request, administrator, signed_in):
    here, there = make_request(), make_request(office="belleville")

    said = save(signed_in(administrator), f"{SETTINGS}1/change/", call_by_minutes="120")

    assert "Deadlines of 2 requests moved. 0 patients get a mail." in said
    assert [deadlines(inquiry)[0] for inquiry in (here, there)] == [at(23, 12, 12)] * 2


def test_longer_promise_to_urgent_patients_is_asked_about(make_request, administrator, signed_in):
    urgent = make_request(flags=["fever"])

    answer = change(signed_in(administrator), f"{SETTINGS}1/change/", promise_urgent_minutes="240")

    assert "1 patient will be called later than promised." in words(answer)
    assert urgent.reference in words(answer)


# --- Nothing becomes worse by surprise ---


def test_earlier_deadline_leaves_the_time_that_a_new_request_would_have(make_request, manager, signed_in, page, monday):
    monday.move_to(at(20, 16))
    waiting = make_request()
    assert deadlines(waiting)[0] == at(23, 12)
    monday.move_to(at(21, 12, 30))

    save(signed_in(manager), page, **{"hours-5-weekday": "5", "hours-5-opens": "09:00", "hours-5-closes": "13:00"})

    assert deadlines(waiting) == (at(23, 12), at(23, 17))


@pytest.mark.thorough
def test_what_is_overdue_stays_so(waiting, manager, signed_in, page, monday):
    monday.move_to(at(23, 15))

    save(signed_in(manager), page, **TUESDAY_OFF)

    assert deadlines(waiting)[0] == at(23, 14, 12)


def test_clock_of_unknown_start_is_not_left_in_a_closed_time(waiting, manager, mona, page):
    AppointmentRequest.objects.filter(pk=waiting.pk).update(
        call_from=None, call_by=at(24, 11), created_at=at(19, 9), first_call_minutes=1, first_called_at=at(20, 9)
    )

    save(mona, page, **STORM)

    assert deadlines(waiting)[0] == at(25, 13)


def test_office_that_never_opens_again_keeps_its_deadlines(waiting, mona, page):
    before = deadlines(waiting)

    save(mona, page, **other_hours("2026-11-23", "2030-01-01"))

    assert Closure.objects.exists()
    assert deadlines(waiting) == before


@pytest.mark.thorough
def test_recount_can_not_be_undone_nor_what_was_before_it(waiting, manager, mona, page):
    actions.log_call(inquiry=waiting, actor=Actor(manager), outcome=Event.Kind.NO_ANSWER)
    save(mona, page, **STORM)

    with pytest.raises(WrongMove, match="can’t be undone"):
        actions.undo(inquiry=waiting, actor=Actor(manager))


def test_desk_that_looked_before_the_recount_is_told_of_it(waiting, toms_river_desk, mona, page):
    seen = waiting.events.order_by("pk").last().pk
    save(mona, page, **STORM)

    with pytest.raises(WrongMove, match="Deadline counted anew"):
        actions.log_call(inquiry=waiting, actor=Actor(toms_river_desk, seen=seen), outcome=Event.Kind.SPOKE)


@pytest.mark.thorough
def test_two_changes_in_a_minute_owe_one_mail(waiting, mona, page):
    save(mona, page, **TUESDAY_OFF)
    save(mona, page, **{"closures-0-last_day": "2026-11-25"})

    assert deadlines(waiting)[1] == at(27, 17)
    assert news(waiting) == 1


# --- Offered times ---


@pytest.fixture
def offered(waiting, manager) -> AppointmentRequest:
    """Tuesday, December 1 at 10 am and 4 pm; to be chosen by Tomorrow's closing."""
    actions.propose(inquiry=waiting, actor=Actor(manager), times=[TUESDAY_AT_TEN, TUESDAY_AT_TEN.replace(hour=16)])
    waiting.refresh_from_db()
    return waiting


def test_offered_time_that_is_closed_by_then_is_taken_back(offered, mona, page, client):
    save(mona, page, **other_hours("2026-12-01", "2026-12-01", "09:00", "12:00"))

    offered.refresh_from_db()
    assert offered.status == Status.PROPOSED
    assert offered.offered_times == [TUESDAY_AT_TEN.isoformat()]
    assert "4 pm" not in words(private_page(client, offered)).replace("\xa0", " ")
    pick(client, offered, TUESDAY_AT_TEN)
    offered.refresh_from_db()
    assert offered.status == Status.BOOKED


@pytest.mark.thorough
def test_offer_without_a_time_that_is_left_goes_back_to_the_desk(offered, mona, page, client):
    save(mona, page, **other_hours("2026-12-01", "2026-12-01"))

    offered.refresh_from_db()
    assert (offered.status, offered.offered_times, offered.choose_by) == (Status.NEW, [], None)
    assert offered.call_by == at(23, 14, 12)
    assert news(offered) == 1
    assert "so we can no longer offer you those times. We are sorry." in timeline(private_page(client, offered))[-3]
    assert "no longer offered: Tuesday, December 1 at 10 am" in words(mona.get(page_of(offered))).replace("\xa0", " ")


def test_time_that_was_offered_outside_hours_on_purpose_stays(waiting, manager, mona, page):
    saturday = TUESDAY_AT_TEN.replace(day=5)
    actions.propose(inquiry=waiting, actor=Actor(manager), times=[saturday])

    save(mona, page, **other_hours("2026-12-01", "2026-12-01"))

    waiting.refresh_from_db()
    assert waiting.offered_times == [saturday.isoformat()]


def test_time_to_choose_is_counted_anew_and_never_shorter(offered, mona, page):
    assert offered.choose_by == at(25, 10, 12)

    save(mona, page, **TUESDAY_OFF)

    offered.refresh_from_db()
    assert offered.choose_by == at(27, 10, 12)
    save(mona, page, **{"closures-0-DELETE": "on"})
    offered.refresh_from_db()
    assert offered.choose_by == at(27, 10, 12)


# --- An office that is closed from now on ---


@pytest.mark.thorough
def test_nothing_is_overdue_in_a_closed_office(make_request, manager, signed_in, toms_river, page, monday):
    PracticeSettings.objects.update(manager_email="mona@clinic.example")
    _new, spoken, moving, held = (make_request() for _request in range(4))
    actions.log_call(inquiry=spoken, actor=Actor(manager), outcome=Event.Kind.SPOKE)
    AppointmentRequest.objects.filter(pk=moving.pk).update(status=Status.MOVING, booked_for=TUESDAY_AT_TEN)
    hold(held)
    save(signed_in(manager), page, **STORM)

    for when in (at(23, 16), at(24, 8, 30), at(24, 18), at(25, 8, 59)):
        monday.move_to(when)
        visible = AppointmentRequest.objects.visible_to(manager)
        lengths = ListLengths.of(manager, visible, when)
        assert (lengths.sum(None, "overdue"), lengths.sum(None, "follow_up_overdue")) == (0, 0)
        for tab, count in {"call": 2, "waiting": 1, "quarantine": 1}.items():
            page_of_tab = signed_in(manager).get(f"{LIST}?tab={tab}")
            assert (len(names(page_of_tab)), "Overdue" in rows(page_of_tab)) == (count, False)
        assert (escalation.remind_offices(), escalation.remind_manager()) == (0, 0)
        escalation.send_digests()
    assert not Mail.objects.filter(kind=Mail.Kind.DIGEST, office=toms_river, created_at__lt=at(25, 8)).exists()


@pytest.mark.thorough
def test_counts_agree_with_the_pills_once_it_opens_again(make_request, manager, signed_in, page, monday):
    for _request in range(3):
        make_request()
    save(signed_in(manager), page, **STORM)
    monday.move_to(at(25, 13, 1))

    lengths = ListLengths.of(manager, AppointmentRequest.objects.visible_to(manager), at(25, 13, 1))

    assert lengths.sum(None, "overdue") == rows(signed_in(manager).get(f"{LIST}?tab=call")).count("Overdue") == 3


@pytest.mark.thorough
def test_afternoon_off_marks_the_visits_that_are_booked_for_then(make_request, manager, mona, page):
    early, late = make_request(), make_request(patient_name="Lena Late")
    actions.book(inquiry=early, actor=Actor(manager), at=TUESDAY_AT_TEN)
    actions.book(inquiry=late, actor=Actor(manager), at=TUESDAY_AT_TEN.replace(hour=11, minute=45))
    noon = other_hours("2026-12-01", "2026-12-01", "09:00", "12:00")

    asked = words(change(mona, page, **noon)).replace("\xa0", " ")
    save(mona, page, **noon)

    assert "1 visit is booked for then." in asked
    assert f"{late.reference}: Tuesday, December 1 at 11:45 am" in asked
    assert early.reference not in asked
    assert rows(mona.get(f"{LIST}?tab=booked")).count("Office closed then") == 1


# --- What comes in while hours are changed elsewhere ---


def test_request_is_counted_by_the_hours_of_this_moment(make_request, toms_river):
    offices.directory()  # as a process has read it that knows nothing of the change
    OpeningHours.objects.filter(office=toms_river, weekday=0).update(closes="12:00")

    assert make_request().call_by == at(24, 11, 12)


def test_next_call_is_counted_by_the_hours_of_this_moment(waiting, manager, toms_river):
    offices.directory()
    OpeningHours.objects.filter(office=toms_river, weekday=0).update(closes="12:00")

    actions.log_call(inquiry=waiting, actor=Actor(manager), outcome=Event.Kind.NO_ANSWER)

    assert deadlines(waiting)[0] == at(24, 11, 12)


def test_page_offers_each_holiday_of_the_year(mona, page):
    names = [name for name, _label in mona.get(page).context["adminform"].form.fields["open_holidays"].choices]

    assert len(names) == 11
    assert names[0] == "Thanksgiving Day"
    assert "Columbus Day" in names
    assert fields_of(mona.get(page))["open_holidays"] == []
