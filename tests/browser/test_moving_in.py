"""A site that moves in by the browser: sent, looked at, imported, and opened."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.moving_in import posts
from tests.browser.conftest import Demo, assert_accessible
from tests.browser.test_cms import DESK, boxes_are_filled, first_text

pytestmark = pytest.mark.browser

ITS_TURN = 90_000  # milliseconds at most until the worker has come to it


def test_site_is_sent_looked_at_imported_and_opened(demo: Demo, sign_in: Callable[..., Page], tmp_path: Path) -> None:
    export = tmp_path / "old-site.xml"
    export.write_text("".join(posts(3, 1_500)), encoding="utf-8")
    page = sign_in("reviewer", viewport=DESK)

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
