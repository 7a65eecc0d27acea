"""Every kind of public page, beyond what axe can see: keyboard, thumb, spacing, forced colors, motion, headings.

One browser and one visit for all pages; `beyond_axe.py` says what is looked at.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.beyond_axe import faults_of
from tests.browser.conftest import Demo
from tests.browser.test_every_page import ASK, PRIVATE, READING
from tests.browser.test_request_journeys import fill_until_check

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """One for all."""
    context = chromium.new_context(timezone_id="America/New_York")
    yield context.new_page()
    context.close()


def assert_usable(page: Page) -> None:
    faults = faults_of(page)
    assert not faults, "\n".join([page.url, *faults])


@pytest.mark.parametrize("path", READING)
def test_page_to_read_is_usable(demo: Demo, error_pages: list[str], page: Page, path: str) -> None:
    page.goto(demo.url + path)

    assert_usable(page)


@pytest.mark.parametrize("which", [0, 1], ids=["500", "503"])
def test_error_page_is_usable(demo: Demo, error_pages: list[str], page: Page, which: int) -> None:
    page.route("**/broken/", lambda route: route.fulfill(body=error_pages[which], content_type="text/html"))
    page.goto(f"{demo.url}/broken/")
    page.unroute("**/broken/")

    assert_usable(page)


def test_question_form_is_usable(demo: Demo, error_pages: list[str], page: Page) -> None:
    page.goto(demo.url + ASK)
    assert_usable(page)

    page.click("main form button")
    assert_usable(page)


@pytest.mark.parametrize(("state", "address"), PRIVATE)
def test_private_page_is_usable(
    demo: Demo, private_pages: dict[str, str], page: Page, state: str, address: str
) -> None:
    page.goto(demo.url + private_pages[state])
    if page.locator("#id_last_digits").count():
        page.fill("#id_last_digits", "0142")
        page.click("main form button")
    page.goto(demo.url + private_pages[state] + address)

    assert_usable(page)


def test_request_form_is_usable(demo: Demo, page: Page) -> None:
    fill_until_check(page, demo, check=assert_usable, flag="hot, red and swollen")
    for step in ("new/", "new/about-you/", "new/visit/", "new/contact/"):
        page.goto(f"{demo.url}/appointments/{step}")
        page.locator("main form [id^=id_]").evaluate_all("controls => controls.forEach(each => each.remove())")
        page.click("main form button")
        expect(page).to_have_title(re.compile("^Error: "))
        assert_usable(page)
    page.goto(f"{demo.url}/appointments/check/")
    page.click("button:has-text('Send my request')")

    assert_usable(page)


SOUND = """<!doctype html><html lang="en"><title>T</title><style>button { padding: 1em }</style>
<main><h1>Heading</h1><div>Text</div></main></html>"""
FAULTS = {
    "<a href='#a'>Home</a>": "a “Home” is",
    "<h3>Far down</h3>": "headings: 3 after 1",
    "<h1>Again</h1>": "2 headings of the first level",
    "<a href='#a'><svg width='50' height='50'></svg></a>": "a link without a name",
    "<button style='outline: 0' autofocus>Go</button>": "nothing shows that button# “Go” has the focus",
    "<button>Then</button><button tabindex='2'>First</button>": "“First” has a place of its own",
    "<button style='position: relative; top: 9em'>Below</button><br><button>Up</button>": "is seen above it",
    "<button>Under</button><p style='position: absolute; inset: 0'>Over it</p>": "“Under” is covered",
    "<p style='overflow: hidden; height: 1.2em'>Two lines<br>of text</p>": "“of text” does not fit into p.",
    "<p style='width: 500px'>Wide</p>": "320 pixels, as it is: the page is",
    "<p style='transition: color 1s'>Slow</p>": "p. moves",
    "<nav aria-label='N'><ul><li><a href='#a' aria-current='page'>A</a><li><a href='#b'>B</a></ul></nav>": (
        "forced colors: “A” looks like the others"
    ),
}


@pytest.mark.parametrize(("html", "told"), FAULTS.items(), ids=FAULTS.values())
def test_fault_is_found(page: Page, html: str, told: str) -> None:
    page.goto("about:blank")
    page.set_content(SOUND.replace("Text", html))

    assert any(told in fault for fault in faults_of(page))


def test_sound_page_has_no_fault(page: Page) -> None:
    page.goto("about:blank")
    page.set_content(SOUND)

    assert faults_of(page) == []
