"""The editors' desk as people use it: an article from its first word to its second address; what the editor gives."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import Demo, assert_accessible

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
HOSTILE = "<p style='font-family:Calibri' onclick='alert(1)'>Pasted <b>words</b><script>alert(2)</script></p>"


def open_article(page: Page, demo, title: str) -> str:
    """Search for an article in the list and open it; returns its address."""
    page.goto(f"{demo.url}/cms/snippets/articles/article/?q={title}")
    page.click(f"main table a:has-text('{title}') >> nth=0")
    page.wait_for_url(re.compile(r"/edit/\d+/"))
    boxes_are_filled(page)
    return page.url


def press(page: Page, button: str) -> None:
    """One of the buttons at the foot, or behind the arrow there; all but cancelling lead to the list."""
    if not page.locator(f"footer button:visible:has-text('{button}')").count():
        page.locator("footer [data-w-dropdown-target='toggle']").first.click()
    page.locator(f"footer button:has-text('{button}')").first.click()


def in_the_list(page: Page) -> None:
    """Where one stands after a text was handed on."""
    page.wait_for_url(re.compile(r"/article/(?:\?|$)"))


def watched(page: Page) -> None:
    """Wagtail looks for changes from two seconds after the page has come; what is typed before, it takes as given."""
    page.wait_for_function(
        """() => window.wagtail?.app?.getControllerForElementAndIdentifier(
            document.querySelector("[data-edit-form]"), "w-unsaved")?.initialFormData"""
    )


def boxes_are_filled(page: Page) -> None:
    """The editor fills them after the page has come; what is sent before then is refused as unfinished."""
    expect(first_text(page)).to_contain_text(re.compile(r"\w"))
    watched(page)


def settled(page: Page) -> None:
    """A dialog that is closed while it still comes up leaves its shade behind."""
    page.wait_for_function("() => document.getAnimations().every(({ playState }) => playState !== 'running')")


@contextmanager
def autosaved(page: Page) -> Iterator[None]:
    """What is typed inside is kept when this ends. The last answer counts: each word may have had its own."""

    def is_saved(answer: Response) -> bool:
        path = re.search(r"/article/(?:add|edit/\d+)/", answer.url)
        return bool(path and answer.request.method == "POST" and answer.request.resource_type == "fetch")

    with page.expect_response(is_saved) as saved:
        yield
    assert saved.value.ok, saved.value.text()
    page.wait_for_function(
        """() => document.querySelector("#w-autosave-indicator")?.dataset.wAutosaveStateValue === "saved" """
    )


def status_of(page: Page, address: str) -> tuple[int, str]:
    """What a reader's browser is told about an address: the status, and where to go instead."""
    answer = page.request.get(address, max_redirects=0)
    return answer.status, answer.headers.get("location", "")


def first_text(page: Page):
    """The first box of rich text."""
    return page.locator(".public-DraftEditor-content").first


def test_article_from_its_first_word_to_its_second_address(demo: Demo, open_page, sign_in):
    reader = open_page()
    reader.goto(f"{demo.url}/conditions/")  # the page is kept from now on
    expect(reader.locator("main")).not_to_contain_text("Clicking ankle")
    address = f"{demo.url}/conditions/clicking-ankle/"

    editor = sign_in("editor", viewport=DESK)
    expect(editor.locator("h1")).to_have_text("Hello, editor")
    editor.click("a:has-text('Write an article')")
    watched(editor)
    with autosaved(editor):
        editor.fill("#id_title", "Clicking ankle")
        editor.fill("#id_summary", "Your shin hurts when you run.")
        editor.fill("#id_description", "Why shins hurt, and what helps.")
    with autosaved(editor):
        first_text(editor).click()
        editor.keyboard.type("The muscle pulls at the bone.")
    desk = editor.url
    press(editor, "Send for review")
    in_the_list(editor)

    reviewer = sign_in("reviewer", viewport=DESK)
    waiting = reviewer.locator("section:has(h2:has-text('for your review'))")
    waiting.locator("tr:has-text('Clicking ankle') th a").click()
    reviewer.click("a:has-text('Open in the editor')")
    expect(reviewer.locator(".messages")).to_contain_text("asked for a review")
    expect(first_text(reviewer)).to_contain_text("The muscle pulls at the bone.")  # until then the boxes are empty
    reviewer.click(".messages button:has-text('Return with a comment')")
    reviewer.fill(".modal textarea", "Say when to rest.")
    reviewer.click(".modal button[type=submit], .modal input[type=submit]")
    in_the_list(reviewer)

    editor.goto(f"{demo.url}/cms/")
    drafts = editor.locator("section:has(h2:has-text('My drafts'))")
    expect(drafts).to_contain_text("Returned with a comment")
    expect(drafts).to_contain_text("Say when to rest.")
    drafts.locator("a:has-text('Clicking ankle')").click()
    expect(first_text(editor)).to_contain_text("The muscle pulls at the bone.")
    editor.fill("#id_summary", "Your shin hurts when you run. Rest it for two weeks.")
    press(editor, "Send again")
    in_the_list(editor)
    assert status_of(reader, address)[0] == 404

    reviewer.goto(desk)
    expect(first_text(reviewer)).to_contain_text("The muscle pulls at the bone.")
    reviewer.click(".messages button:has-text('Approve and publish')")
    in_the_list(reviewer)
    reader.reload()
    reader.click("main a:has-text('Clicking ankle')")
    expect(reader.locator("p.lead")).to_have_text("Your shin hurts when you run. Rest it for two weeks.")
    expect(reader.locator("main")).to_contain_text("The muscle pulls at the bone.")
    expect(reader.locator(".review")).to_contain_text("a podiatrist of this practice")

    editor.goto(desk)
    expect(first_text(editor)).to_contain_text("The muscle pulls at the bone.")
    editor.fill("#id_slug", "sore-shins")
    press(editor, "Send for review")
    in_the_list(editor)
    assert status_of(reader, address)[0] == 200
    reviewer.goto(desk)
    expect(first_text(reviewer)).to_contain_text("The muscle pulls at the bone.")
    press(reviewer, "Approve and Publish")
    in_the_list(reviewer)
    assert status_of(reader, address) == (301, "/conditions/sore-shins/")
    reader.goto(address)
    expect(reader.locator("h1")).to_contain_text("Clicking ankle")
    assert reader.url.endswith("/conditions/sore-shins/")


def test_text_outlives_its_tab(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    address = open_article(page, demo, "Plantar warts")
    with autosaved(page):
        page.fill("#id_summary", "Typed, and never saved by hand.")

    again = page.context.new_page()
    page.close()
    again.goto(address)

    expect(again.locator("#id_summary")).to_have_value("Typed, and never saved by hand.")


def test_boxes_that_fill_late_are_not_saved_as_if_somebody_had_typed(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Foot cramps")
    page.reload()
    boxes_are_filled(page)
    saved: list[str] = []
    page.on("request", lambda sent: saved.append(sent.url) if sent.method == "POST" and "/edit/" in sent.url else None)

    page.evaluate("document.querySelector('#id_summary').value = 'Filled by a script.'")
    page.wait_for_function(
        """() => window.wagtail.app.getControllerForElementAndIdentifier(
            document.querySelector("[data-edit-form]"), "w-unsaved").initialFormData.includes("Filled+by+a+script")"""
    )
    assert saved == []
    with autosaved(page):
        page.fill("#id_summary", "Typed by a person.")
    assert len(saved) == 1


def test_two_at_one_text_hear_of_each_other_before_one_writes_over_the_other(demo, sign_in):
    first = sign_in("editor", viewport=DESK)
    address = open_article(first, demo, "High arches")
    second = sign_in("reviewer", viewport=DESK)
    second.goto(address)
    expect(second.locator(".messages")).to_contain_text("editor has this text open, too.")

    with autosaved(first):
        first.fill("#id_summary", "The first one’s words.")
    with second.expect_response(re.compile("/editing-sessions/ping/")):  # every ten seconds, and when one looks again
        second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.get_by_role("button", name="editor saved a new version")).to_be_visible()
    second.click("footer button:has-text('Save draft')")

    dialog = second.get_by_role("dialog", name="editor saved a new version")
    expect(dialog).to_be_visible()
    second.keyboard.press("Escape")
    first.reload()
    expect(first.locator("#id_summary")).to_have_value("The first one’s words.")


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
    settled(page)
    expect(box).to_be_focused()
    page.keyboard.type("bunion")
    page.keyboard.press("Enter")
    page.locator("[data-link]:has-text('Bunions')").click()

    expect(text.locator("a[href='/conditions/bunions/']").first).to_be_visible()


def unfinished(route: Route) -> None:
    """A row without its article is refused, which Chromium itself would complain of."""
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, status=202 if answer.status == 400 else answer.status)


def test_related_article_is_chosen_by_name(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    address = open_article(page, demo, "Stress fracture")

    page.route(re.compile(r"/edit/\d+/$"), unfinished)
    page.get_by_role("button", name="Add related article").click()
    page.locator("#id_related_links-FORMS > *").last.get_by_role("button", name="Choose article").click()
    page.locator(".modal input[name=q]").fill("gout")
    with page.expect_response(lambda answer: answer.status == 200 and bool(re.search(r"/edit/\d+/$", answer.url))):
        page.locator(".modal a:has-text('Gout in the foot')").click()

    page.goto(address)
    expect(page.locator("#id_related_links-FORMS")).to_contain_text("Gout in the foot")


def test_advice_follows_the_text(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Fungal nails")
    page.click("button[aria-label='Toggle plain language']")
    panel = page.locator("[data-advice]")
    expect(panel).to_contain_text("Grade")

    page.fill("#id_summary", "Utilize this.")

    expect(panel).to_contain_text("utilize", ignore_case=True, timeout=15_000)


def test_preview_has_three_widths_and_follows_the_text(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Corns and calluses")
    page.click("button[aria-label='Toggle preview']")

    for width in ("Phone", "Tablet", "Computer"):
        expect(page.locator(f"label:has-text('{width}') input")).to_be_attached()
    shown = page.frame_locator("#w-preview-iframe")
    expect(shown.locator("h1")).to_contain_text("Corns", timeout=20_000)
    page.fill("#id_summary", "Words that nobody has saved.")
    expect(shown.locator("p.lead")).to_have_text("Words that nobody has saved.", timeout=20_000)


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
