"""What is on legal hold outlives every purge, and with it what was put together with it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from appointments import actions, retention
from appointments.actions import Actor, WrongMove
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, PracticeSettings
from common import clock
from tests.appointments.at_desk import LIST, act_on, everything, filled, message, names, offered, page_of, rows, words

DAYS = 730

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def manager_of_both(manager):
    return Actor(manager)


@pytest.fixture
def closed(make_request, manager_of_both, trusted_clock):
    """Makes a request that was closed now, its mails delivered; closed requests are kept for two years."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"keep_closed_days": DAYS})

    def make(of: AppointmentRequest | None = None, **changes) -> AppointmentRequest:
        request = make_request(**changes)
        if of:
            actions.mark_duplicate(inquiry=request, actor=manager_of_both, of=of)
        else:
            actions.close(inquiry=request, actor=manager_of_both, reason=CloseReason.DECLINED)
        Mail.objects.filter(request=request).update(sent_at=request.created_at, tries=1)
        request.refresh_from_db()
        return request

    return make


def references() -> list[str]:
    return sorted(AppointmentRequest.objects.values_list("reference", flat=True))


def hold(inquiry: AppointmentRequest, actor: Actor) -> None:
    actions.put_on_hold(inquiry=inquiry, actor=actor, reason="A letter from a lawyer.")


# --- The purge ---


def test_held_request_outlives_the_purge_and_goes_once_the_hold_is_lifted(closed, manager_of_both, monday):
    request, other = closed(), closed()
    hold(request, manager_of_both)
    monday.shift(timedelta(days=10 * DAYS))

    assert retention.purge(confirmed=True) == 1
    assert references() == [request.reference]
    assert other.reference not in references()

    actions.lift_hold(inquiry=request, actor=manager_of_both, reason="The case is over.")
    assert retention.purge(confirmed=True) == 1
    assert references() == []


def test_duplicates_of_a_held_request_stay_with_it_and_those_of_them(closed, make_request, manager_of_both, monday):
    first, second = make_request(), make_request()
    third = closed(of=second)
    actions.mark_duplicate(inquiry=second, actor=manager_of_both, of=first)
    actions.close(inquiry=first, actor=manager_of_both, reason=CloseReason.DECLINED)
    Mail.objects.update(sent_at=first.created_at)
    hold(first, manager_of_both)
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 0
    assert references() == sorted(each.reference for each in (first, second, third))


def test_request_that_a_held_one_is_a_duplicate_of_stays_and_so_does_the_link(
    closed, make_request, manager_of_both, monday
):
    first = make_request()
    second = closed(of=first)
    actions.close(inquiry=first, actor=manager_of_both, reason=CloseReason.DECLINED)
    Mail.objects.update(sent_at=first.created_at)
    hold(second, manager_of_both)
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.purge() == 0
    second.refresh_from_db()
    assert second.duplicate_of == first


def test_what_is_on_hold_does_not_count_as_much_to_be_deleted(closed, manager_of_both, monday, monkeypatch):
    monkeypatch.setattr(clock, "MUCH", 1)
    for request in (closed(), closed(), closed()):
        hold(request, manager_of_both)
    monday.shift(timedelta(days=DAYS, seconds=1))

    assert retention.held_back() == ""


def test_command_says_how_many_stay_for_a_hold(closed, manager_of_both, monday):
    going, held = closed(), closed()
    hold(held, manager_of_both)
    monday.shift(timedelta(days=DAYS, seconds=1))
    said = StringIO()

    call_command("purge_requests", "--dry-run", stdout=said)

    assert said.getvalue().splitlines() == [
        f"1 requests closed more than {DAYS} days ago would be deleted",
        going.reference,
        "1 closed requests stay, however old, for a legal hold",
    ]


# --- Who, and what is said ---


def test_manager_puts_it_on_hold_with_a_reason(waiting, mona):
    answer = mona.post(act_on(waiting, "hold"), filled("hold"), follow=True)

    waiting.refresh_from_db()
    assert waiting.on_legal_hold
    event = waiting.events.get(kind=Event.Kind.LEGAL_HOLD)
    assert (event.note, event.by.username) == ("A letter from a lawyer.", "mona")
    assert "Legal hold" in words(answer)
    assert "Legal hold" in rows(mona.get(LIST))


@pytest.mark.parametrize("action", ["hold", "lift"])
def test_receptionist_is_offered_neither_and_refused_both(waiting, manager_of_both, tess, action):
    if action == "lift":
        hold(waiting, manager_of_both)
    assert {"hold", "lift"} & offered(tess.get(page_of(waiting))) == set()
    before = everything()

    answer = tess.post(act_on(waiting, action), filled(action))

    assert "Only a manager can do this." in words(answer)
    assert everything() == before


@pytest.mark.parametrize(("action", "said"), [("hold", "must be kept"), ("lift", "need not be kept any longer")])
def test_reason_has_to_be_given(waiting, manager_of_both, mona, action, said):
    if action == "lift":
        hold(waiting, manager_of_both)
    before = everything()

    answer = mona.post(act_on(waiting, action), {f"{action}-reason": "  "})

    assert said in words(answer)
    assert everything() == before


def test_hold_can_be_taken_back_by_who_put_it(waiting, mona):
    mona.post(act_on(waiting, "hold"), filled("hold"))

    mona.post(act_on(waiting, "undo"))

    waiting.refresh_from_db()
    assert not waiting.on_legal_hold


def test_second_hold_and_lifting_none_are_refused(waiting, manager_of_both):
    with pytest.raises(WrongMove, match="not on legal hold"):
        actions.lift_hold(inquiry=waiting, actor=manager_of_both, reason="-")
    hold(waiting, manager_of_both)
    with pytest.raises(WrongMove, match="on legal hold already"):
        hold(waiting, manager_of_both)


@pytest.mark.parametrize("what", ["closed", "message"])
def test_anything_can_be_put_on_hold(waiting, manager_of_both, mona, what):
    inquiry = message() if what == "message" else waiting
    if what == "closed":
        actions.close(inquiry=inquiry, actor=manager_of_both, reason=CloseReason.DECLINED)

    mona.post(act_on(inquiry, "hold"), filled("hold"))

    inquiry.refresh_from_db()
    assert inquiry.on_legal_hold


def test_hold_outlives_what_else_is_done(waiting, manager_of_both):
    hold(waiting, manager_of_both)
    actions.close(inquiry=waiting, actor=manager_of_both, reason=CloseReason.DECLINED)
    actions.reopen(inquiry=waiting, actor=manager_of_both, note="Called again")

    waiting.refresh_from_db()
    assert waiting.on_legal_hold


def test_list_can_be_cut_down_to_what_is_on_hold(waiting, make_request, manager_of_both, mona):
    make_request(patient_name="Free Goer")
    hold(waiting, manager_of_both)

    assert names(mona.get(f"{LIST}?only=hold")) == ["Harold Sample"]
