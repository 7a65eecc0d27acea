"""The request, as different people send it: on a phone, without JavaScript, and then on their own page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible, said, untaken
from tests.browser.test_journey import next_tuesday

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NO_SCROLL = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# Spanish runs up to 40 % longer than English: every text on the page does.
LENGTHEN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data;
    const words = text.trim().split(/\\s+/);
    if (text.trim()) walk.currentNode.data = text + ' ' + words.slice(0, Math.ceil(words.length * 0.4)).join(' ');
  }
}"""


def fill_until_check(page: Page, demo, check=lambda page: None, **answers: str) -> None:
    """Everything up to "check your answers". `answers` replace those of Harold; `check` sees every page."""
    given = {
        "flag": "No, none of these",
        "visit_for": "me",
        "patient_name": "Harold Sample",
        "phone": "732 555 0142",
        "email": "harold@example.com",
        "zip_code": "08753",
        "details": "",
        "office": "toms-river",
        **answers,
    }

    def go_on() -> None:
        check(page)
        page.click("main form[method=post] button.button")

    page.goto(f"{demo.url}/appointments/new/")
    page.check(f"label:has-text('{given['flag']}') input >> nth=0")
    go_on()
    if "call-now" in page.url:
        check(page)
        page.click("a:has-text('Continue with my request')")
    page.check(f"input[name=visit_for][value={given['visit_for']}]")
    if given["visit_for"] != "me":
        page.fill("#id_caller_name", "Ann Sample")
        page.fill("#id_caller_relation", "mother")
    for name in ("patient_name", "phone", "email", "zip_code"):
        page.fill(f"#id_{name}", given[name])
    for box, value in enumerate(("9", "14", "1954" if given["visit_for"] == "me" else "2017")):
        page.fill(f"#id_birth_date_{box}", value)
    page.check("input[name=been_before][value=no]")
    go_on()
    page.select_option("#id_reason", "not-sure")
    page.fill("#id_details", given["details"])
    page.check(f"input[name=office][value={given['office']}]")
    page.check("input[name=days][value=any]")
    page.check("input[name=time_of_day][value=any]")
    go_on()
    if page.locator("input[name=best_way]").count():  # only where the office can send texts
        page.check("input[name=best_way][value=call]")
    page.check("input[name=voicemail][value=yes]")
    page.check("input[name=language][value=en]")
    page.check("#id_consent")
    go_on()
    if "one-question" in page.url:
        check(page)
        page.check(f"input[name=so][value={given['so']}]")
        go_on()
    if "call-now" in page.url:
        check(page)
        page.click("a:has-text('Continue with my request')")
    page.wait_for_url("**/check/")
    check(page)


def send(page: Page, demo, **answers: str) -> str:
    """Fill the form and send it; returns the reference."""
    fill_until_check(page, demo, **answers)
    page.click("button:has-text('Send my request')")
    expect(page.locator("h1")).to_have_text("Request sent")
    return page.locator(".panel b").inner_text()


def unlock(page: Page, digits: str = "0142") -> None:
    page.fill("#id_last_digits", digits)
    page.click("button:has-text('Open my request')")


def open_at_desk(desk: Page, reference: str) -> None:
    desk.goto(desk.url.split("/admin/")[0] + "/admin/")
    desk.fill("#searchbar", reference)
    desk.press("#searchbar", "Enter")
    desk.click("#result_list th a")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_own_words_are_asked_about_and_come_first_at_the_desk(demo, open_page, sign_in, viewport):
    patient = open_page(viewport=viewport)
    words = {"details": "My big toe has turned black since yesterday", "so": "yes"}
    fill_until_check(patient, demo, check=assert_accessible, patient_name="Bella Black", **words)
    patient.click("button:has-text('Send my request')")
    expect(patient.locator("main")).to_contain_text("Call 911 or go to an emergency room")
    assert_accessible(patient)

    desk = sign_in("desk-toms-river", viewport=viewport)

    expect(desk.locator("main, #content").first).to_contain_text("has turned black”")


def test_patient_picks_an_offered_time_then_cancels(demo, open_page, sign_in):
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    reference = send(patient, demo, patient_name="Paula Picker")
    patient.click("a:has-text('Open my private page')")
    patient.click("button:has-text('Open my request')")
    expect(patient.locator(".problem")).to_contain_text("Enter the last 4 digits of your phone number")
    unlock(patient)
    expect(patient.locator("h1")).to_have_text("We will call you")
    expect(patient.locator("main")).not_to_contain_text("Paula")

    desk = sign_in("desk-toms-river", viewport=DESK)
    open_at_desk(desk, reference)
    first, second = untaken(next_tuesday()), untaken(next_tuesday())
    desk.fill("#id_propose-first", f"{first:%Y-%m-%dT%H:%M}")
    desk.fill("#id_propose-second", f"{second:%Y-%m-%dT%H:%M}")
    desk.click("button:has-text('Send these times')")

    patient.reload()
    expect(patient.locator("h1")).to_have_text("Choose a time for your visit")
    patient.click("button:has-text('Book this time')")
    expect(patient.locator(".problem")).to_contain_text("Choose a time")
    patient.check(f"label:has-text('{second:%B}') >> nth=1 >> input")
    patient.click("button:has-text('Book this time')")
    expect(patient.locator("h1")).to_have_text("Your visit is booked")
    expect(patient.locator("#visit")).to_contain_text(re.compile(said(second)))
    entry = patient.request.get(patient.url + "appointment.ics")
    assert entry.headers["content-type"].startswith("text/calendar")

    desk.reload()
    expect(desk.locator(".history")).to_contain_text("Patient chose")

    patient.click("a:has-text('Cancel my visit')")
    expect(patient.locator("h1")).to_have_text("Cancel your visit?")
    patient.click("button:has-text('Yes, cancel my visit')")
    expect(patient.locator("h1")).to_have_text("You canceled this")
    desk.reload()
    expect(desk.locator(".history")).to_contain_text("Patient canceled")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_private_page_is_accessible(demo, open_page, sign_in, scheme):
    patient = open_page(viewport=PHONE, color_scheme=scheme)
    reference = send(patient, demo, patient_name="Ada Axe")
    assert_accessible(patient)
    patient.click("a:has-text('Open my private page')")
    assert_accessible(patient)
    patient.click("button:has-text('Open my request')")
    assert_accessible(patient)
    unlock(patient)
    assert_accessible(patient)
    desk = sign_in("desk-toms-river", viewport=DESK)
    open_at_desk(desk, reference)
    desk.fill("#id_propose-first", f"{untaken(next_tuesday()):%Y-%m-%dT%H:%M}")
    desk.click("button:has-text('Send these times')")
    patient.reload()
    assert_accessible(patient)
    patient.click("button:has-text('Book this time')")
    assert_accessible(patient)
    patient.click("a:has-text('Change your phone number')")
    assert_accessible(patient)
    patient.fill("#id_phone", "12")
    patient.click("button:has-text('Save the changes')")
    assert_accessible(patient)
    patient.fill("#id_phone", "732 555 0142")
    patient.click("button:has-text('Save the changes')")
    patient.check("input[name=at] >> nth=0")
    patient.click("button:has-text('Book this time')")
    assert_accessible(patient)
    patient.click("a:has-text('Cancel my visit')")
    assert_accessible(patient)
    patient.click("button:has-text('Yes, cancel my visit')")
    assert_accessible(patient)


def test_urgent_request_is_told_to_call_and_heads_the_list(demo, open_page, sign_in):
    send(open_page(viewport=PHONE, java_script_enabled=False), demo, patient_name="Rita Routine")
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    send(patient, demo, patient_name="Ursula Urgent", flag="hot, red and swollen")

    expect(patient.locator("main")).to_contain_text("You told us about something that should not wait.")
    desk = sign_in("desk-toms-river", viewport=DESK)
    names = desk.locator("#result_list th a").all_inner_texts()
    urgent = desk.locator("#result_list tr.urgent th a").all_inner_texts()
    assert "Ursula Urgent" in urgent
    assert names[: len(urgent)] == urgent
    assert "Rita Routine" in names[len(urgent) :]


def test_emergency_is_sent_to_911(demo, open_page):
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    patient.goto(f"{demo.url}/appointments/new/")
    patient.check("label:has-text('cold, pale or blue') input")
    patient.click("main form[method=post] button.button")

    expect(patient.locator("h1")).to_contain_text("Call 911 or go to an emergency room")
    expect(patient.locator("main a[href='tel:911']")).to_be_visible()
    expect(patient.locator("a:has-text('Continue with my request')")).to_be_visible()


def test_mother_asks_for_her_child(demo, open_page, sign_in):
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    reference = send(patient, demo, visit_for="child", patient_name="Kim Sample")

    desk = sign_in("desk-toms-river", viewport=DESK)
    open_at_desk(desk, reference)

    expect(desk.locator("h1")).to_have_text("Kim Sample")
    expect(desk.locator("#next")).to_contain_text("Ask for Ann Sample (mother).")


def test_near_tie_is_asked_with_no_office_suggested_over_the_other(demo, open_page, sign_in):
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    fill_until_check(patient, demo, zip_code="07716", office="first", patient_name="Tina Tie")
    patient.go_back()
    patient.go_back()
    expect(patient.locator("main")).to_contain_text("ZIP code 07716 is about as far from each office")
    expect(patient.locator(".choice .tag")).to_have_count(0)
    patient.goto(f"{demo.url}/appointments/check/")
    patient.click("button:has-text('Send my request')")

    expect(patient.locator("h1")).to_have_text("Request sent")
    manager = sign_in("manager", viewport=DESK)
    expect(manager.locator("tr", has_text="Tina Tie")).to_contain_text("check office")


def test_far_zip_code_is_welcome(demo, open_page):
    patient = open_page(viewport=PHONE, java_script_enabled=False)
    fill_until_check(patient, demo, zip_code="08204", patient_name="Fay Far")
    patient.go_back()
    patient.go_back()

    expect(patient.locator("main")).to_contain_text("ZIP code 08204 is far from each office. We are glad to see you")


def test_longer_labels_fit_a_small_phone(demo, open_page):
    def longer(page: Page) -> None:
        page.evaluate(LENGTHEN)
        assert page.evaluate(NO_SCROLL), page.url
        page.reload()

    page = open_page(viewport={"width": 320, "height": 700})
    page.goto(f"{demo.url}/appointments/new/")
    longer(page)
    fill_until_check(page, demo, patient_name="Lena Long")
    for step in ("new/about-you/", "new/visit/", "new/contact/", "check/"):
        page.goto(f"{demo.url}/appointments/{step}")
        longer(page)
    page.click("button:has-text('Send my request')")
    page.evaluate(LENGTHEN)
    assert page.evaluate(NO_SCROLL)
    assert re.search("GS-", page.locator(".panel").inner_text())


def test_change_leads_to_the_field_with_its_question_and_back(demo, open_page):
    page = open_page(viewport=PHONE)
    fill_until_check(page, demo, patient_name="Chad Changer")

    page.click("a:has-text('Change Insurance company')")
    expect(page.locator("#id_insurance")).to_be_focused()
    expect(page.locator("label[for=id_insurance]")).to_be_in_viewport(ratio=1)
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Check your answers")
    page.click("a:has-text('Change Office')")

    expect(page.locator("legend", has_text="Which office?")).to_be_in_viewport(ratio=1)
