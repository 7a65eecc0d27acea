"""A receptionist takes callers: keyboard alone, mouse, without JavaScript; keys and clicks are counted."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Hands, behind, demonstration, untaken
from tests.browser.test_day_at_the_desk import DESK, LIST, OPEN_DAY, TESS, press, today
from tests.browser.test_every_page import assert_sound

pytestmark = pytest.mark.browser

MOST_SECONDS, MOST_CLICKS = 60, 12
NEW = f"{LIST}new/"
SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, static_files: Path) -> Iterator[Demo]:
    with demonstration(tmp_path_factory.mktemp("callers"), static_files) as started:
        behind(started, "open_all_day()")
        yield started


def type_visit(hands: Hands) -> None:
    """A day and time into Chromium's own box: month, day, year, hour, minutes, half of the day."""
    at = untaken(today() + OPEN_DAY)
    hands.type(f"{at:%m%d%Y}")
    hands.press("Tab")
    hands.type(f"{at:%I%M%p}")


def test_routine_caller_is_booked_with_the_keyboard_alone(demo: Demo, sign_in: SignIn) -> None:
    desk = sign_in(TESS, viewport=DESK)
    desk.goto(f"{demo.url}{LIST}")
    hands, started = Hands(desk), time.monotonic()

    hands.press("n")
    desk.wait_for_url(f"**{NEW}")
    expect(desk.locator("#id_patient_name")).to_be_focused()
    hands.type("Kay Keyboard")
    hands.press("Tab")
    for part in ("9", "14", "1954", "7325550191"):
        hands.type(part)
        hands.press("Tab")
    hands.tab_to(none_of(desk, "flags"))
    hands.press("Space")
    hands.tab_to("id_reason")
    hands.type("Heel")
    hands.tab_to("id_zip_code")
    hands.type("08753")
    hands.tab_to("id_voicemail")
    hands.press("Space")
    hands.tab_to("id_consent")
    hands.press("Space")
    hands.press("Enter")
    desk.wait_for_url("**?open=book*")
    expect(desk.locator(".messagelist")).to_contain_text("Saved. The reference is GS-")
    hands.tab_to("id_book-at")
    type_visit(hands)
    hands.press("Enter")

    expect(desk.locator("#next h2")).to_contain_text("Booked:")
    assert hands.clicks == 0
    assert hands.seconds <= MOST_SECONDS, f"{hands.keys} keys"
    print(f"keyboard: {hands.keys} keys, {hands.seconds:.0f} s by hand, {time.monotonic() - started:.1f} s by machine")


def none_of(page: Page, question: str) -> str:
    """The id of "No, none of these"."""
    return str(page.locator(f"[name={question}][value=none]").get_attribute("id"))


def test_routine_caller_is_booked_with_the_mouse(demo: Demo, sign_in: SignIn) -> None:
    desk = sign_in(TESS, viewport=DESK)
    desk.goto(f"{demo.url}{LIST}")
    hands = Hands(desk)

    hands.click(".desk-nav a:has-text('New request')")
    for part in ("Mo Mouse", "9", "14", "1954", "7325550192"):
        hands.type(part)
        hands.press("Tab")
    hands.click(f"#{none_of(desk, 'flags')}")
    hands.click("#id_reason")
    hands.type("Heel")
    hands.press("Enter")
    hands.click("#id_zip_code")
    hands.type("08753")
    hands.click("#id_consent")
    hands.click("button:has-text('Save and book')")
    desk.wait_for_url("**?open=book*")
    hands.click("#id_book-at")
    type_visit(hands)
    hands.click("button:has-text('Book this visit')")

    expect(desk.locator("#next h2")).to_contain_text("Booked:")
    assert hands.clicks <= MOST_CLICKS
    assert hands.seconds <= MOST_SECONDS
    print(f"mouse: {hands.clicks} clicks and {hands.keys} keys, {hands.seconds:.0f} s by hand")


def test_same_person_shows_while_somebody_types_and_care_comes_at_once(demo: Demo, sign_in: SignIn) -> None:
    (reference,) = behind(demo, "send({'name': 'Sadie Same', 'phone': '+17325550193', 'born': '1944-05-06'})")
    desk = sign_in(TESS, viewport=DESK)
    desk.goto(f"{demo.url}{NEW}")

    desk.keyboard.type("sadie sa", delay=20)
    expect(desk.locator(".same-person")).to_contain_text(reference)
    desk.fill("#id_phone", "732 555 0193")
    expect(desk.locator(".same-person")).to_contain_text("Same name and phone number.")
    expect(desk.get_by_label("It is about something else")).to_be_visible()
    assert "sadie" not in desk.url.lower()
    desk.check("[name=flags][value=fever]")
    expect(desk.locator(".say-now")).to_contain_text("Say now:")
    desk.fill("#id_zip_code", "07109")
    expect(desk.locator("[data-live=routing]")).to_contain_text("from Belleville")
    assert_sound(desk, "Say now", looks=(("light", 1280), ("dark", 390)))
    assert_sound(desk, "Say now", looks=(("dark", 1280), ("light", 390)))


def test_refused_page_and_what_to_say_back_are_sound(demo: Demo, sign_in: SignIn) -> None:
    desk = sign_in(TESS, viewport=DESK)
    desk.goto(f"{demo.url}{NEW}")
    desk.fill("#id_details", "My toe turned black")
    press(desk, "Save, to be called later")
    expect(desk.locator("#problem")).to_contain_text("Enter the patient’s name")
    expect(desk.locator("#id_details")).to_have_value("My toe turned black")
    assert_sound(desk, "Nothing is saved yet", looks=(("light", 1280), ("dark", 390)))

    desk.goto(f"{demo.url}{NEW}")
    desk.select_option("#id_channel", "voicemail")
    desk.fill("#id_patient_name", "Vic Voicemail")
    desk.fill("#id_phone", "7325550195")
    press(desk, "Save, to be called later")
    expect(desk.locator("h1")).to_contain_text("Saved: GS-")
    assert_sound(desk, "What happens next", looks=(("light", 1280), ("dark", 390)))
    desk.click("a:has-text('Open the request')")
    expect(desk.locator("#safety")).to_contain_text("Ask the safety questions")
    assert_sound(desk, "Ask the safety questions", looks=(("light", 1280), ("dark", 390)))
    desk.click("summary:has-text('Ask the safety questions')")
    assert_sound(desk, "Read aloud", looks=(("light", 1280), ("dark", 390)))
    desk.locator("#safety [name=safety-flags][value=none]").check()
    press(desk, "Save the answers")
    expect(desk.locator("#safety")).to_have_count(0)


def test_without_javascript_a_button_looks_for_the_person(demo: Demo, sign_in: SignIn, open_page: SignIn) -> None:
    signed_in = sign_in(TESS, viewport=DESK)
    (reference,) = behind(demo, "send({'name': 'Nell Noscript', 'phone': '+17325550196'})")
    desk = open_page(viewport=DESK, java_script_enabled=False, storage_state=signed_in.context.storage_state())
    desk.goto(f"{demo.url}{NEW}")

    desk.fill("#id_patient_name", "Nell Noscript")
    press(desk, "Look for this person")

    expect(desk.locator(".same-person")).to_contain_text(reference)
    expect(desk.locator("#problem")).to_have_count(0)
    expect(desk.locator("#id_patient_name")).to_have_value("Nell Noscript")
