"""The measurements of `bench/`: each says what it does, and the one that writes rows by itself knows every column."""

import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from appointments.models import AppointmentRequest, Event, Mail, SearchKey, Status
from bench import desk
from tests.conftest import contents

BENCH = Path(__file__).parents[1] / "bench"


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCH.glob("*.py") if path.stem != "__init__"))
def test_measurement_says_what_it_does_and_begins_nothing(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]

    said = subprocess.run(command, cwd=BENCH.parent, capture_output=True, text=True, check=True).stdout

    assert said.startswith("usage: ")
    assert f"`python -m bench.{name}" in said


@pytest.fixture
def made(practice: None) -> None:
    """One request of each status, with all that belongs to it, as bench.desk writes them."""
    maker, now = desk.Maker(desk.make_pools(people_count=3, story_count=3)), datetime.now(UTC)
    lines: desk.Lines = defaultdict(list)
    for status in Status.values:
        maker.make(lines, status, now, now)
    desk.write(lines)


def test_requests_of_bench_desk_read_like_others(made: None) -> None:
    assert {row["status"] for row in contents(AppointmentRequest.objects.all())} == {*Status.values}
    assert all(row["patient_name"] and row["wishes"] for row in contents(AppointmentRequest.objects.all()))
    for model in (Event, Mail, SearchKey):
        assert {row["request_id"] for row in contents(model.objects.all())} == set(range(1, len(Status) + 1))


def test_check_data_finds_nothing_in_requests_of_bench_desk(made: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_data")

    assert capsys.readouterr().out == "Every stored value can be read.\n"


@pytest.mark.parametrize(
    ("columns", "named"),
    [({"id": "1", "key": "7"}, "request_id"), ({"id": "1", "request_id": "1", "key": "7", "toes": "10"}, "toes")],
)
def test_column_that_bench_desk_does_not_know_is_named(columns: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=f"appointments.SearchKey and bench/desk.py differ in: {named}"):
        desk.line(SearchKey, columns)
