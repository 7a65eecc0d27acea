"""Managers read the trail: filtered, searched, quick, and written down itself."""

from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.desk import audit_pages
from common import audit
from common.models import AuditEntry
from tests.conftest import NEW_YORK

TRAIL = "/admin/appointments/auditentry/"
MONDAY_NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=NEW_YORK)  # in UTC it is Tuesday
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=NEW_YORK)


@pytest.fixture
def trail(db):
    """What two receptionists did on two days."""
    for at, actor, action, record, office in (
        (MONDAY_NIGHT, "tess", "view", "GS-7K4M-39", "toms-river"),
        (MONDAY_NIGHT, "tess", "list", "GS-3FHD-44, GS-7K4M-39", "toms-river"),
        (TUESDAY, "bella", "view", "GS-3FHD-44", "belleville"),
        (TUESDAY, "bella", "request booked", "GS-3FHD-44", "belleville"),
    ):
        with time_machine.travel(at, tick=False):
            audit.record(actor=actor, action=action, record=record, office=office, address="192.0.2.7")


@pytest.fixture
def shown(trail, manager, signed_in):
    """(who, action, record) of the rows that the manager sees with a query, oldest first."""
    browser = signed_in(manager)

    def shown(query: str) -> list[tuple[str, str, str]]:
        found = browser.get(f"{TRAIL}?{query}").context["cl"].result_list
        return [
            (row.actor, row.action, row.record)
            for row in sorted(found, key=lambda row: row.pk)
            if row.address == "192.0.2.7"
        ]

    return shown


TESS_VIEW = ("tess", "view", "GS-7K4M-39")
TESS_LIST = ("tess", "list", "GS-3FHD-44, GS-7K4M-39")
BELLA_VIEW = ("bella", "view", "GS-3FHD-44")
BELLA_BOOKED = ("bella", "request booked", "GS-3FHD-44")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [TESS_VIEW, TESS_LIST, BELLA_VIEW, BELLA_BOOKED]),
        ("actor=tess", [TESS_VIEW, TESS_LIST]),
        ("action=view", [TESS_VIEW, BELLA_VIEW]),
        ("office=belleville", [BELLA_VIEW, BELLA_BOOKED]),
        ("office=belleville&action=view", [BELLA_VIEW]),
        ("q=GS-7K4M-39", [TESS_VIEW, TESS_LIST]),
        ("q=gs-7k4m-39", [TESS_VIEW, TESS_LIST]),
        ("q=bella", [BELLA_VIEW, BELLA_BOOKED]),
        ("q=2026-11-23", [TESS_VIEW, TESS_LIST]),
        ("q=2026-11-24", [BELLA_VIEW, BELLA_BOOKED]),
        ("q=tess+GS-3FHD-44", [TESS_LIST]),
        ("q=nobody", []),
        ("q=%25", []),
        ("action=nonsense", []),
    ],
)
def test_manager_finds(shown, query, rows):
    assert shown(query) == rows


def test_manager_finds_a_request_also_among_those_of_a_list(make_request, manager, signed_in):
    found = make_request()
    audit.record(actor="tess", action="list", record=f"GS-3FHD-44, {found.reference}", address="192.0.2.7")

    page = signed_in(manager).get(f"{TRAIL}?q={found.reference}").context["cl"]

    assert [row.action for row in page.result_list] == ["list", "request sent"]


def test_filters_offer_what_there_is(trail, manager, signed_in):
    page = signed_in(manager).get(TRAIL).context["cl"]

    choices = {spec.title: [value for value, _label in spec.lookup_choices] for spec in page.filter_specs[:3]}
    assert {"bella", "tess"} <= set(choices["who"])
    assert {"list", "request booked", "view"} <= set(choices["action"])
    assert choices["office"] == ["belleville", "toms-river"]


def test_filters_offer_no_endless_list(manager, signed_in, monkeypatch):
    monkeypatch.setattr(audit_pages, "CHOICES_UP_TO", 3)
    for number in range(5):
        audit.record(actor=f"guess {number}", action="sign-in failed")

    page = signed_in(manager).get(TRAIL).context["cl"]

    assert len(page.filter_specs[1].lookup_choices) == 3


def test_long_list_is_shortened_and_whole_on_its_own_page(manager, signed_in):
    references = [f"GS-7K4M-{number}" for number in range(30, 35)]
    audit.record(actor="tess", action="list", record=", ".join(references))
    browser = signed_in(manager)

    listed = browser.get(f"{TRAIL}?actor=tess").content.decode()
    one = browser.get(f"{TRAIL}{AuditEntry.objects.get(action='list').pk}/change/").content.decode()

    assert "GS-7K4M-30, GS-7K4M-31, GS-7K4M-32 and 2 more" in listed
    assert ", ".join(references) in one


def test_time_is_shown_to_the_second_on_the_practices_clock(trail, manager, signed_in):
    assert "Nov. 23, 2026, 11:30:00 p.m." in signed_in(manager).get(TRAIL).content.decode()


def newest() -> tuple[str, str, str]:
    entry = AuditEntry.objects.latest("pk")
    return entry.actor, entry.action, entry.record


def test_looking_at_the_list_is_written_down(trail, manager, signed_in):
    signed_in(manager).get(TRAIL)

    assert newest() == ("mona", "audit list", "")


def test_what_was_looked_for_is_written_down(trail, manager, signed_in):
    signed_in(manager).get(f"{TRAIL}?q=GS-7K4M-39+tess+2026-11-23")

    assert newest() == ("mona", "audit list", "GS-7K4M-39 tess 2026-11-23")


def test_name_of_a_patient_typed_into_the_search_is_not_written_down(trail, manager, signed_in):
    signed_in(manager).get(f"{TRAIL}?q=Harold+Sample")

    assert newest() == ("mona", "audit list", "")


def test_looking_at_an_entry_is_written_down(trail, manager, signed_in):
    entry = AuditEntry.objects.get(action="request booked")

    signed_in(manager).get(f"{TRAIL}{entry.pk}/change/")

    assert newest() == ("mona", "audit view", f"entry {entry.pk}")


def test_being_refused_the_list_is_no_look_at_it(trail, toms_river_desk, signed_in):
    assert signed_in(toms_river_desk).get(TRAIL).status_code == 403

    assert not AuditEntry.objects.filter(action="audit list").exists()


def test_entry_has_no_history_page(trail, manager, signed_in):
    entry = AuditEntry.objects.first()

    assert signed_in(manager).get(f"{TRAIL}{entry.pk}/history/").status_code == 404


def test_list_counts_no_further_than_anybody_turns_pages(trail, manager, signed_in, monkeypatch):
    monkeypatch.setattr(audit_pages, "COUNT_UP_TO", 2)

    page = signed_in(manager).get(TRAIL).context["cl"]

    assert page.result_count == 2


def test_longer_list_takes_no_more_queries(trail, manager, signed_in):
    browser = signed_in(manager)
    browser.get(TRAIL)
    with CaptureQueriesContext(connection) as few:
        browser.get(TRAIL)
    for _more in range(30):
        audit.record(actor="tess", action="view", record="GS-7K4M-39", office="toms-river")
    with CaptureQueriesContext(connection) as many:
        browser.get(TRAIL)

    assert len(many) <= len(few)
