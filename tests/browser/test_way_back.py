"""The way back: what the confirmation gives along, the page that finds a request again, and the sheet of phones."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, assert_accessible
from tests.browser.test_journey import PHONE, send_request

pytestmark = pytest.mark.browser

SHEET = ".dock details"


def test_patient_finds_the_request_again_without_its_mail(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    reference = send_request(page, demo)
    with page.expect_download() as card:
        page.click("text=Save our number in my phone")
    page.click("text=Copy address and number")
    copied = page.evaluate("navigator.clipboard.readText()")
    another = open_page(viewport=PHONE, java_script_enabled=False)
    another.goto(f"{demo.url}/")
    another.click("footer >> text=Check on your request")
    another.fill("#id_reference", reference.lower().replace("-", " "))
    another.fill("#id_last_digits", "0142")
    another.click("text=Open my private page")

    assert card.value.path().read_bytes().startswith(b"BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert copied == f"{demo.url.removeprefix('http://')}/my {reference}"
    expect(page.locator(".card [role=status]")).to_have_text("Copied.")
    expect(another.locator("h1")).to_have_text("We will call you")
    assert_accessible(page)


def test_printed_confirmation_has_what_leads_back(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE)
    reference = send_request(page, demo)

    page.emulate_media(media="print")

    for some in (reference, f"{demo.url.removeprefix('http://')}/my", "/appointments/status/", "(732) 557-9900"):
        expect(page.locator("main").get_by_text(some).first).to_be_visible()
    expect(page.locator("text=Copy address and number")).to_be_hidden()


@pytest.mark.parametrize("way", ["Escape", "beside"])
def test_sheet_of_phones_closes(demo: Demo, open_page: Callable[..., Page], way: str) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{demo.url}/offices/")
    page.click(f"{SHEET} summary")
    expect(page.locator(f"{SHEET}[open]")).to_have_count(1)

    if way == "Escape":
        page.keyboard.press("Escape")
        expect(page.locator(f"{SHEET} summary")).to_be_focused()
    else:
        page.mouse.click(5, 250)

    expect(page.locator(f"{SHEET}[open]")).to_have_count(0)


def test_current_place_is_told_in_forced_colors(demo: Demo, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE, forced_colors="active")
    page.goto(f"{demo.url}/offices/")
    ground = page.evaluate("getComputedStyle(document.querySelector('.site-header')).backgroundColor")

    edges = page.locator(".site-header li a:visible").evaluate_all(
        "links => links.map(link => [getComputedStyle(link).borderTopColor, getComputedStyle(link).borderBottomColor])"
    )

    assert edges[0] == [ground, ground]
    assert edges[1][0] == ground
    assert edges[1][1] != ground
