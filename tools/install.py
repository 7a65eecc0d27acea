"""Make the virtual environment and install pinned packages: `python3 tools/install.py requirements.txt`.

Runs on the system's Python before anything is installed, so it needs the standard library only. VENV moves the
environment (.venv) and VAR_DIR the log (var/install.log); pip's own settings, like PIP_INDEX_URL, are honoured.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / (os.environ.get("VENV") or ".venv")
LOG = TOP / (os.environ.get("VAR_DIR") or "var") / "install.log"
STAMP = VENV / "installed"  # what the environment holds; empty while pip is at work
PLAIN_LINE_SECONDS = 10

DISK_FULL = "The disk is full: free about 1 GB, or move the environment with VENV=/path"
FULL_DISK_BYTES = 50_000_000

# What a failed log says, and what helps: the first that matches is the reason.
REASONS = (
    (r"No space left on device|Errno 28", DISK_FULL),
    (r"No module named '?venv|ensurepip is not", "Python cannot make environments: apt install python3-venv"),
    (r"CERTIFICATE_VERIFY_FAILED", "The registry's certificate is not trusted: set PIP_CERT to your network's own"),
    (
        r"command '\S*(gcc|g\+\+|cc|clang)\S*' failed|unable to execute '\S*(gcc|cc)'|Python\.h: No such"
        r"|pg_config executable not found|Rust toolchain|Failed building wheel|Failed to build",
        "A package has to be compiled here and could not be: apt install build-essential python3-dev libpq-dev cargo",
    ),
    (
        r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|Connection(Reset|Refused)?Error"
        r"|RemoteDisconnected|IncompleteRead|(name resolution|resolve host)|HTTP error 5\d\d",
        "The package registry cannot be reached: check the network, the proxy and PIP_INDEX_URL",
    ),
    (
        r"DO NOT MATCH THE HASHES|Hashes are required",
        "A package is not the one that was pinned: ask who keeps the registry that PIP_INDEX_URL names",
    ),
    (r"No matching distribution", "The registry lacks a pinned package for this Python: check PIP_INDEX_URL"),
    (r"Permission denied", "A folder may not be written: check who owns the project and VENV"),
)


def stop(sentence: str) -> NoReturn:
    """End with one sentence that says what to do."""
    sys.exit(f"{sentence}.")


class Progress:
    """A line that renews itself on a terminal; elsewhere a plain line now and then."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        self.started = time.monotonic()
        self.said_at = self.started - PLAIN_LINE_SECONDS

    def show(self, text: str, *, done: bool = False) -> None:
        now = time.monotonic()
        line = f"{text} ({now - self.started:.0f} s)"
        if self.live:
            print(f"\r\033[K{line}", end="\n" if done else "", flush=True)
        elif done or now - self.said_at >= PLAIN_LINE_SECONDS:
            self.said_at = now
            print(line, flush=True)


def with_included(requirements: Path) -> list[Path]:
    """The file and those it names by `-r`."""
    names = re.findall(r"^-r +(\S+)", requirements.read_text(), re.M)
    return [requirements, *(file for name in names for file in with_included(requirements.parent / name))]


def contents(files: list[Path]) -> list[str]:
    """What the stamp says of an environment that holds these files' packages."""
    python = f"Python {sys.version_info.major}.{sys.version_info.minor} in {VENV}"
    return [python, *(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files)]


def usable() -> bool:
    """Whether there is an environment to go on with: not half made, of this Python, not moved here from elsewhere."""
    if STAMP.exists() and contents([])[0] not in STAMP.read_text():
        return False
    asked: list[str | Path] = [VENV / "bin/python", "-Im", "pip", "--version"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return f"(python {sys.version_info.major}.{sys.version_info.minor})" in said


def make_environment(log: Path) -> None:
    if usable():
        return
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        stop(f"{VENV} is not a virtual environment: move it away, or name another place with VENV=/path")
    if VENV.is_symlink():  # making it anew would empty somebody else's
        stop(f"{VENV} is a link to another environment: remove it, or name that one with VENV=/path")
    print(f"Making a virtual environment in {VENV}", flush=True)
    with log.open("w") as out:
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", VENV], stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if made.returncode:
        give_reason(log)


def install(requirements: Path, files: list[Path], log: Path) -> None:
    """Let pip write its log, and tell from the log and the environment how far it is."""
    wanted = sum(len(re.findall(r"^[\w.\[\]-]+==", file.read_text(), re.M)) for file in files)
    progress = Progress()
    command: list[str | Path] = [VENV / "bin/python", "-Ium", "pip", "install", "--require-hashes", "-r", requirements]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    STAMP.write_text("")
    with log.open("w") as out:
        pip = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        while pip.poll() is None:
            said = log.read_text(errors="replace")
            named = re.findall(r"^(?:Collecting|Requirement already satisfied:) ([\w.-]+)", said, re.M)
            fetched = min(wanted, len(set(named)))
            if "Installing collected packages" in said:
                there = len(list(VENV.glob("lib/python*/site-packages/*.dist-info")))
                step = f"all {wanted} fetched, {min(wanted, there)} unpacked"
            elif said.rstrip().rpartition("\n")[2].startswith("WARNING: Retrying"):
                step = f"{fetched} of {wanted} fetched, the registry does not answer, trying again"
            else:
                step = f"{fetched} of {wanted} fetched"
            progress.show(f"Installing packages: {step}")
            time.sleep(0.2)
    finally:
        pip.wait()
    if pip.returncode:
        progress.show("Installing packages: stopped", done=True)
        give_reason(log)
    progress.show(f"Installing packages: {wanted} installed", done=True)


def give_reason(log: Path) -> NoReturn:
    said = log.read_text(errors="replace")
    reason = next((help_ for pattern, help_ in REASONS if re.search(pattern, said)), "The packages were not installed")
    if shutil.disk_usage(VENV.parent).free < FULL_DISK_BYTES:  # a full disk often has no room for its own message
        reason = DISK_FULL
    stop(f"{reason}; then run it again (log: {log})")


def only_one_at_a_time() -> int:
    """Hold the environment's folder until this process ends: `make run` and `make test` may start together."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(VENV.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another installation to finish", flush=True)
        fcntl.flock(folder, fcntl.LOCK_EX)
    return folder


def main() -> None:
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 or later is needed, {sys.executable} is older: name another with PYTHON=/path/to/python3")
    if len(sys.argv) != 2:
        stop("Name the requirements file: python3 tools/install.py requirements.txt")
    requirements = TOP / sys.argv[1]
    files = with_included(requirements)
    only_one_at_a_time()
    held = STAMP.read_text().splitlines() if STAMP.exists() and (VENV / "bin/python").exists() else []
    if set(contents(files)) <= set(held):
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    make_environment(LOG)
    install(requirements, files, LOG)
    STAMP.write_text("\n".join(contents(files)) + "\n")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("\nStopped. Run it again to go on")
    except OSError as error:
        stop(f"The packages were not installed: {error}")
