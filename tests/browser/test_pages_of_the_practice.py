"""A page about the practice, from the editor's first word to its second address, as readers meet it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, assert_accessible
from tests.browser.test_cms import DESK, first_text, press, status_of, watched

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def add_block(page, field: str, name: str) -> None:
    """A section to the "body" of the page, or a block to the "content" of its last section."""
    page.locator(f"[data-contentpath='{field}'] .c-sf-add-button").last.click()
    page.get_by_role("option", name=name, exact=True).click()


def test_editor_publishes_a_page_and_readers_find_it(demo: Demo, open_page, sign_in):
    address = f"{demo.url}/valet-parking/"
    editor = sign_in("editor", viewport=DESK)
    editor.goto(f"{demo.url}/cms/snippets/articles/sitepage/add/")
    watched(editor)
    editor.fill("#id_title", "Valet parking")
    editor.fill("#id_summary", "Somebody parks your car for you.")
    editor.fill("#id_description", "Where to leave your car, and what it costs.")
    add_block(editor, "body", "Section")
    editor.locator("input[name$='-heading']").last.fill("At the door")
    add_block(editor, "content", "Text")
    first_text(editor).click()
    editor.keyboard.type("Leave the key with the guard.")
    editor.check("#id_in_footer")
    editor.locator("footer button:has-text('Save draft')").first.click()
    editor.wait_for_url(re.compile(r"/sitepage/edit/\d+/"))
    desk = editor.url
    expect(first_text(editor)).to_contain_text("Leave the key with the guard.")
    assert status_of(editor, address)[0] == 404

    press(editor, "Publish")
    editor.wait_for_url(re.compile(r"/sitepage/(?:\?|$)"))
    reader = open_page(viewport=PHONE, java_script_enabled=False)
    reader.goto(address)
    expect(reader.locator("h1")).to_have_text("Valet parking")
    expect(reader.locator("main")).to_contain_text("Leave the key with the guard.")
    reader.locator("footer a:has-text('Valet parking')").click()
    expect(reader).to_have_url(address)
    reader.goto(f"{demo.url}/conditions/search/?q=valet+parking")
    reader.locator("main a:has-text('Valet parking')").first.click()
    expect(reader).to_have_url(address)

    editor.goto(desk)
    expect(first_text(editor)).to_contain_text("Leave the key with the guard.")
    editor.fill("#id_title", "Notice of")
    editor.fill("#id_slug", "privacy")
    press(editor, "Publish")
    expect(editor.locator("main")).to_contain_text("This address belongs to another page. Choose another one.")
    assert status_of(reader, address)[0] == 200
    editor.fill("#id_title", "Parking by valet")
    editor.fill("#id_slug", "parking-by-valet")
    press(editor, "Publish")
    editor.wait_for_url(re.compile(r"/sitepage/(?:\?|$)"))
    assert status_of(reader, address) == (301, "/parking-by-valet/")
    seen = open_page(viewport=PHONE)
    seen.goto(address)
    expect(seen.locator("h1")).to_have_text("Parking by valet")
    assert_accessible(seen)


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
