"""A site that moves in by the browser, and a page of one's own: what an editor does with texts that are no articles."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.moving_in import posts
from tests.browser.conftest import assert_accessible
from tests.browser.test_cms import DESK, boxes_are_filled, first_text, press, unfinished, watched

pytestmark = pytest.mark.browser

ITS_TURN = 90_000  # milliseconds at most until the worker has come to it


def test_site_is_sent_looked_at_imported_and_opened(demo, sign_in, tmp_path: Path):
    export = tmp_path / "old-site.xml"
    export.write_text("".join(posts(3, 1_500)), encoding="utf-8")
    page: Page = sign_in("reviewer", viewport=DESK)

    page.get_by_role("link", name="Moving in").click()
    page.get_by_label("File", exact=True).set_input_files(export)
    page.get_by_role("button", name="Send and look at it").click()
    page.wait_for_url(re.compile(r"/moving-in/\d+/$"))
    start = page.get_by_role("button", name="Import as drafts")
    expect(start).to_be_visible(timeout=ITS_TURN)
    expect(page.locator(".desk-page")).to_contain_text("3 articles, 0 pictures")
    assert_accessible(page, within=".desk-page")
    start.click()
    expect(page.locator(".desk-word")).to_have_text("Imported", timeout=ITS_TURN)
    made = page.locator("h2:has-text('Imported, to look at') + ul a")
    expect(made).to_have_text(["Foot problem 1", "Foot problem 2", "Foot problem 3"])
    assert_accessible(page, within=".desk-page")

    made.first.click()
    page.wait_for_url(re.compile(r"/article/edit/\d+/$"))
    boxes_are_filled(page)
    expect(page.locator("#id_title")).to_have_value("Foot problem 1")
    expect(first_text(page)).to_contain_text("sore in the morning")
    page.goto(f"{demo.url}/cms/")
    expect(page.locator("section:has(h2:has-text('Imported'))")).to_contain_text("Foot problem 3")


def test_page_is_written_and_published(demo, open_page, sign_in):
    page: Page = sign_in("editor", viewport=DESK)
    page.route(re.compile(r"/sitepage/(?:add|edit/\d+)/$"), unfinished)
    page.goto(f"{demo.url}/cms/snippets/articles/sitepage/add/")
    watched(page)
    page.fill("#id_title", "Our library of models")
    page.fill("#id_summary", "We show you your bones on a model.")
    page.fill("#id_description", "Models of feet that you can take in your hand.")
    page.locator("#body-root .c-sf-add-button:visible").first.click()
    page.get_by_role("option", name="Section", exact=True).click()
    page.locator("#body-root").get_by_label("Heading").fill("Take one in your hand")
    first_text(page).click()
    page.keyboard.type("Each bone can be moved.")
    page.locator("footer button:has-text('Save draft')").click()
    page.wait_for_url(re.compile(r"/sitepage/(?:edit/\d+/)?$"))

    page.goto(f"{demo.url}/cms/snippets/articles/sitepage/?q=library of models")
    page.click("main table a:has-text('Our library of models')")
    page.wait_for_url(re.compile(r"/sitepage/edit/\d+/"))
    boxes_are_filled(page)
    press(page, "Publish")
    page.wait_for_url(re.compile(r"/sitepage/(?:\?|$)"))

    reader = open_page(viewport={"width": 390, "height": 844})
    reader.goto(f"{demo.url}/our-library-of-models/")
    expect(reader.locator("h1")).to_have_text("Our library of models")
    expect(reader.locator("main")).to_contain_text("Each bone can be moved.")
    assert_accessible(reader)
