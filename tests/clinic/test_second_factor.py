"""No desk without a second factor, checked on the session itself."""

import os
import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

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


def test_setting_it_up_opens_the_desk_once_the_code_has_been_shown(client, toms_river_desk):
    sign_in(client, toms_river_desk)
    client.post("/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)[1]

    client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})

    assert Authenticator.objects.filter(user=toms_river_desk, type="totp").exists()
    asked = client.get("/admin/appointments/appointmentrequest/")
    assert asked["location"].startswith("/accounts/2fa/reauthenticate/")
    client.post(
        asked["location"], {"code": Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]}
    )
    assert client.get("/admin/appointments/appointmentrequest/").status_code == 200


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
