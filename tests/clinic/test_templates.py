"""Templates stay readable: what depends on what is decided in presenters, and a line can be reviewed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_CONDITIONS = 25
LONGEST_LINE = 160
TEMPLATES = [
    path for app in ("appointments", "articles", "clinic") for path in (ROOT / app).rglob("templates/**/*.html")
]
OF_STAFF = [path for path in TEMPLATES if "admin" in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_template_leaves_decisions_to_python(path):
    assert len(re.findall(r"{% (?:el)?if ", path.read_text())) <= MOST_CONDITIONS


@pytest.mark.parametrize("path", OF_STAFF, ids=shown)
def test_line_of_a_desks_template_can_be_read(path):
    assert [line for line in path.read_text().splitlines() if len(line) > LONGEST_LINE] == []
