"""The tests themselves: each can fail, each that a page names is there, and each mutant still fits the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType

import pytest

from tests import fast_tests
from tests.mutants import TABLE, Mutant, judge, read_answer, replaced_codes, table
from tests.test_papers import PAPERS

ROOT = Path(__file__).resolve().parents[1]
FAILING = ("raises", "warns", "fail", "django_assert_num_queries", "django_assert_max_num_queries")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """All of a file, also those in classes and in other functions."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def name_of(call: ast.expr) -> str:
    """The last part of what is called: "raises" of `pytest.raises`."""
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def holds_always(claim: ast.expr) -> bool:
    """`assert ... or True`, or of what is always so."""
    if isinstance(claim, ast.BoolOp) and isinstance(claim.op, ast.Or):
        return any(map(holds_always, claim.values))
    return isinstance(claim, ast.Constant) and bool(claim.value)


def can_fail(function: ast.FunctionDef, helpers: set[str]) -> bool:
    """Whether it asserts something: by itself, by Playwright's `expect(...).to_...()`, or by a helper that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not holds_always(node.test):
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


FILES = sorted((ROOT / "tests").rglob("*.py"))


@cache
def trees() -> dict[Path, ast.Module]:
    """Of each file; reading them takes a second, which only who runs these tests should wait for."""
    return {path: ast.parse(path.read_text()) for path in FILES}


@cache
def helpers() -> dict[str, set[str]]:
    """By module, which of its functions can fail."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    return {name: failing_helpers(trees()[path], set()) for name, path in names.items()}


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT / "tests")) for path in FILES])
def test_every_test_of_a_file_can_fail(path: Path) -> None:
    tree = trees()[path]
    known = {name for module, name in imported(tree) if name in helpers().get(module, ())}
    known |= failing_helpers(tree, known)
    tests = [function for function in functions(tree) if function.name.startswith("test_")]

    assert [test.name for test in tests if not can_fail(test, known)] == []


def test_no_assertion_holds_always() -> None:
    asserts = [
        (path, node) for path, tree in trees().items() for node in ast.walk(tree) if isinstance(node, ast.Assert)
    ]

    assert [f"{path}:{node.lineno}" for path, node in asserts if holds_always(node.test)] == []


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("assert x", True),
        ("assert 1", False),
        ("assert x == 2 or True", False),
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


@pytest.mark.parametrize("page", PAPERS)
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
    ("failed", "passed", "explained", "state"),
    [
        ("test_limits.py::test_most", 3, "", "killed"),
        ("came to no end", 0, "", "killed"),
        ("", 4, "", "survived"),
        ("", 0, "", "broken"),
        ("", 4, "the same all the same", "explained"),
        ("test_limits.py::test_most", 3, "the same all the same", "broken"),
    ],
)
def test_mistake_is_judged_by_its_tests(failed: str, passed: int, explained: str, state: str) -> None:
    mutant = Mutant("rule", "name", "limits.py", "3", "4", ("tests/test_limits.py",), explained)

    assert judge(mutant, failed, passed)[0] == state


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (
            "FAILED tests/a/test_limits.py::test_most[1] - assert 1\n1 failed, 3 passed",
            ("test_limits.py::test_most[1]", 3),
        ),
        ("ERROR tests/test_limits.py::test_most - KeyError\n1 error in 1.00s", ("test_limits.py::test_most", 0)),
        ("4 passed in 1.00s", ("", 4)),
        ("4 skipped in 1.00s", ("", 0)),
        ("no tests ran in 0.01s", ("", 0)),
        ("ERROR tests/test_limits.py - SyntaxError\n1 error during collection", ("", 0)),
        ("ERROR: not found: tests/test_limits.py::test_most", ("", 0)),
    ],
)
def test_answer_of_pytest_is_read(said: str, answer: tuple[str, int]) -> None:
    assert read_answer(said) == answer


CODE = """
MOST = 3
def most(n, extra=0):
    return min(n + extra, max(x for x in range(MOST)))
class Limits:
    least = 1
    def least_of(self, n):
        def inner():
            return n
        return inner() + self.least
"""


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("min(n", "max(n", {"most"}),
        ("range(MOST)", "range(MOST + 1)", {"most"}),
        ("return min", "pass\n    return min", {"most"}),
        ("inner() + self", "inner() - self", {"Limits.least_of"}),
        ("return n\n", "return -n\n", {"Limits.least_of.<locals>.inner"}),
        ("MOST = 3", "MOST = 4", None),
        ("extra=0", "extra=1", None),
        ("least = 1", "least = 2", None),
        ("return n\n", "return 1\n", None),
        ("def most(", "def more(", None),
    ],
)
def test_mistake_in_a_function_is_put_into_its_code_alone(before: str, after: str, changed: set[str] | None) -> None:
    """None: done when the file is imported, or a function needs other things from around it."""
    same, codes = (replaced_codes(CODE, CODE.replace(before, text), "limits.py") for text in (before, after))

    assert same is not None
    differing = None if codes is None else {key[0] for key in codes if does(codes[key]) != does(same[key])}
    assert differing == changed


def does(code: CodeType) -> list[object]:
    """What a function's code does, without the functions in it and the numbers of its lines."""
    return [code.co_code, code.co_names, *(const for const in code.co_consts if not isinstance(const, CodeType))]


def test_list_of_long_tests_names_no_test_that_is_gone() -> None:
    text = cache(lambda file: (ROOT / file).read_text())
    for name in fast_tests.LIST.read_text().split():
        file, test = name.split("::")
        assert f"def {test}(" in text(file), name


def test_longest_tests_go_until_the_rest_is_quick_enough() -> None:
    logs = [
        "0.50s setup    tests/a.py::test_long[1 - x]\n1.50s call     tests/a.py::test_long[1 - x]\n",
        "0.1s call  tests/a.py::test_short\n0.9s call tests/b.py::test_middle\n",
    ]
    assert fast_tests.longest(logs, 1.0) == ["tests/a.py::test_long"]
    assert fast_tests.longest(logs, 0.1) == ["tests/a.py::test_long", "tests/b.py::test_middle"]
    assert fast_tests.longest(logs, 9, ["tests/a.py::test_long", "tests/c.py::test_left_out"]) == [
        "tests/c.py::test_left_out"
    ]
