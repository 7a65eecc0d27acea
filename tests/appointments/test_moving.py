"""A booked visit can be moved: the patient asks, the old time stands, and what is given up is offered to who waits.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5. Thursday is Thanksgiving.
"""

from datetime import datetime, timedelta

import pytest

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.desk.openings import fits
from appointments.mail import outbox
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Office, Status, Visit
from common.models import AuditEntry
from tests.appointments.at_desk import LIST, act_on, filled, history, names, page_of, plain, rows, search_for, words
from tests.appointments.reading import assert_problem, read
from tests.conftest import NEW_YORK, write

pytestmark = pytest.mark.usefixtures("practice", "monday")

TUESDAY_10 = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK)
WEDNESDAY_2 = datetime(2026, 12, 2, 14, 0, tzinfo=NEW_YORK)
THURSDAY_9 = datetime(2026, 12, 3, 9, 30, tzinfo=NEW_YORK)
OTHER_DAYS = {"days": ["0", "2"], "time_of_day": "afternoon", "note": "Not before December 10."}


@pytest.fixture
def desk(toms_river_desk):
    """Tess at work."""
    return Actor(user=toms_river_desk)


@pytest.fixture
def booked(make_request, desk):
    """Harold's visit is booked for Thursday, 9:30 am."""
    made = make_request()
    actions.book(inquiry=made, actor=desk, at=THURSDAY_9)
    made.refresh_from_db()
    Mail.objects.all().delete()
    return made


@pytest.fixture
def moving(booked):
    """Harold has asked for another time."""
    actions.ask_to_move(inquiry=booked, actor=Actor(), wishes={"days": ["0"], "time_of_day": "any"}, note="Works late")
    booked.refresh_from_db()
    return booked


def own_page(inquiry: AppointmentRequest) -> str:
    return f"/appointments/status/{private_link.token(inquiry)}/"


def opened(client, inquiry: AppointmentRequest):
    """The private page, unlocked."""
    client.post(own_page(inquiry), {"last_digits": "0142"})
    return client.get(own_page(inquiry))


def book_of(inquiry: AppointmentRequest) -> list[tuple[datetime, str]]:
    """Its rows of the appointment book."""
    return [(visit.starts_at, visit.state) for visit in Visit.objects.filter(request=inquiry)]


def last(inquiry: AppointmentRequest) -> Event:
    return inquiry.events.order_by("pk").last()


def now(inquiry: AppointmentRequest) -> tuple[str, datetime | None]:
    inquiry.refresh_from_db()
    return inquiry.status, inquiry.booked_for


# --- The patient asks ---


def test_patient_asks_for_another_time_and_the_visit_stands(client, booked):
    opened(client, booked)

    answer = client.post(own_page(booked) + "move/", OTHER_DAYS)

    assert answer["Location"] == own_page(booked)
    assert now(booked) == (Status.MOVING, THURSDAY_9)
    assert booked.wishes == {"days": ["0", "2"], "time_of_day": "afternoon"}
    assert (last(booked).kind, last(booked).note) == (Event.Kind.WANTS_MOVE, "Not before December 10.")
    assert book_of(booked) == [(THURSDAY_9, "booked")]
    assert [mail.kind for mail in booked.mails.all()] == ["office_news"]


def test_page_says_that_the_old_visit_stands(client, moving):
    page = words(opened(client, moving))

    assert "You asked for another time" in page
    assert (
        "will call you by 2:12 pm on Monday, November 23 to find another time. You keep your visit until then." in page
    )
    assert "Thursday, December 3 at 9:30 am" in page


def test_asking_again_changes_nothing(client, moving):
    opened(client, moving)
    before = moving.events.count()

    client.post(own_page(moving) + "move/", OTHER_DAYS)

    assert moving.events.count() == before


def test_asking_without_a_day_says_what_to_do(client, booked):
    opened(client, booked)

    answer = client.post(own_page(booked) + "move/", {"time_of_day": "any"})

    assert_problem(answer, "id_days_0", "Choose at least one day")
    assert now(booked) == (Status.BOOKED, THURSDAY_9)


@pytest.mark.parametrize("address", ["move/", "coming/", "reminders/", "cancel/"])
def test_opening_a_page_confirms_and_changes_nothing(client, booked, address):
    opened(client, booked)
    before = (now(booked), booked.coming_at, booked.events.count())

    client.get(own_page(booked) + address)

    assert (now(booked), booked.coming_at, booked.events.count()) == before


@pytest.mark.parametrize("address", ["move/", "coming/", "reminders/"])
def test_locked_page_takes_nothing(client, booked, address):
    answer = client.post(own_page(booked) + address, OTHER_DAYS)

    assert answer["Location"] == own_page(booked)
    assert last(booked).kind == Event.Kind.BOOKED


def test_visit_that_is_not_booked_cannot_be_moved(make_request):
    with pytest.raises(WrongMove, match="no booked visit here to move"):
        actions.ask_to_move(inquiry=make_request(), actor=Actor(), wishes={})


def test_patient_keeps_the_visit_after_all(client, moving):
    assert "Keep my visit" in words(opened(client, moving))

    client.post(own_page(moving) + "coming/")

    assert now(moving) == (Status.BOOKED, THURSDAY_9)
    assert moving.coming_at is not None
    assert [mail.kind for mail in moving.mails.order_by("pk")] == ["office_news", "office_news"]


def test_visit_is_kept_while_other_times_are_on_offer(client, moving, desk):
    actions.propose(inquiry=moving, actor=desk, times=[WEDNESDAY_2])
    page = words(opened(client, moving))
    assert "You keep the visit you have until then." in page

    client.post(own_page(moving) + "coming/")

    assert now(moving) == (Status.BOOKED, THURSDAY_9)
    assert (moving.offered_times, book_of(moving)) == ([], [(THURSDAY_9, "booked")])


def test_patient_says_once_that_they_will_come(client, booked):
    opened(client, booked)

    client.post(own_page(booked) + "coming/")
    client.post(own_page(booked) + "coming/")

    booked.refresh_from_db()
    assert booked.coming_at is not None
    assert booked.events.filter(kind=Event.Kind.COMING).count() == 1
    page = words(client.get(own_page(booked)))
    assert "Thank you for telling us that you will come." in page
    assert "I will come" not in page


def test_visit_that_is_over_cannot_be_promised(booked, monday):
    monday.move_to(THURSDAY_9 + timedelta(hours=1))

    with pytest.raises(WrongMove, match="no visit to come to"):
        actions.will_come(inquiry=booked, actor=Actor())


def test_who_cannot_come_is_offered_another_time_before_canceling(client, booked):
    page = opened(client, booked)
    assert "I can’t come" in words(page)

    links = [link["href"] for link in read(client.get(own_page(booked) + "cancel/")).main.select("a.button")]

    assert links == [own_page(booked) + "move/"]


def test_patient_cancels_while_it_is_to_be_moved(client, moving):
    opened(client, moving)
    assert "Cancel your visit?" in words(client.get(own_page(moving) + "cancel/"))

    client.post(own_page(moving) + "cancel/")

    moving.refresh_from_db()
    assert (moving.status, moving.close_reason, book_of(moving)) == (Status.CLOSED, CloseReason.CANCELLED, [])


def test_visit_to_be_moved_is_still_for_the_calendar(client, moving):
    opened(client, moving)

    assert b"DTSTART" in client.get(own_page(moving) + "appointment.ics").content


# --- The desk finds another time ---


def test_desk_sees_who_wants_another_time_among_those_to_call(moving, tess):
    page = tess.get(LIST)

    assert "Wants another time" in rows(page)
    assert "Still booked: Thu, Dec 3, 9:30 am".replace(" ", "\xa0", 0) in rows(page).replace("\xa0", " ")
    assert "find another time. Until then it stands: Thursday, December 3" in words(tess.get(page_of(moving)))
    assert "Works late" in words(tess.get(page_of(moving)))


def test_booking_moves_it(moving, desk):
    actions.book(inquiry=moving, actor=desk, at=TUESDAY_10)

    assert now(moving) == (Status.BOOKED, TUESDAY_10)
    assert book_of(moving) == [(TUESDAY_10, "booked")]


def test_old_visit_stands_while_the_patient_chooses(moving, desk):
    actions.propose(inquiry=moving, actor=desk, times=[TUESDAY_10])
    assert now(moving) == (Status.PROPOSED, THURSDAY_9)
    assert sorted(book_of(moving)) == [(TUESDAY_10, "held"), (THURSDAY_9, "booked")]

    actions.choose_time(inquiry=moving, actor=Actor(), at=TUESDAY_10)

    assert now(moving) == (Status.BOOKED, TUESDAY_10)
    assert book_of(moving) == [(TUESDAY_10, "booked")]


def test_old_visit_stands_when_no_time_suits(moving, desk):
    actions.propose(inquiry=moving, actor=desk, times=[TUESDAY_10])

    actions.no_time_suits(inquiry=moving, actor=Actor())

    assert now(moving) == (Status.MOVING, THURSDAY_9)
    assert book_of(moving) == [(THURSDAY_9, "booked")]


def test_old_visit_stands_when_nobody_chooses(moving, desk, monday):
    actions.propose(inquiry=moving, actor=desk, times=[WEDNESDAY_2])
    monday.move_to(WEDNESDAY_2)

    assert actions.lapse_offers() == 1

    assert now(moving) == (Status.MOVING, THURSDAY_9)


def test_undone_offer_leaves_the_wish(moving, desk):
    actions.propose(inquiry=moving, actor=desk, times=[TUESDAY_10])

    actions.undo(inquiry=moving, actor=desk)

    assert now(moving) == (Status.MOVING, THURSDAY_9)


def test_call_that_reaches_nobody_leaves_the_wish(moving, desk):
    actions.log_call(inquiry=moving, actor=desk, outcome=Event.Kind.NO_ANSWER)

    assert now(moving) == (Status.MOVING, THURSDAY_9)


def test_closing_gives_the_time_back(moving, desk):
    actions.close(inquiry=moving, actor=desk, reason=CloseReason.ELSEWHERE)

    assert book_of(moving) == []


@pytest.mark.parametrize("lapsed", [False, True])
def test_visit_that_passes_while_another_time_is_looked_for_is_settled_like_any_other(moving, desk, monday, lapsed):
    if lapsed:
        actions.propose(inquiry=moving, actor=desk, times=[THURSDAY_9 + timedelta(hours=1)])
    monday.move_to(THURSDAY_9 + timedelta(hours=2))
    assert actions.lapse_offers() == lapsed
    assert now(moving) == (Status.MOVING, THURSDAY_9)
    assert list(AppointmentRequest.objects.visits_to_settle(THURSDAY_9 + timedelta(hours=2))) == [moving]
    with pytest.raises(WrongMove, match="Say first whether the patient came"):
        actions.book(inquiry=moving, actor=desk, at=THURSDAY_9 + timedelta(days=7))

    actions.did_not_come(inquiry=moving, actor=desk)

    assert now(moving) == (Status.NEW, None)
    assert book_of(moving) == [(THURSDAY_9, "missed")]


def test_second_click_on_another_time_changes_nothing(booked):
    for _click in range(2):
        actions.ask_to_move(inquiry=booked, actor=Actor(), wishes={})

    assert booked.events.filter(kind=Event.Kind.WANTS_MOVE).count() == 1


# --- An earlier time ---


def wants_earlier(inquiry: AppointmentRequest, desk: Actor, at: datetime = WEDNESDAY_2) -> AppointmentRequest:
    actions.book(inquiry=inquiry, actor=desk, at=at, although_taken=True)
    actions.want_earlier(inquiry=inquiry, actor=Actor(), wanted=True)
    inquiry.refresh_from_db()
    return inquiry


def test_patient_asks_to_be_called_if_something_opens_and_takes_it_back(client, booked):
    opened(client, booked)

    client.post(own_page(booked) + "reminders/", {"reminders": "", "wants_earlier": "on"})
    booked.refresh_from_db()
    assert booked.wants_earlier
    client.post(own_page(booked) + "reminders/", {"reminders": ""})

    booked.refresh_from_db()
    assert not booked.wants_earlier
    assert booked.events.filter(kind=Event.Kind.EARLIER).count() == 2


def test_canceled_time_is_offered_to_who_waits_longest_and_can_come_then(make_request, desk, tess):
    gone = make_request(patient_name="Gone Early")
    actions.book(inquiry=gone, actor=desk, at=TUESDAY_10)
    second = make_request(patient_name="Second Waiter", days=["any"], time_of_day="any")
    wants_earlier(make_request(patient_name="First Waiter", days=["1"]), desk, THURSDAY_9)
    wants_earlier(second, desk)
    wants_earlier(make_request(patient_name="Wednesday Only", days=["2"]), desk)
    wants_earlier(make_request(patient_name="Afternoon Only", days=["1"], time_of_day="afternoon"), desk)
    wants_earlier(make_request(patient_name="Has Better"), desk, datetime(2026, 11, 30, 9, 0, tzinfo=NEW_YORK))
    wants_earlier(make_request(patient_name="Other Office", office="belleville", days=["any"]), desk)
    actions.cancel(inquiry=gone, actor=Actor())

    page = tess.get(page_of(gone))

    box = read(page).find(id="opening-title").find_parent("section")
    assert "Free again: Tuesday, December 1 at 10 am" in plain(str(box))
    assert [plain(str(item)).split(" (")[0] for item in box.select("li")] == ["Second Waiter", "First Waiter"]
    offer = box.select_one("li a")["href"]
    assert offer == f"{page_of(second)}?open=book&at=2026-12-01T10:00#book"
    assert AuditEntry.objects.filter(action="list", record__contains=second.reference).exists()


def test_offer_opens_the_form_with_that_time(make_request, desk, tess):
    waiter = wants_earlier(make_request(), desk)

    page = tess.get(f"{page_of(waiter)}?open=book&at=2026-12-01T10:00")

    assert read(page).find(id="id_book-at")["value"] == "2026-12-01T10:00"


@pytest.mark.parametrize("at", ["nonsense", "9999-99-99", "<script>", ""])
def test_offer_of_no_time_opens_the_form_empty(booked, tess, at):
    page = tess.get(page_of(booked), {"at": at})

    assert not read(page).find(id="id_book-at").get("value")


def test_moved_visit_offers_the_old_time(make_request, booked, desk, tess):
    wants_earlier(make_request(days=["any"]), desk, THURSDAY_9 + timedelta(days=1))

    actions.book(inquiry=booked, actor=desk, at=TUESDAY_10)

    assert "Free again: Thursday, December 3 at 9:30 am" in words(tess.get(page_of(booked)))


def test_time_that_somebody_else_has_meanwhile_is_offered_to_nobody(make_request, booked, desk, tess):
    actions.book(inquiry=booked, actor=desk, at=TUESDAY_10)
    actions.book(inquiry=make_request(), actor=desk, at=THURSDAY_9)

    assert "Free again" not in words(tess.get(page_of(booked)))


def test_move_that_was_taken_back_frees_nothing(booked, desk, tess):
    actions.book(inquiry=booked, actor=desk, at=TUESDAY_10)
    actions.undo(inquiry=booked, actor=desk)

    assert "Free again" not in words(tess.get(page_of(booked)))


def test_earlier_visit_ends_the_wish_for_one(make_request, desk):
    waiter = wants_earlier(make_request(), desk)

    actions.book(inquiry=waiter, actor=desk, at=TUESDAY_10)

    waiter.refresh_from_db()
    assert not waiter.wants_earlier


@pytest.mark.parametrize(
    ("days", "time_of_day", "fitting"),
    [
        (["1"], "morning", True),
        (["any"], "any", True),
        (["1"], "afternoon", False),
        (["2"], "morning", False),
    ],
)
def test_wishes_fit_by_weekday_and_half_of_the_day(days, time_of_day, fitting):
    assert fits({"days": days, "time_of_day": time_of_day}, TUESDAY_10) is fitting


def test_who_wished_for_nothing_may_come_at_any_time():
    assert fits({}, TUESDAY_10)


# --- Back to "needs a call" ---


@pytest.mark.thorough
def test_booked_visit_is_given_up_and_the_patient_is_told_after_the_minute(booked, tess, desk):
    assert "This gives up Thursday, December 3 at 9:30 am" in words(tess.get(page_of(booked)))

    answer = tess.post(act_on(booked, "back"), {"back-reason": "Doctor is away"}, follow=True)

    assert now(booked) == (Status.NEW, None)
    assert book_of(booked) == []
    assert "gives up Thursday, December 3 at 9:30 am" in history(answer)[0]
    (mail,) = booked.mails.all()
    assert (mail.kind, mail.due_at - mail.created_at) == ("patient_news", timedelta(seconds=60))
    actions.undo(inquiry=booked, actor=desk)
    assert now(booked) == (Status.BOOKED, THURSDAY_9)
    assert (booked.mails.count(), book_of(booked)) == (0, [(THURSDAY_9, "booked")])


def test_offer_is_taken_back_and_the_visit_to_be_moved_stands(moving, desk):
    actions.propose(inquiry=moving, actor=desk, times=[TUESDAY_10])

    actions.back_to_call(inquiry=moving, actor=desk, reason="Wrong day")

    assert now(moving) == (Status.MOVING, THURSDAY_9)
    assert moving.offered_times == []


@pytest.mark.parametrize("status", [Status.MOVING, Status.HELD, Status.CLOSED])
def test_there_is_no_way_back_from_elsewhere(booked, desk, status):
    closed = {"close_reason": "declined", "closed_at": THURSDAY_9} if status == Status.CLOSED else {}
    write(AppointmentRequest.objects.filter(pk=booked.pk), status=status, **closed)

    with pytest.raises(WrongMove, match="from here"):
        actions.back_to_call(inquiry=booked, actor=desk, reason="Oops")


# --- To another office ---


def test_sending_a_booked_visit_away_needs_a_tick_and_tells_the_patient(booked, tess):
    assert "This cancels Thursday, December 3 at 9:30 am, and the patient is told" in words(tess.get(page_of(booked)))

    refused = tess.post(act_on(booked, "send"), filled("send"))
    assert "Tick the box if the visit is to be canceled" in words(refused)
    assert now(booked) == (Status.BOOKED, THURSDAY_9)
    tess.post(act_on(booked, "send"), {**filled("send"), "send-gives_up": "on"})

    assert now(booked) == (Status.NEW, None)
    assert sorted(mail.kind for mail in booked.mails.all()) == ["office_notice", "patient_news"]
    assert min(mail.due_at - mail.created_at for mail in booked.mails.all()) == timedelta(seconds=60)


def send(tess, inquiry: AppointmentRequest):
    """Sent to Belleville; the list that comes then."""
    return tess.post(act_on(inquiry, "send"), {**filled("send"), "send-gives_up": "on"}, follow=True)


def take_back(browser, answer):
    """Press "Undo" on the list."""
    token = read(answer).find("input", {"name": "sent"})["value"]
    return browser.post(f"{LIST}sent-away/", {"sent": token}, follow=True)


def test_sender_takes_it_back_from_the_list(booked, tess):
    answer = take_back(tess, send(tess, booked))

    assert answer.redirect_chain == [(page_of(booked), 302)]
    assert "Taken back." in words(answer)
    assert now(booked) == (Status.BOOKED, THURSDAY_9)
    assert (booked.office.slug, book_of(booked)) == ("toms-river", [(THURSDAY_9, "booked")])
    assert outbox.deliver_due() == 0
    assert booked.mails.count() == 0


def test_sender_takes_it_back_only_for_a_minute(booked, tess, monday):
    answer = send(tess, booked)
    monday.shift(timedelta(seconds=61))

    late = take_back(tess, answer)

    assert "The last step can’t be undone any more." in words(late)
    assert now(booked)[0] == Status.NEW
    assert read(tess.get(answer.redirect_chain[0][0])).find("input", {"name": "sent"}) is None


def test_nobody_else_takes_it_back(booked, tess, bella):
    answer = send(tess, booked)
    booked.refresh_from_db()

    theirs = take_back(bella, answer)

    assert "The last step can’t be undone any more." in words(theirs)
    assert booked.office.slug == "belleville"


def test_sender_does_not_take_back_what_the_other_office_has_worked_on(booked, tess, belleville_desk):
    answer = send(tess, booked)
    actions.add_note(inquiry=booked, actor=Actor(belleville_desk), note="Ours")

    late = take_back(tess, answer)

    assert "The last step can’t be undone any more." in words(late)


def test_sender_who_left_the_office_takes_nothing_back(booked, tess, toms_river_desk):
    answer = send(tess, booked)
    toms_river_desk.offices.clear()

    take_back(tess, answer)

    booked.refresh_from_db()
    assert booked.office.slug == "belleville"


@pytest.mark.parametrize("token", ["", "nonsense", "1:2:3"])
def test_taking_back_with_a_made_up_token_changes_nothing(booked, tess, token):
    send(tess, booked)

    answer = tess.post(f"{LIST}sent-away/", {"sent": token}, follow=True)

    assert "The last step can’t be undone any more." in words(answer)


def test_taking_back_by_get_leads_to_the_list(tess):
    assert tess.get(f"{LIST}sent-away/")["Location"] == LIST


@pytest.mark.parametrize("typed", ["Sample", "732 555 0142"])
def test_search_tells_the_sender_where_it_is_now_and_nothing_else(booked, tess, typed):
    send(tess, booked)

    found = search_for(tess, typed)

    assert f"{booked.reference}, which was yours, is now with Belleville." in words(found)
    assert names(found) == []
    assert "Harold" not in words(found)
    assert booked.reference in str(list(AuditEntry.objects.filter(action="search").values_list("record")))


def test_search_tells_nothing_of_what_was_never_theirs(make_request, tess, manager):
    make_request(office="belleville")
    back_and_forth = make_request(office="belleville")
    office = Office.objects.get(slug="toms-river")
    actions.send_to_office(inquiry=back_and_forth, actor=Actor(manager), office=office, reason="Nearer")
    actions.undo(inquiry=back_and_forth, actor=Actor(manager))

    found = search_for(tess, "Sample")

    assert "which was yours" not in words(found)
