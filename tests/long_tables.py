"""Of a long table of cases that need the database `make test` tries a few rows; all other runs try them all."""

from collections import defaultdict

import pytest

TRIED = 3  # first, middle and last: a table is written from the plain case to the odd ones


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before `-m` chooses among them, which is why this comes first."""
    tables = defaultdict(list)
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if {"db", "transactional_db"}.intersection(item.fixturenames) or item.get_closest_marker("django_db"):
            tables[item.nodeid.partition("[")[0]].append(item)
    for rows in tables.values():
        tried = {round(place * (len(rows) - 1) / (TRIED - 1)) for place in range(TRIED)}
        for number, item in enumerate(rows):
            if number not in tried:
                item.add_marker(pytest.mark.thorough)
