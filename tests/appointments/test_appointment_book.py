"""The appointment book: what is held is held, what is taken is taken on purpose, and the whole visit fits the hours."""

from datetime import datetime, time, timedelta

import icalendar
import pytest
from django.db import IntegrityError, transaction

from appointments import actions, appointment_book, private_link
from appointments.actions import Actor, TimeTaken, WrongMove
from appointments.appointment_book import is_over, why_taken
from appointments.models import CloseReason, Event, Office, OpeningHours, Status, Visit, VisitKind
from appointments.offices import practice as practice_settings
from appointments.practice_admin.offices import OfficeForm
from common.models import User
from tests.appointments.at_desk import LIST, TUESDAY_AT_TEN, act_on, entries, everything, history, page_of, rows, words
from tests.appointments.reading import read
from tests.conftest import MONDAY, NEW_YORK, write

AT_TEN = "2026-12-01T10:00"
TAKEN = "Tuesday, December 1 at 10 am is taken by Ann A."
HALF_AN_HOUR = timedelta(minutes=30)

pytestmark = pytest.mark.usefixtures("monday", "practice")


@pytest.fixture
def desk(toms_river_desk):
    return Actor(toms_river_desk)


@pytest.fixture
def ann(make_request):
    """Another patient of Toms River."""
    return make_request(patient_name="Ann Archer", phone="+17325550101", email="ann@example.com")


@pytest.fixture
def toms_river(practice):
    return Office.objects.get(slug="toms-river")


def book_of(inquiry):
    """Its rows of the book."""
    return [(visit.starts_at, visit.state) for visit in Visit.objects.filter(request=inquiry)]


def kind(name):
    return VisitKind.objects.get(name=name)


# --- What is offered is held ---


def test_offered_times_are_held_until_the_patient_has_to_choose(waiting, desk):
    later = TUESDAY_AT_TEN + timedelta(days=1)

    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN, later])

    waiting.refresh_from_db()
    assert book_of(waiting) == [(TUESDAY_AT_TEN, "held"), (later, "held")]
    assert set(Visit.objects.values_list("until", flat=True)) == {waiting.choose_by}


@pytest.mark.parametrize("action", ["propose", "book"])
def test_desk_is_warned_of_a_time_that_is_held_for_another_patient(waiting, ann, desk, tess, action):
    actions.propose(inquiry=ann, actor=desk, times=[TUESDAY_AT_TEN])
    before = everything()
    name = {"propose": "propose-first", "book": "book-at"}[action]

    answer = tess.post(act_on(waiting, action), {name: AT_TEN})

    assert f"{TAKEN} ({ann.reference})." in words(answer)
    assert f"{action}-although_taken" in answer.content.decode()
    assert read(answer).select_one(f'#problem a[href="#id_{name}"]'), "leads to the time"
    assert everything() == before


@pytest.mark.parametrize(("action", "name"), [("propose", "propose-first"), ("book", "book-at")])
def test_time_that_is_taken_is_given_with_the_tick(waiting, ann, desk, tess, action, name):
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    tess.post(act_on(waiting, action), {name: AT_TEN, f"{action}-although_taken": "on"})

    assert [at for at, _state in book_of(waiting)] == [TUESDAY_AT_TEN]


def test_tick_is_not_offered_before_it_is_needed(waiting, tess):
    assert "although it is taken" not in words(tess.get(page_of(waiting)))


@pytest.mark.parametrize("minutes", [-25, -1, 1, 29])
def test_visit_that_overlaps_another_is_taken(waiting, ann, desk, minutes):
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(TimeTaken, match=r"taken by Ann A"):
        actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN + timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-30, 30])
def test_visits_may_follow_each_other(waiting, ann, desk, minutes):
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN + timedelta(minutes=minutes))

    assert len(book_of(waiting)) == 1


def test_action_itself_refuses_a_held_time_whatever_the_page_had_checked(waiting, ann, desk):
    actions.propose(inquiry=ann, actor=desk, times=[TUESDAY_AT_TEN])
    before = everything()

    with pytest.raises(TimeTaken):
        actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])

    assert everything() == before


def test_desk_that_comes_second_is_told_and_gets_the_tick(waiting, ann, desk, tess, monkeypatch):
    """The form saw it free; the other desk was quicker by a moment."""
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)
    looks = iter([[]])
    monkeypatch.setattr(
        "appointments.desk.forms.times.why_taken", lambda *args, **named: next(looks, why_taken(*args, **named))
    )

    answer = tess.post(act_on(waiting, "book"), {"book-at": AT_TEN})

    assert TAKEN in words(answer)
    assert "Book although it is taken" in words(answer)
    waiting.refresh_from_db()
    assert waiting.status == Status.NEW


def test_other_office_has_a_book_of_its_own(waiting, make_request, desk, belleville_desk):
    there = make_request(office="belleville")
    actions.book(inquiry=there, actor=Actor(belleville_desk), at=TUESDAY_AT_TEN)

    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)

    assert Visit.objects.filter(starts_at=TUESDAY_AT_TEN).count() == 2


def test_office_with_two_places_takes_two_at_once_and_no_third(waiting, ann, make_request, desk, toms_river):
    toms_river.visits_at_once = 2
    toms_river.save()
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(TimeTaken):
        actions.book(inquiry=make_request(), actor=desk, at=TUESDAY_AT_TEN + timedelta(minutes=10))


def test_two_that_follow_each_other_take_one_place(waiting, ann, make_request, desk, toms_river):
    toms_river.visits_at_once = 2
    toms_river.save()
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)
    actions.book(inquiry=make_request(), actor=desk, at=TUESDAY_AT_TEN + HALF_AN_HOUR)

    long = VisitKind.objects.create(name="Long", minutes=60)
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, kind=long)

    assert len(book_of(waiting)) == 1


def test_several_times_offered_to_one_patient_take_one_place(waiting, ann, desk, toms_river):
    toms_river.visits_at_once = 2
    toms_river.save()
    actions.propose(inquiry=ann, actor=desk, times=[TUESDAY_AT_TEN, TUESDAY_AT_TEN + timedelta(minutes=15)])

    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)

    assert len(book_of(waiting)) == 1


def test_own_times_are_in_nobody_s_way(waiting, desk):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])

    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN + timedelta(minutes=15))

    assert book_of(waiting) == [(TUESDAY_AT_TEN + timedelta(minutes=15), "booked")]


def test_visit_made_longer_is_checked_against_the_one_after_it(waiting, ann, desk):
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN + HALF_AN_HOUR)
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(TimeTaken):
        actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, kind=kind("Nail or skin procedure"))


@pytest.mark.parametrize("places", [1, 2, 3])
def test_how_many_go_on_is_counted_moment_by_moment(places):
    def visit(request, start, minutes):
        at = TUESDAY_AT_TEN + timedelta(minutes=start)
        return Visit(request_id=request, starts_at=at, ends_at=at + timedelta(minutes=minutes))

    visits = [visit(1, 0, 15), visit(2, 10, 10), visit(3, 20, 10)]

    assert is_over(visits, TUESDAY_AT_TEN, 30, places) is (places <= 2)


# --- What the patient's page says is true ---


def test_patient_can_always_choose_a_held_time(waiting, ann, desk):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN, although_taken=True)

    actions.choose_time(inquiry=waiting, actor=Actor(), at=TUESDAY_AT_TEN)

    assert book_of(waiting) == [(TUESDAY_AT_TEN, "booked")]


def test_while_the_page_says_held_nobody_else_gets_the_time_unasked(waiting, ann, desk, client):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    address = private_link.path(waiting)
    page = words(client.post(address, {"last_digits": "0142"}, follow=True))
    assert "has held these times for you" in page

    with pytest.raises(TimeTaken):
        actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)


def test_time_offered_outside_the_hours_on_purpose_can_be_chosen(waiting, desk):
    saturday = datetime(2026, 11, 28, 10, 0, tzinfo=NEW_YORK)
    actions.propose(inquiry=waiting, actor=desk, times=[saturday])

    actions.choose_time(inquiry=waiting, actor=Actor(), at=saturday)

    waiting.refresh_from_db()
    assert waiting.booked_for == saturday


def test_time_that_the_office_has_closed_before_the_visit_is_over_is_refused(waiting, desk, toms_river):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    OpeningHours.objects.filter(office=toms_river, weekday=1).update(closes=time(10, 15))
    toms_river.save()  # what is kept is read again

    with pytest.raises(WrongMove, match="is now closed at that time"):
        actions.choose_time(inquiry=waiting, actor=Actor(), at=TUESDAY_AT_TEN)


def test_offer_that_has_run_out_is_refused_before_the_worker_comes_round(waiting, ann, desk, monday, client):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    waiting.refresh_from_db()
    monday.move_to(waiting.choose_by + timedelta(seconds=1))

    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(WrongMove, match=r"We held these times until Wednesday, November.25 at 10:12.am"):
        actions.choose_time(inquiry=waiting, actor=Actor(), at=TUESDAY_AT_TEN)
    page = words(client.post(private_link.path(waiting), {"last_digits": "0142"}, follow=True))
    assert "The times we offered have expired" in page
    assert "has held these times" not in page
    assert "December 1" not in page


@pytest.mark.parametrize("way", ["lapses", "none suits", "canceled", "closed", "booked at another time", "sent on"])
def test_held_time_is_given_back(waiting, ann, desk, monday, way):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    match way:
        case "lapses":
            monday.shift(timedelta(days=4))
            actions.lapse_offers()
        case "none suits":
            actions.no_time_suits(inquiry=waiting, actor=Actor())
        case "canceled":
            actions.cancel(inquiry=waiting, actor=Actor())
        case "closed":
            actions.close(inquiry=waiting, actor=desk, reason=CloseReason.DECLINED)
        case "booked at another time":
            actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN + timedelta(days=1))
        case "sent on":
            there = Office.objects.get(slug="belleville")
            actions.send_to_office(inquiry=waiting, actor=desk, office=there, reason="Nearer")

    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    assert book_of(ann) == [(TUESDAY_AT_TEN, "booked")]


# --- Undo ---


def test_step_is_not_undone_when_its_time_was_given_to_another_since(waiting, ann, desk, monday):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)
    monday.shift(timedelta(seconds=90))
    actions.close(inquiry=waiting, actor=desk, reason=CloseReason.DECLINED)
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(WrongMove, match=r"taken by Ann A.*So this step can’t be undone."):
        actions.undo(inquiry=waiting, actor=desk)


def test_step_is_undone_where_both_had_the_time_before(waiting, ann, desk, monday):
    actions.book(inquiry=ann, actor=desk, at=TUESDAY_AT_TEN)
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, although_taken=True)
    monday.shift(timedelta(seconds=90))
    actions.close(inquiry=waiting, actor=desk, reason=CloseReason.DECLINED)

    actions.undo(inquiry=waiting, actor=desk)

    assert book_of(waiting) == [(TUESDAY_AT_TEN, "booked")]


def test_undoing_a_booking_gives_the_time_back_and_forgets_what_was_agreed_on(waiting, ann, desk):
    follow_up = kind("Follow-up")
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, kind=follow_up, with_whom="Dr. Lee", note="Shoes")

    actions.undo(inquiry=waiting, actor=desk)

    waiting.refresh_from_db()
    told = (waiting.visit_kind, waiting.visit_minutes, waiting.visit_with, waiting.visit_note)
    assert told == (None, None, "", "")
    assert book_of(waiting) == []


# --- What a visit is ---


def test_booking_keeps_kind_length_person_and_note(waiting, tess):
    data = {"book-at": AT_TEN, "book-kind": kind("Nail or skin procedure").pk}

    tess.post(act_on(waiting, "book"), {**data, "book-with_whom": "Dr. Lee", "book-note": "Bring orthotics"})

    waiting.refresh_from_db()
    assert (waiting.visit_kind.name, waiting.visit_minutes) == ("Nail or skin procedure", 45)
    assert (waiting.visit_with, waiting.visit_note) == ("Dr. Lee", "Bring orthotics")
    assert Visit.objects.get().ends_at == TUESDAY_AT_TEN + timedelta(minutes=45)
    event = waiting.events.get(kind=Event.Kind.BOOKED)
    assert event.note == "Bring orthotics"
    page = tess.get(page_of(waiting))
    said = "Visit booked for Tuesday, December 1 at 10 am (Nail or skin procedure, 45 min, with Dr. Lee)"
    assert [line for line in history(page) if line.startswith(said)]
    assert "Note: Bring orthotics" in words(page)


def test_offer_keeps_what_the_visit_will_be_until_the_patient_has_chosen(waiting, tess):
    data = {"propose-first": AT_TEN, "propose-kind": kind("Follow-up").pk, "propose-note": "Bring orthotics"}
    tess.post(act_on(waiting, "propose"), data)

    actions.choose_time(inquiry=waiting, actor=Actor(), at=TUESDAY_AT_TEN)

    waiting.refresh_from_db()
    assert (waiting.visit_kind.name, waiting.visit_minutes, waiting.visit_note) == ("Follow-up", 15, "Bring orthotics")


@pytest.mark.parametrize(("been_before", "chosen"), [("no", "New patient"), ("yes", None), ("unsure", None)])
def test_new_patient_s_kind_is_chosen_beforehand_for_who_has_not_been_here(make_request, tess, been_before, chosen):
    page = tess.get(page_of(make_request(been_before=been_before)))

    initial = page.context["forms"]["book"]["kind"].value()

    assert initial == (kind(chosen).pk if chosen else None)


def test_moving_a_visit_begins_with_what_it_was(waiting, desk, tess):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, with_whom="Dr. Lee", note="Bring orthotics")

    form = tess.get(page_of(waiting)).context["forms"]["book"]

    assert [form[name].value() for name in ("kind", "with_whom", "note")] == [None, "Dr. Lee", "Bring orthotics"]


def test_visit_keeps_its_length_when_the_practice_changes_its_own(waiting, desk):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)
    practice_settings().__class__.objects.update(visit_minutes=90)

    actions.add_note(inquiry=waiting, actor=desk, note="Called.")

    assert Visit.objects.get().ends_at == TUESDAY_AT_TEN + HALF_AN_HOUR


@pytest.mark.parametrize(
    ("at", "which", "fits"),
    [
        ("2026-12-01T16:45", "Follow-up", True),
        ("2026-12-01T16:45", "New patient", False),
        ("2026-12-01T16:15", "Nail or skin procedure", True),
        ("2026-12-01T16:20", "Nail or skin procedure", False),
        ("2026-12-01T11:45", "Follow-up", True),
        ("2026-12-01T11:45", "New patient", False),
    ],
)
def test_whole_visit_has_to_fit_the_hours_and_the_lunch_break(waiting, tess, toms_river, at, which, fits):
    hours = OpeningHours.objects.get(office=toms_river, weekday=1)
    OpeningHours.objects.create(office=toms_river, weekday=1, opens=time(13), closes=hours.closes)
    hours.closes = time(12)
    hours.save()
    data = {"book-at": at, "book-kind": kind(which).pk}

    answer = words(tess.post(act_on(waiting, "book"), data, follow=True))

    assert ("closes before the visit is over" in answer) is not fits
    waiting.refresh_from_db()
    assert (waiting.status == Status.BOOKED) is fits


def test_unknown_kind_is_refused(waiting, tess):
    before = everything()

    answer = tess.post(act_on(waiting, "book"), {"book-at": AT_TEN, "book-kind": "99999"})

    assert "Choose a kind of visit" in words(answer)
    assert everything() == before


def test_person_with_too_long_a_name_is_refused(waiting, tess):
    answer = tess.post(act_on(waiting, "book"), {"book-at": AT_TEN, "book-with_whom": "x" * 81})

    assert "Use 80 characters or fewer. You have used 81." in words(answer)


def test_calendar_entry_lasts_as_long_as_the_visit(waiting, desk, client):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, kind=kind("Nail or skin procedure"))
    client.post(private_link.path(waiting), {"last_digits": "0142"})

    file = client.get(f"{private_link.path(waiting)}appointment.ics").content

    assert icalendar.Calendar.from_ical(file).events[0].duration == timedelta(minutes=45)


def test_visit_that_closing_time_cuts_short_is_marked(waiting, desk, tess):
    actions.book(
        inquiry=waiting,
        actor=desk,
        at=datetime(2026, 12, 1, 16, 20, tzinfo=NEW_YORK),
        kind=kind("Nail or skin procedure"),
    )

    assert "Office closed then" in rows(tess.get(f"{LIST}?tab=booked"))


def test_booked_list_shows_the_note_and_begins_with_today(make_request, desk, toms_river_desk, signed_in, monday):
    for name, days in (("Past Paul", 0), ("Today Tom", 1), ("Later Lea", 2)):
        at = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK) + timedelta(days=days)
        actions.book(inquiry=make_request(patient_name=name), actor=desk, at=at, note=f"Note for {name}")
    monday.move_to(datetime(2026, 12, 2, 15, 0, tzinfo=NEW_YORK))

    table = rows(signed_in(toms_river_desk).get(f"{LIST}?tab=booked"))

    places = [table.index(f"Note for {name}") for name in ("Today Tom", "Later Lea", "Past Paul")]
    assert places == sorted(places)


def test_names_of_one_word_and_of_none_can_be_told(make_request, desk):
    alone = make_request(patient_name="Cher")
    assert appointment_book.short_name(alone) == "Cher"

    write(type(alone).objects.filter(pk=alone.pk), patient_name="")
    alone.refresh_from_db()

    assert appointment_book.short_name(alone) == ""


def test_held_offers_run_out_at_their_deadline_and_not_before(waiting, ann, desk, monday, toms_river):
    actions.propose(inquiry=waiting, actor=desk, times=[TUESDAY_AT_TEN])
    waiting.refresh_from_db()

    monday.move_to(waiting.choose_by - timedelta(seconds=1))
    assert why_taken(toms_river, TUESDAY_AT_TEN, 30)
    monday.move_to(waiting.choose_by)
    assert not why_taken(toms_river, TUESDAY_AT_TEN, 30)
    assert waiting.choose_by > MONDAY


# --- What the practice settles ---

KINDS = "/admin/appointments/visitkind/"


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_kinds_of_visits_are_settled_in_the_admin(request, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))

    browser.post(f"{KINDS}add/", {"name": "Orthotics fitting", "minutes": "20", "position": "3"})

    made = kind("Orthotics fitting")
    assert made.minutes == 20
    assert entries(action="settings added") == [(browser_user(browser), f"visitkind {made.pk}", "", "127.0.0.1")]


def browser_user(browser):
    return User.objects.get(pk=browser.session["_auth_user_id"]).username


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"minutes": "4"}, "Enter minutes between 5 and 480"),
        ({"minutes": "481"}, "Enter minutes between 5 and 480"),
        ({"name": "Follow-up"}, "This kind is there already"),
    ],
)
def test_kind_of_no_use_is_refused(mona, typed, said):
    data = {"name": "Orthotics fitting", "minutes": "20", "position": "3", **typed}

    assert said in words(mona.post(f"{KINDS}add/", data))


def test_desk_does_not_settle_kinds_of_visits(tess):
    assert tess.get(KINDS).status_code == 403
    assert tess.post(f"{KINDS}add/", {"name": "Mine", "minutes": "20"}).status_code == 403


def test_kind_that_is_deleted_leaves_booked_visits_as_long_as_they_are(waiting, desk):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN, kind=kind("Follow-up"))

    kind("Follow-up").delete()

    waiting.refresh_from_db()
    assert (waiting.visit_kind, waiting.visit_minutes) == (None, 15)


@pytest.mark.parametrize("typed", ["0", "51", "-1", "x"])
def test_office_takes_at_least_one_visit_at_once(toms_river, typed):
    form = OfficeForm({"visits_at_once": typed}, instance=toms_river)

    assert "visits_at_once" in form.errors


# --- Constraints ---


@pytest.mark.parametrize("minutes", [4, 481])
def test_database_refuses_a_kind_of_no_use(minutes):
    with pytest.raises(IntegrityError, match="visit_kind_has_length"), transaction.atomic():
        VisitKind.objects.create(name="Odd", minutes=minutes)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"minutes": 0}, "visit_ends_after_start"),
        ({"state": "held"}, "visit_held_until"),
        ({"until": TUESDAY_AT_TEN}, "visit_held_until"),
    ],
)
def test_database_refuses_a_row_that_makes_no_sense(waiting, values, constraint):
    minutes = values.pop("minutes", 30)
    row = {"request": waiting, "office": waiting.office, "starts_at": TUESDAY_AT_TEN, "state": "booked", **values}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Visit.objects.create(**row, ends_at=TUESDAY_AT_TEN + timedelta(minutes=minutes))


def test_database_refuses_the_same_start_twice(waiting, desk):
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)

    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(
            request=waiting,
            office=waiting.office,
            starts_at=TUESDAY_AT_TEN,
            ends_at=TUESDAY_AT_TEN + HALF_AN_HOUR,
            state="booked",
        )
