"""Who came in, who did not, and who may: every one of them in the audit."""

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import transaction

from appointments.models import Office
from common import audit
from common.models import AuditEntry, User
from tests.clinic.test_second_factor import set_up_app

PASSWORD = "a long enough password"


def entries(*fields):
    """What was written, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list(*(fields or ("actor", "action"))))


def sign_in(browser, username="tess", password=PASSWORD):
    return browser.post("/accounts/login/", {"login": username, "password": password})


def test_signing_in_and_out_is_written_with_the_address(client, toms_river_desk):
    sign_in(client)
    client.post("/accounts/logout/")

    assert entries("actor", "action", "address") == [
        ("tess", "sign-in", "127.0.0.1"),
        ("tess", "sign-out", "127.0.0.1"),
    ]
    assert audit.first_broken() is None


def test_wrong_password_is_written_with_the_name(client, toms_river_desk):
    sign_in(client, password="a wrong but long password")

    assert entries() == [("tess", "sign-in failed")]


def test_unknown_name_is_not_written(client, db):
    """It may be a password in the wrong box."""
    sign_in(client, "my secret password 123")

    assert entries() == [("unknown", "sign-in failed")]
    assert "secret" not in repr(entries("actor", "action", "record", "address"))


def test_lock_is_written_once(client, toms_river_desk):
    for _try in range(9):
        sign_in(client, password="a wrong but long password")

    assert entries().count(("tess", "sign-in failed")) == 5
    assert entries().count(("tess", "sign-in locked")) == 1


def test_wrong_code_is_written(client, toms_river_desk):
    TOTP.activate(toms_river_desk, "JBSWY3DPEHPK3PXP")
    sign_in(client)

    client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    assert ("tess", "second factor wrong") in entries()
    assert ("tess", "sign-in") not in entries()


def test_second_factor_added_and_removed_is_written(client, toms_river_desk, settings, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda done: done())  # the test's own never commits
    settings.MFA_REQUIRED = True
    sign_in(client)
    set_up_app(client)

    client.post("/accounts/2fa/totp/deactivate/")

    assert ("tess", "second factor added: totp") in entries()
    assert ("tess", "second factor added: recovery_codes") in entries()
    assert ("tess", "second factor removed: totp") in entries()


def test_password_change_is_written(client, toms_river_desk):
    sign_in(client)

    new = {"password1": "another long phrase", "password2": "another long phrase"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})

    assert ("tess", "password change") in entries()
    assert ("tess", "account: password") in entries()


def test_renewed_hash_at_sign_in_is_no_new_password(client, toms_river_desk, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", *settings.PASSWORD_HASHERS]

    sign_in(client)

    assert User.objects.get(username="tess").password.startswith("argon2")
    assert entries() == [("tess", "sign-in")]


def test_new_account_and_its_end_are_written_with_who_did_it(client, signed_in, db):
    root = User.objects.create_superuser("root", password=PASSWORD)
    browser = signed_in(root)

    made = {"username": "newbie", "password1": "green toe lamps", "password2": "green toe lamps"}
    browser.post("/admin/common/user/add/", {**made, "usable_password": "true"})
    newbie = User.objects.get(username="newbie")
    newbie.is_active = not newbie.is_active
    newbie.save()
    newbie.delete()

    assert ("root", "account made", "newbie") in entries("actor", "action", "record")
    assert ("account: is_active", "newbie") in entries("action", "record")
    assert ("account deleted", "newbie") in entries("action", "record")


def test_change_by_a_command_is_written_with_who_ran_it(db, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "olivia")

    User.objects.create_user("newbie")

    assert entries() == [("operator olivia", "account made")]


def test_password_set_by_a_link_is_written_as_the_visitors(client, toms_river_desk):
    """Whoever holds the link; not as the person who runs the server."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(toms_river_desk)
    form = client.get(f"/accounts/password/reset/key/{user_pk_to_url_str(toms_river_desk)}-{key}/", follow=True)
    new = "another long enough phrase 42"

    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert ("visitor", "account: password", "tess") in entries("actor", "action", "record")
    assert not [actor for actor, _action in entries() if actor.startswith("operator")]


def test_reaching_another_offices_requests_is_written(toms_river_desk):
    """The practice's way in an emergency: a manager adds somebody to an office."""
    belleville = Office.objects.get(slug="belleville")

    belleville.staff.add(toms_river_desk)
    toms_river_desk.offices.remove(belleville)

    assert entries("action", "record") == [
        ("rights given", "office belleville, tess"),
        ("rights taken", "tess, office belleville"),
    ]


def test_group_given_and_taken_is_written(toms_river_desk):
    toms_river_desk.groups.add(Group.objects.get(name="Manager"))
    toms_river_desk.groups.clear()

    assert entries("action", "record") == [("rights given", "tess, group Manager"), ("rights taken", "tess")]


# --- Emergency access ---


@pytest.fixture
def locked_out(toms_river_desk, signed_in):
    """The receptionist has lost her phone, and is still signed in on another computer."""
    TOTP.activate(toms_river_desk, "JBSWY3DPEHPK3PXP")
    signed_in(toms_river_desk)
    return toms_river_desk


def test_emergency_access_removes_factors_and_sessions_of_that_person(locked_out, belleville_desk, signed_in):
    TOTP.activate(belleville_desk, "JBSWY3DPEHPK3PXQ")
    other = signed_in(belleville_desk)

    call_command("emergency_access", "tess", reason="lost-phone")

    assert list(Authenticator.objects.values_list("user__username", flat=True)) == ["bella"]
    assert Session.objects.count() == 1
    assert other.get("/admin/appointments/appointmentrequest/").status_code == 200


def test_after_emergency_access_a_new_factor_is_needed_first(locked_out, client, settings):
    settings.MFA_REQUIRED = True
    call_command("emergency_access", "tess", reason="lost-phone")

    sign_in(client)

    assert client.get("/admin/")["location"] == "/accounts/2fa/totp/activate/"


def test_emergency_access_is_written_with_who_ran_it_and_why(locked_out, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "olivia")

    call_command("emergency_access", "tess", reason="lost-phone")

    assert entries("actor", "action", "record")[-1] == ("operator olivia", "emergency access", "tess: lost-phone")


def test_managers_are_told_of_emergency_access(locked_out, manager, mailoutbox):
    User.objects.filter(pk=manager.pk).update(email="mona@clinic.example")

    call_command("emergency_access", "tess", reason="lost-phone")

    assert mailoutbox[0].to == ["mona@clinic.example"]
    assert "tess" in mailoutbox[0].body
    assert "lost-phone" in mailoutbox[0].body


def test_mail_server_that_is_away_is_said_and_undoes_nothing(locked_out, manager, settings, capsys):
    User.objects.filter(pk=manager.pk).update(email="mona@clinic.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    call_command("emergency_access", "tess", reason="lost-phone")

    assert "Nobody was told by mail" in capsys.readouterr().err
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["tess"], ["tess", "--reason", "her mother fell ill"], ["nobody", "--reason", "lost-phone"]]
)
def test_emergency_access_wants_a_user_and_one_of_its_reasons(locked_out, arguments):
    with pytest.raises(CommandError):
        call_command("emergency_access", *arguments)

    assert Authenticator.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_refused_is_written_with_the_page_and_its_number(make_request, belleville_desk, signed_in, method):
    theirs = make_request()  # of Toms River
    browser = signed_in(belleville_desk)

    getattr(browser, method)(f"/admin/appointments/appointmentrequest/{theirs.pk}/note/", {"note-text": "Hello"})
    browser.get("/admin/dashboard/")

    written = AuditEntry.objects.filter(action="refused").order_by("pk").values_list("actor", "record")
    assert list(written) == [
        ("bella", f"admin:appointments_appointmentrequest_act {theirs.pk}"),
        ("bella", "admin:dashboard"),
    ]


def test_words_in_a_refused_address_are_not_written(client, signed_in, belleville_desk):
    """They may be a patient's name."""
    browser = signed_in(belleville_desk)

    browser.get("/admin/appointments/appointmentrequest/Harold/change/")
    browser.get("/admin/Harold/")
    client.get("/admin/dashboard/")

    assert "Harold" not in repr(entries("action", "record"))


def test_visitor_who_is_not_signed_in_fills_no_audit(client, db):
    client.get("/admin/dashboard/")
    client.post("/admin/appointments/appointmentrequest/1/note/")

    assert entries() == []
