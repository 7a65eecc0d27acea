"""Mistakes as they are met on a phone: the summary is what one sees and hears first, also after its links were used."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, assert_accessible

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def phone(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    """A phone in somebody's hand."""
    return open_page(viewport=PHONE, java_script_enabled=request.param)


def send(page: Page) -> None:
    page.click("main form[method=post] button.button")


def assert_summary_is_met_first(page: Page) -> None:
    summary = page.locator(".problem")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_second_mistake_is_shown_at_the_top_after_a_link_of_the_first(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/appointments/new/")
    phone.check("label:has-text('No, none of these') input >> nth=0")
    send(phone)
    phone.check("input[name=visit_for][value=me]")
    phone.fill("#id_patient_name", "Harold Sample")
    for box, value in enumerate(("9", "14", "54")):
        phone.fill(f"#id_birth_date_{box}", value)
    phone.check("input[name=been_before][value=no]")
    phone.fill("#id_phone", "732 555 0142 x12")
    phone.fill("#id_email", "harold@gmail.con")
    phone.fill("#id_zip_code", "NJ 08753")
    send(phone)

    assert_summary_is_met_first(phone)
    phone.click(".problem a:has-text('Year of birth')")
    expect(phone.locator("#id_birth_date_2")).to_be_focused()
    assert phone.locator("[aria-invalid=true]").evaluate_all("boxes => boxes.map(box => box.id)") == [
        "id_birth_date_2",
        "id_email",
    ]
    send(phone)  # still 54; the email stays as it is

    assert_summary_is_met_first(phone)
    assert "#" not in phone.url
    assert phone.locator(".problem a").all_inner_texts() == ["Year of birth must have 4 digits, like 1953"]
    phone.fill("#id_birth_date_2", "1954")
    send(phone)
    phone.wait_for_url("**/appointments/new/visit/")


def test_letters_are_counted_and_the_owner_filled_in_only_with_a_script(
    open_page: Callable[..., Page], demo: Demo
) -> None:
    page = open_page(viewport=PHONE)
    page.goto(f"{demo.url}/appointments/new/")
    page.check("label:has-text('No, none of these') input >> nth=0")
    send(page)
    name = page.locator("#id_patient_name")
    expect(name).to_have_attribute("autocomplete", "off")
    page.check("input[name=visit_for][value=me]")
    expect(name).to_have_attribute("autocomplete", "name")
    page.check("input[name=visit_for][value=child]")
    expect(name).to_have_attribute("autocomplete", "off")

    page.goto(f"{demo.url}/appointments/message/")
    page.fill("#id_message", "x" * 590)
    expect(page.locator("#id_message + .hint")).to_have_text("10 characters left")
    page.fill("#id_message", "x" * 624)
    expect(page.locator("#id_message + .hint")).to_have_text("24 too many")
    send(page)
    assert_accessible(page)
