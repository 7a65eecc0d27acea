"""The card for the chart: a digit or a button copies a line; without a script the lines can be selected."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, behind

pytestmark = pytest.mark.browser

LIST = "/admin/appointments/appointmentrequest/"


@pytest.fixture(scope="module")
def booked(demo: Demo) -> str:
    """The page of a request with a visit."""
    return f"{demo.url}{LIST}{behind(demo, 'one_of_each()')['booked']}/change/"


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_digit_and_button_copy_a_line_and_say_so(booked: str, sign_in: Callable[..., Page]) -> None:
    page = sign_in("desk-toms-river", permissions=["clipboard-read", "clipboard-write"])
    page.goto(booked)

    page.focus("#chart")
    page.keyboard.press("3")
    expect(page.locator("#chart [role=status]")).to_have_text("Copied: Phone")
    assert clipboard(page) == "(732) 555-0142"

    page.get_by_role("button", name="Copy Date of birth").click()
    expect(page.locator("#chart [role=status]")).to_have_text("Copied: Date of birth")
    assert clipboard(page) == "09/14/1954"


def test_digits_of_the_charts_number_copy_nothing(booked: str, sign_in: Callable[..., Page]) -> None:
    page = sign_in("desk-toms-river", permissions=["clipboard-read", "clipboard-write"])
    page.goto(booked)

    page.fill("#id_chart-number", "A")
    page.locator("#id_chart-number").press("1")

    expect(page.locator("#id_chart-number")).to_have_value("A1")
    expect(page.locator("#chart [role=status]")).to_have_text("")


def test_card_works_without_a_script(booked: str, sign_in: Callable[..., Page]) -> None:
    page = sign_in("desk-toms-river", java_script_enabled=False)
    page.goto(booked)

    expect(page.locator("#chart li").nth(2)).to_contain_text("(732) 555-0142")
    expect(page.locator("#chart ol button").first).to_be_hidden()

    page.fill("#id_chart-number", "20417")
    page.get_by_role("button", name="Entered in the chart").click()
    expect(page.locator("#chart-title")).to_contain_text("number 20417")
