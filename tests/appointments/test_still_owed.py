"""A mail whose reason has gone before it left is withdrawn: of every kind."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from appointments import actions
from appointments.actions import Actor
from appointments.mail import outbox
from appointments.mail.reminder_moments import moments
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Office, Status
from appointments.models.practice import PracticeSettings
from appointments.vocabulary import Reminders
from tests.conftest import MONDAY, write

VISIT = MONDAY + timedelta(days=8)

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def stage(make_request, toms_river_desk, monday):
    """A request, and what its people do."""
    PracticeSettings.objects.update(manager_email="mona@clinic.example")
    return Stage(make_request(), Actor(toms_river_desk), monday)


class Stage:
    """The request of `make_request`, its two first mails sent, and the desk."""

    def __init__(self, inquiry: AppointmentRequest, desk: Actor, clock: time_machine.Traveller) -> None:
        self.inquiry, self.desk, self.clock = inquiry, desk, clock
        self.patient = Actor(address="192.0.2.1")

    def propose(self) -> None:
        self.do(actions.propose, times=[VISIT, VISIT + timedelta(hours=1)])

    def book(self) -> None:
        self.do(actions.book, at=VISIT)

    def close(self) -> None:
        self.do(actions.close, reason=CloseReason.DECLINED)

    def cancel(self) -> None:
        self.do(actions.cancel, by=self.patient)

    def call(self) -> None:
        self.do(actions.log_call, outcome=Event.Kind.SPOKE)

    def hand_on(self) -> None:
        self.do(actions.send_to_office, office=Office.objects.get(slug="belleville"), reason="nearer")

    def later(self, **time: float) -> None:
        self.clock.shift(timedelta(**time))

    def do(self, action: Callable[..., object], *, by: Actor | None = None, **more: object) -> None:
        self.inquiry.refresh_from_db()
        action(inquiry=self.inquiry, actor=by or self.desk, **more)

    def queue(self, kind: Mail.Kind, *, about: str = "") -> None:
        """As the worker does, or an action that is not in play here."""
        self.inquiry.refresh_from_db()
        deadline = getattr(self.inquiry, about) if about else None
        outbox.queue(kind, self.inquiry, self.inquiry.office, deadline=deadline)

    def sent(self, kind: Mail.Kind) -> list[bool]:
        """Whether each mail of that kind has left; those withdrawn are not there."""
        self.later(seconds=61)
        outbox.deliver_due()
        return [mail.sent_at is not None for mail in Mail.objects.filter(kind=kind).order_by("pk")]


def receipt(stage: Stage) -> Callable[[], None]:
    return stage.close


def offer(stage: Stage) -> Callable[[], None]:
    stage.propose()
    return lambda: stage.do(actions.choose_time, by=stage.patient, at=VISIT)


def booked(stage: Stage) -> Callable[[], None]:
    stage.book()
    return stage.cancel


def canceled(stage: Stage) -> Callable[[], None]:
    stage.cancel()
    return lambda: stage.do(actions.reopen, note="wants a visit after all")


def link(stage: Stage) -> Callable[[], None]:
    stage.do(actions.send_link)
    return lambda: stage.later(days=40)  # the page has closed


def patient_news(stage: Stage) -> Callable[[], None]:
    stage.propose()
    stage.do(actions.back_to_call, reason="the doctor is ill")
    return stage.cancel


def reply(stage: Stage) -> Callable[[], None]:
    stage.queue(Mail.Kind.REPLY)
    return lambda: stage.later(days=40)


def visit_soon(stage: Stage) -> Callable[[], None]:
    return _reminder(stage, Reminders.NEUTRAL)


def visit_soon_at(stage: Stage) -> Callable[[], None]:
    return _reminder(stage, Reminders.WITH_TIME)


def _reminder(stage: Stage, how: Reminders) -> Callable[[], None]:
    stage.book()
    stage.do(actions.set_reminders, by=stage.patient, reminders=how)
    kind = {Reminders.NEUTRAL: Mail.Kind.VISIT_SOON, Reminders.WITH_TIME: Mail.Kind.VISIT_SOON_AT}[how]
    outbox.queue(kind, stage.inquiry, stage.inquiry.office, deadline=moments(VISIT)[0])
    return stage.cancel


def office_notice(stage: Stage) -> Callable[[], None]:
    return stage.cancel


def office_news(stage: Stage) -> Callable[[], None]:
    stage.propose()
    stage.do(actions.no_time_suits, by=stage.patient)
    stage.later(seconds=1)
    return stage.call


def late_office(stage: Stage) -> Callable[[], None]:
    stage.later(hours=5)
    stage.queue(Mail.Kind.LATE_OFFICE, about="call_by")
    return stage.call


def late_manager(stage: Stage) -> Callable[[], None]:
    stage.later(hours=6)
    stage.queue(Mail.Kind.LATE_MANAGER, about="call_by")
    return stage.call


def manager_asked(stage: Stage) -> Callable[[], None]:
    stage.do(actions.ask_manager, note="do we take this plan?")
    return lambda: stage.do(actions.answer_desk, note="yes")


def digest(stage: Stage) -> Callable[[], None]:
    outbox.queue(Mail.Kind.DIGEST, None, stage.inquiry.office, deadline=MONDAY.replace(hour=0, minute=0))
    return lambda: stage.later(days=1)  # tomorrow has a summary of its own


SCENES = {
    Mail.Kind.RECEIPT: receipt,
    Mail.Kind.OFFER: offer,
    Mail.Kind.BOOKED: booked,
    Mail.Kind.CANCELLED: canceled,
    Mail.Kind.LINK: link,
    Mail.Kind.PATIENT_NEWS: patient_news,
    Mail.Kind.REPLY: reply,
    Mail.Kind.VISIT_SOON: visit_soon,
    Mail.Kind.VISIT_SOON_AT: visit_soon_at,
    Mail.Kind.OFFICE_NOTICE: office_notice,
    Mail.Kind.OFFICE_NEWS: office_news,
    Mail.Kind.LATE_OFFICE: late_office,
    Mail.Kind.LATE_MANAGER: late_manager,
    Mail.Kind.MANAGER_ASKED: manager_asked,
    Mail.Kind.DIGEST: digest,
}


def test_every_kind_of_mail_has_a_scene():
    assert set(SCENES) == set(Mail.Kind)


@pytest.mark.parametrize("kind", Mail.Kind)
def test_mail_whose_reason_stands_is_sent(stage, kind):
    SCENES[kind](stage)

    assert stage.sent(kind) == [True]


@pytest.mark.parametrize("kind", Mail.Kind)
def test_mail_whose_reason_has_gone_is_withdrawn(stage, kind):
    reason_goes = SCENES[kind](stage)

    reason_goes()

    assert stage.sent(kind) == []


def test_desk_offers_times_and_the_patient_chooses_and_cancels_within_the_minute(stage):
    """What a patient saw: booked, canceled, and a minute later “Choose a time for your visit”."""
    stage.propose()
    stage.do(actions.choose_time, by=stage.patient, at=VISIT)
    stage.cancel()

    assert stage.sent(Mail.Kind.OFFER) == []

    left = set(Mail.objects.exclude(sent_at=None).values_list("kind", flat=True))
    assert left & set(Mail.TO_PATIENT) == {Mail.Kind.CANCELLED}


def test_visit_that_was_settled_is_not_told_of_as_unsettled(stage):
    stage.book()
    stage.clock.move_to(VISIT + timedelta(days=3))
    for kind in (Mail.Kind.LATE_OFFICE, Mail.Kind.LATE_MANAGER):
        stage.queue(kind, about="booked_for")
    stage.do(actions.came)

    assert stage.sent(Mail.Kind.LATE_OFFICE) == []
    assert stage.sent(Mail.Kind.LATE_MANAGER) == []


def test_visit_that_nobody_has_settled_is_told_of(stage):
    stage.book()
    stage.clock.move_to(VISIT + timedelta(days=3))
    stage.queue(Mail.Kind.LATE_OFFICE, about="booked_for")

    assert stage.sent(Mail.Kind.LATE_OFFICE) == [True]


@pytest.mark.parametrize("kind", [Mail.Kind.OFFICE_NOTICE, Mail.Kind.OFFICE_NEWS, Mail.Kind.LATE_OFFICE])
def test_office_that_has_handed_it_on_hears_no_more_of_it(stage, kind):
    if kind != Mail.Kind.OFFICE_NOTICE:
        stage.later(hours=5)
        stage.queue(kind, about="call_by")
    stage.hand_on()
    stage.later(seconds=61)
    outbox.deliver_due()

    told = Mail.objects.filter(kind=kind, office__slug="toms-river").exclude(sent_at=None)
    assert not told.exists()


def test_offer_that_ran_out_is_withdrawn(stage):
    stage.propose()
    write(AppointmentRequest.objects.filter(status=Status.PROPOSED), choose_by=MONDAY + timedelta(seconds=30))

    assert stage.sent(Mail.Kind.OFFER) == []
