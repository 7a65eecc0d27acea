"""The tables and the code: what tells that they differ, and what a `migrate` that was killed leaves."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from clinic.operations import schema
from tests.clinic.conftest import ON_POSTGRES, ROOT, Site

KILLED_AT = (3, 20, 30, 25)  # after how many more migrations have begun


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


def kill_migrate(site: Site, begun: int) -> str:
    """`migrate`, ended at once in the middle of a migration, with no chance to tidy up. Returns what it had said."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "migrate"],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    said = ""
    while said.count("Applying") < begun:
        more = os.read(process.stdout.fileno(), 4096).decode()
        assert more, "it had ended by itself"
        said += more
    time.sleep(0.02)  # it says so before it begins
    os.killpg(process.pid, signal.SIGKILL)
    said += process.communicate()[0].decode()
    return said


def tables_of(site: Site) -> list[str]:
    """Every table, index, constraint and trigger, as the database itself tells it."""
    if ON_POSTGRES:
        command = ["pg_dump", "--schema-only", "--no-owner", site.environment["DATABASE_URL"]]
        told = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=True).stdout
        return [line for line in told.splitlines() if not line.startswith("\\")]  # random words, for psql
    with contextlib.closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        return [repr(row) for row in database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")]


RIGHTS = (
    "sorted(f'{group.name}: {right.codename}' for group in "
    "__import__('django.contrib.auth.models', fromlist=['x']).Group.objects.all() for right in group.permissions.all())"
)


@pytest.mark.slow
def test_migrate_that_was_killed_again_and_again_comes_to_the_same_in_the_end(make_site, migrated_site, capsys):
    site = make_site(empty=True)

    killed = [kill_migrate(site, begun).rstrip().rpartition("Applying ")[2] for begun in KILLED_AT]
    site.manage("migrate", "-v0")

    with capsys.disabled():
        print(f"\nmigrate killed in: {', '.join(killed)}")
    assert "No migrations to apply" in site.manage("migrate")
    assert tables_of(site) == tables_of(migrated_site)
    assert site.ask(RIGHTS) == migrated_site.ask(RIGHTS)
    assert site.ask("audit.is_locked()")
