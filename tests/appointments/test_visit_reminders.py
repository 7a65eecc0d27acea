"""Who asked for it is reminded of a visit: two days and one day before, in the morning, each once, never of what has
changed.

It is Monday, November 23, 2026, 10:12 am in New York. The visit is on Thursday, December 3, at 9:30 am.
"""

from datetime import datetime, timedelta

import pytest
from django.core import mail as mails
from django.db import IntegrityError, transaction

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.mail import outbox, visit_reminders
from appointments.mail.reminder_moments import moments
from appointments.mail.visit_reminders import remind_patients
from appointments.models import AppointmentRequest, Event, Mail, PracticeSettings, Status
from appointments.offices import forget
from appointments.vocabulary import Reminders
from common.models import AuditEntry
from tests.appointments.at_desk import act_on, page_of, words
from tests.appointments.reading import read
from tests.conftest import ABOUT_YOU, NEW_YORK, post_steps

pytestmark = pytest.mark.usefixtures("practice", "monday")

VISIT = datetime(2026, 12, 3, 9, 30, tzinfo=NEW_YORK)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=NEW_YORK)


@pytest.fixture
def desk(toms_river_desk):
    """Tess at work."""
    return Actor(user=toms_river_desk)


@pytest.fixture
def booked(make_request, desk):
    """Harold's visit is booked, and he wants to be reminded without day and time."""
    made = make_request()
    actions.book(inquiry=made, actor=desk, at=VISIT)
    actions.set_reminders(inquiry=made, actor=Actor(), reminders=Reminders.NEUTRAL)
    made.refresh_from_db()
    Mail.objects.all().delete()
    return made


def owed() -> list[tuple[str, datetime]]:
    return list(Mail.objects.order_by("pk").values_list("kind", "deadline"))


# --- When ---


def test_reminders_are_owed_in_the_morning_two_days_and_one_day_before(booked, monday):
    for early in (at(1, 8, 59), at(2, 8, 59)):
        monday.move_to(early)
        assert remind_patients() == 0
        monday.move_to(early + timedelta(minutes=1))
        assert remind_patients() == 1

    assert owed() == [("visit_soon", at(1, 9)), ("visit_soon", at(2, 9))]
    assert AuditEntry.objects.filter(actor="worker", action="mail visit_soon").count() == 2


def test_each_is_owed_once(booked, monday):
    monday.move_to(at(1, 9))
    assert remind_patients() == 1

    assert remind_patients() == 0
    monday.move_to(at(1, 19))
    assert remind_patients() == 0


def test_second_worker_at_the_same_moment_owes_none(booked, monday, monkeypatch):
    """Both have made their list before either writes."""
    monday.move_to(at(1, 9))
    listed = visit_reminders._not_reminded(AppointmentRequest.objects.all(), at(1, 9))
    assert remind_patients() == 1
    monkeypatch.setattr(visit_reminders, "_not_reminded", lambda *_asked: listed)

    assert remind_patients() == 0


def test_database_keeps_out_a_second_one(booked, monday):
    monday.move_to(at(1, 9))
    remind_patients()

    with pytest.raises(IntegrityError, match=r"reminder_once_per_deadline|UNIQUE"), transaction.atomic():
        outbox.queue(Mail.Kind.VISIT_SOON, booked, booked.office, deadline=at(1, 9))


@pytest.mark.parametrize("night", [at(1, 20), at(1, 23, 59), at(2, 3), at(2, 8, 59)])
def test_nobody_is_reminded_at_night(booked, monday, night):
    monday.move_to(night)

    assert remind_patients() == 0


def test_worker_that_was_away_owes_the_last_one_only(booked, monday):
    monday.move_to(at(2, 15))

    assert remind_patients() == 1

    assert owed() == [("visit_soon", at(2, 9))]


def test_nobody_is_reminded_of_a_visit_that_has_begun(booked, monday):
    monday.move_to(VISIT)

    assert remind_patients() == 0


def test_visit_booked_after_the_moment_is_not_reminded_of_again(make_request, desk, monday):
    made = make_request()
    actions.set_reminders(inquiry=made, actor=Actor(), reminders=Reminders.NEUTRAL)
    monday.move_to(at(1, 9, 5))
    actions.book(inquiry=made, actor=desk, at=VISIT)
    assert remind_patients() == 0

    monday.move_to(at(2, 9))

    assert remind_patients() == 1


@pytest.mark.parametrize(("first", "second", "days"), [(0, 0, []), (7, 1, [26, 2]), (1, 1, [2]), (0, 3, [30])])
def test_practice_settles_how_many_days_before(first, second, days):
    PracticeSettings.objects.update_or_create(
        pk=1, defaults={"first_reminder_days": first, "second_reminder_days": second}
    )
    forget()

    assert [moment.astimezone(NEW_YORK).day for moment in moments(VISIT)] == days


def test_morning_is_the_clocks_own_on_the_night_it_jumps():
    """On Sunday, November 7, 2027, the clocks go back."""
    moment = moments(datetime(2027, 11, 8, 10, 0, tzinfo=NEW_YORK))[-1]

    assert moment.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M") == "2027-11-07 09:00"


# --- To whom ---


def test_nobody_is_reminded_who_did_not_ask(make_request, desk, monday):
    actions.book(inquiry=make_request(), actor=desk, at=VISIT)

    monday.move_to(at(2, 9))

    assert remind_patients() == 0


def test_day_and_time_go_only_to_who_ticked_exactly_that(booked, desk, monday):
    monday.move_to(at(1, 9))
    remind_patients()
    actions.set_reminders(inquiry=booked, actor=desk, reminders=Reminders.WITH_TIME)
    outbox.deliver_due()
    assert mails.outbox == []
    monday.move_to(at(2, 9))

    remind_patients()
    outbox.deliver_due()

    (sent,) = mails.outbox
    assert "Your visit is Thursday, December 3 at 9:30 am" in str(sent.body).replace("\xa0", " ")


def test_neutral_reminder_tells_neither_day_nor_time(booked, monday):
    monday.move_to(at(2, 9))
    remind_patients()

    outbox.deliver_due()

    (sent,) = mails.outbox
    assert sent.to == ["harold@example.com"]
    assert private_link.path(booked) in str(sent.body)
    assert [told for told in ("Thursday", "December", "9:30", "Harold", "visit is") if told in str(sent.body)] == []


# --- Stopped by any change ---


def moved(booked, desk):
    actions.book(inquiry=booked, actor=desk, at=VISIT + timedelta(days=7))


def to_be_moved(booked, desk):
    actions.ask_to_move(inquiry=booked, actor=Actor(), wishes={})


def canceled(booked, desk):
    actions.cancel(inquiry=booked, actor=Actor())


def given_up(booked, desk):
    actions.back_to_call(inquiry=booked, actor=desk, reason="Away")


def unwanted(booked, desk):
    actions.set_reminders(inquiry=booked, actor=Actor(), reminders=Reminders.NONE)


CHANGES = [moved, to_be_moved, canceled, given_up, unwanted]


@pytest.mark.parametrize("change", CHANGES)
def test_none_is_owed_after_a_change(booked, desk, monday, change):
    change(booked, desk)

    monday.move_to(at(2, 9))

    assert remind_patients() == 0


@pytest.mark.parametrize("change", CHANGES)
def test_one_that_is_owed_is_not_sent_after_a_change(booked, desk, monday, change):
    monday.move_to(at(2, 9))
    assert remind_patients() == 1
    change(booked, desk)

    monday.shift(timedelta(minutes=1))
    outbox.deliver_due()

    assert [sent for sent in mails.outbox if "reminder" in sent.subject] == []
    assert not Mail.objects.filter(kind=Mail.Kind.VISIT_SOON).exists()


def test_one_that_is_owed_is_not_sent_when_the_visit_has_begun(booked, monday):
    monday.move_to(at(2, 9))
    remind_patients()
    monday.move_to(VISIT)

    outbox.deliver_due()

    assert mails.outbox == []


# --- Who asks for them ---


def test_form_asks_for_reminders_where_there_is_an_email(client):
    post_steps(client, contact={"reminders": "time"})
    assert "A reminder with day and time" in words(client.get("/appointments/check/"))

    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().reminders == Reminders.WITH_TIME


def test_form_without_an_email_asks_for_none(client):
    post_steps(client, about_you={**ABOUT_YOU, "email": ""}, contact={"reminders": "time"})
    assert read(client.get("/appointments/new/contact/")).find("input", {"name": "reminders"}) is None

    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().reminders == Reminders.NONE


def test_no_reminders_is_chosen_beforehand(client):
    post_steps(client)

    chosen = read(client.get("/appointments/new/contact/")).select("input[name=reminders][checked]")

    assert [radio["value"] for radio in chosen] == [""]


def test_patient_changes_them_on_the_private_page(client, booked):
    address = f"/appointments/status/{private_link.token(booked)}/"
    client.post(address, {"last_digits": "0142"})

    client.post(address + "reminders/", {"reminders": "time"})

    booked.refresh_from_db()
    assert booked.reminders == Reminders.WITH_TIME
    assert booked.events.order_by("pk").last().kind == Event.Kind.REMINDERS


def test_desk_sets_them_for_who_has_an_email(booked, tess):
    tess.post(act_on(booked, "reminders"), {"reminders-how": "time"})

    booked.refresh_from_db()
    assert booked.reminders == Reminders.WITH_TIME


def test_desk_is_not_asked_for_them_without_an_email(make_request, desk, tess):
    made = make_request(email="")
    assert read(tess.get(page_of(made))).find(id="reminders") is None

    with pytest.raises(WrongMove, match="no email address"):
        actions.set_reminders(inquiry=made, actor=desk, reminders=Reminders.NEUTRAL)


def test_closed_request_takes_no_reminders(booked, desk):
    AppointmentRequest.objects.filter(pk=booked.pk).update(
        status=Status.CLOSED, close_reason="declined", closed_at=VISIT
    )

    with pytest.raises(WrongMove, match="closed"):
        actions.set_reminders(inquiry=booked, actor=desk, reminders=Reminders.WITH_TIME)
