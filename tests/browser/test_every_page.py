"""Every kind of public page, with and without errors: nothing for axe to find in light and dark, on a phone and a desk,
and nothing to scroll sideways at 320 pixels. The fixtures see to console errors and requests to strangers.
"""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Demo, assert_accessible

pytestmark = pytest.mark.browser

Look = tuple[Literal["light", "dark"], int]
LOOKS: tuple[Look, ...] = (("light", 390), ("light", 1280), ("dark", 390), ("dark", 1280))
NARROW = 320  # pixels: a desktop window at 400 %, which is where WCAG 1.4.10 draws the line

ASK = "/conditions/gout/question/"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A browser that takes an error page for a page: Chromium itself complains of every 404."""

    def as_a_page(route: Route) -> None:
        if route.request.is_navigation_request() and route.request.method == "GET":
            answer = route.fetch(max_redirects=0)
            route.fulfill(response=answer, status=200 if answer.status >= 400 else answer.status)
        else:
            route.continue_()

    opened = open_page()
    opened.route("**/*", as_a_page)
    return opened


def assert_sound(page: Page, *words: str, looks: tuple[Look, ...] = LOOKS) -> None:
    """It is the page that has these words, and it has no fault in any scheme and at any width."""
    for some in words:
        assert some in page.locator("body").inner_text(), f"{page.url} says nothing of “{some}”"
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.set_viewport_size({"width": NARROW, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{page.url} is {wide} pixels wide"


READING = {
    "/": "Where does it hurt?",
    "/conditions/": "A to Z",
    "/conditions/?area=heel": "Heel",
    "/conditions/search/?q=heel+hurts+in+the+morning": "Heel pain",
    "/conditions/search/?q=plantar+fasitis": "plantar fasciitis",
    "/conditions/search/?q=xylophone": "Not what you need?",
    "/conditions/heel-pain/": "When to get help",
    "/conditions/gout/": "Questions from readers",
    "/offices/": "Our offices",
    "/offices/toms-river/": "Opening hours",
    "/offices/belleville/": "Opening hours",
    "/people/": "Our podiatrists",
    "/insurance/": "Insurance plans",
    "/privacy/": "Privacy",
    "/appointments/message/": "Send us a message",
    "/my/": "Check on your request",
    "/appointments/new/?expired=1": "Is any of this so today?",
    "/accounts/login/": "Sign in",
    "/no-such-page/": "We can’t find that page",
    "/appointments/sent/GS-AAAA-AA/": "",
}


@pytest.mark.parametrize("path", READING)
def test_page_to_read_is_sound(demo: Demo, error_pages: list[str], page: Page, path: str) -> None:
    page.goto(demo.url + path)

    assert_sound(page, READING[path])


@pytest.mark.parametrize("which", [0, 1], ids=["500", "503"])
def test_error_page_is_sound(demo: Demo, error_pages: list[str], page: Page, which: int) -> None:
    page.route("**/broken/", lambda route: route.fulfill(body=error_pages[which], content_type="text/html"))
    page.goto(f"{demo.url}/broken/")

    assert_sound(page, "went wrong")


def test_question_form_is_sound(demo: Demo, error_pages: list[str], page: Page) -> None:
    page.goto(demo.url + ASK)
    assert_sound(page, "Do not write personal health details.")

    page.click("main form button")
    assert_sound(page, "Enter your question")

    page.fill("#id_text", "Which shoes are best?")
    page.click("main form button")
    assert page.url.endswith("/sent/")
    assert_sound(page)


PRIVATE = {
    ("booked", ""): "I will come",
    ("booked", "move/"): "until we find another time",
    ("booked", "reminders/"): "Call me if something opens earlier",
    ("booked", "cancel/"): "Ask for another time",
    ("moving", ""): "Keep my visit",
    ("missed", ""): "We missed you",
    ("missed", "move/"): "When can you come?",
}


@pytest.mark.parametrize(("state", "address"), PRIVATE)
def test_private_page_is_sound(demo: Demo, private_pages: dict[str, str], page: Page, state: str, address: str) -> None:
    page.goto(demo.url + private_pages[state])
    page.fill("#id_last_digits", "0142")
    page.click("main form button")
    page.goto(demo.url + private_pages[state] + address)

    assert_sound(page, PRIVATE[state, address])


def test_request_form_is_sound_with_and_without_errors(demo: Demo, page: Page) -> None:
    def go_on(*, error: str = "") -> None:
        with page.expect_navigation():
            page.click("main form button >> nth=-1")
        assert page.title().startswith("Error: ") is bool(error)
        assert_sound(page, error)

    page.goto(f"{demo.url}/appointments/new/?about=heel-pain")
    assert_sound(page)
    go_on(error="There is a problem")
    page.check("label:has-text('hot, red and swollen') input")
    go_on()
    assert re.search("Please call us now|Go to urgent care", page.locator("h1").inner_text())  # by the hour

    page.click("text=Continue with my request")
    go_on(error="Enter the full name of the patient")
    page.check("input[name=visit_for][value=child]")
    assert_sound(page)
    page.check("input[name=visit_for][value=me]")
    page.fill("#id_patient_name", "Wolfeschlegelsteinhausenbergerdorff O’Sample")
    for box, value in enumerate(("9", "14", "1954")):
        page.fill(f"#id_birth_date_{box}", value)
    page.check("input[name=been_before][value=no]")
    page.fill("#id_phone", "732 555 0142")
    page.fill("#id_email", "a.very.long.address.without.any.end@mail.subdomain.example.com")
    page.fill("#id_zip_code", "08753")
    go_on()
    go_on(error="Choose an office")
    page.check("input[name=office][value=toms-river]")
    page.check("input[name=days][value='1']")
    page.check("input[name=time_of_day][value=morning]")
    go_on()
    go_on(error="Check the box if you agree")
    if page.locator("input[name=best_way]").count():  # only where the office can send texts
        page.check("input[name=best_way][value=call]")
    page.check("input[name=voicemail][value=yes]")
    page.check("input[name=language][value=other]")
    page.fill("#id_other_language", "Portuguese")
    page.check("#id_consent")
    go_on()
    assert "Check your answers" in page.locator("h1").inner_text()
    page.click("button:has-text('Send my request')")
    assert_sound(page, "Request sent")
