"""One more step: the browser does the sum, or the sender goes on without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, assert_accessible

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def write_message(page: Page, demo: Demo, text: str) -> None:
    """Fill in and send the form, and stand at "One more step"."""
    page.goto(f"{demo.url}/appointments/message/?office=belleville")
    page.check("input[name=about][value=bill]")
    page.fill("#id_name", "Nora O’Sample")
    page.fill("#id_phone", "732 555 0142")
    page.fill("#id_message", text)
    if page.locator("input[name=best_way]").count():  # only where the office can send texts
        page.check("input[name=best_way][value=call]")
    page.wait_for_timeout(3100)  # as long as a person needs at least
    page.click("main button")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_does_the_sum_and_the_message_goes_through(
    open_page: Callable[..., Page], demo: Demo, scheme: str
) -> None:
    page = open_page(viewport=PHONE, color_scheme=scheme)
    write_message(page, demo, f"I saw your webinar. Where do I pay my {scheme} bill?")

    page.click("main button")

    expect(page.get_by_role("heading", name="Message sent")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("We have it, and nothing is lost.")).to_have_count(0)
    assert_accessible(page)


def test_without_javascript_the_message_waits_for_a_person(open_page: Callable[..., Page], demo: Demo) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{demo.url}/appointments/message/?office=belleville")
    page.check("input[name=about][value=bill]")
    page.fill("#id_name", "Nora O’Sample")
    page.fill("#id_phone", "732 555 0143")
    page.fill("#id_message", "I saw your webinar. Where do I pay my paper bill?")
    if page.locator("input[name=best_way]").count():  # only where the office can send texts
        page.check("input[name=best_way][value=call]")
    page.wait_for_timeout(3100)
    page.click("main button")
    expect(page.locator("noscript p")).to_be_visible()

    page.click("main button")

    expect(page.get_by_role("heading", name="Message sent")).to_be_visible()
    expect(page.get_by_text("We have it, and nothing is lost.")).to_be_visible()
