"""Signing in with a passkey, and being signed out with a note half written, in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser

MINUTES_14 = 14 * 60 * 1000


@pytest.fixture
def localhost(demo: Demo) -> str:
    """The demonstration by a name: passkeys belong to names, and an address of numbers is none."""
    return demo.url.replace("127.0.0.1", "localhost")


def with_passkeys(page: Page) -> None:
    """Give the browser an authenticator that has just seen a finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    verified = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | verified})


def test_passkey_is_set_up_and_signs_in(chromium: Browser, demo: Demo, localhost: str) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with_passkeys(page)
    page.goto(f"{localhost}/accounts/login/")
    page.fill("#id_login", "desk-belleville")
    page.fill("#id_password", demo.passwords["desk-belleville"])
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.goto(f"{localhost}/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "My laptop")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto(f"{localhost}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{localhost}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/admin/appointments/appointmentrequest/")
    page.context.close()
    assert complaints == [], "our policy lets the scripts of the sign-in work"


def test_warning_comes_before_the_end_and_staying_takes_it_away(sign_in: Callable[..., Page]) -> None:
    page = sign_in("desk-toms-river")
    left = {"seconds": 90}
    page.route(
        "**/accounts/time-left/",
        lambda route: route.fulfill(json={"seconds": 900} if route.request.post_data else left),
    )
    page.clock.install()
    page.reload()

    page.clock.run_for(MINUTES_14)

    dialog = page.get_by_role("alertdialog", name="Are you still there?")
    dialog.wait_for()
    assert "You will be signed out in" in dialog.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
    page.unroute("**/accounts/time-left/")  # the real server has seen the reload just now
    dialog.get_by_role("button", name="Stay signed in").click()
    dialog.wait_for(state="hidden")
