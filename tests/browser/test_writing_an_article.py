"""Writing an article and sending it for review: how many clicks it takes, with a picture, a link and a source."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_cms import (
    DESK,
    autosaved,
    boxes_are_filled,
    first_text,
    in_the_list,
    open_article,
    settled,
    unfinished,
    watched,
)

pytestmark = pytest.mark.browser

MOST_CLICKS = 22  # 40 before every section stood open
PHONE = {"width": 390, "height": 844}
SECTIONS = [
    "What it is",
    "Symptoms",
    "When to get help",
    "What you can do",
    "How we treat it",
    "Why it happens",
    "Prevention",
    "Common questions",
    "Sources",
]
# Of the mouse, wherever it was pressed; on a new page it goes on counting.
COUNT = """addEventListener("pointerdown", ({ isTrusted, pointerType }) => {
    if (isTrusted && pointerType === "mouse") sessionStorage.clicks = 1 + Number(sessionStorage.clicks ?? 0);
}, true);"""


def clicks(page: Page) -> int:
    return int(page.evaluate("sessionStorage.clicks ?? 0"))


def tab_to(page: Page, field: str) -> None:
    """By the Tab key alone."""
    for _key in range(60):
        if page.evaluate("document.activeElement.id") == field:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {field}")


def section(page, name):
    """A section of the article in the editor."""
    heads = page.locator(
        "#body-root > [data-streamfield-stream-container] > [data-streamfield-child]:not([aria-hidden])"
    )
    return heads.filter(has=page.locator(f"> .w-panel > .w-panel__header:has-text('{name}')"))


def test_new_article_shows_every_section_in_its_order_and_once(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    page.goto(f"{demo.url}/cms/snippets/articles/article/add/")
    headers = page.locator(
        "#body-root > [data-streamfield-stream-container] > [data-streamfield-child] > .w-panel > .w-panel__header"
    )

    expect(headers).to_have_count(len(SECTIONS))
    assert [head.inner_text().split("\n")[0] for head in headers.all()] == SECTIONS
    expect(headers.locator("[data-streamfield-action='DUPLICATE']:visible")).to_have_count(0)
    expect(section(page, "What it is").locator(".public-DraftEditor-content")).to_have_count(1)
    expect(section(page, "When to get help").locator("textarea")).to_have_count(3)
    expect(section(page, "Sources").get_by_label("Title")).to_have_count(1)
    expect(page.locator(".Draftail-Toolbar:visible")).to_have_count(page.locator(".Draftail-Editor").count())


def test_section_is_emptied_and_stays_empty_in_its_place(demo, sign_in):
    page = sign_in("editor", viewport=DESK)
    open_article(page, demo, "Shin splints")
    prevention, boxes = section(page, "Prevention"), ".public-DraftEditor-content"
    expect(prevention.locator(boxes).first).to_contain_text(re.compile(r"\w"))

    with autosaved(page):
        prevention.get_by_role("button", name="Empty this section").click()

    heads = page.locator("#body-root > [data-streamfield-stream-container] > [data-streamfield-child]:visible")
    for _time in ("at once", "opened again"):
        expect(heads).to_have_count(len(SECTIONS))
        assert [head.inner_text().split("\n")[0] for head in heads.all()] == SECTIONS
        expect(prevention.locator(boxes)).to_have_count(1)
        expect(prevention.locator(boxes)).to_have_text("")
        page.reload()
        boxes_are_filled(page)
    expect(
        page.locator("#body-root > [data-streamfield-stream-container] > div > .c-sf-add-button:visible")
    ).to_have_count(0)


def test_article_with_a_picture_a_link_and_a_source_is_sent_with_few_clicks(demo, sign_in, tmp_path):
    picture = tmp_path / "IMG_0042.png"
    page = sign_in("editor", viewport=DESK)
    page.locator("h1").screenshot(path=picture)
    page.context.add_init_script(COUNT)
    page.route(re.compile(r"/article/(?:add|edit/\d+)/$"), unfinished)
    page.goto(f"{demo.url}/cms/")
    page.evaluate("sessionStorage.removeItem('clicks')")

    page.click("a:has-text('Write an article')")
    watched(page)
    page.keyboard.type("Sore little bones")  # one stands in the title
    for field, words in (
        ("id_medical_name", "sesamoiditis"),
        ("id_summary", "The ball of your foot hurts under the big toe."),
        ("id_description", "Why the ball of the foot hurts, and what helps."),
    ):
        tab_to(page, field)
        page.keyboard.type(words)

    what = section(page, "What it is")
    first_text(page).click()
    page.keyboard.type("Two small bones lie under the big toe, like those of bunions")
    page.keyboard.press("Control+Shift+ArrowLeft")
    what.locator("button[name=LINK]").click()
    page.locator("#desk-link").press("Enter")
    settled(page)
    page.locator("[data-link]:has-text('Bunions')").click()
    expect(first_text(page).locator("a")).to_have_count(1)

    what.locator("[data-contentpath=content] .c-sf-add-button").last.click()
    page.get_by_role("option", name="Image", exact=True).click()
    what.get_by_role("button", name="Choose an image").click()
    settled(page)
    page.get_by_role("tab", name="Upload").click()
    with page.expect_file_chooser() as chosen:
        page.locator("#id_image-chooser-upload-file").click()
    chosen.value.set_files(picture)
    tab_to(page, "id_image-chooser-upload-description")
    page.keyboard.type("The sole of a foot. A ring marks two small bones.")
    page.locator(".modal button:has-text('Upload')").click()
    expect(what.get_by_label("Description for people who can’t see it")).to_have_value(re.compile("The sole of a foot"))

    urgency = section(page, "When to get help").locator("textarea")
    urgency.nth(0).click()
    page.keyboard.type("your toe is cold or blue")
    page.keyboard.press("Enter")
    page.keyboard.type("you can’t walk after a fall")
    for words in ("you have a fever", "it hurts for two weeks"):
        page.keyboard.press("Tab")
        page.keyboard.type(words)

    section(page, "Sources").get_by_label("Title").click()
    for words in ("Sesamoiditis", "OrthoInfo", "2022"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")

    page.get_by_role("checkbox", name="Ball of foot").click()
    tab_to(page, "id_lay_names")
    page.keyboard.type("pain under the big toe")
    page.get_by_role("button", name="Add related article").click()
    page.locator("#id_related_links-FORMS").get_by_role("button", name="Choose article").click()
    page.locator(".modal a:has-text('Bunions')").click()
    expect(page.locator("#id_related_links-FORMS")).to_contain_text("Bunions")

    for panel in ("Plain language", "Preview", "Status"):
        page.locator(".w-side-panel-toggle").filter(
            has=page.locator(f"xpath=self::*[@data-w-tooltip-content-value='{panel}']")
        ).click()
    page.locator("footer").get_by_role("button", name="Send for review").click()
    in_the_list(page)

    print("clicks", clicks(page))
    assert clicks(page) <= MOST_CLICKS
    expect(page.locator(".messages")).to_contain_text("“Sore little bones” is with the medical reviewers now.")
    open_article(page, demo, "Sore little bones")
    expect(section(page, "When to get help").locator("textarea").first).to_have_value(
        "your toe is cold or blue\nyou can’t walk after a fall"
    )
    expect(page.locator("footer")).not_to_contain_text("Send for review")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_editor_of_an_article_is_accessible(demo, sign_in, size):
    page = sign_in("editor", viewport=size)

    page.goto(f"{demo.url}/cms/snippets/articles/article/add/")
    expect(first_text(page)).to_have_attribute("aria-label", "What it is: Text")
    assert_accessible(page)
    open_article(page, demo, "Ingrown")
    expect(first_text(page)).to_have_attribute("aria-label", "What it is: Text")
    assert_accessible(page)
