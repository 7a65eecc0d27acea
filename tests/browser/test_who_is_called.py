"""Who dials sees whom: name, birth date, the number and what can't wait, together on the screen at every width."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Demo, behind

pytestmark = pytest.mark.browser

LIST = "/admin/appointments/appointmentrequest/"
SIZES = [(390, 844), (768, 1024), (1024, 768), (1280, 800), (1440, 900)]
NAME = "Wilhelmina Featherstonehaugh-Delacroix"
IN_SIGHT = """element => {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
}"""


@pytest.fixture(scope="module")
def urgent(demo: Demo) -> None:
    """An urgent request with several signs."""
    behind(demo, f"send({ {'name': NAME, 'born': '1941-02-03', 'flags': ['sore', 'hot-swollen', 'fever']}!r})")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_name_birth_date_number_and_urgent_box_are_seen_together_after_call_now(
    urgent: None, sign_in: Callable[..., Page], width: int, height: int
) -> None:
    page = sign_in("desk-toms-river", viewport={"width": width, "height": height})
    page.locator("#result_list tr", has_text=NAME).get_by_role("link", name="Call now").click()
    page.wait_for_url("**/change/**")
    page.wait_for_timeout(300)
    caller = page.locator("#caller")

    seen = {
        "name": caller.get_by_text(NAME).evaluate(IN_SIGHT),
        "birth date": caller.get_by_text("02/03/1941").evaluate(IN_SIGHT),
        "number": caller.get_by_role("link", name="(732) 555-0142").evaluate(IN_SIGHT),
        "urgent box": page.locator(".box.safety").evaluate(IN_SIGHT),
    }

    assert all(seen.values()), seen
