"""`manage.py doctor`: a mistake is planted, and the doctor says what to do about it."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from smtplib import SMTPAuthenticationError
from types import SimpleNamespace
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.core.mail import get_connection
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory
from django.utils import timezone

from appointments import offices
from appointments.models import Office
from clinic.operations import as_seen, doctor
from common import audit, heartbeat
from common.models import Alarm, AuditEntry, User
from tests.conftest import Browser

pytestmark = pytest.mark.django_db
SEEN = {"client": "192.0.2.1", "proxies": 1, "secure": True, "certificate_days": 60, "version": doctor.__version__}
RIGHT_KEY = "1:doctor-test-field-key-0123456789-abcdefghijk"


@pytest.fixture
def right(practice, settings, tmp_path, monkeypatch):
    """An installation with nothing wrong."""
    tmp_path.chmod(0o700)
    (tmp_path / "static").mkdir()
    (tmp_path / "static/staticfiles.json").write_text("{}")
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.OPERATOR_EMAIL = "olivia@clinic.example"
    settings.BACKUP_PUBLIC_KEYS = ["age1example"]
    settings.TRUSTED_PROXY_HOPS = 1
    monkeypatch.setattr(as_seen, "ask", lambda: (dict(SEEN), 200, ""))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    heartbeat.beat()
    for action in ("backup finished", "restore tried", "mail tried"):
        audit.record(actor="operator root", action=action)
    for name in ("mona", "ada"):
        User.objects.create(username=name).groups.set(Group.objects.filter(name="Manager"))
    return SimpleNamespace(settings=settings, patch=monkeypatch, folder=tmp_path)


def seen(**changes: object) -> Callable[[SimpleNamespace], None]:
    """The site sees the doctor otherwise; `status` and `place` are a page's."""
    status, place = changes.pop("status", 200), changes.pop("place", "")
    return lambda site: site.patch.setattr(as_seen, "ask", lambda: ({**SEEN, **changes}, status, place))


def fails(target: object, name: str, problem: Exception) -> Callable[[SimpleNamespace], None]:
    """A function that raises."""

    def fail(*_args: object, **_more: object) -> None:
        raise problem

    return lambda site: site.patch.setattr(target, name, fail)


def given(**values: object) -> Callable[[SimpleNamespace], None]:
    """Settings of other values."""
    return lambda site: [setattr(site.settings, name, value) for name, value in values.items()]


def forgotten(action: str, days: int = 0) -> Callable[[SimpleNamespace], None]:
    """What was done was done so many days ago, or never. The entries stay: the database refuses to change them."""

    def plant(site: SimpleNamespace) -> None:
        if days:
            later = timezone.now() + timedelta(days=days)
            site.patch.setattr(timezone, "now", lambda: later)
        else:
            left = AuditEntry.objects.exclude(action=action)
            site.patch.setattr(doctor, "AuditEntry", SimpleNamespace(objects=left))

    return plant


def change_office(**values: object) -> Callable[[SimpleNamespace], None]:
    """The one in Belleville."""

    def plant(_site: SimpleNamespace) -> None:
        Office.objects.filter(slug="belleville").update(**values)
        offices.forget()

    return plant


def no_staff(_site: SimpleNamespace) -> None:
    Office.objects.get(slug="belleville").staff.clear()
    offices.forget()


def a_file_of_root(site: SimpleNamespace) -> None:
    (site.folder / "pages-changed").touch()
    site.patch.setattr(doctor, "_strangers", lambda folder, _owner: iter([f"{folder}/pages-changed"]))


MISTAKES = {
    "a check of Django's": ("settings", given(SECRET_KEY="short"), "SECRET_KEY"),
    "a demonstration": ("demonstration", given(DEMO=True), "take DEMO away"),
    "nobody hears": ("operator", given(OPERATOR_EMAIL=""), "OPERATOR_EMAIL"),
    "a wrong key": ("keys", given(FIELD_KEYS=RIGHT_KEY), "put back the right key: wrong key: FIELD_KEYS 1"),
    "no database": (
        "database",
        fails(connection, "ensure_connection", OperationalError('password authentication failed for user "clinic"')),
        "password authentication failed",
    ),
    "no TLS": (
        "database",
        lambda site: (
            [site.patch.setattr(connection, "vendor", "postgresql")]
            + [site.patch.setattr(doctor, name, lambda: False) for name in ("_is_near", "_has_tls")]
        ),
        "sslmode=verify-full",
    ),
    "a full disk": ("writes", fails(cache, "set", OperationalError("database or disk is full")), "disk is full"),
    "migrations missing": (
        "migrations",
        lambda _site: MigrationRecorder.Migration.objects.filter(app="common").delete(),
        "manage.py migrate",
    ),
    "migrations of a newer version": (
        "migrations",
        lambda _site: MigrationRecorder(connection).record_applied("common", "9999_newer"),
        "common 9999_newer",
    ),
    "a clock that is wrong": (
        "clock",
        lambda site: site.patch.setattr(doctor.clock, "trouble", lambda: "The server’s clock says 1970"),
        "clock says 1970",
    ),
    "a folder others can read": ("files", lambda site: site.folder.chmod(0o755), "chmod 700"),
    "no folder": ("files", lambda site: given(VAR_DIR=site.folder / "none")(site), "make the folder"),
    "a folder of root": ("files", lambda site: site.patch.setattr(os, "access", lambda *_way: False), "site’s user"),
    "a file of root": ("owners", a_file_of_root, "pages-changed belongs to another user"),
    "the doctor as another user": (
        "owners",
        lambda site: site.patch.setattr(os, "geteuid", lambda: 4_242_424),
        "run commands as the owner",
    ),
    "no static files": ("static files", lambda site: shutil.rmtree(site.folder / "static"), "collectstatic"),
    "little room": (
        "disk",
        lambda site: site.patch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=9_000_000)),
        "make room",
    ),
    "another package": (
        "versions",
        lambda site: site.patch.setattr(doctor, "version", lambda _name: "0.1"),
        "pip install --require-hashes",
    ),
    "too few hops": ("proxy", given(TRUSTED_PROXY_HOPS=0), "set TRUSTED_PROXY_HOPS=1"),
    "too many hops": ("proxy", given(TRUSTED_PROXY_HOPS=2), "visitors can say who they are"),
    "HTTPS not told": ("proxy", seen(secure=False), "X-Forwarded-Proto"),
    "the name not told": ("proxy", seen(status=400), "proxy_set_header Host"),
    "led on and on": ("proxy", seen(status=301, place="https://elsewhere.example/"), "elsewhere.example"),
    "a certificate that ends": ("proxy", seen(certificate_days=5.5), "it is good for 5 more days"),
    "a web server of before": ("proxy", seen(version="2020.1.1"), "restart the web server"),
    "somebody else's address": (
        "proxy",
        lambda site: site.patch.setattr(as_seen, "ask", lambda: (None, 200, "")),
        "another answers",
    ),
    "a mail server that refuses": (
        "mail",
        lambda site: fails(type(get_connection()), "open", SMTPAuthenticationError(535, b"no"))(site),
        "refuses the user or the password",
    ),
    "no worker": (
        "worker",
        lambda site: site.patch.setattr(doctor.alarms, "standing", lambda: (True, [])),
        "keep the worker running",
    ),
    "an alarm": (
        "alarms",
        lambda _site: Alarm.objects.create(name="audit", text="The audit is broken.", since=timezone.now()),
        "The audit is broken.",
    ),
    "no key for backups": ("backup", given(BACKUP_PUBLIC_KEYS=[]), "backup --make-key"),
    "no backup": ("last backup", forgotten("backup finished"), "there has been none"),
    "an old backup": ("last backup", forgotten("backup finished", 2), "the last is of"),
    "no restore": ("last restore", forgotten("restore tried"), "--try"),
    "an old restore": ("last restore", forgotten("restore tried", 401), "--try"),
    "no practice's zone": ("time zone", given(TIME_ZONE="UTC"), "set TIME_ZONE"),
    "another zone": ("time zone", given(TIME_ZONE="America/Los_Angeles"), "set TIME_ZONE to the one of"),
    "an office without staff": ("offices", no_staff, "Belleville takes no requests until it has somebody"),
    "an office without an address": ("offices", change_office(notice_email=""), "an e-mail address for notices"),
    "one manager": ("people", lambda _site: User.objects.filter(username="ada").delete(), "second person"),
    "mail never tried": ("mail tried", forgotten("mail tried"), "doctor --mail"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_doctor_says_of_a_mistake_what_to_do(right, mistake):
    about, plant, words = MISTAKES[mistake]
    if about != "settings":  # its checks take half a second
        assert [finding for finding in doctor.ask(about) if finding.right is False] == []

    plant(right)

    assert [finding.words for finding in doctor.ask(about) if finding.right is False and words in finding.words] != []


@pytest.mark.thorough
def test_doctor_has_nothing_to_say_of_a_right_installation(right):
    out = StringIO()

    call_command("doctor", "--json", stdout=out)

    found = json.loads(out.getvalue())
    assert [finding for finding in found if finding["right"] is not True] == []
    assert {finding["about"] for finding in found} == set(doctor.LOOKS)


@pytest.mark.thorough
def test_doctor_exits_with_an_error_when_something_is_wrong(right):
    right.settings.OPERATOR_EMAIL = ""
    out = StringIO()

    with pytest.raises(CommandError, match="1 thing is wrong"):
        call_command("doctor", stdout=out)

    assert "WRONG  operator: name who hears of errors" in out.getvalue()


def test_every_look_has_its_mistake():
    assert {about for about, _plant, _words in MISTAKES.values()} == set(doctor.LOOKS)


def test_doctor_says_that_the_database_is_away_only_once(right):
    fails(connection, "ensure_connection", OperationalError("connection refused"))(right)
    with patch.dict(doctor.WITHOUT_DATABASE, clear=True):
        found = list(doctor.findings())

    assert [finding.about for finding in found if finding.right is False] == ["database"]


def test_mail_is_really_sent_and_noted(right):
    with (
        patch.dict(doctor.WITHOUT_DATABASE, clear=True),
        patch.dict(doctor.BY_DATABASE, clear=True),
        patch.dict(doctor.BY_TABLES, clear=True),
    ):
        found = list(doctor.findings("olivia@clinic.example"))

    assert mail.outbox[-1].to == ["olivia@clinic.example"]
    assert found[-1].about == "mail sent"
    assert found[-1].right
    assert AuditEntry.objects.filter(action="mail tried").count() == 2


def test_address_that_does_not_answer_is_no_mistake(right):
    fails(as_seen, "ask", ConnectionRefusedError(111, "Connection refused"))(right)

    assert [finding.right for finding in doctor.ask("proxy")] == [None]


# --- How the site sees who asks ---


@pytest.mark.parametrize(
    ("forwarded", "proxies"),
    [(None, 0), (as_seen.CLAIM, 0), (f"{as_seen.CLAIM}, 203.0.113.9", 1), ("203.0.113.9", 1)],
)
def test_proxies_are_counted_by_what_they_add(forwarded, proxies):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert as_seen.facts(RequestFactory().get("/healthz", headers=headers))["proxies"] == proxies


def test_healthz_tells_nobody_but_the_doctor_how_it_sees_them():
    word = as_seen._signer().sign("doctor")
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=5)):
        old = as_seen._signer().sign("doctor")

    assert Browser().get("/healthz", headers={as_seen.HEADER: word}).json()["client"] == "127.0.0.1"
    for wrong in (old, "doctor", ""):
        assert Browser().get("/healthz", headers={as_seen.HEADER: wrong}).content == b"ok"
