"""Do the tests notice a mistake? Small mistakes are made in the rules that matter, one at a time, and the tests that
should notice are run: `make mutants`, or `python -m tests.mutants --only routing`.

The mistakes stand in `mutants.toml`. A tool of the package index fits badly: mutmut leaves decorated functions and
whatever stands outside of functions alone (our actions, views, limits and MOVES), and cosmic-ray would start Django for
each of some ten thousand changes, most of them to words on pages.

Each worker has a copy of the tree; the tree itself is never touched. It loads the site and its tests once and tries
each mistake in a fork of itself, in which functions get the code that they would have with the mistake in them. What
is no function's code (a table, a limit, a setting) needs a Python of its own, and so does whatever survives in a fork.

Exit status 1: a mistake that no test notices and no line explains, a row that does not fit the code any more, or tests
that fail without any mistake.
"""

import argparse
import compileall
import functools
import gc
import inspect
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory, mkdtemp
from threading import Thread
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".toml")
PACKAGES = ("clinic", "articles", "appointments", "common")
NOT_COPIED = {".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".import_linter_cache"}
QUICKLY = ["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-m", "not browser and not slow"]
SECONDS = 300  # for one mistake; one that never comes to an end is noticed, too
ALL_PASSED, SOME_FAILED = 0, 1  # pytest's exit statuses
STATES = ("killed", "explained", "survived", "broken")


@dataclass(frozen=True)
class Mutant:
    """A mistake: `before`, which stands once in `file`, becomes `after`, and one of `tests` should fail.

    explained: why the code does the same all the same; then it may survive.
    """

    rule: str
    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    explained: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"

    def why_stale(self, root: Path = ROOT) -> str:
        """Why the row fits the tree no more; "" if it does."""
        if not (root / self.file).is_file():
            return f"there is no {self.file}"
        if (count := (root / self.file).read_text().count(self.before)) != 1:
            return f"{self.before!r} stands {count} times in {self.file}"
        for test in self.tests:
            path, _, name = test.partition("::")
            if not (root / path).is_file() or (name and f"def {name}(" not in (root / path).read_text()):
                return f"there is no {test}"
        return "" if self.before != self.after else "it changes nothing"


@dataclass(frozen=True)
class Result:
    """How a mistake fared: one of STATES, by which test or why, in seconds."""

    mutant: str
    state: str
    told: str
    seconds: float


def table() -> list[Mutant]:
    """All rows. A row's own `file` and `tests` stand before those of its rule."""
    rules = tomllib.loads(TABLE.read_text())["rule"]
    return [
        Mutant(
            rule["name"],
            row["name"],
            row.get("file", rule.get("file", "")),
            row["before"].replace("\\n", "\n"),
            row["after"].replace("\\n", "\n"),
            tuple(row.get("tests", rule["tests"])),
            row.get("explained", ""),
        )
        for rule in rules
        for row in rule["mutants"]
    ]


def judge(mutant: Mutant, failed: str, passed: int) -> tuple[str, str]:
    """State and why, from the test that failed ("" for none) and how many passed."""
    if failed:
        return ("broken", f"explained, and yet noticed by {failed}") if mutant.explained else ("killed", failed)
    if not passed:
        return "broken", "its tests pass nothing"
    return ("explained", mutant.explained) if mutant.explained else ("survived", "no test noticed")


# --- Making a mistake in a process that runs already ---


def replaced_codes(before: str, after: str, file: str) -> dict[tuple[str, int], CodeType] | None:
    """The code that each function of a file has after a change, by its name and its first line before it.

    None if the change is to something that is done when the file is imported. Raises SyntaxError.
    """
    old, new = compile(before, file, "exec"), compile(after, file, "exec")
    if not _imports_alike(old, new):
        return None
    olds, news = list(_functions(old)), list(_functions(new))
    if [(code.co_qualname, code.co_freevars) for code in olds] != [
        (code.co_qualname, code.co_freevars) for code in news
    ]:
        return None
    return {(a.co_qualname, a.co_firstlineno): b for a, b in zip(olds, news, strict=True)}


def _codes(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if isinstance(const, CodeType)]


def _is_function(code: CodeType) -> bool:
    """Not a module, and not the body of a class."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def _imports_alike(old: CodeType, new: CodeType) -> bool:
    """Whether importing does the same; functions are made then, and not run."""
    plain = [[const for const in code.co_consts if not isinstance(const, CodeType)] for code in (old, new)]
    if (old.co_code, old.co_names, plain[0]) != (new.co_code, new.co_names, plain[1]):
        return False
    pairs = zip(_codes(old), _codes(new), strict=True)
    return all(_is_function(a) or _imports_alike(a, b) for a, b in pairs)


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Those that live on in an object; a comprehension's code goes with the function around it."""
    for inner in _codes(code):
        if _is_function(inner) and not re.search(r"<(gen|list|set|dict)", inner.co_name):
            yield inner
        yield from _functions(inner)


def _put_in(codes: dict[tuple[str, int], CodeType], file: str) -> None:
    """Give them to the functions of this process, wherever those are. `isinstance` would wake Django's lazy objects."""
    gc.unfreeze()  # tests/conftest.py has put them where nobody looks
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename == file:
            code = codes.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
            if code is not None:
                one.__code__ = code
        elif type(one) is functools._lru_cache_wrapper and (one.__module__ or "").startswith(PACKAGES):
            one.cache_clear()


# --- A worker ---


class Worker:
    """A pytest plugin: it tries mistakes in forks, where pytest would run the tests that it has collected."""

    def __init__(self, mutants: Sequence[Mutant], pipe: int) -> None:
        self.mutants, self.pipe = mutants, pipe
        self.failed: list[str] = []
        self.passed = 0
        self.var = Path(mkdtemp()) / "var"
        self.failing: list[str] = []  # without any mistake

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count."""
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.passed and report.when == "call":
            self.passed += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """First all tests without any mistake; those that fail are told of, and left out."""
        if ready := next((item for item in session.items if "db" in getattr(item, "fixturenames", ())), None):
            ready.ihook.pytest_runtest_protocol(item=ready, nextitem=session)  # the database is there from now on
        shutil.copytree(settings.VAR_DIR, self.var)
        self.failed, self.passed = [], 0
        self.failing, _passed = self._in_a_fork(session, session.items, to_the_end=True)
        if self.failing or session.testsfailed:
            unread = ["files that can't be read"] if session.testsfailed else []
            named = ", ".join([*self.failing, *unread])
            self._tell(Result("", "broken", f"fails without any mistake: {named}", 0))
        for mutant in self.mutants:
            start = time.monotonic()
            try:
                state, told = self._try(session, mutant)
            except SyntaxError as problem:
                state, told = "broken", f"no Python: {problem}"
            self._tell(Result(str(mutant), state, told, time.monotonic() - start))
        return True

    def _tell(self, result: Result) -> None:
        os.write(self.pipe, json.dumps(asdict(result)).encode() + b"\n")

    def _try(self, session: pytest.Session, mutant: Mutant) -> tuple[str, str]:
        """Make the mistake in the copy, run its tests, and take it back. Raises SyntaxError."""
        file = Path(mutant.file).resolve()
        right = file.read_text()
        wrong = right.replace(mutant.before, mutant.after)
        codes = replaced_codes(right, wrong, str(file))
        file.write_text(wrong)  # also for what the tests start
        try:
            if codes is not None:
                well = [item for item in session.items if item.nodeid not in self.failing]
                items = [item for test in mutant.tests for item in well if item.nodeid.startswith(test)]
                failed, passed = self._in_a_fork(session, items, codes, str(file))
                if failed:
                    return judge(mutant, re.sub(r"^[^:]*/", "", failed[0]), passed)
            # Some functions run only when a site starts.
            return judge(mutant, *_in_a_python_of_its_own(mutant.tests, self.failing))
        finally:
            file.write_text(right)

    def _in_a_fork(
        self,
        session: pytest.Session,
        items: Sequence[pytest.Item],
        codes: dict[tuple[str, int], CodeType] | None = None,
        file: str = "",
        *,
        to_the_end: bool = False,
    ) -> tuple[list[str], int]:
        """The first test that fails, or all, and how many pass."""
        ours, theirs = os.pipe()
        if not (child := os.fork()):
            try:
                os.setpgid(0, 0)
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(0 if to_the_end else SECONDS)
                _put_in(codes or {}, file)
                _read_nothing_before()
                for item, following in zip(items, [*items[1:], session], strict=False):
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                    if self.failed and not to_the_end:
                        break
                os.write(theirs, json.dumps([self.failed, self.passed]).encode())
            except BaseException:  # noqa: BLE001 told, and the fork ends
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(theirs)
        with os.fdopen(ours) as pipe:
            said = pipe.read()
        _child, status = os.waitpid(child, 0)
        _kill(child)
        shutil.rmtree(settings.VAR_DIR)  # what one has written is nothing to the next
        shutil.copytree(self.var, settings.VAR_DIR)
        if not said and os.waitstatus_to_exitcode(status) != -signal.SIGALRM:
            raise RuntimeError("A fork broke before its tests came to an end")  # that is no test that has noticed
        failed, passed = json.loads(said or '[["came to no end"], 0]')
        return failed, passed


def _read_nothing_before() -> None:
    """What was read without the mistake would hide it."""
    from tests.conftest import STARTED  # needs Django, which whoever starts the workers has not

    STARTED.clear()


def _kill(group: int) -> None:
    """With the servers that its tests have started."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _in_a_python_of_its_own(tests: Sequence[str], without: Sequence[str]) -> tuple[str, int]:
    """The first test that fails, and how many pass before it."""
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *QUICKLY, "-x", *(f"--deselect={test}" for test in without), *tests],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        try:
            said, _nothing = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            said = "FAILED /came to no end"
        _kill(process.pid)
    return read_answer(said)


def read_answer(said: str) -> tuple[str, int]:
    """The first test that failed, and how many passed, in pytest's own words."""
    failed = re.search(r"^(?:FAILED|ERROR) \S*/(\S+::\S+|came to no end)", said, re.M)
    passed = re.search(r"(\d+) passed", said)
    return failed[1] if failed else "", int(passed[1]) if passed else 0


def work(numbers: Sequence[int], pipe: int) -> None:
    """Try some rows of the table, here in a copy of the tree."""
    everything = table()
    mutants = [everything[number] for number in numbers]
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    pytest.main([*QUICKLY, *tests], plugins=[Worker(mutants, pipe)])


# --- The command ---


def _copy(target: Path) -> None:
    """The tree as it is, compiled so that a changed file is seen by its content: two mistakes can have one length."""

    def not_copied(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name in NOT_COPIED or (Path(folder) / name / "pyvenv.cfg").exists()]

    shutil.copytree(ROOT, target, ignore=not_copied, symlinks=True)
    for package in PACKAGES:
        compileall.compile_dir(target / package, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def _watch(numbers: Sequence[int], folder: Path, results: list[Result]) -> None:
    """Run a worker in a copy of the tree, and print what it tells."""
    _copy(folder / "tree")
    ours, theirs = os.pipe()
    command = [sys.executable, "-m", "tests.mutants", "--worker", str(theirs), *map(str, numbers)]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with (
        (folder / "said").open("w+") as said,
        subprocess.Popen(
            command, cwd=folder / "tree", env=environment, pass_fds=[theirs], stdout=said, stderr=said
        ) as worker,
    ):
        os.close(theirs)
        with os.fdopen(ours) as pipe:
            before = len(results)
            for line in pipe:
                results.append(result := Result(**json.loads(line)))
                print(f"{result.state:9} {result.seconds:5.1f} s  {result.mutant}  [{result.told}]", flush=True)
        worker.wait()
        if len(results) == before:
            said.seek(0)
            results.append(Result("", "broken", f"the worker stopped:\n{said.read()}", 0))


def run(numbers: Sequence[int], workers: int) -> bool:
    """Try these rows and print how each fared. Returns whether all is well."""
    start = time.monotonic()
    results: list[Result] = []
    with TemporaryDirectory(prefix="mutants-") as top:
        threads = []
        for worker in range(workers):
            folder = Path(top) / str(worker)
            folder.mkdir()
            part = numbers[len(numbers) * worker // workers : len(numbers) * (worker + 1) // workers]  # whole rules
            threads.append(Thread(target=_watch, args=(part, folder, results)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    by_state = {state: [result for result in results if result.state == state] for state in STATES}
    told = ", ".join(f"{len(found)} {state}" for state, found in by_state.items())
    print(f"{len(numbers)} mistakes: {told}; {time.monotonic() - start:.0f} s with {workers} at a time")
    bad = [*by_state["survived"], *by_state["broken"]]
    for result in bad:
        print(f"  {result.state}: {result.mutant}: {result.told}")
    return not bad and len(results) == len(numbers)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Make mistakes in the rules and see whether the tests notice.")
    parser.add_argument("--only", default="", help="those with this in their name or file")
    parser.add_argument("--shard", default="1/1", help="a part of all, like 2/4")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    parser.add_argument("numbers", type=int, nargs="*", help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.worker is not None:
        work(options.numbers, options.worker)
        return 0
    part, parts = map(int, options.shard.split("/"))
    rows = [(number, row) for number, row in enumerate(table()) if options.only in f"{row} {row.file}"][
        part - 1 :: parts
    ]
    if stale := [f"{mutant}: {why}" for _number, mutant in rows if (why := mutant.why_stale())]:
        print("These rows do not fit the code any more:", *stale, sep="\n  ")
        return 1
    if not rows:
        print("There is no such row")
        return 1
    return 0 if run([number for number, _row in rows], min(options.workers, len(rows))) else 1


if __name__ == "__main__":
    sys.exit(main())
