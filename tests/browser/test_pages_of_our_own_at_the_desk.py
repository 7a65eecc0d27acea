"""Pages of ours at the editors' desk: what axe says of them, and rating an article."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, assert_accessible
from tests.browser.test_cms import DESK

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/cms/snippets/articles/sitepage/", "/cms/moving-in/", "/cms/articles/from-text/"])
def test_pages_of_ours_at_the_desk_are_accessible(demo: Demo, sign_in, viewport, path):
    page = sign_in("reviewer", viewport=viewport)
    page.goto(f"{demo.url}{path}")

    assert_accessible(page, "main")


def test_article_is_rated_by_a_checklist(demo: Demo, sign_in):
    editor = sign_in("editor", viewport=PHONE)
    editor.goto(f"{demo.url}/cms/snippets/articles/article/?q=bunions")
    editor.click("main table a:has-text('Bunions') >> nth=0")
    editor.wait_for_url(re.compile(r"/edit/\d+/"))
    number = re.search(r"/edit/(\d+)/", editor.url)
    assert number
    editor.goto(f"{demo.url}/cms/articles/{number[1]}/ratings/")
    editor.click("a:has-text('Rate by PEMAT-P')")
    expect(editor.get_by_role("button", name="Keep my rating")).to_be_visible()
    assert_accessible(editor, "main")
    editor.click("button:has-text('Keep my rating')")
    expect(editor.get_by_role("alert")).to_contain_text("24 answers are missing")
    assert_accessible(editor, "main")
    for yes in editor.get_by_role("radio", name="Yes").all():
        yes.check()
    editor.click("button:has-text('Keep my rating')")
    expect(editor.locator("main")).to_contain_text("Actionability")
    expect(editor.locator("main")).to_contain_text("100%")
    assert_accessible(editor, ".desk-page")
