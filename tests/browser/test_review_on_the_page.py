"""The review on a phone: an editor's change is returned, sent again and approved on the page. The reviewer's browser
runs no script.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, assert_accessible
from tests.browser.test_cms import DESK, autosaved, in_the_list, open_article, watched

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SIGNED_OFF = "A podiatrist has not checked this text yet"
NEW = "Pain behind your heel. Rest it for two weeks."
NEWER = "Pain behind your heel. Rest it for two days."


def assert_page_sound(page: Page) -> None:
    """Nothing for axe, in light and dark, and nothing to scroll sideways, down to 320 pixels."""
    for width, scheme in ((390, "light"), (320, "light"), (390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def test_change_is_returned_sent_again_and_approved_on_the_page(
    demo: Demo, open_page: Callable[..., Page], sign_in: Callable[..., Page]
) -> None:
    editor = sign_in("editor", viewport=DESK)
    desk = open_article(editor, demo, "Achilles tendon")
    with autosaved(editor):
        editor.fill("#id_summary", NEW)
    editor.locator("footer").get_by_role("button", name="Send for review").click()
    in_the_list(editor)

    sign_in("reviewer", viewport=DESK)  # the sign-in page may run its script
    reviewer = sign_in("reviewer", viewport=PHONE, java_script_enabled=False)
    number = re.search(r"/edit/(\d+)/", desk)
    assert number
    page = f"{demo.url}/cms/articles/review/{number[1]}/"
    reviewer.goto(page)
    expect(reviewer.locator("h1")).to_contain_text("Achilles")
    expect(reviewer.locator(".review-top")).to_contain_text("editor asked for a review")
    expect(reviewer.locator(".review-changed a")).to_have_text(["Title and summary"])
    expect(reviewer.locator(".lead ins").filter(has_text="two")).to_have_count(1)
    reviewer.click("summary:has-text('Title and summary')")
    reviewer.fill("[name=comment-head]", "Weeks or days?")
    reviewer.click("button:has-text('Return with the comments')")
    reviewer.wait_for_url(f"{demo.url}/cms/")

    editor.goto(desk)
    banner = editor.locator(".desk-returned")
    expect(banner).to_contain_text("reviewer returned this text")
    expect(banner).to_contain_text("Weeks or days?")
    assert_accessible(editor, within=".desk-returned")
    watched(editor)
    with autosaved(editor):
        editor.fill("#id_summary", NEWER)
    editor.click(".desk-returned button:has-text('Send again')")
    in_the_list(editor)
    expect(editor.locator(".messages")).to_contain_text("is with the medical reviewers again")

    reviewer.goto(page)
    expect(reviewer.locator(".review-top")).to_contain_text("Compared with the version that you returned")
    expect(reviewer.locator("#review-head .review-said")).to_contain_text("Weeks or days?")
    expect(reviewer.locator(".lead ins")).to_contain_text("days")
    expect(reviewer.locator(".lead del")).to_contain_text("weeks")
    reviewer.click(".review-switch a:has-text('Since the last approval')")
    expect(reviewer.locator(".lead ins").filter(has_text="days")).to_have_count(1)

    scripted = sign_in("reviewer", viewport=PHONE)  # axe is a script
    scripted.goto(page)
    scripted.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert_page_sound(scripted)

    reviewer.click("button:has-text('Approve and publish')")
    reviewer.wait_for_url(f"{demo.url}/cms/")
    reader = open_page(viewport=PHONE)
    reader.goto(f"{demo.url}/conditions/achilles-tendonitis/")
    expect(reader.locator(".lead")).to_have_text(NEWER)
    expect(reader.locator("main")).not_to_contain_text(SIGNED_OFF)
