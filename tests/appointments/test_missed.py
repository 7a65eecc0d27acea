"""Visits whose time has passed: came, did not come, and the evening list that settles them all.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5. Thursday is Thanksgiving.
"""

from datetime import datetime, timedelta

import pytest

from appointments import actions, private_link
from appointments.actions import Actor, WrongMove
from appointments.mail import escalation
from appointments.mail.compose import compose
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, PracticeSettings, Status, Visit
from appointments.offices import forget
from tests.appointments.at_desk import LIST, act_on, entries, page_of, plain, queries, rows, visit_is_over, words
from tests.appointments.reading import read
from tests.conftest import MONDAY, NEW_YORK

pytestmark = pytest.mark.usefixtures("practice", "monday")

SETTLE = f"{LIST}settle/"
NINE = MONDAY - timedelta(hours=1)  # this morning, a bit later
FRIDAY = MONDAY - timedelta(days=3)


@pytest.fixture
def desk(toms_river_desk):
    """Tess at work."""
    return Actor(user=toms_river_desk)


@pytest.fixture
def over(make_request):
    """Harold's visit was an hour ago."""
    made = make_request()
    visit_is_over(made, NINE)
    return made


def book_of(inquiry: AppointmentRequest) -> list[str]:
    return [visit.state for visit in Visit.objects.filter(request=inquiry)]


# --- One visit ---


def test_page_asks_whether_the_patient_came(over, tess):
    page = tess.get(page_of(over))

    assert "The time of the visit is over. Did the patient come?" in words(page)
    assert read(page).find(id="book") is None


def test_patient_who_came_is_closed_in_one_click(over, tess):
    tess.post(act_on(over, "came"))

    over.refresh_from_db()
    assert (over.status, over.close_reason, book_of(over)) == (Status.CLOSED, CloseReason.COMPLETED, ["came"])


def test_patient_who_did_not_come_is_to_be_called(over, tess):
    tess.post(act_on(over, "missed"))

    over.refresh_from_db()
    assert (over.status, over.booked_for, over.missed, book_of(over)) == (Status.NEW, None, 1, ["missed"])
    assert over.call_by == MONDAY + timedelta(hours=4)
    assert "Did not come" in rows(tess.get(LIST))


@pytest.mark.parametrize("step", [actions.came, actions.did_not_come])
def test_undone_step_leaves_a_booked_visit(over, desk, step):
    step(inquiry=over, actor=desk)

    actions.undo(inquiry=over, actor=desk)

    over.refresh_from_db()
    assert (over.status, over.booked_for, over.missed, book_of(over)) == (Status.BOOKED, NINE, 0, ["booked"])


def test_missed_visit_stays_in_the_book_when_another_is_booked(over, desk):
    actions.did_not_come(inquiry=over, actor=desk)

    actions.book(inquiry=over, actor=desk, at=MONDAY + timedelta(days=7))

    assert book_of(over) == ["missed", "booked"]


def test_offer_stays_open_when_the_old_visit_was_missed(over, desk, monday):
    tomorrow = MONDAY + timedelta(days=1)
    write = {"status": Status.PROPOSED, "choose_by": tomorrow}
    AppointmentRequest.objects.filter(pk=over.pk).update(**write)

    actions.did_not_come(inquiry=over, actor=desk)

    over.refresh_from_db()
    assert (over.status, over.booked_for) == (Status.PROPOSED, None)


@pytest.mark.parametrize("step", [actions.came, actions.did_not_come])
def test_visit_to_come_is_not_settled(make_request, desk, step):
    made = make_request()
    actions.book(inquiry=made, actor=desk, at=MONDAY + timedelta(days=7))

    with pytest.raises(WrongMove, match="has not come yet"):
        step(inquiry=made, actor=desk)


@pytest.mark.parametrize("step", [actions.came, actions.did_not_come])
def test_request_without_a_visit_is_not_settled(make_request, desk, step):
    with pytest.raises(WrongMove, match="no booked visit to settle"):
        step(inquiry=make_request(), actor=desk)


def test_closing_as_missed_counts_the_visit_once(over, desk):
    actions.close(inquiry=over, actor=desk, reason=CloseReason.MISSED)

    over.refresh_from_db()
    assert (over.missed, book_of(over)) == (1, ["missed"])


def test_closing_as_missed_after_the_call_does_not_count_it_again(over, desk):
    actions.did_not_come(inquiry=over, actor=desk)

    actions.close(inquiry=over, actor=desk, reason=CloseReason.MISSED)

    over.refresh_from_db()
    assert over.missed == 1


@pytest.mark.parametrize("action", ["send", "back"])
def test_visit_is_settled_before_it_is_handed_on(over, tess, action):
    typed = {"send-office": "2", "send-reason": "x", "send-gives_up": "on", "back-reason": "x"}

    answer = tess.post(act_on(over, action), typed)

    over.refresh_from_db()
    assert "Say first whether the patient came." in words(answer)
    assert over.status == Status.BOOKED


@pytest.mark.parametrize("reason", ["missed", "plan", "sent_on", "elsewhere"])
def test_desk_closes_with_the_reasons_that_a_manager_counts(make_request, tess, reason):
    made = make_request()
    assert read(tess.get(page_of(made))).select_one(f"#close option[value={reason}]")

    tess.post(act_on(made, "close"), {"close-reason": reason})

    made.refresh_from_db()
    assert made.close_reason == reason


# --- What the patient reads ---


def own_page(client, inquiry: AppointmentRequest):
    address = f"/appointments/status/{private_link.token(inquiry)}/"
    client.post(address, {"last_digits": "0142"})
    return client.get(address)


def test_patient_is_missed_and_asks_for_a_new_time(client, over, desk):
    actions.did_not_come(inquiry=over, actor=desk)
    page = own_page(client, over)
    assert "We missed you" in words(page)
    assert "Please call us, or ask for a new time below." in words(page)

    move = read(page).main.select_one("a.button")["href"]
    client.post(move, {"days": ["any"], "time_of_day": "any"})

    over.refresh_from_db()
    assert (over.status, over.events.order_by("pk").last().kind) == (Status.NEW, Event.Kind.WANTS_MOVE)
    assert over.mails.filter(kind=Mail.Kind.OFFICE_NEWS).count() == 1
    assert "We missed you" not in words(own_page(client, over)).partition("Where your request")[0]


def test_patient_who_sees_it_first_asks_for_a_new_time(client, over):
    move = read(own_page(client, over)).main.select_one("a.button")["href"]

    client.post(move, {"days": ["any"], "time_of_day": "any"})

    over.refresh_from_db()
    assert (over.status, over.booked_for) == (Status.MOVING, NINE)


# --- The evening list ---


def settle(browser, choices: dict[int, str], **more: str):
    """Choose in the form as it is shown, and save."""
    page = read(browser.get(SETTLE))
    seen = {field["name"]: field["value"] for field in page.select("input[name^=seen-]")}
    return browser.post(
        SETTLE, {**seen, **{f"visit-{pk}": choice for pk, choice in choices.items()}, **more}, follow=True
    )


@pytest.fixture
def evening(make_request):
    """Four visits to settle: two of today, one of Friday, one of the other office."""
    made = {}
    for name, at, office in (
        ("Ten Today", MONDAY - timedelta(minutes=10), "toms-river"),
        ("Nine Today", NINE, "toms-river"),
        ("Fred Friday", FRIDAY, "toms-river"),
        ("Bell Ville", NINE, "belleville"),
    ):
        made[name] = make_request(patient_name=name, office=office)
        visit_is_over(made[name], at)
    return made


def test_list_shows_todays_visits_first_and_no_other_offices(evening, tess):
    page = tess.get(SETTLE)

    assert [plain(str(link)) for link in read(page).select(".settle legend a")] == [
        "Nine Today",
        "Ten Today",
        "Fred Friday",
    ]
    assert "Bell Ville" not in words(page)


def test_nothing_is_chosen_beforehand(evening, tess):
    assert read(tess.get(SETTLE)).select(".settle [checked], #all-came[checked]") == []


def test_one_form_settles_all_of_them(evening, tess):
    ten, nine, fred = (evening[name] for name in ("Ten Today", "Nine Today", "Fred Friday"))

    answer = settle(tess, {nine.pk: "missed", fred.pk: "open"}, **{"all-came": "on"})

    assert "2 visits settled." in words(answer)
    for inquiry in (ten, nine, fred):
        inquiry.refresh_from_db()
    assert (ten.close_reason, nine.status, fred.status) == (CloseReason.COMPLETED, Status.NEW, Status.BOOKED)
    assert entries(action="request closed")[0][0] == "tess"


def test_what_nothing_was_chosen_for_stays_open(evening, tess):
    answer = settle(tess, {evening["Ten Today"].pk: "came"})

    assert "1 visit settled." in words(answer)
    assert AppointmentRequest.objects.filter(status=Status.BOOKED).count() == 3


def test_row_that_changed_meanwhile_is_reported_and_the_others_are_done(evening, tess, manager):
    ten, nine = evening["Ten Today"], evening["Nine Today"]
    page = read(tess.get(SETTLE))
    seen = {field["name"]: field["value"] for field in page.select("input[name^=seen-]")}
    actions.did_not_come(inquiry=nine, actor=Actor(manager))

    answer = tess.post(SETTLE, {**seen, f"visit-{ten.pk}": "came", f"visit-{nine.pk}": "came"}, follow=True)

    assert f"{nine.reference}: Meanwhile: “Did not come” (mona)." in words(answer)
    assert "1 visit settled." in words(answer)
    nine.refresh_from_db()
    assert nine.status == Status.NEW


def test_other_offices_visit_is_not_settled(evening, tess):
    theirs = evening["Bell Ville"]

    tess.post(SETTLE, {f"seen-{theirs.pk}": "1", f"visit-{theirs.pk}": "came"})

    theirs.refresh_from_db()
    assert theirs.status == Status.BOOKED


@pytest.mark.parametrize("typed", [{"seen-x": "1"}, {"seen-99999999999999999999": "x"}, {"all-came": "on"}])
def test_nonsense_settles_nothing(evening, tess, typed):
    assert "0 visits settled." in words(tess.post(SETTLE, typed, follow=True))


def test_list_is_audited_and_stands_in_the_navigation(evening, tess):
    assert "Settle visits 3" in words(tess.get(LIST))

    tess.get(SETTLE)

    record = entries(action="list")[-1][1]
    assert evening["Fred Friday"].reference in record
    assert evening["Bell Ville"].reference not in record


def test_list_of_nothing_says_so(tess):
    assert "Every visit is settled." in words(tess.get(SETTLE))
    assert "Settle visits" not in words(tess.get(LIST))


def test_list_costs_the_same_at_any_length(make_request, tess):
    visit_is_over(make_request())
    few = queries(tess, SETTLE)

    for _each in range(4):
        visit_is_over(make_request())

    assert queries(tess, SETTLE) == few <= 12


# --- Nobody forgets ---


def remind() -> list[str]:
    """A run of both jobs: the kind of each mail it owes."""
    before = set(Mail.objects.values_list("pk", flat=True))
    escalation.remind_offices()
    escalation.remind_manager()
    return [mail.kind for mail in Mail.objects.exclude(pk__in=before)]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def test_second_click_on_a_new_time_after_a_missed_visit_changes_nothing(over, desk):
    actions.did_not_come(inquiry=over, actor=desk)
    for _click in range(2):
        actions.ask_to_move(inquiry=over, actor=Actor(), wishes={})

    assert over.events.filter(kind=Event.Kind.WANTS_MOVE).count() == 1
    assert over.mails.filter(kind=Mail.Kind.OFFICE_NEWS).count() == 1


@pytest.fixture
def told_to(practice):
    """There is a manager to tell."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": "manager@clinic.example"})
    forget()


def test_office_then_manager_are_told_of_a_visit_that_nobody_settles(over, told_to, monday):
    monday.move_to(at(24, 16, 59))
    assert remind() == []
    monday.move_to(at(24, 17, 0))
    assert remind() == ["late_office"]
    monday.move_to(at(25, 9, 59))
    assert remind() == []

    monday.move_to(at(25, 10, 0))

    assert remind() == ["late_manager"]
    assert remind() == []


def test_visit_of_long_ago_is_told_to_nobody(make_request, told_to):
    visit_is_over(make_request(), MONDAY - timedelta(days=15))

    assert remind() == []


def test_settled_visit_is_told_to_nobody(over, told_to, desk, monday):
    actions.came(inquiry=over, actor=desk)

    monday.move_to(at(25, 12))

    assert remind() == []


@pytest.mark.parametrize(
    ("kind", "said"), [("late_office", "nobody has written down"), ("late_manager", "it is still not written down")]
)
def test_mail_says_that_a_visit_is_to_be_settled(over, told_to, monday, kind, said):
    monday.move_to(at(25, 12))
    remind()

    text = str(compose(Mail.objects.get(kind=kind)).body)

    assert said in text.replace("\n", " ")
    assert "9" not in text.replace(over.reference, "").partition("http")[0].replace("(732) 557-9900", "")


def test_overdue_follow_up_is_told_like_a_new_request(make_request, told_to, desk, monday):
    made = make_request()
    actions.log_call(inquiry=made, actor=desk, outcome=Event.Kind.SPOKE)
    made.refresh_from_db()
    monday.move_to(made.call_by - timedelta(minutes=1))
    assert remind() == []

    monday.move_to(made.call_by)
    assert remind() == ["late_office"]
    monday.move_to(at(25, 10, 0))
    assert remind() == ["late_manager"]


def test_wish_for_another_time_is_told_like_a_new_request(make_request, told_to, desk, monday):
    made = make_request()
    actions.book(inquiry=made, actor=desk, at=MONDAY + timedelta(days=7))
    actions.open_request(inquiry=made, actor=desk)
    actions.ask_to_move(inquiry=made, actor=Actor(), wishes={})
    monday.move_to(at(23, 14, 11))
    assert remind() == []

    monday.move_to(at(23, 14, 12))

    assert remind() == ["late_office"]
