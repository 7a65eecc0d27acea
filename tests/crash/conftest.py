"""Sites with production's settings whose processes the tests kill, and clients that don't give up."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from bench.requests import SITE, Browser, get, post
from tests import template_database
from tests.clinic.conftest import ROOT, Site, make_site, migrated_site  # noqa: F401 fixtures
from tests.conftest import SAFETY

PRODUCTION = {
    "DEMO": "0",
    "BASE_URL": f"https://{SITE}",
    "FROM_EMAIL": f"office@{SITE}",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "TRUSTED_PROXY_HOPS": "1",  # the clients say what a proxy would: HTTPS, and an address for each patient
    "FASTEST_SECONDS": "0",  # they are the machines that the traps for spam are for
    "MOST_SENT_PER_ADDRESS": "1000000",
    "MOST_DRAFTS_PER_ADDRESS": "0",
    "MOST_SENT_PER_PHONE": "1000000",
}


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


Answers = Mapping[str, str | list[str]]


def fill_in(browser: Browser, about_you: Answers, visit: Answers, contact: Answers) -> None:
    """All steps of the form, up to "check your answers"."""
    steps = {"": SAFETY, "about-you/": about_you, "visit/": visit, "contact/": contact}
    for name, fields in steps.items():
        get(browser, f"/appointments/new/{name}")
        post(browser, f"/appointments/new/{name}", fields)


def inside(site: Site, *arguments: str, given: Any = None) -> Any:
    """What `tests.crash.inside` answers."""
    return site.inside("tests.crash.inside", *arguments, given=given)


@dataclass
class Process:
    """A command of the site in a group of its own, so that kill -9 takes its children along."""

    command: list[str]
    site: Site
    log: IO[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Doesn't wait for it."""
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.site.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self) -> None:
        """At once, with no chance to end anything."""
        if (
            self.process and self.process.poll() is None
        ):  # the number of one that has ended may be somebody else's by now
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


@contextlib.contextmanager
def background(site: Site, *command: str) -> Iterator[Process]:
    """A process that can be started and killed; nothing of it is left at the end of the block."""
    with (site.folder / "log").open("a") as log:
        process = Process(list(command), site, log)
        try:
            yield process
        finally:
            process.kill()


def web_server(site: Site, port: int) -> contextlib.AbstractContextManager[Process]:
    """As docs/operating.md says."""
    granian = str(Path(sys.executable).with_name("granian"))
    where = ("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning")
    return background(
        site,
        granian,
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "16",
        *where,
        "clinic.wsgi:application",
    )


def wait_until_up(port: int, path: str = "/healthz", seconds: float = 120) -> None:
    """The server shows a page. Raises TimeoutError."""
    end = time.monotonic() + seconds
    headers = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(call, timeout=20):
            return
        time.sleep(0.05)
    raise TimeoutError("The web server did not come up")


@pytest.fixture(scope="session")
def static() -> Path:
    """The collected static files, which every site may share."""
    return template_database.static_files()


@pytest.fixture
def production_site(make_site: Callable[..., Site], static: Path) -> Site:  # noqa: F811
    """A site as in production, with offices and safety check."""
    site = make_site(**PRODUCTION)
    (site.folder / "static").symlink_to(static)
    return site
