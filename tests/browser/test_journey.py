"""Whole journeys, as people take them: from an article to a booked visit, and from a draft to a published page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import country_holidays
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible, said, untaken
from tests.browser.test_cms import boxes_are_filled
from tests.telling import told_by

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# Of the demonstration's address in a mail, of anything else nothing.
SUBMITTED = ("Nora", "O’Sample", "555-0142", "7325550142", "1954", "Worse in the morning", "Heel pain", "08753")


def send_request(page: Page, demo, check=lambda page: None) -> str:
    """Fill the form from the article's button on; returns the reference. `check` sees every page."""

    def go_on(button: str = "Continue") -> None:
        check(page)
        page.click(f"main button:has-text('{button}')")

    page.goto(f"{demo.url}/conditions/heel-pain/")
    check(page)
    page.click("article .urgent[data-level=soon] a.button")
    go_on()
    expect(page).to_have_title(re.compile("^Error: "))
    page.check("input[name=flags][value=none]")
    go_on()
    go_on()
    expect(page.locator(".problem")).to_contain_text("Enter the full name of the patient")
    page.check("input[name=visit_for][value=me]")
    page.fill("#id_patient_name", "Nora O’Sample")
    for box, value in enumerate(("Sept", "14", "1954")):
        page.fill(f"#id_birth_date_{box}", value)
    page.check("input[name=been_before][value=no]")
    page.fill("#id_phone", "732 555 0142")
    page.fill("#id_email", "nora@example.com")
    page.fill("#id_zip_code", "08753")
    go_on()
    expect(page.locator("#id_reason")).to_have_value("heel-pain")
    expect(page.locator("label.choice", has_text="Toms River Office")).to_contain_text("Nearest to you")
    go_on()
    expect(page.locator(".problem")).to_contain_text("Choose an office")
    page.fill("#id_details", "Worse in the morning")
    page.check("input[name=office][value=toms-river]")
    page.check("input[name=days][value='1']")
    page.check("input[name=time_of_day][value=morning]")
    go_on()
    go_on("Check your answers")
    expect(page.locator(".problem")).to_contain_text("Check the box if you agree")
    if page.locator("input[name=best_way]").count():  # only where the office can send texts
        page.check("input[name=best_way][value=call]")
    page.check("input[name=voicemail][value=yes]")
    page.check("input[name=language][value=en]")
    page.check("#id_consent")
    go_on("Check your answers")
    expect(page.locator("main")).to_contain_text("Nora O’Sample")
    go_on("Send my request")
    check(page)
    expect(page.locator("h1")).to_have_text("Request sent")
    expect(page.locator("main")).to_contain_text("The Toms River office will call you by")
    expect(page.locator("main a[href='tel:+17325579900']")).to_be_visible()
    return page.locator(".panel b").inner_text()


def next_tuesday() -> date:
    """The first Tuesday after a month: the office may be closed for a holiday on the next one."""
    day = datetime.now(UTC).date() + timedelta(days=40)
    while day.weekday() != 1 or day in country_holidays("US"):
        day += timedelta(days=1)
    return day


def test_patient_without_javascript_on_a_phone_gets_a_reference(demo, open_page):
    page = open_page(viewport=PHONE, java_script_enabled=False)

    reference = send_request(page, demo)

    assert re.fullmatch(r"GS-\w{4}-\w{2}", reference)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_article_to_booked_visit(demo, open_page, sign_in, scheme):
    patient = open_page(viewport=PHONE, color_scheme=scheme)
    reference = send_request(patient, demo, assert_accessible)

    desk = sign_in("desk-toms-river", viewport=DESK, color_scheme=scheme)
    assert_accessible(desk)
    desk.fill("#searchbar", reference)
    desk.press("#searchbar", "Enter")
    desk.click("th a:has-text('Nora O’Sample')")
    assert_accessible(desk)
    desk.click("button:has-text('Left voicemail')")
    desk.fill("#id_note-text", "Will try again at noon.")
    desk.click("button:has-text('Save note')")
    desk.fill("#id_book-at", "2020-01-07T10:15")
    desk.click("button:has-text('Book this visit')")
    expect(desk.locator(".errorlist")).to_contain_text("Choose a day and time in the future")
    assert_accessible(desk)
    visit = untaken(next_tuesday())
    desk.fill("#id_book-at", f"{visit:%Y-%m-%dT%H:%M}")
    desk.click("button:has-text('Book this visit')")
    history = desk.locator(".history")
    expect(history).to_contain_text(
        re.compile(rf"Visit booked for Tuesday, {visit:%B}\s{visit.day}\b.* at {said(visit)}")
    )
    expect(history).to_contain_text("Will try again at noon.")
    expect(history).to_contain_text("desk-toms-river")
    assert_accessible(desk)

    other = sign_in("desk-belleville", viewport=DESK)
    other.fill("#searchbar", reference)
    other.press("#searchbar", "Enter")
    expect(other.locator("main")).to_contain_text("No requests here")


def test_mails_arrive_and_tell_nothing(demo, open_page):
    page = open_page(viewport=PHONE)
    reference = send_request(page, demo)

    for _try in range(60):
        if demo.mails().count(f"Subject: We got your request ({reference})") == 1 and reference in demo.mails():
            break
        page.wait_for_timeout(500)

    mails = demo.mails()
    assert f"Subject: New appointment request {reference}" in mails
    assert f"Subject: We got your request ({reference})" in mails
    assert told_by(mails, SUBMITTED) == []


def test_red_flag_leads_to_the_phone_and_on(demo, open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"{demo.url}/appointments/new/")
    page.check("label:has-text('hot, red and swollen') input")
    page.click("main button")
    expect(page.locator("h1")).to_contain_text(re.compile("Please call us now|Go to urgent care"))  # by the hour
    assert_accessible(page)

    page.click("text=Continue with my request")

    expect(page.locator("h1")).to_have_text("About you")


def test_someone_elses_request_asks_who_is_writing(demo, open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"{demo.url}/appointments/new/")
    page.check("input[name=flags][value=none]")
    page.click("main button")
    expect(page.locator("#id_caller_name")).to_be_hidden()

    page.check("input[name=visit_for][value=child]")

    expect(page.locator("#id_caller_name")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_public_pages_are_accessible(demo, open_page, viewport, scheme):
    page = open_page(viewport=viewport, color_scheme=scheme)
    for path in (
        "/",
        "/conditions/",
        "/conditions/?area=heel",
        "/offices/",
        "/offices/toms-river/",
        "/people/",
        "/insurance/",
        "/privacy/",
        "/accounts/login/",
    ):
        page.goto(demo.url + path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


def test_editor_drafts_and_reviewer_publishes(demo, open_page, sign_in):
    reader = open_page()
    editor = sign_in("editor", viewport=DESK)
    expect(editor).to_have_url(f"{demo.url}/cms/")
    editor.click("text=Articles")
    editor.click("a:has-text('Bunions') >> nth=0")
    article_url = editor.url
    boxes_are_filled(editor)
    editor.fill("#id_summary", "Words that a journey test has written.")
    editor.click("button[aria-label='Toggle preview']")
    preview = editor.frame_locator("#w-preview-iframe")
    expect(preview.locator("p.lead")).to_have_text("Words that a journey test has written.", timeout=20_000)
    editor.click("button[aria-label='Toggle preview']")
    editor.click("footer button:has-text('Send for review')")
    editor.wait_for_load_state()
    reader.goto(f"{demo.url}/conditions/bunions/")
    expect(reader.locator("p.lead")).not_to_have_text("Words that a journey test has written.")

    reviewer = sign_in("reviewer", viewport=DESK)
    reviewer.goto(article_url)
    boxes_are_filled(reviewer)
    reviewer.locator("footer [data-w-dropdown-target='toggle']").first.click()
    reviewer.locator("button:has-text('Approve and Publish')").first.click()
    reviewer.wait_for_load_state("networkidle")

    reader.reload()
    expect(reader.locator("p.lead")).to_have_text("Words that a journey test has written.")
    expect(reader.locator(".review")).to_contain_text("a podiatrist of this practice")
    expect(reader.locator(".notice")).to_have_count(0)


def test_editor_reaches_no_patient_data(demo, sign_in):
    page = sign_in("editor")
    for path in (
        "/admin/",
        "/admin/appointments/appointmentrequest/",
        "/admin/appointments/appointmentrequest/1/change/",
    ):
        assert page.context.request.get(demo.url + path).status in (403, 404)
