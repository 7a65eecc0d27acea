"""Every change of a request: what it changes, its event, its mails, its audit entry, all of them or none."""

import ast
import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments import actions, drafts, offices
from appointments.actions import Actor, WrongMove
from appointments.mail import outbox
from appointments.models import (
    AppointmentRequest,
    CloseReason,
    Closure,
    Draft,
    Event,
    Mail,
    Office,
    OpeningHours,
    PracticeSettings,
    RedFlag,
    RoutingOverride,
    SafetyCheck,
    Status,
)
from appointments.offices.deadlines import Schedule
from common import audit
from common.models import AuditEntry
from tests.conftest import MONDAY, NEW_YORK, contents

TUESDAY_AT_TEN = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK)
CLOCKS = timedelta(hours=4)  # PracticeSettings.call_by_minutes
TUESDAY_EVENING = datetime(2026, 11, 24, 17, 0, tzinfo=NEW_YORK)  # the office closes
UNDO = timedelta(seconds=actions.UNDO_SECONDS)

pytestmark = pytest.mark.usefixtures("monday")


class OutOfOrder(Exception):
    """What a broken part raises in these tests."""


@pytest.fixture
def tess(toms_river_desk):
    """The receptionist at her desk."""
    return Actor(toms_river_desk, "192.0.2.7")


@pytest.fixture
def waiting(make_request):
    """A request that waits for its call."""
    return make_request()


@pytest.fixture
def closed(waiting, tess):
    """A request of which nothing more is to be done."""
    actions.close(inquiry=waiting, actor=tess, reason=CloseReason.DECLINED)
    return waiting


def belleville() -> Office:
    return Office.objects.get(slug="belleville")


# Every action of the desk, as it would be taken on a request that waits.
TAKEN: dict[str, Callable[[AppointmentRequest, Actor], None]] = {
    "spoke": lambda request, by: actions.log_call(inquiry=request, actor=by, outcome=Event.Kind.SPOKE),
    "voicemail": lambda request, by: actions.log_call(inquiry=request, actor=by, outcome=Event.Kind.VOICEMAIL),
    "no_answer": lambda request, by: actions.log_call(inquiry=request, actor=by, outcome=Event.Kind.NO_ANSWER),
    "note": lambda request, by: actions.add_note(inquiry=request, actor=by, note="Call after 5."),
    "book": lambda request, by: actions.book(inquiry=request, actor=by, at=TUESDAY_AT_TEN),
    "send": lambda request, by: actions.send_to_office(inquiry=request, actor=by, office=belleville(), reason="Nearer"),
    "close": lambda request, by: actions.close(inquiry=request, actor=by, reason=CloseReason.DECLINED),
    "propose": lambda request, by: actions.propose(inquiry=request, actor=by, times=[TUESDAY_AT_TEN]),
    "assign": lambda request, by: actions.assign(inquiry=request, actor=by, to=by.user),
    "ask": lambda request, by: actions.ask_manager(inquiry=request, actor=by, note="May I?"),
}
MOVING = sorted(set(TAKEN) - {"note", "assign"})


def everything() -> list[Any]:
    """All rows that an action could touch, to compare before and after."""
    models = (AppointmentRequest, Event, Mail, AuditEntry, Draft)
    return [contents(model._default_manager.order_by("pk")) for model in models]


def last_event(inquiry: AppointmentRequest) -> Event:
    return inquiry.events.select_related("by").order_by("pk").last()


def last_entry() -> tuple[str, ...]:
    entry = AuditEntry.objects.order_by("pk").last()
    return entry.actor, entry.action, entry.record, entry.office, entry.address


# --- Sending ---


def test_sent_request_waits_at_the_chosen_office_with_its_deadlines(make_request):
    made = make_request()

    inquiry = AppointmentRequest.objects.get(pk=made.pk)
    assert (inquiry.office.slug, inquiry.status, inquiry.urgent) == ("toms-river", Status.NEW, False)
    assert inquiry.created_at == MONDAY
    assert inquiry.call_by == MONDAY + CLOCKS
    assert inquiry.promised_by == datetime(2026, 11, 24, 17, 0, tzinfo=NEW_YORK)
    assert (inquiry.patient_name, inquiry.phone, inquiry.birth_date) == (
        "Harold Sample",
        "+17325550142",
        date(1954, 9, 14),
    )


def test_sent_request_with_a_red_flag_is_urgent_and_keeps_what_was_asked(make_request):
    made = make_request(flags=["hot-swollen", "fever"])

    inquiry = AppointmentRequest.objects.get(pk=made.pk)
    assert inquiry.urgent
    assert inquiry.call_by == MONDAY + timedelta(hours=1)
    assert inquiry.promised_by == MONDAY + timedelta(hours=2)
    levels = {flag["slug"]: flag["level"] for flag in inquiry.safety["flags"]}
    assert levels == {"hot-swollen": "emergency", "fever": "emergency"}, (
        "fever with a hot, swollen foot is an emergency"
    )


def test_sent_request_keeps_the_questions_of_the_version_that_was_answered(make_request):
    newer = SafetyCheck.objects.create(version=2)
    RedFlag.objects.create(check_version=newer, slug="fever", question="New words", short="new", level="now")

    answered_before_the_change = make_request(flags=["fever"], version=1)

    (flag,) = answered_before_the_change.safety["flags"]
    assert flag["question"] != "New words"


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.usefixtures("practice")
def test_office_that_never_opens_still_has_a_deadline_and_makes_a_promise(urgent):
    never = Schedule(week=((),) * 7, exceptions=(), zone=NEW_YORK)

    assert offices.call_deadline(never, urgent=urgent, start=MONDAY) == MONDAY + timedelta(days=1)
    assert offices.promise(never, urgent=urgent, start=MONDAY) == MONDAY + timedelta(days=3)


def test_sent_request_begins_its_history_with_the_routing_decision(waiting):
    waiting.refresh_from_db()

    event = waiting.events.get()

    assert (event.kind, event.at, event.by) == (Event.Kind.RECEIVED, MONDAY, None)
    assert event.facts["routing"]["office"] == "toms-river"
    assert event.facts["routing"]["rule"] == "chosen"
    assert set(event.facts["routing"]["miles"]) == {"toms-river", "belleville"}
    assert event.facts["routing"] == waiting.routing


def test_sent_request_owes_a_notice_to_the_office_and_a_receipt_to_the_patient(waiting):
    mails = {mail.kind: mail for mail in waiting.mails.select_related("office")}

    assert set(mails) == {Mail.Kind.OFFICE_NOTICE, Mail.Kind.RECEIPT}
    assert {mail.office.slug for mail in mails.values()} == {"toms-river"}
    assert {(mail.due_at, mail.sent_at, mail.tries) for mail in mails.values()} == {(MONDAY, None, 0)}


def test_sent_request_without_an_email_owes_no_receipt(make_request):
    request = make_request(email="")

    assert [mail.kind for mail in request.mails.all()] == [Mail.Kind.OFFICE_NOTICE]


def test_sent_request_is_audited_as_the_patients_doing(waiting):
    assert last_entry() == (
        "patient",
        "request sent",
        waiting.reference,
        "toms-river",
        audit.connection_key("192.0.2.1"),
    )


def test_sent_request_leaves_no_draft_behind(waiting):
    answers = _answers_of(waiting)
    drafts.keep("of-another-visitor", **answers)
    drafts.keep("of-this-visitor", **answers)

    actions.submit(draft_digest="of-this-visitor", answers=answers, language="en", actor=Actor())

    assert [draft.key_digest for draft in Draft.objects.all()] == ["of-another-visitor"]


def test_request_sent_twice_is_one_request(waiting):
    before = everything()

    again = actions.submit(
        draft_digest=waiting.draft_digest, answers=_answers_of(waiting), language="en", actor=Actor()
    )

    assert again == waiting
    assert everything() == before


def test_request_without_a_wish_far_from_both_offices_is_marked_for_the_desk_to_check(make_request):
    assert make_request(office="first", zip_code="10001").check_office is False
    assert make_request(office="first", zip_code="00501").check_office is True


def test_taken_reference_is_replaced_by_a_free_one(make_request, monkeypatch):
    drawn = iter("HKMQRW" + "HKMQRW" + "4679DF")
    monkeypatch.setattr(secrets, "choice", lambda letters: next(drawn))

    first, second = make_request(), make_request()

    assert (first.reference, second.reference) == ("GS-HKMQ-RW", "GS-4679-DF")
    assert AppointmentRequest.objects.count() == 2


def test_request_that_finds_no_free_reference_is_not_kept(make_request, monkeypatch):
    monkeypatch.setattr(secrets, "choice", lambda letters: "G")
    make_request()
    before = everything()

    with pytest.raises(IntegrityError):
        make_request()

    assert everything() == before


@pytest.mark.parametrize(("part", "name"), [(audit, "record"), (outbox, "queue")])
def test_request_is_not_kept_when_its_audit_or_its_mail_fails(make_request, monkeypatch, part, name):
    waiting = make_request()
    drafts.keep("the-draft", **_answers_of(waiting))
    before = everything()
    monkeypatch.setattr(part, name, _out_of_order)

    with pytest.raises(OutOfOrder):
        actions.submit(draft_digest="the-draft", answers=_answers_of(waiting), language="en", actor=Actor())

    assert everything() == before, "the draft must survive, so that the patient can send again"


def _answers_of(inquiry: AppointmentRequest) -> dict[str, Any]:
    """What a patient would have typed to get that request."""
    about = ("visit_for", "caller_name", "caller_relation", "patient_name", "been_before", "phone", "email", "zip_code")
    return {
        "about_you": {name: getattr(inquiry, name) for name in about} | {"birth_date": str(inquiry.birth_date)},
        "visit": {
            "reason": inquiry.reason,
            "details": inquiry.details,
            "office": inquiry.office.slug,
            **inquiry.wishes,
        },
        "contact": inquiry.contact,
        "safety": {"version": inquiry.safety["version"], "flags": [flag["slug"] for flag in inquiry.safety["flags"]]},
    }


def _out_of_order(*args: object, **kwargs: object) -> None:
    raise OutOfOrder


# --- Calls and notes ---


def test_call_that_reached_the_patient_ends_the_waiting(waiting, tess, monday):
    monday.shift(timedelta(minutes=20))

    actions.log_call(inquiry=waiting, actor=tess, outcome=Event.Kind.SPOKE, note="Wants Thursday")

    waiting.refresh_from_db()
    assert waiting.status == Status.CONTACTED
    assert waiting.call_by == TUESDAY_EVENING, "followed up by the end of the next business day"
    assert (waiting.first_called_at, waiting.first_call_minutes) == (MONDAY + timedelta(minutes=20), 20)
    event = last_event(waiting)
    assert (event.kind, event.by, event.note) == (Event.Kind.SPOKE, tess.user, "Wants Thursday")
    assert event.at == MONDAY + timedelta(minutes=20)
    assert last_entry() == ("tess", "request spoke", waiting.reference, "toms-river", "192.0.2.7")
    assert waiting.mails.count() == 2


def test_time_until_the_first_call_counts_while_the_office_is_open(make_request, tess, monday):
    monday.move_to(datetime(2026, 11, 23, 16, 30, tzinfo=NEW_YORK))
    sent_half_an_hour_before_closing = make_request()
    monday.move_to(datetime(2026, 11, 24, 9, 15, tzinfo=NEW_YORK))

    TAKEN["voicemail"](sent_half_an_hour_before_closing, tess)

    sent_half_an_hour_before_closing.refresh_from_db()
    assert sent_half_an_hour_before_closing.first_call_minutes == 45


@pytest.mark.parametrize("outcome", [Event.Kind.VOICEMAIL, Event.Kind.NO_ANSWER])
def test_call_that_missed_the_patient_starts_the_clock_for_the_next_try(waiting, tess, monday, outcome):
    monday.shift(timedelta(hours=2))

    actions.log_call(inquiry=waiting, actor=tess, outcome=outcome)

    waiting.refresh_from_db()
    assert waiting.status == Status.NEW
    assert waiting.call_by == MONDAY + timedelta(hours=2) + CLOCKS
    event = last_event(waiting)
    assert (event.kind, event.by, event.at) == (outcome, tess.user, MONDAY + timedelta(hours=2))
    assert last_entry() == ("tess", f"request {outcome}", waiting.reference, "toms-river", "192.0.2.7")


def test_call_about_a_booked_visit_leaves_it_booked(waiting, tess):
    actions.book(inquiry=waiting, actor=tess, at=TUESDAY_AT_TEN)

    actions.log_call(inquiry=waiting, actor=tess, outcome=Event.Kind.SPOKE)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.booked_for) == (Status.BOOKED, TUESDAY_AT_TEN)
    assert last_event(waiting).kind == Event.Kind.SPOKE


def test_missed_call_after_a_talk_leaves_the_request_contacted(waiting, tess, monday):
    actions.log_call(inquiry=waiting, actor=tess, outcome=Event.Kind.SPOKE)
    monday.shift(timedelta(hours=2))

    actions.log_call(inquiry=waiting, actor=tess, outcome=Event.Kind.VOICEMAIL)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.call_by) == (Status.CONTACTED, TUESDAY_EVENING)
    assert waiting.first_called_at == MONDAY


def test_note_is_written_into_the_history_and_changes_nothing_else(waiting, tess):
    before = contents(AppointmentRequest.objects.filter(pk=waiting.pk))

    actions.add_note(inquiry=waiting, actor=tess, note="Hard of hearing.\nSpeak up.")

    assert contents(AppointmentRequest.objects.filter(pk=waiting.pk)) == before
    event = last_event(waiting)
    assert (event.kind, event.by, event.at, event.note) == (
        Event.Kind.NOTE,
        tess.user,
        MONDAY,
        "Hard of hearing.\nSpeak up.",
    )
    assert last_entry() == ("tess", "request note", waiting.reference, "toms-river", "192.0.2.7")


def test_note_can_be_written_on_a_closed_request(closed, tess):
    actions.add_note(inquiry=closed, actor=tess, note="Called again, same answer.")

    closed.refresh_from_db()
    assert closed.status == Status.CLOSED
    assert last_event(closed).note == "Called again, same answer."


# --- Booking ---


def test_booking_sets_the_time_and_settles_the_office(make_request, tess):
    request = make_request(office="first", zip_code="00501")
    assert request.check_office

    actions.book(inquiry=request, actor=tess, at=TUESDAY_AT_TEN, note="Bring shoes")

    request.refresh_from_db()
    assert (request.status, request.booked_for, request.check_office) == (Status.BOOKED, TUESDAY_AT_TEN, False)
    event = last_event(request)
    assert (event.kind, event.by, event.at, event.note) == (Event.Kind.BOOKED, tess.user, MONDAY, "Bring shoes")
    assert datetime.fromisoformat(event.facts["booked_for"]) == TUESDAY_AT_TEN
    assert last_entry()[:3] == ("tess", "request booked", request.reference)
    told = request.mails.get(kind=Mail.Kind.BOOKED)
    assert told.due_at == MONDAY + UNDO, "it waits until the step can't be undone any more"


def test_booked_visit_can_be_moved(waiting, tess):
    actions.book(inquiry=waiting, actor=tess, at=TUESDAY_AT_TEN)

    actions.book(inquiry=waiting, actor=tess, at=TUESDAY_AT_TEN + timedelta(days=1))

    waiting.refresh_from_db()
    assert waiting.booked_for == TUESDAY_AT_TEN + timedelta(days=1)
    assert [event.kind for event in waiting.events.all()] == ["received", "booked", "booked"]


# --- Another office ---


def test_sending_to_another_office_moves_it_and_starts_that_desks_clock(make_request, tess, monday):
    request = make_request(office="first", zip_code="00501")
    start = request.office
    there = Office.objects.exclude(pk=start.pk).get()
    monday.shift(timedelta(hours=1))

    actions.send_to_office(inquiry=request, actor=tess, office=there, reason="Works in that town")

    request.refresh_from_db()
    assert (request.office, request.status, request.check_office) == (there, Status.NEW, False)
    assert request.call_by == MONDAY + timedelta(hours=1) + CLOCKS
    event = last_event(request)
    assert (event.kind, event.by, event.note) == (Event.Kind.REROUTED, tess.user, "Works in that town")
    assert event.facts == {"from": start.name, "to": there.name, "from_office": start.pk}
    assert event.at == MONDAY + timedelta(hours=1)
    assert last_entry() == ("tess", "request rerouted", request.reference, there.slug, "192.0.2.7")


def test_sending_to_another_office_queues_that_offices_notice(waiting, tess):
    actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Nearer")

    notices = waiting.mails.filter(kind=Mail.Kind.OFFICE_NOTICE).order_by("pk")
    assert [mail.office.slug for mail in notices] == ["toms-river", "belleville"]
    assert waiting.mails.filter(kind=Mail.Kind.RECEIPT).count() == 1


def test_sending_counts_the_deadline_in_the_other_offices_hours(waiting, tess):
    OpeningHours.objects.filter(office__slug="belleville").update(opens=time(13), closes=time(15))

    actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Nearer")

    waiting.refresh_from_db()
    assert waiting.call_by == datetime(2026, 11, 24, 15, 0, tzinfo=NEW_YORK)


def test_desk_is_due_no_later_than_the_patient_was_promised(make_request, monday):
    PracticeSettings.objects.update(call_by_minutes=2400)
    offices.forget()

    made = make_request()

    assert made.call_by == made.promised_by == datetime(2026, 11, 24, 17, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"notice_email": ""}, "Belleville takes no requests until it has an e-mail address for notices."),
        ({"takes_requests": False}, "Belleville takes no requests: that is switched off."),
        ({"not_taking_until": "2026-12-24"}, "Belleville takes no requests until Thursday, December 24."),
    ],
)
def test_request_is_not_sent_to_an_office_that_takes_none(waiting, tess, change, why):
    Office.objects.filter(slug="belleville").update(**change)

    with pytest.raises(WrongMove) as refused:
        actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Nearer")

    assert str(refused.value).replace("\xa0", " ") == f"{why} The request stays here."
    waiting.refresh_from_db()
    assert waiting.office.slug == "toms-river"


def test_request_is_not_sent_to_an_office_that_has_nobody_and_no_hours(waiting, tess):
    belleville().staff.clear()
    belleville().hours.all().delete()

    why = "Belleville takes no requests until it has somebody on its staff who works requests and opening hours."
    with pytest.raises(WrongMove, match=why):
        actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Nearer")


def test_sending_to_its_own_office_is_refused(waiting, tess):
    before = everything()

    with pytest.raises(WrongMove, match="with that office already"):
        actions.send_to_office(inquiry=waiting, actor=tess, office=waiting.office, reason="By mistake")

    assert everything() == before


@pytest.mark.parametrize("action", ["propose", "book", "spoke"])
def test_sending_calls_off_what_this_office_agreed_on(waiting, tess, action):
    TAKEN[action](waiting, tess)

    actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Nearer")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.office.slug) == (Status.NEW, "belleville")
    assert (waiting.offered_times, waiting.choose_by, waiting.booked_for) == ([], None, None)
    assert waiting.call_by == MONDAY + CLOCKS


def test_sending_a_held_request_leaves_it_held_and_tells_nobody(waiting, tess):
    hold(waiting)

    actions.send_to_office(inquiry=waiting, actor=tess, office=belleville(), reason="Theirs to check")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.office.slug) == (Status.HELD, "belleville")
    assert not waiting.mails.exists()


# --- Opening and quarantine ---


def test_first_look_opens_a_request_and_later_ones_change_nothing(waiting, tess, monday):
    actions.open_request(inquiry=waiting, actor=tess)
    monday.shift(timedelta(minutes=5))
    actions.open_request(inquiry=AppointmentRequest.objects.get(pk=waiting.pk), actor=tess)

    waiting.refresh_from_db()
    assert waiting.opened_at == MONDAY
    assert [event.kind for event in waiting.events.all()] == [Event.Kind.RECEIVED, Event.Kind.OPENED]


def hold(inquiry: AppointmentRequest) -> None:
    """As it is when it looks like spam from the start."""
    AppointmentRequest.objects.filter(pk=inquiry.pk).update(status=Status.HELD, held_because="too fast")
    inquiry.mails.all().delete()


def test_held_request_is_told_to_nobody(make_request):
    held = make_request(held_because="links")

    assert held.status == Status.HELD
    assert not Mail.objects.exists()


def test_released_request_starts_the_clock_and_its_mails(waiting, tess, monday):
    hold(waiting)
    monday.shift(timedelta(hours=1))

    actions.release(inquiry=waiting, actor=tess)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.call_by) == (Status.NEW, MONDAY + timedelta(hours=1) + CLOCKS)
    assert {mail.kind for mail in waiting.mails.all()} == {Mail.Kind.OFFICE_NOTICE, Mail.Kind.RECEIPT}
    assert last_event(waiting).kind == Event.Kind.RELEASED


def test_promise_broken_in_quarantine_is_made_anew(waiting, tess, monday):
    hold(waiting)
    monday.shift(timedelta(days=2))

    actions.release(inquiry=waiting, actor=tess)

    waiting.refresh_from_db()
    assert waiting.promised_by == datetime(2026, 11, 27, 17, 0, tzinfo=NEW_YORK)  # Thursday is Thanksgiving


def test_request_that_was_never_held_is_not_released(waiting, tess):
    with pytest.raises(WrongMove):
        actions.release(inquiry=waiting, actor=tess)


def test_held_request_is_not_called_booked_or_offered_times(waiting, tess):
    hold(waiting)
    before = everything()

    for action in ("spoke", "book", "propose"):
        with pytest.raises(WrongMove):
            TAKEN[action](waiting, tess)

    assert everything() == before


# --- Offering times ---


def test_offer_waits_for_the_patient_until_its_deadline(waiting, tess):
    later = TUESDAY_AT_TEN + timedelta(days=1)

    actions.propose(inquiry=waiting, actor=tess, times=[later, TUESDAY_AT_TEN])

    waiting.refresh_from_db()
    assert waiting.status == Status.PROPOSED
    assert waiting.offered_times == [TUESDAY_AT_TEN.isoformat(), later.isoformat()]
    assert waiting.choose_by == datetime(2026, 11, 25, 10, 12, tzinfo=NEW_YORK), "960 minutes of opening hours"
    assert waiting.mails.get(kind=Mail.Kind.OFFER).due_at == MONDAY + UNDO
    assert last_event(waiting).facts == {"times": waiting.offered_times}


def test_offer_of_a_near_time_ends_with_it(waiting, tess):
    at = MONDAY + timedelta(hours=2)

    actions.propose(inquiry=waiting, actor=tess, times=[at])

    waiting.refresh_from_db()
    assert waiting.choose_by == at


def test_offer_to_a_patient_without_email_is_not_mailed(make_request, tess):
    request = make_request(email="")

    actions.propose(inquiry=request, actor=tess, times=[TUESDAY_AT_TEN])

    assert not request.mails.filter(kind=Mail.Kind.OFFER).exists()


def test_reminding_mails_the_offer_again(waiting, tess):
    actions.propose(inquiry=waiting, actor=tess, times=[TUESDAY_AT_TEN])

    actions.remind(inquiry=waiting, actor=tess)

    assert waiting.mails.filter(kind=Mail.Kind.OFFER).count() == 2
    assert last_event(waiting).kind == Event.Kind.REMINDED


def test_reminding_of_no_offer_is_refused(waiting, tess):
    with pytest.raises(WrongMove, match="no offer"):
        actions.remind(inquiry=waiting, actor=tess)


# --- Whose job it is, and the manager ---


def test_request_is_assigned_to_who_works_there_and_to_nobody(waiting, tess):
    actions.assign(inquiry=waiting, actor=tess, to=tess.user)
    waiting.refresh_from_db()
    assert waiting.assigned_to == tess.user

    actions.assign(inquiry=waiting, actor=tess, to=None)
    waiting.refresh_from_db()
    assert waiting.assigned_to is None


def test_request_is_not_assigned_to_who_can_not_see_it(waiting, tess, belleville_desk):
    before = everything()

    with pytest.raises(WrongMove, match="bella does not work this office’s requests"):
        actions.assign(inquiry=waiting, actor=tess, to=belleville_desk)

    assert everything() == before


def test_question_marks_the_request_until_it_is_answered_or_closed(waiting, tess):
    actions.ask_manager(inquiry=waiting, actor=tess, note="May he come on a Saturday?")
    waiting.refresh_from_db()
    assert waiting.needs_manager

    actions.answer_desk(inquiry=waiting, actor=tess, note="Yes, once.")
    waiting.refresh_from_db()
    assert not waiting.needs_manager

    with pytest.raises(WrongMove, match="Nothing was asked"):
        actions.answer_desk(inquiry=waiting, actor=tess, note="Once more.")


# --- Duplicates, and opening again ---


def test_duplicate_is_closed_in_favor_of_the_other(waiting, make_request, tess):
    other = make_request()

    actions.mark_duplicate(inquiry=waiting, actor=tess, of=other)

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, waiting.close_reason, waiting.duplicate_of) == ("closed", CloseReason.DUPLICATE, other)
    assert other.status == Status.NEW
    assert last_event(waiting).facts == {"of": other.reference}


def test_request_is_no_duplicate_of_itself_or_of_its_own_duplicate(waiting, make_request, tess):
    other = make_request()
    actions.mark_duplicate(inquiry=other, actor=tess, of=waiting)
    other.refresh_from_db()

    for of in (waiting, other):
        with pytest.raises(WrongMove, match="can’t be the duplicate of itself"):
            actions.mark_duplicate(inquiry=waiting, actor=tess, of=of)


@pytest.mark.parametrize("state", ["closed", "held"])
def test_request_is_no_duplicate_of_one_that_does_not_go_on(waiting, make_request, tess, state):
    other = make_request()
    stale = AppointmentRequest.objects.get(pk=other.pk)
    if state == "closed":
        actions.close(inquiry=other, actor=tess, reason=CloseReason.COMPLETED)
    else:
        AppointmentRequest.objects.filter(pk=other.pk).update(status="held", held_because="too fast")

    with pytest.raises(WrongMove, match="so nobody would call"):
        actions.mark_duplicate(inquiry=waiting, actor=tess, of=stale)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.duplicate_of) == (Status.NEW, None)


def test_request_is_no_duplicate_of_a_duplicate(waiting, make_request, tess):
    first, second = make_request(), make_request()
    actions.mark_duplicate(inquiry=second, actor=tess, of=first)

    with pytest.raises(WrongMove, match="is closed, so nobody would call"):
        actions.mark_duplicate(inquiry=waiting, actor=tess, of=second)


def test_reopening_is_not_taken_back_once_another_request_was_closed_in_its_favor(closed, make_request, tess):
    waiting = make_request()
    actions.reopen(inquiry=closed, actor=tess, note="Goes on")
    actions.mark_duplicate(inquiry=waiting, actor=tess, of=closed)

    with pytest.raises(WrongMove, match="so this one has to go on"):
        actions.undo(inquiry=closed, actor=tess)

    closed.refresh_from_db()
    assert closed.status == Status.NEW


def test_reopened_request_needs_a_call_again(closed, tess, monday):
    monday.shift(timedelta(hours=1))

    actions.reopen(inquiry=closed, actor=tess, note="Called us back.")

    closed.refresh_from_db()
    assert (closed.status, closed.close_reason, closed.closed_at) == (Status.NEW, "", None)
    assert closed.call_by == MONDAY + timedelta(hours=1) + CLOCKS
    assert last_event(closed).note == "Called us back."


def test_open_request_is_not_opened_again(waiting, tess):
    with pytest.raises(WrongMove):
        actions.reopen(inquiry=waiting, actor=tess, note="By mistake")


@pytest.mark.parametrize(("phone", "linked"), [("+17325550142", True), ("+17325550143", False)])
def test_earlier_requests_are_of_the_same_phone_and_name(make_request, phone, linked):
    first, second = make_request(), make_request(phone=phone)

    assert (first in actions.earlier_requests(second)) is linked
    assert list(actions.earlier_requests(first)) == []


def test_earlier_requests_are_of_the_month_before(make_request, monday):
    make_request()
    monday.shift(timedelta(days=31))

    assert list(actions.earlier_requests(make_request())) == []


# --- Undo ---


UNDOABLE = sorted(TAKEN)


@pytest.mark.parametrize("action", UNDOABLE)
def test_undo_puts_back_what_the_step_changed(waiting, tess, monday, action):
    before = contents(AppointmentRequest.objects.filter(pk=waiting.pk))
    mails = set(waiting.mails.values_list("pk", flat=True))
    monday.shift(timedelta(seconds=1))
    TAKEN[action](waiting, tess)

    actions.undo(inquiry=waiting, actor=tess)

    assert contents(AppointmentRequest.objects.filter(pk=waiting.pk)) == before
    assert set(waiting.mails.values_list("pk", flat=True)) == mails
    assert last_event(waiting).kind == Event.Kind.UNDONE
    assert last_entry()[1] == "request undone"


def test_undo_finds_the_mail_of_its_step_while_the_clock_runs(waiting, tess, monday, monkeypatch):
    queue = outbox.queue

    def slowly(*args: Any, **kwargs: Any) -> None:
        monday.shift(timedelta(seconds=1))
        queue(*args, **kwargs)
        monday.shift(timedelta(seconds=1))

    monkeypatch.setattr(outbox, "queue", slowly)
    actions.propose(inquiry=waiting, actor=tess, times=[TUESDAY_AT_TEN])

    actions.undo(inquiry=waiting, actor=tess)

    assert not waiting.mails.filter(kind=Mail.Kind.OFFER).exists()


def test_undo_is_refused_once_a_mail_went_out(waiting, tess):
    actions.book(inquiry=waiting, actor=tess, at=TUESDAY_AT_TEN)
    waiting.mails.filter(kind=Mail.Kind.BOOKED).update(tries=1)

    with pytest.raises(WrongMove, match="can’t be undone"):
        actions.undo(inquiry=waiting, actor=tess)


def test_undo_is_refused_after_a_minute_to_others_and_twice(waiting, tess, manager, monday):
    actions.close(inquiry=waiting, actor=tess, reason=CloseReason.DECLINED)
    with pytest.raises(WrongMove, match="can’t be undone"):
        actions.undo(inquiry=waiting, actor=Actor(manager))

    actions.undo(inquiry=waiting, actor=tess)
    with pytest.raises(WrongMove, match="can’t be undone"):
        actions.undo(inquiry=waiting, actor=tess)

    actions.close(inquiry=waiting, actor=tess, reason=CloseReason.DECLINED)
    monday.shift(timedelta(seconds=61))
    with pytest.raises(WrongMove, match="can’t be undone"):
        actions.undo(inquiry=waiting, actor=tess)


# --- Closing ---


@pytest.mark.parametrize("reason", CloseReason)
def test_closing_keeps_the_reason(waiting, tess, reason):
    actions.close(inquiry=waiting, actor=tess, reason=reason, note="Said so on the phone")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.close_reason) == (Status.CLOSED, reason)
    event = last_event(waiting)
    assert (event.kind, event.by, event.at) == (Event.Kind.CLOSED, tess.user, MONDAY)
    assert (event.note, event.facts) == ("Said so on the phone", {"reason": reason.value})
    assert last_entry() == ("tess", "request closed", waiting.reference, "toms-river", "192.0.2.7")
    assert waiting.mails.count() == 2


def test_closed_visit_keeps_its_time(waiting, tess):
    actions.book(inquiry=waiting, actor=tess, at=TUESDAY_AT_TEN)

    actions.close(inquiry=waiting, actor=tess, reason=CloseReason.COMPLETED)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.booked_for) == (Status.CLOSED, TUESDAY_AT_TEN)


@pytest.mark.parametrize("action", MOVING)
def test_closed_request_is_not_moved(closed, tess, action):
    before = everything()

    with pytest.raises(WrongMove, match=r"(?i)closed"):
        TAKEN[action](closed, tess)

    assert everything() == before


@pytest.mark.parametrize("action", MOVING)
def test_action_looks_at_the_row_as_it_is_now(waiting, tess, action):
    seen_before_it_was_closed = AppointmentRequest.objects.get(pk=waiting.pk)
    actions.close(inquiry=waiting, actor=tess, reason=CloseReason.SPAM)

    with pytest.raises(WrongMove):
        TAKEN[action](seen_before_it_was_closed, tess)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.close_reason, last_event(waiting).kind) == ("closed", "spam", "closed")


# --- All of it or none ---


@pytest.mark.parametrize("action", TAKEN)
def test_action_keeps_nothing_when_its_audit_fails(waiting, tess, monkeypatch, action):
    before = everything()
    monkeypatch.setattr(audit, "record", _out_of_order)

    with pytest.raises(OutOfOrder):
        TAKEN[action](waiting, tess)

    assert everything() == before


def test_sending_keeps_nothing_when_its_mail_fails(waiting, tess, monkeypatch):
    before = everything()
    monkeypatch.setattr(outbox, "queue", _out_of_order)

    with pytest.raises(OutOfOrder):
        TAKEN["send"](waiting, tess)

    assert everything() == before


# --- Pages change nothing themselves ---


ROOMS = [Path(actions.__file__).parents[1] / room for room in ("desk", "patient")]
PAGES = [file for room in ROOMS for file in sorted(room.rglob("*.py"))]


@pytest.mark.parametrize("file", [file for file in PAGES if file.name != "presence.py"], ids=lambda file: file.stem)
def test_page_writes_no_row_but_by_an_action(file):
    writing = {"save", "update_or_create", "get_or_create", "create", "bulk_create", "bulk_update", "delete"}
    tree = ast.parse(file.read_text())
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) if hasattr(node.func, "attr")}

    assert called & writing == set()


# --- What can be done in which state ---

CALLS, ALWAYS = {"spoke", "voicemail", "no_answer"}, {"note", "assign"}
OPEN = CALLS | ALWAYS | {"ask", "book", "propose", "send", "close"}
# How a request gets into a state, and what the desk can do there. A visit that is agreed on is moved or called off with
# a reason; it is never put back to a choice or a call, which the patient would not hear of.
STATES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "held": ((), ALWAYS | {"ask", "send", "close", "release"}),
    "new": ((), OPEN),
    "contacted": (("spoke",), OPEN),
    "proposed": (("propose",), OPEN),
    "booked": (("book",), OPEN - {"propose"}),
    "closed": (("close",), ALWAYS | {"reopen"}),
}
EVERY_STEP = TAKEN | {
    "release": lambda request, by: actions.release(inquiry=request, actor=by),
    "reopen": lambda request, by: actions.reopen(inquiry=request, actor=by, note="Called us back."),
}


@pytest.fixture(params=STATES)
def state(request, waiting, tess):
    """The request in each state."""
    if request.param == "held":
        hold(waiting)
    for step in STATES[request.param][0]:
        TAKEN[step](waiting, tess)
    waiting.refresh_from_db()
    assert waiting.status == request.param
    return request.param


@pytest.mark.parametrize("step", EVERY_STEP)
def test_step_is_taken_where_it_makes_sense_and_refused_elsewhere(waiting, tess, state, step):
    before = everything()

    if step in STATES[state][1]:
        EVERY_STEP[step](waiting, tess)
        assert everything() != before
    else:
        with pytest.raises(WrongMove):
            EVERY_STEP[step](waiting, tess)
        assert everything() == before


# --- What the database itself refuses ---


def refused() -> Any:
    """Expect the database to say no, and go on after it."""
    return pytest.raises(IntegrityError)


def test_database_refuses_a_booked_request_without_a_time(waiting):
    with refused(), transaction.atomic():
        AppointmentRequest.objects.filter(pk=waiting.pk).update(status=Status.BOOKED)


def test_database_refuses_a_closed_request_without_a_reason(waiting):
    with refused(), transaction.atomic():
        AppointmentRequest.objects.filter(pk=waiting.pk).update(status=Status.CLOSED)


def test_database_refuses_a_close_reason_on_an_open_request(waiting):
    with refused(), transaction.atomic():
        AppointmentRequest.objects.filter(pk=waiting.pk).update(close_reason=CloseReason.SPAM)


@pytest.mark.parametrize("name", ["reference", "draft_digest"])
def test_database_refuses_a_second_request_of_the_same(make_request, name):
    first, second = make_request(), make_request()

    with refused(), transaction.atomic():
        AppointmentRequest.objects.filter(pk=second.pk).update(**{name: getattr(first, name)})


def test_database_refuses_two_mails_with_one_message_id(waiting):
    notice, receipt = waiting.mails.all()

    with refused(), transaction.atomic():
        Mail.objects.filter(pk=receipt.pk).update(message_id=notice.message_id)


@pytest.mark.parametrize("closes", [time(8), time(9)])
@pytest.mark.usefixtures("practice")
def test_database_refuses_hours_that_do_not_end_after_they_start(closes):
    with refused(), transaction.atomic():
        OpeningHours.objects.create(office=belleville(), weekday=5, opens=time(9), closes=closes)


@pytest.mark.usefixtures("practice")
def test_database_refuses_a_closure_that_ends_before_it_starts():
    days = {"first_day": date(2026, 12, 24), "last_day": date(2026, 12, 23)}

    with refused(), transaction.atomic():
        Closure.objects.create(office=belleville(), reason="Holidays", **days)


@pytest.mark.usefixtures("practice")
def test_database_accepts_a_closure_of_one_day():
    day = date(2026, 12, 24)

    assert Closure.objects.create(office=belleville(), reason="Holidays", first_day=day, last_day=day).pk


@pytest.mark.usefixtures("practice")
def test_database_refuses_a_second_override_for_a_zip_code():
    RoutingOverride.objects.create(zip_code="07030", office=belleville())

    with refused(), transaction.atomic():
        RoutingOverride.objects.create(zip_code="07030", office=Office.objects.get(slug="toms-river"))


@pytest.mark.usefixtures("practice")
def test_database_refuses_a_red_flag_twice_in_a_version():
    flag = RedFlag.objects.first()
    again = {"slug": flag.slug, "question": "Again", "short": "again", "level": flag.level}

    with refused(), transaction.atomic():
        RedFlag.objects.create(check_version=flag.check_version, **again)


@pytest.mark.usefixtures("practice")
def test_database_refuses_two_safety_checks_of_one_version():
    with refused(), transaction.atomic():
        SafetyCheck.objects.create(version=SafetyCheck.objects.latest().version)
