"""SQLite is told about its tables, so that it looks old requests up in an index."""

import pytest
from django.db import connection

from clinic.management.commands import worker
from clinic.operations import sqlite_statistics


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_sqlite_knows_how_many_requests_there_are(make_request):
    for _request in range(3):
        make_request()

    sqlite_statistics.refresh()

    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'request_received'")
        assert cursor.fetchone()[0].split()[0] == "3"


def test_worker_refreshes_it():
    assert sqlite_statistics.refresh in worker.JOBS
