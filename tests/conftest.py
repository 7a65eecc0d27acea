"""The cast and the stage: two offices, their staff, a patient's answers, and a request that was sent."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache as keep
from functools import partial
from importlib import import_module
from math import inf
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
import sqlparse
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils.text import slugify

from appointments import actions, offices
from appointments.models import AppointmentRequest, Office, Podiatrist, PodiatristDays, Weekday
from appointments.offices import cache
from appointments.warning_signs import current
from articles.models import Article, Reviewer
from articles.public import site_pages
from articles.search import index as search_index
from clinic.management.commands import worker
from clinic.operations import keys
from common import clock
from common.crypto import digest
from common.models import User
from tests import template_database

pytest_plugins = ["tests.deep_calls", "tests.fast_tests"]
gc.disable()  # while everything is imported; see `pytest_collection_finish`
sqlparse.parse = keep(sqlparse.parse)  # SQLite's columns are read from what made the table, which stays the same
AUDIT_LOCK = import_module("appointments.migrations.0008_audit_is_append_only")
AUDIT_BEGINS = import_module("appointments.migrations.0051_audit_begins")
STARTED: dict[str, Any] = {}  # what a process keeps of the starter data
NEW_YORK = ZoneInfo("America/New_York")
# Monday, the week of Thanksgiving: both offices are open.
MONDAY = datetime(2026, 11, 23, 10, 12, tzinfo=NEW_YORK)

SAFETY = {"flags": ["none"], "conditions": ["none"]}
ABOUT_YOU = {
    "visit_for": "me",
    "patient_name": "Harold Sample",
    "birth_date_0": "9",
    "birth_date_1": "14",
    "birth_date_2": "1954",
    "been_before": "no",
    "phone": "(732) 555-0142",
    "email": "harold@example.com",
    "zip_code": "08753",
}
VISIT = {
    "reason": "not-sure",
    "details": "Left heel, worse in the morning.",
    "office": "toms-river",
    "days": ["1", "3"],
    "time_of_day": "morning",
}
CONTACT = {"best_way": "call", "voicemail": "yes", "language": "en", "consent": "on"}


def pytest_collection_finish() -> None:
    """Rarely look for garbage that holds itself: walking through everything imported took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    gc.enable()


@pytest.fixture(autouse=True)
def _nothing_kept_of_another_test() -> None:
    """What a process keeps of its database is the starter data's: offices, warning signs, articles for the search.

    Reading them in anew for each test took as long as many tests. A change is seen as in a process that has served.
    """
    offices.forget()
    current.forget()
    search_index.forget()
    site_pages.forget()
    if STARTED:
        cache._kept = STARTED["offices"]
        current._by_version.update(STARTED["versions"])
        search_index._kept.update(STARTED["articles"])
        site_pages._kept.update(STARTED["pages"])


def _keep_starter_data() -> None:
    current.newest()
    search_index.current()
    offices.directory()
    links = site_pages.site_links()
    assert cache._kept
    STARTED.update(
        offices=replace(cache._kept, until=inf),
        pages={"en": (inf, links)},
        versions={**current._by_version},
        articles={**search_index._kept},
    )


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    """It is Monday, November 23, 2026, 10:12 am in New York, and the clock stands."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def trusted_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that move the clock by years; tests/appointments/test_clock.py has what the site makes of that."""
    monkeypatch.setattr(clock, "doubt", lambda: "")


@pytest.fixture
def work_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """A round of the worker. It keeps its connection, in which the test's own transaction lives."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    return partial(call_command, "worker", "--once")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """The database need not be migrated again for each run and each process."""
    with django_db_blocker.unblock():
        template_database.use()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The starter data is loaded once; each test sees it, and its own changes are rolled back."""
    with django_db_blocker.unblock():
        _load_starter_data()
        keys.fit()
        _keep_starter_data()


@contextmanager
def unlocked_audit() -> Iterator[None]:
    """What somebody can do who owns the database: lift the lock, and put it back."""
    with connection.cursor() as cursor:
        for statement in AUDIT_LOCK.UNLOCK[connection.vendor]:
            cursor.execute(statement)
        yield
        for statement in AUDIT_LOCK.LOCK[connection.vendor]:
            cursor.execute(statement)


def _load_starter_data() -> None:
    call_command("load_practice", verbosity=0)
    call_command("load_articles", verbosity=0)
    with patch("clinic.accounts.sign_in_audit.record"):
        keeper = User.objects.create(username="keeper", first_name="Kim", is_staff=True)
        keeper.user_permissions.set(Permission.objects.filter(codename__endswith="_appointmentrequest"))
        for office in Office.objects.all():
            office.notice_email = f"{office.slug}@clinic.example"
            office.sends_texts = True
            office.save()
            office.staff.add(keeper)


@pytest.fixture
def practice(db: None) -> None:
    """The starter offices, safety check and ZIP codes. Both offices can be told by mail, send texts, and have staff."""


@pytest.fixture
def library(practice: None) -> None:
    """The starter articles."""


@pytest.fixture
def article(library: None) -> Article:
    """A published article."""
    return Article.objects.get(slug="heel-pain")


def write(rows: QuerySet[Any], **values: Any) -> None:
    """Change columns of these rows; encrypted ones can't be written by `update`."""
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=[*values])


def contents(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """What stands in these rows, also in the encrypted columns: to compare before and after."""
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


class Browser(Client):
    """A visitor's browser: HTTPS, as production insists."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        """Every request is a secure one."""
        return super().generic(*args, **{**kwargs, "secure": True})


def _staff(username: str, group: str, *slugs: str) -> User:
    with patch("clinic.accounts.sign_in_audit.record"):  # the stage is no part of what a test finds in the audit
        user = User.objects.create_user(username=username, password="a long enough password", is_staff=bool(slugs))
        user.groups.add(Group.objects.get(name=group))
        user.offices.set(Office.objects.filter(slug__in=slugs))
    return user


@pytest.fixture
def toms_river_desk(practice: None) -> User:
    """The receptionist in Toms River."""
    return _staff("tess", "Front desk", "toms-river")


@pytest.fixture
def belleville_desk(practice: None) -> User:
    """The receptionist in Belleville."""
    return _staff("bella", "Front desk", "belleville")


@pytest.fixture
def manager(practice: None) -> User:
    """The manager of both offices."""
    return _staff("mona", "Manager", "toms-river", "belleville")


@pytest.fixture
def administrator(practice: None) -> User:
    """Settles accounts and settings, and sees no requests."""
    user = _staff("ada", "Administrator")
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def editor(db: None) -> User:
    """Writes articles."""
    return _staff("edith", "Editors")


@pytest.fixture
def reviewer(db: None) -> User:
    """A podiatrist who reviews articles."""
    user = _staff("rita", "Medical reviewers")
    Reviewer.objects.create(user=user, name="Rita Review", credentials="DPM")
    return user


@pytest.fixture
def listed(practice: None) -> Callable[..., Podiatrist]:
    """Puts a podiatrist on the site, on Tuesdays if an office is named by its address."""

    def enter(name: str, office: str = "", **facts: Any) -> Podiatrist:
        usual = {"degree": "DPM", "license_type": "Podiatric physician", "license_state": "NJ", "listed": True}
        person = Podiatrist.objects.create(**{"name": name, "slug": slugify(name), **usual, **facts})
        if office:
            PodiatristDays.objects.create(
                podiatrist=person, office=Office.objects.get(slug=office), weekdays=[Weekday.TUESDAY]
            )
        return person

    return enter


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which a member of staff has signed in."""

    def sign_in(user: User) -> Client:
        browser = Browser()
        with patch("clinic.accounts.sign_in_audit.record"):
            browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def client() -> Client:
    """A visitor's browser."""
    return Browser()


def post_steps(client: Client, **changes: dict[str, Any]) -> Any:
    """Fill the four steps; `changes` by step name override answers. Returns the last response."""
    response = None
    for url, name, answers in (
        ("/appointments/new/", "safety", SAFETY),
        ("/appointments/new/about-you/", "about_you", ABOUT_YOU),
        ("/appointments/new/visit/", "visit", VISIT),
        ("/appointments/new/contact/", "contact", CONTACT),
    ):
        response = client.post(url, {**answers, **changes.get(name, {})})
        assert response.status_code == 302, response.content.decode()
    return response


@pytest.fixture
def make_request(practice: None) -> Callable[..., AppointmentRequest]:
    """Send a request without the form; keyword arguments go into the answers of the step that has them."""
    count = 0

    def make(**changes: Any) -> AppointmentRequest:
        nonlocal count
        count += 1
        about = {
            "visit_for": "me",
            "caller_name": "",
            "caller_relation": "",
            "patient_name": "Harold Sample",
            "birth_date": "1954-09-14",
            "been_before": "no",
            "phone": "+17325550142",
            "email": "harold@example.com",
            "zip_code": "08753",
        }
        visit = {
            "reason": "Heel pain",
            "body_area": "",
            "details": "Left heel, worse in the morning.",
            "office": "toms-river",
            "days": ["1", "3"],
            "time_of_day": "morning",
        }
        contact = {
            "best_way": "call",
            "voicemail": "yes",
            "language": "en",
            "other_language": "",
            "interpreter": False,
            "call_times": [],
            "not_before": "",
            "say_who": "",
            "insurance": "",
        }
        safety: dict[str, Any] = {"version": 1, "flags": [], "conditions": []}
        for step in (about, visit, contact, safety):
            step.update({name: value for name, value in changes.items() if name in step})
        return actions.submit(
            held_because=changes.get("held_because", ""),
            draft_digest=digest("draft", f"test {count}"),
            answers={"about_you": about, "visit": visit, "contact": contact, "safety": safety},
            language="en",
            actor=actions.Actor(address="192.0.2.1"),
        )

    return make
