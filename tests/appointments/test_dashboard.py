"""The managers' dashboard: what it says, of whose offices, and what can be done there."""

import csv
import io
import re
from datetime import timedelta

import pytest

from appointments import actions, day_figures
from appointments.actions import Actor
from appointments.dashboard import charts
from appointments.models import AppointmentRequest, DayFigures, Event, Office, RoutingOverride
from tests.appointments.at_desk import entries, plain, queries, words
from tests.conftest import MONDAY, write

DASHBOARD = "/admin/dashboard/"
CSV = f"{DASHBOARD}figures.csv"
OVERRIDE = f"{DASHBOARD}override/"


@pytest.fixture(autouse=True)
def _now(monday, practice):
    """Monday, 10:12 am; both offices open at 9."""


@pytest.fixture
def belleville_manager(belleville_desk, manager):
    """Manages Belleville only."""
    manager.offices.set(Office.objects.filter(slug="belleville"))
    return manager


@pytest.fixture
def dashboard(manager, signed_in):
    """Opens it for the manager of both offices, who signs in then: the clock moves on here, and sessions end."""
    return lambda query="": signed_in(manager).get(f"{DASHBOARD}{query}")


@pytest.fixture
def work_done(make_request, monday):
    """Two calls, after 35 minutes and after 95; one request came by an article."""
    first, second = make_request(), make_request(office="belleville", patient_name="Bo Belleville")
    write(AppointmentRequest.objects.filter(pk=first.pk), source_article="heel-pain")
    monday.shift(timedelta(minutes=35))
    actions.log_call(inquiry=first, actor=Actor(), outcome=Event.Kind.SPOKE)
    monday.shift(timedelta(minutes=60))
    actions.log_call(inquiry=second, actor=Actor(), outcome=Event.Kind.SPOKE)
    day_figures.count_touched()


def send_on(inquiry: AppointmentRequest) -> None:
    belleville = Office.objects.get(slug="belleville")
    actions.send_to_office(inquiry=inquiry, actor=Actor(), office=belleville, reason="Lives there")
    day_figures.count_touched()


def card(page, heading: str) -> str:
    found = re.search(rf'(?s)<section class="box card[^"]*"><h2>{heading}</h2>(.*?)</section>', page.content.decode())
    return plain(found.group(1)) if found else ""


def table(page, key: str) -> list[list[str]]:
    """The table behind a chart."""
    part = page.content.decode().split(f'id="{key}-finding"')[1].split("</section>")[0]
    rows = re.findall(r"(?s)<tr>(.*?)</tr>", part)
    return [[plain(cell) for cell in re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def finding(page, key: str) -> str:
    return plain(re.search(rf'(?s)id="{key}-finding">(.*?)</p>', page.content.decode()).group(1))


# --- Who ---


@pytest.mark.parametrize("address", [DASHBOARD, CSV])
def test_receptionist_does_not_see_the_figures(tess, address):
    assert tess.get(address).status_code == 403


@pytest.mark.parametrize("address", [DASHBOARD, CSV])
def test_administrator_does_not_see_the_figures(administrator, signed_in, address):
    assert signed_in(administrator).get(address).status_code == 403


def test_nobody_sees_the_figures_without_signing_in(client):
    assert client.get(DASHBOARD).status_code == 302


@pytest.mark.parametrize("address", [DASHBOARD, CSV])
def test_figures_of_another_office_are_not_found(belleville_manager, signed_in, address):
    assert signed_in(belleville_manager).get(f"{address}?office=toms-river").status_code == 404


def test_figures_are_of_the_managers_offices_only(belleville_manager, signed_in, work_done):
    page = signed_in(belleville_manager).get(DASHBOARD)

    assert card(page, "Requests received").startswith("1 ")
    assert "Toms River" not in words(page).partition("Dashboard")[2]


def test_overdue_request_of_another_office_is_not_shown(belleville_manager, signed_in, make_request, monday):
    make_request(patient_name="Wilma Other")
    monday.shift(timedelta(hours=5))

    page = signed_in(belleville_manager).get(DASHBOARD)

    assert "Wilma" not in words(page)


def test_manager_without_an_office_is_told_so(manager, signed_in):
    manager.offices.clear()

    assert "You are not on the staff of an office yet." in words(signed_in(manager).get(DASHBOARD))


def test_navigation_leads_managers_there_and_nobody_else(mona, tess):
    assert f'<a href="{DASHBOARD}"' in mona.get("/admin/", follow=True).content.decode()
    assert f'<a href="{DASHBOARD}"' not in tess.get("/admin/", follow=True).content.decode()


@pytest.mark.parametrize("address", [DASHBOARD, CSV])
def test_figures_are_only_read(mona, address):
    assert mona.post(address).status_code == 405


# --- What it says ---


def test_empty_dashboard_is_friendly(dashboard):
    assert "No requests in these 30 days, and nothing is overdue." in words(dashboard())


def test_middle_and_slow_time_to_call_are_said_with_the_goal(dashboard, work_done):
    said = card(dashboard(), "Middle time to first call").replace("\xa0", " ")

    assert said == "35 min 9 of 10 within 1 h 35 min. Goal: 4 h or less"


def test_share_within_the_promise_counts_who_is_still_waiting_after_it(dashboard, make_request, monday):
    called = make_request()
    make_request()
    actions.log_call(inquiry=called, actor=Actor(), outcome=Event.Kind.SPOKE)
    day_figures.count_touched()
    monday.shift(timedelta(days=3))

    assert card(dashboard(), "Called within the promise").startswith("50%")


def test_share_is_compared_with_the_days_before(dashboard, make_request, monday):
    late = make_request()
    monday.shift(timedelta(days=4))
    actions.log_call(inquiry=late, actor=Actor(), outcome=Event.Kind.SPOKE)
    monday.move_to(MONDAY + timedelta(days=8))
    actions.log_call(inquiry=make_request(), actor=Actor(), outcome=Event.Kind.SPOKE)
    day_figures.count_touched()

    said = card(dashboard("?days=7"), "Called within the promise")

    assert said == "100% Up from 0% in the 7 days before."


def test_received_requests_are_counted_without_spam(dashboard, make_request):
    make_request()
    make_request(held_because="too fast")
    day_figures.count_touched()

    said = card(dashboard(), "Requests received")

    assert said == "1 0 booked, 0 urgent, 0 messages. Besides, 1 held as spam."


def test_period_leaves_out_older_days(dashboard, make_request, monday):
    make_request()
    day_figures.count_touched()
    monday.shift(timedelta(days=7))

    assert card(dashboard("?days=7"), "Requests received").startswith("0 ")
    assert card(dashboard("?days=30"), "Requests received").startswith("1 ")


def test_period_that_nobody_offers_is_the_usual_one(dashboard):
    assert "Last 30 days" in words(dashboard("?days=9999"))


def test_each_chart_says_what_it_shows_and_has_its_table(dashboard, work_done):
    page = dashboard()

    assert page.content.decode().count('<svg role="img" aria-labelledby=') == 5
    assert finding(page, "days").startswith("2 requests in 30 days: Toms River 1, Belleville 1.")
    assert table(page, "days")[1] == ["Mon, Nov 23", "1", "1", "2"]
    assert table(page, "calls")[-1] == ["Nov 23", "35 min", "1 h 35 min", "2"]
    assert table(page, "outcomes")[1:] == [["Still open", "2"]]
    assert table(page, "channels")[1:] == [["Web form", "2"]]


def test_articles_are_called_by_their_names(dashboard, work_done, library):
    assert ["Heel pain", "1"] in table(dashboard(), "articles")


def test_page_has_no_inline_style_or_script(dashboard, work_done):
    markup = dashboard().content.decode()

    assert " style=" not in markup
    assert "<style" not in markup


# --- Overdue now ---


@pytest.fixture
def overdue(make_request, monday):
    """A request that should have been called an hour ago."""
    request = make_request(patient_name="Olga Overdue")
    monday.shift(timedelta(hours=5))
    return request


def test_overdue_request_leads_to_its_page(dashboard, overdue):
    page = dashboard()

    assert card(page, "Overdue now").replace("\xa0", " ") == "1 Oldest: 1 h of office hours"
    assert f'<a href="/admin/appointments/appointmentrequest/{overdue.pk}/change/">Olga Overdue</a>' in (
        page.content.decode()
    )


def test_overdue_is_marked_only_when_there_is_something(dashboard, make_request):
    make_request()
    day_figures.count_touched()

    assert 'class="box card late"' not in dashboard().content.decode()


def test_who_saw_the_overdue_ones_is_in_the_audit(dashboard, overdue):
    dashboard()

    assert entries(action="dashboard") == [("mona", overdue.reference, "", "127.0.0.1")]


def test_dashboard_without_patients_writes_nothing(dashboard, work_done):
    dashboard()

    assert entries(action="dashboard") == []


def test_queries_stay_the_same_however_much_there_is(make_request, monday, manager, signed_in):
    make_request()
    day_figures.count_touched()
    monday.shift(timedelta(days=1))
    few = queries(signed_in(manager), f"{DASHBOARD}?days=90")
    for _number in range(4):
        make_request()
        day_figures.count_touched()
        monday.shift(timedelta(days=1))

    assert queries(signed_in(manager), f"{DASHBOARD}?days=90") == few <= 22


# --- Sent on, and the override ---


@pytest.fixture
def sent_on(make_request):
    """Routing sent it to Toms River, the desk to Belleville."""
    send_on(make_request(office="", zip_code="08753"))


def test_zip_codes_that_were_sent_on_are_shown_with_a_button(dashboard, sent_on):
    page = words(dashboard())

    assert "1 of 1 requests for a visit (100.0%) was sent on from another office." in page
    assert "08753 1 Always send to Belleville : 08753" in page


def test_one_click_makes_the_override(mona, sent_on):
    page = mona.post(f"{OVERRIDE}?days=90", {"zip": "08753", "to": "belleville"}, follow=True)

    assert RoutingOverride.objects.get().office.slug == "belleville"
    assert page.redirect_chain == [("/admin/dashboard/?days=90", 302)]
    assert "An override sends it to Belleville." in words(page)


def test_override_is_audited(mona, sent_on):
    mona.post(OVERRIDE, {"zip": "08753", "to": "belleville"})

    row = RoutingOverride.objects.get()
    assert entries(action="settings added") == [("mona", f"routingoverride {row.pk}", "", "127.0.0.1")]


def test_second_click_changes_nothing(mona, sent_on):
    for _click in range(2):
        mona.post(OVERRIDE, {"zip": "08753", "to": "belleville"})

    assert RoutingOverride.objects.count() == 1
    assert len(entries(action="settings added")) == 1


def test_override_to_another_office_stays_and_is_told(mona, sent_on):
    RoutingOverride.objects.create(zip_code="08753", office=Office.objects.get(slug="toms-river"))

    page = mona.post(OVERRIDE, {"zip": "08753", "to": "belleville"}, follow=True)

    assert "An override sends 08753 to Toms River already." in words(page)
    assert RoutingOverride.objects.get().office.slug == "toms-river"


def test_override_is_not_made_by_following_a_link(mona, sent_on):
    assert mona.get(f"{OVERRIDE}?zip=08753&to=belleville").status_code == 405
    assert not RoutingOverride.objects.exists()


@pytest.mark.parametrize("bad", [{"zip": "8753"}, {"zip": "０８７５３"}, {"to": "nowhere"}, {"zip": ""}])
def test_override_with_bad_input_is_refused(mona, sent_on, bad):
    assert mona.post(OVERRIDE, {"zip": "08753", "to": "belleville", **bad}).status_code == 404
    assert not RoutingOverride.objects.exists()


def test_override_to_an_office_of_others_is_refused(belleville_manager, signed_in):
    answer = signed_in(belleville_manager).post(OVERRIDE, {"zip": "08753", "to": "toms-river"})

    assert answer.status_code == 404
    assert not RoutingOverride.objects.exists()


def test_receptionist_makes_no_override(tess):
    assert tess.post(OVERRIDE, {"zip": "08753", "to": "toms-river"}).status_code == 403
    assert not RoutingOverride.objects.exists()


def test_without_the_right_there_is_no_button(manager, signed_in, sent_on):
    group = manager.groups.get()
    group.permissions.remove(group.permissions.get(codename="add_routingoverride"))
    browser = signed_in(manager)

    assert "Always send to" not in words(browser.get(DASHBOARD))
    assert browser.post(OVERRIDE, {"zip": "08753", "to": "belleville"}).status_code == 403


# --- CSV ---


def test_csv_has_a_line_for_each_office_and_day(work_done, mona):
    answer = mona.get(f"{CSV}?days=7")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Disposition"] == 'attachment; filename="figures-2026-11-17-to-2026-11-23.csv"'
    assert len(rows) == 14
    last = rows[6]
    assert (last["Office"], last["Day"], last["Requests"]) == ("Toms River", "2026-11-23", "1")
    assert last["Middle minutes to first call"] == "35"


def test_csv_of_one_office_has_only_that(work_done, mona):
    text = mona.get(f"{CSV}?days=7&office=belleville").content.decode()

    assert "Belleville" in text
    assert "Toms River" not in text


def test_figures_of_an_office_that_is_gone_do_not_break_anything(work_done, mona):
    DayFigures.objects.all().delete()

    assert mona.get(CSV).status_code == 200


# --- Drawing ---


@pytest.mark.parametrize(
    ("highest", "scale"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (14, [0, 5, 10, 15]), (96, [0, 50, 100]), (8, [0, 2, 4, 6, 8])],
)
def test_scale_has_round_numbers(highest, scale):
    assert charts.steps(highest) == scale


@pytest.mark.parametrize("values", [[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [0.9, 1.1], [2.0, 1.05], [1.0], [None, 1.0]])
def test_words_of_the_goal_stand_on_no_number(values):
    drawn = charts.line(values, [str(number) for number in range(len(values))], (1, "Goal: 1 h"))

    words_end = drawn.goal.x + 60 if drawn.goal.side == "left" else drawn.goal.x - 60
    beside = range(int(min(drawn.goal.x, words_end)), int(max(drawn.goal.x, words_end)))
    near = [dot for dot in drawn.dots if dot.words and any(abs(x - dot.x) < 12 for x in beside)]
    assert all(abs(dot.words_y - drawn.goal.words_y) >= 13 for dot in near)


@pytest.mark.parametrize("value", [0.0, 0.1, 0.3])
def test_value_at_the_foot_is_written_above_its_point_and_not_into_the_weeks(value):
    (dot,) = charts.line([value], ["Nov 23"], (4, "Goal")).dots

    assert dot.words_y < dot.y


def test_line_has_a_gap_where_nothing_was_measured():
    drawn = charts.line([1.0, 2.0, None, 3.0, 2.0], list("abcde"), (4, "Goal"))

    assert len(drawn.lines) == 2
    assert [dot.words for dot in drawn.dots] == ["1.0", "", "", "2.0"]


def bars(path: str) -> list[tuple[float, float]]:
    """Foot and height of each bar of a path."""
    return [(float(foot), float(height)) for foot, height in re.findall(r"M\S+ (\S+?)v-(\S+?)h", path)]


def test_bars_stand_on_each_other_and_inside_the_plot():
    drawn = charts.stacked([[3, 2], [0, 1]], ["M", "T"])
    low, high = map(bars, drawn.bars)

    (foot, height), (upper_foot, upper_height) = low[0], high[0]
    assert foot == pytest.approx(charts.HEIGHT - charts.BOTTOM)
    assert upper_foot == pytest.approx(foot - height)
    assert upper_foot - upper_height >= charts.TOP
    assert len(low) == 1
    assert high[1][0] == pytest.approx(foot), "where the first has none, the second stands on the ground"


def test_lying_bars_keep_their_proportions():
    drawn = charts.horizontal([("Heel pain", 30, False), ("Bunion", 15, False)])

    assert drawn.bars[0].width == pytest.approx(2 * drawn.bars[1].width)
