"""The tables and the code: what tells that they differ, and what a `migrate` that was killed leaves."""

import hashlib
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from clinic.operations import schema

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recorder(practice: None) -> MigrationRecorder:
    """What the database says that it has."""
    return MigrationRecorder(connection)


def test_readyz_says_that_the_database_is_older_than_the_code(client, recorder):
    recorder.record_unapplied("common", "0021_pages_shown")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.content == b"the database is of an earlier version than the code, by 1 migration: run migrate"


def test_readyz_says_that_the_database_is_newer_than_the_code(client, recorder):
    recorder.record_applied("appointments", "0042_of_the_next_version")
    recorder.record_applied("wagtailcore", "9999_of_its_next_version")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.content.startswith(b"the database is of a later version than the code, by 2 migrations")


def test_migration_of_another_package_that_was_squashed_away_is_not_newer(recorder):
    recorder.record_applied("wagtailcore", "0001_that_a_later_release_took_out")

    assert schema.differences() == (set(), set())


@pytest.mark.slow
def test_lock_of_the_audit_can_be_migrated_away_and_back(make_site):
    site = make_site()

    site.manage("migrate", "appointments", "0007", "-v0")
    open_ = site.ask("audit.is_locked()")
    site.manage("migrate", "appointments", "-v0")

    assert (open_, site.ask("audit.is_locked()")) == (False, True)
