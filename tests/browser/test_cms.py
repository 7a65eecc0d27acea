"""The editors' desk as people use it: a draft returned, mended, approved and read; links; advice; two at one text."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
HOSTILE = "<p style='font-family:Calibri' onclick='alert(1)'>Pasted <b>words</b><script>alert(2)</script></p>"


def open_article(page: Page, demo, title: str) -> str:
    """Search for an article in the list and open it; returns its address."""
    page.goto(f"{demo.url}/cms/snippets/articles/article/?q={title}")
    page.click(f"main table a:has-text('{title}') >> nth=0")
    page.wait_for_url(re.compile(r"/edit/\d+/"))
    return page.url


def press(page: Page, button: str) -> None:
    """One of the buttons behind the arrow beside "Save draft"."""
    page.locator("footer [data-w-dropdown-target='toggle']").first.click()
    page.locator(f"footer button:has-text('{button}')").first.click()


def first_text(page: Page):
    """The first box of rich text."""
    return page.locator(".public-DraftEditor-content").first


def test_draft_is_returned_mended_approved_and_read(demo, open_page, sign_in):
    reader = open_page()
    editor = sign_in("editor", viewport=DESK)
    expect(editor.locator("h1")).to_have_text("Hello, editor")
    address = open_article(editor, demo, "Gout in the foot")
    editor.fill("#id_summary", "Words for the reviewer.")
    press(editor, "Submit to Medical review")
    editor.wait_for_url(re.compile(r"/article/$"))

    reviewer = sign_in("reviewer", viewport=DESK)
    waiting = reviewer.locator("section:has(h2:has-text('for your review'))")
    expect(waiting).to_contain_text("Gout in the foot")
    waiting.locator("tr:has-text('Gout') a:has-text('Compare')").click()
    expect(reviewer.locator("main")).to_contain_text("Words for the reviewer.")
    reviewer.goto(address)
    expect(reviewer.locator(".messages")).to_contain_text("asked for a review")
    press(reviewer, "Return with a comment")
    reviewer.fill(".modal textarea", "Say what gout is.")
    reviewer.click(".modal button[type=submit], .modal input[type=submit]")
    reviewer.wait_for_url(re.compile(r"/article/$"))

    editor.goto(f"{demo.url}/cms/")
    drafts = editor.locator("section:has(h2:has-text('My drafts'))")
    expect(drafts).to_contain_text("Returned with a comment")
    expect(drafts).to_contain_text("Say what gout is.")
    drafts.locator("a:has-text('Gout')").click()
    editor.fill("#id_summary", "Gout is crystals in a joint.")
    press(editor, "Resubmit")
    editor.wait_for_url(re.compile(r"/article/$"))
    reader.goto(f"{demo.url}/conditions/gout/")
    expect(reader.locator("p.lead")).not_to_have_text("Gout is crystals in a joint.")

    reviewer.goto(address)
    press(reviewer, "Approve and Publish")
    reviewer.wait_for_url(re.compile(r"/article/$"))
    reader.reload()

    expect(reader.locator("p.lead")).to_have_text("Gout is crystals in a joint.")
    expect(reader.locator(".review")).to_contain_text("DPM")


def test_link_is_chosen_by_name(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Hammertoes")
    text = first_text(page)
    text.scroll_into_view_if_needed()
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Shift+End")

    page.locator("button[name=LINK]").first.click()
    box = page.locator("#desk-link")
    expect(box).to_be_visible()
    box.fill("bunion")
    box.press("Enter")
    page.locator("[data-link]:has-text('Bunions')").click()

    expect(text.locator("a[href='/conditions/bunions/']").first).to_be_visible()


def test_advice_follows_the_text(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Fungal nails")
    page.click("button[aria-label='Toggle plain language']")
    panel = page.locator("[data-advice]")
    expect(panel).to_contain_text("Grade")

    page.fill("#id_summary", "Utilize this.")

    expect(panel).to_contain_text("utilize", ignore_case=True, timeout=15_000)


def test_preview_has_three_widths(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Corns and calluses")
    page.click("button[aria-label='Toggle preview']")

    for width in ("Preview in mobile size", "Preview in tablet size", "Preview in desktop size"):
        expect(page.locator(f"input[aria-label='{width}'], label:has-text('{width}')").first).to_be_attached()
    expect(page.frame_locator("#w-preview-iframe").locator("h1")).to_contain_text("Corns", timeout=20_000)


def test_pasted_html_is_cleaned(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Athlete")
    text = first_text(page)
    text.scroll_into_view_if_needed()
    text.click()

    text.evaluate(
        """(box, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "Pasted words");
            box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        HOSTILE,
    )

    expect(text).to_contain_text("Pasted words")
    assert text.locator("[onclick], script").count() == 0


def test_first_page_and_our_own_screens_are_accessible(demo, sign_in):
    editor = sign_in("editor", viewport=DESK)
    expect(editor.locator(".desk-home")).to_be_visible()
    assert_accessible(editor, within=".desk-home")
    reviewer = sign_in("reviewer", viewport=DESK)
    reviewer.goto(f"{demo.url}/cms/bulk/articles/article/reviewed/?id=1&id=2")
    assert_accessible(reviewer, within="main form")
