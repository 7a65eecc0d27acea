"""No desk without a second factor, checked on the session itself."""

import io
import os
import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from common import staff_mail
from tests.clinic.test_access import addresses
from tests.conftest import Browser

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.MFA_REQUIRED = True


def code(secret):
    """What the app on the phone shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def enrolled(toms_river_desk):
    """The receptionist, with an app on her phone."""
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(toms_river_desk, secret)
    toms_river_desk.secret = secret
    return toms_river_desk


def sign_in(client, user, url="/admin/"):
    return client.post(f"/accounts/login/?next={url}", {"login": user.username, "password": PASSWORD})


@pytest.mark.parametrize("url", ["/admin/", "/admin/appointments/appointmentrequest/", "/desk/"])
def test_first_sign_in_leads_to_setting_up_a_second_factor(client, toms_river_desk, url):
    sign_in(client, toms_river_desk)

    response = client.get(url)

    assert (response.status_code, response["location"]) == (302, "/accounts/2fa/totp/activate/")


def test_editors_and_reviewers_need_one_too(client, editor):
    sign_in(client, editor)

    assert client.get("/cms/")["location"] == "/accounts/2fa/totp/activate/"


def set_up_app(client):
    """As after the first sign-in: the page shows a secret, the app on the phone makes a code of it."""
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)[1]
    return client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})


def test_setting_it_up_after_the_first_sign_in_asks_for_nothing_twice(client, toms_river_desk, monkeypatch):
    # The test's own transaction never commits; outside of tests this one is over when the page answers.
    monkeypatch.setattr(transaction, "on_commit", lambda done: done())
    sign_in(client, toms_river_desk)

    answer = set_up_app(client)

    assert answer["location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/admin/appointments/appointmentrequest/").status_code == 200


def test_new_second_factor_ends_the_other_sessions(client, toms_river_desk, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda done: done())
    elsewhere = Browser()
    for browser in (elsewhere, client):
        sign_in(browser, toms_river_desk)

    set_up_app(client)

    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert elsewhere.get("/accounts/2fa/")["location"].startswith("/accounts/login/")


def test_setting_it_up_later_asks_for_the_password_again(client, toms_river_desk, monday):
    sign_in(client, toms_river_desk)
    monday.shift(14 * 60)
    client.get("/accounts/2fa/")
    monday.shift(2 * 60)

    assert client.get("/accounts/2fa/totp/activate/")["location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize(
    "url",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/download/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/reauthenticate/",
    ],
)
def test_session_that_slipped_past_can_not_change_the_second_factor(signed_in, enrolled, url):
    browser = signed_in(enrolled)

    for answer in (browser.get(url), browser.post(url, {"password": PASSWORD})):
        assert answer["location"].startswith("/accounts/2fa/reauthenticate/")
    assert Authenticator.objects.filter(user=enrolled, type="totp").exists()


def sign_in_addresses():
    """Every address that has to do with signing in, of allauth, Wagtail and Django's admin."""
    words = re.compile(r"^accounts/|login|logout|password|reset|auth|2fa|signup|sign")
    return [address for address in all_addresses() if words.search(address.lstrip("/"))]


def all_addresses():
    return [*addresses("accounts/"), *addresses("admin/"), *addresses("cms/"), "/desk/", "/desk/kept/"]


@pytest.mark.thorough
@pytest.mark.parametrize("known", ["password", "nothing"])
def test_no_sign_in_or_reset_address_opens_a_desk_without_the_second_factor(client, enrolled, article, known):
    """Each is opened and posted to, with all that somebody who stole the password could know."""
    stolen = {
        "login": "tess",
        "username": "tess",
        "password": PASSWORD,
        "oldpassword": PASSWORD,
        "email": "t@x.example",
    }
    stolen |= {
        "password1": "another long phrase",
        "password2": "another long phrase",
        "code": "000000",
        "credential": "{}",
    }
    walked = sign_in_addresses()
    for address in walked:
        if known == "password":
            client.logout()
            sign_in(client, enrolled)  # stands before the second step
        client.get(address)
        client.post(address, stolen)
        assert client.get("/admin/appointments/appointmentrequest/").status_code != 200, address
        assert client.get("/cms/").status_code != 200, address
        cache.clear()  # the limits would end the walk

    assert len(walked) > 35
    enrolled.refresh_from_db()
    assert enrolled.check_password(PASSWORD)
    assert Authenticator.objects.filter(user=enrolled, type="totp").exists()


@pytest.mark.parametrize("address", ["/accounts/login/code/", "/accounts/3rdparty/", "/accounts/social/login/error/"])
def test_sign_in_by_mail_or_by_another_site_does_not_exist(client, db, address):
    assert client.get(address).status_code == 404


def test_password_reset_by_mail_signs_nobody_in(client, enrolled, mailoutbox):
    enrolled.email = "tess@clinic.example"
    enrolled.save()
    client.post("/accounts/password/reset/", {"email": "tess@clinic.example"})
    staff_mail.deliver_due()
    link = re.search(r"https://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]
    form = client.get(link)["location"]

    client.post(form, {"password1": "another long phrase", "password2": "another long phrase"})

    enrolled.refresh_from_db()
    assert enrolled.check_password("another long phrase")
    assert client.get("/admin/appointments/appointmentrequest/")["location"].startswith("/admin/login/")


def test_secrets_behind_codes_are_not_readable_in_the_database(enrolled):
    stored = Authenticator.objects.get(user=enrolled, type="totp")

    assert "JBSWY3DPEHPK3PXP" not in str(stored.data)
    assert stored.wrap().validate_code(code("JBSWY3DPEHPK3PXP"))


def test_secrets_behind_codes_move_to_a_new_key(enrolled, settings):
    auth = RecoveryCodes.activate(enrolled)
    codes = auth.get_unused_codes()
    new = "new-field-key-0123456789-abcdefghijklmnopqrstuv"
    settings.FIELD_KEYS = f"3:{new},{settings.FIELD_KEYS}"

    call_command("rotate_keys", stdout=io.StringIO())

    settings.FIELD_KEYS = f"3:{new}"
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code(enrolled.secret))
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes


def test_code_is_good_once(client, enrolled):
    shown = code(enrolled.secret)
    sign_in(client, enrolled)
    client.post("/accounts/2fa/authenticate/", {"code": shown})
    client.post("/accounts/logout/")
    sign_in(client, enrolled)

    client.post("/accounts/2fa/authenticate/", {"code": shown})

    assert client.get("/admin/appointments/appointmentrequest/").status_code == 302


def test_recovery_codes_alone_are_no_second_factor(signed_in, toms_river_desk):
    RecoveryCodes.activate(toms_river_desk)

    answer = signed_in(toms_river_desk).get("/admin/appointments/appointmentrequest/")

    assert answer["location"] == "/accounts/2fa/totp/activate/"


def test_recovery_code_opens_the_desk_once(client, enrolled):
    first, *_others = RecoveryCodes.activate(enrolled).get_unused_codes()
    sign_in(client, enrolled)
    client.post("/accounts/2fa/authenticate/", {"code": first})
    assert client.get("/admin/appointments/appointmentrequest/").status_code == 200
    again = Browser()
    sign_in(again, enrolled)

    again.post("/accounts/2fa/authenticate/", {"code": first})

    assert again.get("/admin/appointments/appointmentrequest/").status_code == 302


def test_passkey_needs_a_finger_a_face_or_a_pin(client, toms_river_desk):
    options = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()

    assert options["request_options"]["publicKey"]["userVerification"] == "required"


def test_key_that_is_set_up_as_a_second_factor_needs_one_too(client, toms_river_desk):
    sign_in(client, toms_river_desk)

    page = client.get("/accounts/2fa/webauthn/add/").content.decode()

    assert set(re.findall(r'"userVerification": "(\w+)"', page)) == {"required"}


def test_password_alone_does_not_sign_in_who_has_a_second_factor(client, enrolled):
    response = sign_in(client, enrolled)

    assert response["location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/appointments/appointmentrequest/")["location"].startswith("/admin/login/")


def test_password_and_code_open_the_desk(client, enrolled):
    sign_in(client, enrolled)

    client.post("/accounts/2fa/authenticate/", {"code": code(enrolled.secret)})

    assert client.get("/admin/appointments/appointmentrequest/").status_code == 200


def test_wrong_code_opens_nothing(client, enrolled):
    sign_in(client, enrolled)

    client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    assert client.get("/admin/appointments/appointmentrequest/").status_code == 302


def test_session_that_slipped_past_the_sign_in_is_asked(signed_in, enrolled):
    browser = signed_in(enrolled)  # as any other backend or door would

    for url in ("/admin/appointments/appointmentrequest/", "/desk/"):
        assert browser.get(url)["location"].startswith("/accounts/2fa/reauthenticate/")
    assert browser.post("/admin/appointments/appointmentrequest/1/note/", {"note-text": "x"}).status_code == 302


def test_public_pages_and_signing_out_need_none(client, toms_river_desk, library):
    sign_in(client, toms_river_desk)

    for url in ("/", "/conditions/heel-pain/", "/appointments/new/"):
        assert client.get(url).status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize(("demo", "required"), [("", "True"), ("1", "False")])
def test_production_requires_it_and_only_the_demonstration_does_not(demo, required, tmp_path):
    environment = {**os.environ, "DEMO": demo or "0", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "from clinic import settings; print(settings.MFA_REQUIRED)"]

    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert said.strip() == required
