"""Every kind of page that staff see: nothing for axe to find in light and dark, on a phone and a desk, nothing to
scroll sideways at 320 pixels. The fixtures see to console errors, a broken policy among them.
"""

import re
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from appointments.offices import KEEP_SECONDS
from tests.browser.conftest import Demo, behind
from tests.browser.test_every_page import assert_sound

pytestmark = pytest.mark.browser

LIST = "/admin/appointments/appointmentrequest/"
OPEN_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true })"
STATES = (
    *("new", "urgent", "held", "contacted", "proposed", "booked", "closed", "message"),
    *("moving", "canceled", "over", "missed"),
)


def open_day() -> str:
    """A Wednesday after next week, on which the offices are open."""
    today = date.today()  # noqa: DTZ011 as the demonstration has it, give or take a day
    return str(today + timedelta(days=16 - today.weekday()))


def assert_desk_sound(page: Page, *words: str) -> None:
    """In both schemes and at both widths, if not in all their pairs: there are many pages."""
    assert_sound(page, *words, looks=(("light", 1280), ("dark", 390)))


@pytest.fixture(scope="module")
def requests(demo: Demo) -> dict[str, int]:
    """A request in every state: its number."""
    found = behind(demo, "one_of_each()")
    demo.manage("worker", "--once")  # the dashboard has counted them
    return dict(found)


# Address -> words that tell the page.
OF_MANAGER = {
    LIST: "Needs a call",
    f"{LIST}?tab=waiting": "Waiting on patient",
    f"{LIST}?tab=booked": "Booked",
    f"{LIST}?tab=closed": "Closed",
    f"{LIST}?tab=quarantine": "Quarantine",
    f"{LIST}?office=toms-river&who=manager&urgent=on": "Show all",
    f"{LIST}settle/": "Settle visits",
    f"{LIST}new/": "Who is it?",
    f"{LIST}export/?tab=closed": "Download for Excel",
    f"{LIST}day/": "Another day",
    f"{LIST}day/?day={open_day()}": "Visits, and what is free",
    f"{LIST}day/?day=2026-11-26&office=belleville": "Belleville",
    f"{LIST}day/week/": "Week of",
    "/admin/appointments/visitkind/": "kind",
    "/admin/appointments/visitkind/add/": "Length",
    "/admin/dashboard/": "Time to first call",
    "/admin/dashboard/?days=7&office=belleville": "Last 7 days",
    "/admin/first-day/": "First-day checklist",
    "/admin/unseen/": "Requests that nobody can see",
    "/admin/access/": "In an emergency",
    "/admin/appointments/office/": "Toms River",
    "/admin/appointments/office/1/change/": "Opening hours",
    "/admin/appointments/office/1/history/": "Change history",
    "/admin/appointments/routingoverride/": "routing override",
    "/admin/appointments/routingoverride/add/": "ZIP code",
    "/admin/appointments/auditentry/": "audit entr",
    "/admin/?all": "All admin",
}
OF_ADMINISTRATOR = {
    "/admin/appointments/practicesettings/1/change/": "When the desk calls",
    "/admin/appointments/safetycheck/": "safety check",
    "/admin/appointments/safetycheck/1/change/": "Asked as",
    "/admin/appointments/messagetext/": "Used for",
    "/admin/appointments/messagetext/receipt/en/": "Preview",
    "/admin/appointments/messagetext/call_script/en/": "Preview",
    "/admin/common/user/": "desk-belleville",
    "/admin/common/user/add/": "Username",
    "/accounts/2fa/": "Two",
    "/accounts/2fa/totp/activate/": "app",
    "/accounts/2fa/webauthn/add/": "Add",
    "/accounts/password/change/": "password",
    "/accounts/logout/": "Sign out",
}


@pytest.mark.parametrize("path", OF_MANAGER)
def test_page_of_the_manager_is_sound(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page], path: str
) -> None:
    page = sign_in("manager")
    page.goto(demo.url + path)
    page.evaluate(OPEN_ALL)

    assert_desk_sound(page, OF_MANAGER[path])


@pytest.mark.parametrize("path", OF_ADMINISTRATOR)
def test_page_of_the_administrator_is_sound(demo: Demo, sign_in: Callable[..., Page], path: str) -> None:
    page = sign_in("administrator")
    page.goto(demo.url + path)

    assert_desk_sound(page, OF_ADMINISTRATOR[path])


@pytest.mark.parametrize("tab", ["call", "waiting", "booked", "closed", "quarantine"])
def test_empty_list_is_sound(demo: Demo, sign_in: Callable[..., Page], tab: str) -> None:
    page = sign_in("desk-belleville")
    page.goto(f"{demo.url}{LIST}?tab={tab}&since=2001-01-01&until=2001-01-02")

    assert_desk_sound(page, "No requests here.", "Nothing fits this filter.")


@pytest.mark.parametrize("state", STATES)
def test_request_with_every_form_open_is_sound(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page], state: str
) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}{LIST}{requests[state]}/change/")
    page.evaluate(OPEN_ALL)

    assert_desk_sound(page, "History")


def test_day_of_a_visit_is_sound_on_screen_and_beside_the_form(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]
) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}{LIST}{requests['booked']}/change/")
    visit = page.locator("#book .beside li[aria-current]")
    visit.wait_for()
    assert "This patient" in visit.inner_text()
    assert_desk_sound(page, "See this day")

    page.locator("#book .beside p a").click()
    page.wait_for_url("**/day/?*")
    assert_desk_sound(page, "Bea Booked")


def test_day_of_thirty_visits_is_printed_on_one_page(demo: Demo, sign_in: Callable[..., Page]) -> None:
    behind(demo, f"full_day({open_day()!r})")
    page = sign_in("desk-toms-river")
    page.goto(f"{demo.url}{LIST}day/?day={open_day()}")
    assert page.locator(".book tbody th").count() >= 30

    paper = page.pdf(format="Letter")

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_two_keys_lead_to_the_day_from_everywhere(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]
) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}{LIST}{requests['new']}/change/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/day/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(f"**{LIST}")

    assert "Needs a call" in page.title()


def test_free_time_beside_the_form_is_taken_over(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]
) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}{LIST}{requests['new']}/change/")
    page.fill("#id_book-at", f"{open_day()}T10:00")
    free = page.locator("#book .beside [data-at]").first
    free.click()
    assert page.input_value("#id_book-at") == free.get_attribute("data-at")


def test_refused_actions_are_sound(demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]) -> None:
    page = sign_in("manager")
    for form, said in {
        "propose": "Choose a day and time",
        "book": "Choose a day and time",
        "send": "Say why it goes to the other office",
        "ask": "Write your question first",
        "duplicate": "Choose the other request, or enter its reference",
        "close": "Choose a reason",
        "insurance": "Choose who pays",
        "hold": "Say why it must be kept",
        "note": "Write the note first",
    }.items():
        page.goto(f"{demo.url}{LIST}{requests['new']}/change/")
        page.evaluate(OPEN_ALL)
        page.locator(f"form[action$='/{form}/'] button").first.click()
        page.wait_for_selector("#problem")
        page.evaluate(OPEN_ALL)
        assert_desk_sound(page, "That did not work", said)


def test_paper_copy_is_sound(demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]) -> None:
    page = sign_in("manager")
    for state in ("booked", "message"):
        page.goto(f"{demo.url}{LIST}{requests[state]}/change/")
        page.get_by_role("button", name="Make a paper copy").click()
        page.wait_for_url("**/copy/")
        assert_desk_sound(page, "A copy of what we hold about your request")


def test_search_without_a_hit_and_the_keys_are_sound(demo: Demo, sign_in: Callable[..., Page]) -> None:
    page = sign_in("desk-belleville")
    page.fill("#searchbar", "Xylophone")
    page.press("#searchbar", "Enter")
    assert_desk_sound(page, "No request of yours fits “Xylophone”.")

    page.keyboard.press("?")
    assert_desk_sound(page, "Next request")


def test_settings_with_errors_are_sound(demo: Demo, sign_in: Callable[..., Page]) -> None:
    page = sign_in("administrator")
    page.goto(f"{demo.url}/admin/appointments/practicesettings/1/change/")
    page.fill("#id_manager_email", "nobody")
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true })")
    page.click("input[name=_save]")
    page.wait_for_selector(".errornote")
    assert_desk_sound(page, "Enter an e-mail address like name@example.com")

    page.goto(f"{demo.url}/admin/appointments/messagetext/offer/en/")
    page.fill("#id_body", "Dear {patient_name}")
    page.click("button[name=save]")
    page.wait_for_selector(".errorlist")
    assert_desk_sound(page, "{patient_name} can’t be filled in here.")


def test_question_before_a_closure_is_sound(demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]) -> None:
    page = sign_in("manager")
    page.goto(f"{demo.url}/admin/appointments/office/1/change/")
    page.uncheck("#id_takes_requests")
    page.click("input[name=_save]")
    page.wait_for_selector("#touched")
    assert_desk_sound(page, "Before this is saved", "Nothing has been saved yet.")


def test_alarm_of_requests_that_nobody_sees_is_sound(
    demo: Demo, requests: dict[str, int], sign_in: Callable[..., Page]
) -> None:
    behind(demo, "staff_of_toms_river(False)")
    demo.manage("worker", "--once")
    page = sign_in("administrator")
    page.goto(f"{demo.url}/admin/unseen/")
    assert_desk_sound(page, "Nobody can see the requests of Toms River:", "Give the office a person")
    behind(demo, "staff_of_toms_river(True)")
    time.sleep(KEEP_SECONDS + 1)  # until then the form goes on saying that this office takes no requests
