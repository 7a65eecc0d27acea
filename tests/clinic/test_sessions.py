"""How long staff stay signed in, and what ends it at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from appointments.models import Office
from clinic.accounts import sessions
from common.models import AuditEntry
from tests.conftest import Browser

INBOX = "/admin/appointments/appointmentrequest/"
PASSWORD = "a long enough password"
DESK_OF = {"toms_river_desk": INBOX, "editor": "/cms/"}
MINUTE, HOUR = 60, 3600
# What browsers say of a request that a script makes.
BY_SCRIPT = {"Sec-Fetch-Mode": "cors"}


@pytest.fixture
def tess(monday, toms_river_desk, signed_in):
    """The receptionist's browser, Monday 10:12."""
    return signed_in(toms_river_desk)


@pytest.fixture
def edith(monday, editor, signed_in):
    """The editor's browser."""
    return signed_in(editor)


def is_open(browser, url=INBOX):
    return browser.get(url).status_code == 200


def left(browser):
    return browser.get("/accounts/time-left/", headers={"X-Background": "1"}).json()["seconds"]


@pytest.mark.parametrize("url", [INBOX, "/admin/appointments/office/", "/desk/"])
def test_front_desk_is_closed_after_fifteen_idle_minutes(tess, monday, url):
    monday.shift(15 * MINUTE)

    answer = tess.get(url)

    assert answer.status_code == 302
    assert answer["location"].startswith("/accounts/login/?next=%2F")
    assert "_auth_user_id" not in tess.session


def test_editors_desk_is_closed_after_fifteen_idle_minutes(edith, monday):
    monday.shift(15 * MINUTE)

    assert edith.get("/cms/")["location"] == "/accounts/login/?next=%2Fcms%2F&ended=1"


def test_account_pages_are_closed_after_fifteen_idle_minutes(tess, monday):
    monday.shift(15 * MINUTE)

    assert tess.get("/accounts/password/change/")["location"].startswith("/accounts/login/")


def test_work_keeps_the_session(tess, monday):
    for _click in range(5):
        monday.shift(14 * MINUTE)
        assert is_open(tess)


def test_idle_minutes_are_a_setting(tess, monday, settings):
    settings.IDLE_MINUTES = 5
    monday.shift(5 * MINUTE)

    assert not is_open(tess)


@pytest.mark.thorough
def test_nobody_stays_for_more_than_twelve_hours(tess, monday):
    for _quarter in range(12 * 6):
        monday.shift(10 * MINUTE)
        tess.get(INBOX)

    assert not is_open(tess)


@pytest.mark.parametrize("header", [BY_SCRIPT, {"X-Background": "1"}])
def test_page_that_refreshes_itself_does_not_keep_the_session(tess, monday, header):
    for _refresh in range(3):
        monday.shift(5 * MINUTE)
        tess.get(INBOX, headers=header)

    assert not is_open(tess)


def test_asking_for_the_time_left_does_not_keep_the_session(tess, monday):
    for _question in range(15):
        monday.shift(MINUTE)
        tess.get("/accounts/time-left/")

    assert not is_open(tess)


def test_wagtails_ping_does_not_keep_the_session(edith, monday, article):
    for _ping in range(15):
        monday.shift(MINUTE)
        edith.post(f"/cms/editing-sessions/ping/articles/article/{article.pk}/1/", headers=BY_SCRIPT)

    assert not is_open(edith, "/cms/")


@pytest.mark.thorough
def test_scripts_that_serve_a_typing_editor_keep_the_session(edith, monday, article):
    for _save in range(3):
        monday.shift(10 * MINUTE)
        edith.get(f"/cms/snippets/articles/article/edit/{article.pk}/", headers=BY_SCRIPT)

    assert is_open(edith, "/cms/")


def test_script_is_told_instead_of_led_to_the_sign_in(tess, monday):
    monday.shift(15 * MINUTE)

    assert tess.get(INBOX, headers=BY_SCRIPT).status_code == 401


def test_time_left_is_told(tess, monday):
    monday.shift(13 * MINUTE)

    assert left(tess) == 2 * MINUTE


def test_staying_signed_in_starts_the_time_anew(tess, monday):
    monday.shift(14 * MINUTE)

    answer = tess.post("/accounts/time-left/", headers=BY_SCRIPT)

    assert answer.json() == {"seconds": 15 * MINUTE}


def test_staying_needs_the_pages_own_token(monday, toms_river_desk):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(toms_river_desk)

    assert browser.post("/accounts/time-left/").status_code == 403


def test_time_is_over_for_who_is_not_signed_in(client, db):
    assert left(client) == 0
    assert client.post("/accounts/time-left/").json() == {"seconds": 0}


@pytest.mark.parametrize("missing", ["signed_in_at", "seen_at"])
def test_session_without_its_times_is_none(tess, monday, missing):
    session = tess.session
    del session[missing]
    session.save()

    assert not is_open(tess)


def test_sign_out_by_time_is_written_down(tess, monday):
    monday.shift(15 * MINUTE)
    tess.get(INBOX)

    assert AuditEntry.objects.filter(actor="tess", action="sign-out by time").count() == 1


def test_sign_in_page_says_why(tess, monday):
    monday.shift(15 * MINUTE)

    page = tess.get(INBOX, follow=True).content.decode()

    assert "You were signed out because nothing was done for 15 minutes" in page


def test_signing_in_again_leads_back(tess, monday):
    monday.shift(15 * MINUTE)
    asked = tess.get("/admin/appointments/office/?q=toms")

    answer = tess.post(
        asked["location"], {"login": "tess", "password": PASSWORD, "next": "/admin/appointments/office/?q=toms"}
    )

    assert answer["location"] == "/admin/appointments/office/?q=toms"


def test_public_pages_ask_for_no_session(tess, monday, library):
    monday.shift(15 * MINUTE)

    assert is_open(tess, "/conditions/heel-pain/")


def test_both_desks_load_the_warning(tess, edith, article):
    for browser, url in ((tess, INBOX), (edith, "/cms/")):
        page = browser.get(url).content.decode()
        assert "staff-sign-off.js" in page
        assert 'data-seconds="900"' in page


# --- At once ---


@pytest.mark.parametrize(("who", "url"), DESK_OF.items())
def test_disabled_account_is_out_at_the_next_click(request, signed_in, who, url):
    user = request.getfixturevalue(who)
    browser = signed_in(user)
    assert is_open(browser, url)

    user.is_active = False
    user.save()

    assert not is_open(browser, url)
    assert browser.post(f"{INBOX}1/note/", {"note-text": "x"}).status_code in (302, 403)


def test_cookie_kept_from_before_is_of_no_use_to_who_was_disabled(toms_river_desk, signed_in):
    cookie = signed_in(toms_river_desk).cookies["__Host-session"].value
    toms_river_desk.is_active = False
    toms_river_desk.save()
    thief = Browser()
    thief.cookies["__Host-session"] = cookie

    assert not is_open(thief)
    assert not is_open(thief, "/accounts/2fa/")


def test_new_password_ends_the_other_sessions(toms_river_desk, signed_in):
    here, elsewhere = signed_in(toms_river_desk), signed_in(toms_river_desk)

    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another long phrase", "password2": "another long phrase"},
    )

    assert is_open(here)
    assert not is_open(elsewhere)


def test_new_password_given_by_an_administrator_ends_all_sessions(toms_river_desk, signed_in):
    browser = signed_in(toms_river_desk)

    toms_river_desk.set_password("another long phrase")
    toms_river_desk.save()

    assert not is_open(browser)


def test_who_leaves_the_group_has_no_requests_at_the_next_click(toms_river_desk, signed_in, make_request):
    make_request(patient_name="Wilhelmina Secretname")
    browser = signed_in(toms_river_desk)
    assert b"Secretname" in browser.get(INBOX).content

    toms_river_desk.groups.remove(Group.objects.get(name="Front desk"))

    answer = browser.get(INBOX)
    assert answer.status_code in (403, 404)
    assert b"Secretname" not in answer.content


def test_who_leaves_the_office_has_no_requests_at_the_next_click(toms_river_desk, signed_in, make_request):
    found = make_request(patient_name="Wilhelmina Secretname")
    browser = signed_in(toms_river_desk)

    Office.objects.get(slug="toms-river").staff.remove(toms_river_desk)

    assert b"Secretname" not in browser.get(INBOX).content
    assert browser.get(f"{INBOX}{found.pk}/change/").status_code == 404


def test_editor_who_leaves_the_group_is_out_at_the_next_click(editor, signed_in):
    browser = signed_in(editor)

    editor.groups.clear()

    assert browser.get("/cms/").status_code == 403


def test_new_secret_key_signs_everybody_out(tess, edith, settings):
    """What the security page says to do when somebody may have got in."""
    assert is_open(tess)
    assert is_open(edith, "/cms/")

    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"

    assert not is_open(tess)
    assert not is_open(edith, "/cms/")


def test_session_ends_with_the_browser():
    from django.conf import settings

    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE


def test_client_without_https_gets_no_session(db):
    assert "__Host-session" not in Client().get("/accounts/login/").cookies


def test_sessions_that_are_over_are_deleted(tess, monday):
    monday.shift(13 * HOUR)
    lasting = Session.objects.create(session_key="lasting", expire_date=timezone.now() + timedelta(hours=1))

    sessions.delete_expired()

    assert list(Session.objects.all()) == [lasting]
