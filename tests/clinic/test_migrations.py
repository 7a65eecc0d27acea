"""Migrating back and forth, on a whole site: a database that other tests use can't be taken back years."""

import pytest

pytestmark = pytest.mark.slow


def test_lock_of_the_audit_can_be_migrated_away_and_back(make_site):
    site = make_site()

    site.manage("migrate", "appointments", "0007", "-v0")
    open_ = site.ask("audit.is_locked()")
    site.manage("migrate", "appointments", "-v0")

    assert (open_, site.ask("audit.is_locked()")) == (False, True)
