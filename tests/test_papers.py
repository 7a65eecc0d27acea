"""The papers say what is so: what they name is there, links lead somewhere, and no setting or decision is left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[1]
PAPERS = {str(path.relative_to(ROOT)): path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]}
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
NOT_OURS = ("var/", "media/", "wp-content/", ".venv/bin/", "tests.")  # written at run time, or somebody else's
FILE = re.compile(r"[\w.-]+\.(?:py|md|toml|yaml|in)|(?:[\w.*-]+/)+[\w.*-]*")

every_paper = pytest.mark.parametrize("paper", PAPERS)


def spans(text: str) -> list[str]:
    """What stands between backticks."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]


def code(text: str) -> list[str]:
    """What stands between backticks, and the lines of indented blocks without their remarks."""
    lines = [line.strip().partition(" #")[0] for line in text.splitlines() if line.startswith("    ")]
    return [*spans(text), *lines]


def anchors(text: str) -> set[str]:
    """Where a link into a paper can lead: its headings, as code hosts write them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Commands of the site that are named, each with its options."""
    for line in code(text):
        called = re.search(r"(?:\bmanage\.py|(?:^|clinic )clinic) ([a-z]\w*)(.*)", line)
        if called := called or re.fullmatch(r"([a-z]+_[a-z_]+)( .*--.*)", line):
            yield called[1], re.findall(r"(?<=\s)--[a-z-]+", called[2])


@every_paper
def test_every_file_that_a_paper_names_is_there(paper: str) -> None:
    named = [span.partition("::")[0] for span in spans(PAPERS[paper])]
    paths = [name for name in named if FILE.fullmatch(name) and not name.startswith((*NOT_OURS, "test_"))]

    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


@every_paper
def test_every_test_that_a_paper_names_by_its_name_alone_is_there(paper: str) -> None:
    named = [span for span in spans(PAPERS[paper]) if re.fullmatch(r"test_\w+", span)]

    assert [name for name in named if f"def {name}(" not in TESTS] == []


@every_paper
def test_every_make_target_that_a_paper_names_is_there(paper: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [target for line in code(PAPERS[paper]) for target in re.findall(r"^make ([a-z][a-z-]*)", line)]

    assert set(named) - targets == set()


@every_paper
def test_every_command_that_a_paper_names_is_there_and_takes_these_options(paper: str) -> None:
    known = get_commands()
    wrong = []
    for name, options in commands(PAPERS[paper]):
        if name not in known:
            wrong.append(name)
            continue
        taken = load_command_class(known[name], name).create_parser("manage.py", name)._option_string_actions
        wrong += [f"{name} {option}" for option in options if option not in taken]

    assert wrong == []


@every_paper
def test_every_program_that_a_paper_names_is_there(paper: str) -> None:
    named = [name for line in code(PAPERS[paper]) for name in re.findall(r"python -m ((?:bench|tests)\.\w+)", line)]
    named += [span for span in spans(PAPERS[paper]) if re.fullmatch(r"(?:bench|tests)\.\w+", span)]

    assert [name for name in named if not (ROOT / name.replace(".", "/")).with_suffix(".py").is_file()] == []


@every_paper
def test_every_link_of_a_paper_leads_somewhere(paper: str) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", PAPERS[paper]):
        if link.startswith("https://"):
            continue
        name, _hash, anchor = link.partition("#")
        target = (ROOT / paper).parent / name if name else ROOT / paper
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)

    assert broken == []


def test_every_setting_is_in_the_operators_table() -> None:
    read = (ROOT / "clinic" / "settings.py").read_text()
    known = set(re.findall(r'(?:env\.\w+|\brequired|\bsecret)\(\s*"([A-Z_]+)"', read))
    table = PAPERS["docs/operating.md"].partition("\n## Settings\n")[2].partition("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in spans(row)}

    assert len(known) > 30
    assert told == known


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_every_decision_has_its_number_a_date_and_a_place_in_the_list() -> None:
    listed = PAPERS["docs/decisions/README.md"]
    for path in DECISIONS:
        title, _empty, date = path.read_text().splitlines()[:3]
        number, _, words = title.removeprefix("# ").partition(". ")
        assert path.name.startswith(f"{number}-")
        assert re.match(r"20\d\d-\d\d-\d\d", date), path.name
        assert f"| [{number}]({path.name}) | {words} | {date[:10]} |" in listed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("`manage.py verify_audit --expect`", [("verify_audit", ["--expect"])]),
        ("`purge_requests --dry-run`", [("purge_requests", ["--dry-run"])]),
        ("    clinic restore /b/FILE --key K --replace  # --no", [("restore", ["--key", "--replace"])]),
        ("    sudo -u clinic clinic migrate", [("migrate", [])]),
        ("`SECRET_KEY`, `visible_to(user)` and `keep_closed_days`", []),
    ],
)
def test_commands_are_found_in_a_paper(line: str, found: list[tuple[str, list[str]]]) -> None:
    assert list(commands(line)) == found
