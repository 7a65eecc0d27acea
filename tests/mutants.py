"""Do the tests notice a mistake? Small mistakes are made in the rules that matter, one at a time, and the tests that
should notice are run: `make mutants`, or `python -m tests.mutants --only routing`.

The mistakes stand in `mutants.toml`. A tool of the package index fits badly: mutmut leaves decorated functions and
whatever stands outside of functions alone (our actions, views, limits and MOVES), and cosmic-ray would start Django for
each of some ten thousand changes, most of them to words on pages.

Each worker has a copy of the tree; the tree itself is never touched. Exit status 1: a mistake that no test notices and
no line explains, a row that does not fit the code any more, or tests that fail without any mistake.
"""

import argparse
import compileall
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".toml")
PACKAGES = ("clinic", "articles", "appointments")
NOT_COPIED = {".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".import_linter_cache"}
PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
FAST = ["-m", "not browser and not slow"]  # as `make test`
SECONDS = 300  # of one run; a mistake that never comes to an end is noticed, too
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

    mutant: Mutant
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


def _copy(target: Path) -> None:
    """The tree as it is, compiled so that a changed file is seen by its content: two mistakes can have one length."""

    def not_copied(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name in NOT_COPIED or (Path(folder) / name / "pyvenv.cfg").exists()]

    shutil.copytree(ROOT, target, ignore=not_copied, symlinks=True)
    for package in PACKAGES:
        compileall.compile_dir(target / package, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def _run(tree: Path, tests: Sequence[str], *options: str) -> tuple[int | None, str]:
    """Pytest's exit status and what it said; no status if it came to no end."""
    environment = {**os.environ, "TMPDIR": str(tree.parent)}
    with subprocess.Popen(
        [*PYTEST, *FAST, *options, *tests],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _nothing = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # with the servers that its tests have started
            process.communicate()
            return None, ""
    return process.returncode, said


def _try(tree: Path, mutant: Mutant) -> Result:
    """Make the mistake in the copy, run its tests, and take it back."""
    file = tree / mutant.file
    right = file.read_text()
    start = time.monotonic()
    file.write_text(right.replace(mutant.before, mutant.after))
    try:
        status, said = _run(tree, mutant.tests, "-x")
    finally:
        file.write_text(right)
    state, told = judge(mutant, status, said)
    return Result(mutant, state, told, time.monotonic() - start)


def judge(mutant: Mutant, status: int | None, said: str) -> tuple[str, str]:
    """What pytest's answer says of a mistake."""
    if status is None:
        return "killed", "came to no end"
    if status == SOME_FAILED and (by := re.search(r"^(?:FAILED|ERROR) \S*?(\w+\.py\S*)", said, re.M)):
        return ("broken", f"explained, and yet noticed by {by[1]}") if mutant.explained else ("killed", by[1])
    if status != ALL_PASSED or not re.search(r"\d+ passed", said):
        return "broken", said.strip().rpartition("\n")[2]
    return ("explained", mutant.explained) if mutant.explained else ("survived", "no test noticed")


@contextmanager
def _copies(count: int) -> Iterator["SimpleQueue[Path]"]:
    """Trees to work in, one for each worker."""
    with TemporaryDirectory(prefix="mutants-") as top:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            tree = Path(top) / str(number) / "tree"
            _copy(tree)
            trees.put(tree)
        yield trees


def _parts(mutants: Sequence[Mutant], count: int) -> list[list[str]]:
    """All files of their tests, in so many parts."""
    files = sorted({test.partition("::")[0] for mutant in mutants for test in mutant.tests})
    return [part for part in (files[number::count] for number in range(count)) if part]


def run(mutants: Sequence[Mutant], workers: int) -> bool:
    """Try them all and print how each fared. Returns whether all is well."""
    start = time.monotonic()
    with _copies(workers) as trees, ThreadPoolExecutor(workers) as pool:

        def passes(tests: list[str]) -> bool:
            tree = trees.get()
            status, said = _run(tree, tests)
            trees.put(tree)
            if status != ALL_PASSED:
                print(f"Without any mistake:\n{said}")
            return status == ALL_PASSED

        def attempt(mutant: Mutant) -> Result:
            tree = trees.get()
            result = _try(tree, mutant)
            trees.put(tree)
            print(f"{result.state:9} {result.seconds:5.1f} s  {mutant}  [{result.told}]", flush=True)
            return result

        try:
            if not all(pool.map(passes, _parts(mutants, workers))):
                return False
            results = list(pool.map(attempt, mutants))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    by_state = {state: [r for r in results if r.state == state] for state in STATES}
    told = ", ".join(f"{len(found)} {state}" for state, found in by_state.items())
    print(f"{len(results)} mistakes: {told}; {time.monotonic() - start:.0f} s with {workers} at a time")
    bad = [*by_state["survived"], *by_state["broken"]]
    for result in bad:
        print(f"  {result.state}: {result.mutant} ({result.mutant.file}): {result.told}")
    return not bad


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Make mistakes in the rules and see whether the tests notice.")
    parser.add_argument("--only", default="", help="those with this in their name or file")
    parser.add_argument("--shard", default="1/1", help="a part of all, like 2/4")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many at a time")
    options = parser.parse_args()
    part, parts = map(int, options.shard.split("/"))
    mutants = [mutant for mutant in table() if options.only in f"{mutant} {mutant.file}"][part - 1 :: parts]
    if stale := [f"{mutant}: {why}" for mutant in mutants if (why := mutant.why_stale())]:
        print("These rows do not fit the code any more:", *stale, sep="\n  ")
        return 1
    if not mutants:
        print("There is no such row")
        return 1
    return 0 if run(mutants, min(options.workers, len(mutants))) else 1


if __name__ == "__main__":
    sys.exit(main())
