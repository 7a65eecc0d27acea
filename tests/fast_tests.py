"""What `make test` leaves to the other runs, so that it stays quick: rows of long tables, and what measured as long.

`tests/thorough.txt` names the measured ones. It is written anew from a quiet run when `make test` has become slow
again; SECONDS, of one processor, is what is left for the rest:

    make test ARGS='--durations=0 --durations-min=0' >fast.log
    python -m tests.fast_tests SECONDS fast.log
"""

import re
import sys
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import pytest

TRIED = 3  # first, middle and last: a table is written from the plain case to the odd ones
LIST = Path(__file__).with_name("thorough.txt")
DURATION = re.compile(r"([\d.]+)s (?:call|setup|teardown) +(\S+::\w+)(\[.*\])?$", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before `-m` chooses among them, which is why this comes first."""
    long = {*LIST.read_text().split()}
    tables = defaultdict(list)
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name in long:
            item.add_marker(pytest.mark.thorough)
        if not isinstance(item, pytest.Function):
            continue
        if {"db", "transactional_db"}.intersection(item.fixturenames) or item.get_closest_marker("django_db"):
            tables[name].append(item)
    for rows in tables.values():
        tried = {round(place * (len(rows) - 1) / (TRIED - 1)) for place in range(TRIED)}
        for number, item in enumerate(rows):
            if number not in tried:
                item.add_marker(pytest.mark.thorough)


def longest(logs: list[str], seconds: float, before: Collection[str] = ()) -> list[str]:
    """Names of the tests without which the rest takes so many seconds: the longest by a row of theirs, and those of
    before that were not measured.
    """
    rows: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for log in logs:
        for took, name, row in DURATION.findall(log):
            rows[name][row] += float(took)
    whole = {name: sum(sorted(took.values())[:TRIED]) for name, took in rows.items()}
    left = sum(whole.values())
    out = [name for name in before if name not in rows]
    for name in sorted(rows, key=lambda name: whole[name] / min(TRIED, len(rows[name])), reverse=True):
        if left <= seconds:
            break
        left -= whole[name]
        out.append(name)
    return sorted(out)


if __name__ == "__main__":
    found = longest([Path(name).read_text() for name in sys.argv[2:]], float(sys.argv[1]), LIST.read_text().split())
    LIST.write_text("\n".join(found) + "\n")
