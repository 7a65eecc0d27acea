"""The tests themselves: each can fail, each that a page names is there, and each mutant still fits the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants import TABLE, Mutant, judge, table

ROOT = Path(__file__).resolve().parents[1]
FAILING = ("raises", "warns", "fail", "django_assert_num_queries", "django_assert_max_num_queries")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """All of a file, also those in classes and in other functions."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def name_of(call: ast.expr) -> str:
    """The last part of what is called: "raises" of `pytest.raises`."""
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def can_fail(function: ast.FunctionDef, helpers: set[str]) -> bool:
    """Whether it asserts something: by itself, by Playwright's `expect(...).to_...()`, or by a helper that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            of_expect = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)
            if of_expect and name_of(node.func.value.func) == "expect":  # type: ignore[attr-defined]
                return True
            if name_of(node.func) in {*FAILING, *helpers}:
                return True
    return False


def failing_helpers(tree: ast.AST, known: set[str]) -> set[str]:
    """Functions of a file that are no tests, and assert something."""
    return {one.name for one in functions(tree) if not one.name.startswith("test_") and can_fail(one, known)}


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a file takes from others of ours: (module, name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            yield from ((str(node.module), alias.name) for alias in node.names)


TREES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "tests").rglob("*.py"))}
HELPERS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): failing_helpers(tree, set()) for path, tree in TREES.items()
}


@pytest.mark.parametrize(("path", "tree"), TREES.items(), ids=[str(path.relative_to(ROOT / "tests")) for path in TREES])
def test_every_test_of_a_file_can_fail(path: Path, tree: ast.Module) -> None:
    known = {name for module, name in imported(tree) if name in HELPERS.get(module, ())}
    known |= failing_helpers(tree, known)
    tests = [function for function in functions(tree) if function.name.startswith("test_")]

    assert [test.name for test in tests if not can_fail(test, known)] == []


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("assert 1", True),
        ("with pytest.raises(ValueError):\n  int('x')", True),
        ("expect(page).to_have_text('x')", True),
        ("assert_sound(page)", True),
        ("page.click('x')", False),
        ("expect(page)", False),
        ("other(page)", False),
    ],
)
def test_test_without_any_assertion_is_found(body: str, fails: bool) -> None:
    (test,) = functions(ast.parse(f"def test_x():\n {body.replace(chr(10), chr(10) + ' ')}"))

    assert can_fail(test, {"assert_sound"}) == fails


@pytest.mark.parametrize("page", ["docs/security.md", "README.md", "ARCHITECTURE.md"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    """A file by its path, or by its name alone in the folder of the one named before it; and a test in a file."""
    text = (ROOT / page).read_text()
    folder, missing = "", []
    for named, name, test in re.findall(r"`((?:tests/(?:\w+/)*)?)(test_\w+\*?\.py)(?:::(\w+))?`", text):
        folder = named or folder
        files = list((ROOT / folder).glob(name))
        if not files or (test and not any(f"def {test}(" in file.read_text() for file in files)):
            missing.append(f"{folder}{name} {test}")

    assert missing == []


def test_every_mutant_fits_the_code() -> None:
    assert [f"{mutant}: {why}" for mutant in table() if (why := mutant.why_stale())] == []


def test_mutants_are_many_and_told_apart() -> None:
    names = [str(mutant) for mutant in table()]

    assert len(names) >= 120
    assert sorted(names) == sorted(set(names)), f"a name stands twice in {TABLE.name}"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"before": "most = 3"}, "'most = 3' stands 0 times in limits.py"),
        ({"before": "return"}, "'return' stands 2 times in limits.py"),
        ({"file": "nowhere.py"}, "there is no nowhere.py"),
        ({"tests": ("test_nothing.py",)}, "there is no test_nothing.py"),
        ({"tests": ("test_limits.py::test_most",)}, ""),
        ({"tests": ("test_limits.py::test_least",)}, "there is no test_limits.py::test_least"),
        ({"after": "MOST = 3"}, "it changes nothing"),
    ],
)
def test_row_that_does_not_fit_says_why(tmp_path: Path, changes: dict[str, str], why: str) -> None:
    (tmp_path / "limits.py").write_text("MOST = 3\ndef a(): return 1\ndef b(): return 2\n")
    (tmp_path / "test_limits.py").write_text("def test_most(): assert 1\n")
    row = {"before": "MOST = 3", "after": "MOST = 4", "file": "limits.py", "tests": ("test_limits.py",)}

    assert Mutant(rule="rule", name="name", **{**row, **changes}).why_stale(tmp_path) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "said", "explained", "state"),
    [
        (1, "FAILED tests/test_limits.py::test_most - assert 1\n1 failed, 3 passed in 1.00s", "", "killed"),
        (1, "ERROR tests/test_limits.py::test_most - KeyError\n1 error in 1.00s", "", "killed"),
        (None, "", "", "killed"),
        (0, "4 passed in 1.00s", "", "survived"),
        (0, "4 passed in 1.00s", "the same all the same", "explained"),
        (1, "FAILED tests/test_limits.py::test_most - assert 1\n1 failed", "the same all the same", "broken"),
        (0, "4 skipped in 1.00s", "", "broken"),
        (5, "no tests ran in 0.01s", "", "broken"),
        (2, "ERROR tests/test_limits.py - SyntaxError\n1 error during collection", "", "broken"),
        (4, "ERROR: not found: tests/test_limits.py::test_most", "", "broken"),
    ],
)
def test_mistake_is_judged_by_what_pytest_says(status: int | None, said: str, explained: str, state: str) -> None:
    mutant = Mutant("rule", "name", "limits.py", "3", "4", ("tests/test_limits.py",), explained)

    assert judge(mutant, status, said)[0] == state
