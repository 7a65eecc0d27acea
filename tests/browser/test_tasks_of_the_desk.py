"""The desk's day task by task, from the first voicemail to the evening list: two desks and a manager, and how many
clicks and keys each thing takes. `pytest -s` prints the table.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Hands, behind, demonstration
from tests.browser.test_day_at_the_desk import BELLA, DESK, LIST, MONA, TESS, today

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]
OPENED = timedelta(days=8)  # until a day on which the offices are open
TABLE: list[str] = []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, static_files: Path) -> Iterator[Demo]:
    """One for this day alone."""
    with demonstration(tmp_path_factory.mktemp("tasks"), static_files) as started:
        behind(started, "open_all_day()")
        yield started
    print("", *TABLE, sep="\n")


@contextmanager
def task(hands: Hands, name: str, *, clicks: int, keys: int) -> Iterator[None]:
    """At most so many clicks and keys; words that somebody types of their own are no keys of ours."""
    before = hands.clicks, hands.keys
    yield
    used = hands.clicks - before[0], hands.keys - before[1]
    TABLE.append(f"{name:<34} {used[0]:>2} clicks {used[1]:>3} keys {Hands.seconds_of(*used):>5.1f} s")
    assert used[0] <= clicks, f"{name}: {used}"
    assert used[1] <= keys, f"{name}: {used}"


def write_down(demo: Demo, *names: str, **given: str) -> list[str]:
    """Requests that came before; their references. Each has a phone of its own."""
    told = [{"name": name, "phone": f"+1732555{ord(name[0]):04}", **given} for name in names]
    return list(behind(demo, f"send(*{told!r})"))


def row_of(name: str) -> str:
    """The link in the list."""
    return f"#result_list th a:has-text('{name}')"


def test_morning(demo: Demo, sign_in: SignIn) -> None:
    write_down(demo, "Ada Answer", "Ben Book", "Cleo Choose", "Dan Assign")
    desk = sign_in(TESS, viewport=DESK)
    hands = Hands(desk)

    with task(hands, "a voicemail is written down", clicks=1, keys=45):
        hands.press("n")
        desk.wait_for_url("**/new/")
        hands.press("Shift+Tab")
        hands.type("v")  # Voicemail
        hands.press("Tab")
        hands.type("Vic Voicemail")
        for _part in range(4):  # over the birth date
            hands.press("Tab")
        hands.type("7325550195")
        hands.click("button:has-text('Save, to be called later')")
    expect(desk.locator("h1")).to_contain_text("Saved: GS-")

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "whom to call next", clicks=0, keys=0):
        expect(desk.locator("#result_list tbody tr").first).to_contain_text("Vic Voicemail")

    with task(hands, "left voicemail", clicks=2, keys=0):
        hands.click(row_of("Ada Answer"))
        hands.click("button:has-text('Left voicemail')")
    expect(desk.locator(".history li").first).to_contain_text("Left voicemail")

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "find a caller", clicks=0, keys=6):
        hands.press("/")
        hands.type("cleo")
        hands.press("Enter")
        desk.wait_for_url("**/search/*/")
    expect(desk.locator("#result_list th a")).to_have_text(["Cleo Choose"])

    day = today() + OPENED
    with task(hands, "offer three times", clicks=3, keys=42):
        hands.click(row_of("Cleo Choose"))
        for field, hour in (("first", "09"), ("second", "10"), ("third", "11")):
            desk.focus(f"#id_propose-{field}")
            hands.type(f"{day:%m%d%Y}")
            hands.press("Tab")
            hands.type(f"{hour}00A")
        hands.click("#id_propose-by_phone")
        hands.click("button:has-text('Write these times down')")
    expect(desk.locator(".messagelist .success")).to_be_visible()


def test_calls(demo: Demo, sign_in: SignIn) -> None:
    desk = sign_in(TESS, viewport=DESK)
    hands = Hands(desk)
    day = today() + OPENED
    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "book", clicks=3, keys=14):
        hands.click(row_of("Ben Book"))
        desk.focus("#id_book-at")
        hands.type(f"{day:%m%d%Y}")
        hands.press("Tab")
        hands.type("0200P")
        hands.click("button:has-text('Book this visit')")
    expect(desk.locator("#next h2")).to_contain_text("Booked:")

    with task(hands, "enter in the chart", clicks=2, keys=6):
        hands.click("#chart h2")
        hands.press("1")
        hands.click("button:has-text('Entered in the chart')")
    expect(desk.locator("#chart-title")).to_contain_text("In the chart")

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "assign to me", clicks=3, keys=0):
        hands.click(row_of("Dan Assign"))
        hands.click("summary:has-text('Assign')")
        hands.click("button:has-text('Assign to me')")
    expect(desk.locator(".messagelist .success")).to_be_visible()

    with task(hands, "a note", clicks=2, keys=0):
        hands.click("#id_note-text")
        desk.keyboard.type("Prefers Fridays.")
        hands.click("button:has-text('Save note')")
    expect(desk.locator(".history li").first).to_contain_text("Prefers Fridays.")

    with task(hands, "send to the other office", clicks=3, keys=0):
        hands.click("summary:has-text('Send to another office')")
        hands.click("#id_send-reason")
        desk.keyboard.type("Lives there now.")
        hands.click("button:has-text('Send it there')")
    expect(desk.locator(".messagelist")).to_contain_text("Belleville")


def test_other_desk_and_manager(demo: Demo, sign_in: SignIn) -> None:
    write_down(demo, "Eve Twice", "Eve Once", office="belleville")
    write_down(demo, "Sid Spam", office="belleville", held_because="fast")
    desk = sign_in(BELLA, viewport=DESK)
    hands = Hands(desk)
    desk.goto(f"{demo.url}{LIST}")
    expect(desk.locator("#result_list")).to_contain_text("Dan Assign")

    desk.goto(f"{demo.url}{LIST}?tab=quarantine")
    with task(hands, "spam", clicks=1, keys=0):
        hands.click("button[value=spam]")
    expect(desk.locator(".messagelist .success")).to_be_visible()

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "ask the manager", clicks=4, keys=0):
        hands.click(row_of("Eve Once"))
        hands.click("summary:has-text('Ask the manager')")
        hands.click("#id_ask-text")
        desk.keyboard.type("May she bring her dog?")
        hands.click("button[type=submit]:has-text('Ask')")
    expect(desk.locator(".messagelist .success")).to_be_visible()

    mona = sign_in(MONA, viewport=DESK)
    hers = Hands(mona)
    with task(hers, "answer the desk's question", clicks=4, keys=0):
        hers.click(".tabs a:has-text('Questions')")
        hers.click(row_of("Eve Once"))
        hers.click("#id_answer-text")
        mona.keyboard.type("Yes.")
        hers.click("#answer button[type=submit]")
    expect(mona.locator(".messagelist .success")).to_be_visible()


def test_evening(demo: Demo, sign_in: SignIn) -> None:
    references = write_down(demo, "Kay Came", "Lou Late", "Moe Missed")
    behind(demo, f"book_and_be_over(*{references!r})")
    desk = sign_in(TESS, viewport=DESK)
    hands = Hands(desk)

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "tomorrow's list", clicks=1, keys=2):
        hands.press("g")
        hands.press("d")
        desk.wait_for_url("**/day/")
        hands.click("a:has-text('Day after')")
    expect(desk.locator("h1")).to_contain_text(f"{today() + timedelta(days=1):%A}")

    desk.goto(f"{demo.url}{LIST}")
    with task(hands, "the evening list, three visits", clicks=4, keys=0):
        hands.click(".tabs a:has-text('Settle visits')")
        hands.click("li:has-text('Moe Missed') label:has-text('Did not come')")
        hands.click("label:has-text('All others came')")
        hands.click("button:has-text('Save')")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    desk.goto(f"{demo.url}{LIST}")
    expect(desk.locator("#result_list tr", has_text="Moe Missed")).to_contain_text("Did not come")

    with task(hands, "call again on a day", clicks=3, keys=14):
        hands.click(row_of("Moe Missed"))
        hands.click("summary:has-text('Call again on')")
        desk.focus("#id_later-at")
        hands.type(f"{today() + OPENED:%m%d%Y}")
        hands.press("Tab")
        hands.type("0300P")
        hands.click("#next details[open] button[type=submit]")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert "Whole." in demo.manage("verify_audit")
