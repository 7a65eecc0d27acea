"""Somebody puts yesterday's database in the place of today's, without `restore`: a snapshot of the machine, a copy."""

import shutil

import pytest

from tests.clinic.conftest import ON_POSTGRES, Site, _sql

pytestmark = pytest.mark.slow

ADDRESSES = (
    "{row.reference: __import__('appointments.private_link', fromlist=['x']).path(row) "
    "for row in AppointmentRequest.objects.all()}"
)


def keep(site: Site) -> None:
    """A copy of the database as it is."""
    if ON_POSTGRES:
        _sql(f"CREATE DATABASE {site.database}_yesterday TEMPLATE {site.database}")
    else:
        shutil.copy(site.folder / "db.sqlite3", site.folder / "yesterday.sqlite3")


def put_back(site: Site) -> None:
    """The copy takes the database's place."""
    if ON_POSTGRES:
        _sql(
            f"DROP DATABASE {site.database} WITH (FORCE)",
            f"ALTER DATABASE {site.database}_yesterday RENAME TO {site.database}",
        )
    else:
        for end in ("-wal", "-shm", "-journal"):
            (site.folder / f"db.sqlite3{end}").unlink(missing_ok=True)
        (site.folder / "yesterday.sqlite3").rename(site.folder / "db.sqlite3")


def test_yesterdays_database_is_noticed_by_the_mark_and_goes_on(make_site):
    site = make_site()
    with site.busy(threads=1) as busy:
        busy.wait_for(4)
    keep(site)
    yesterday = site.ask(ADDRESSES)
    with site.busy(threads=1) as busy:
        busy.wait_for(6)
    today, mark = site.ask(ADDRESSES), site.ask("audit.verify().mark")

    put_back(site)

    done = site.run("verify_audit", "--expect", mark)
    assert done.returncode != 0, "the mark that was noted elsewhere tells that something is missing"
    assert "Traceback" not in done.stderr
    site.manage("verify_audit")  # what is there is whole
    site.manage("worker", "--once")
    with site.busy(threads=1) as busy:
        busy.wait_for(6)
    after = site.ask(ADDRESSES)
    lost, new = today.keys() - yesterday.keys(), after.keys() - yesterday.keys()
    assert len(lost) >= 3
    assert len(new) >= 3
    assert yesterday.items() <= after.items()
    assert not lost & new, "a lost request's reference was given to somebody else"
    assert not {today[name] for name in lost} & set(after.values()), "its address leads to somebody else's request"
    site.manage("verify_audit")
