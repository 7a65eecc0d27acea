"""PostgreSQL is stopped and started while 16 clients send requests; the web server is left alone throughout."""

import contextlib
import http.client
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg2
import pytest

from bench.requests import SITE
from tests.clinic.conftest import ON_POSTGRES, Site
from tests.crash.conftest import PRODUCTION, free_port, wait_until_up, web_server
from tests.crash.test_requests import CLIENTS, PHONES, Patients, all_send, assert_whole_and_once, fill_with_drafts
from tests.with_postgres import as_servant, cluster, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not ON_POSTGRES, reason="run by make test-postgres")]

REQUESTS = int(os.environ.get("CRASH_REQUESTS", "480")) // 8
AWAY_SECONDS = 4
BACK_WITHIN = 15  # seconds after PostgreSQL takes connections
LOOKED_AT = (
    "/",
    "/appointments/new/",
    "/appointments/check/",
    "/offices/?fresh=1",
    "/accounts/login/",
    "/readyz",
    "/healthz",
)


@dataclass
class Postgres:
    """The server of `tests.with_postgres`, which can be stopped and started again on the same files."""

    url: str

    def __post_init__(self) -> None:
        with contextlib.closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            self.data = Path(cursor.fetchone()[0])
        self.process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        self.command = self.process.cmdline()

    def stop(self, how: signal.Signals) -> None:
        """SIGINT: in order, clients are cut off. SIGQUIT: as in a crash."""
        self.process.send_signal(how)
        self.process.wait(30)

    def start(self) -> None:
        """Until it takes connections."""
        log = self.data.parent / "log"
        with log.open("a") as out:
            self.process = psutil.Popen(
                self.command, stdout=out, stderr=out, cwd=self.data, start_new_session=True, **as_servant()
            )
        wait_for(self.process, self.data, log)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """One for this test alone: others need theirs."""
    with cluster(fast=False) as url:
        own = Postgres(url)
        yield own
        if own.process.is_running():
            own.stop(signal.SIGQUIT)


@dataclass
class Visitor:
    """Looks at pages again and again, and writes down what came."""

    port: int
    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0
    gone: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Until `gone` is set."""
        while not self.gone.is_set():
            for path in LOOKED_AT:
                self.answers[self.get(path)] += 1

    def get(self, path: str) -> str:
        """The answer in words: "/ 200", "/readyz 503", or "/x 503 without the phones"."""
        started = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            headers = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        self.slowest = max(self.slowest, time.monotonic() - started)
        told = f"{path} {answer.status}"
        if answer.status >= 500 and path != "/readyz":
            told += "" if all(phone in page for phone in PHONES) else " without the phones"
            told += "" if answer.headers["Retry-After"] else " without Retry-After"
        return told


def test_site_says_so_and_comes_back_by_itself_when_postgresql_is_restarted(postgres, static, tmp_path, capsys):
    site = Site(tmp_path, settings={**PRODUCTION, "DATABASE_URL": postgres.url})
    (site.folder / "static").symlink_to(static)
    site.manage("migrate", "-v0")
    site.manage("load_practice", "-v0")
    fill_with_drafts(site, REQUESTS)
    port = free_port()
    patients, visitor = Patients(port), Visitor(port)
    back: list[float] = []

    def restart_twice(is_busy: Callable[[], bool]) -> None:
        looking = threading.Thread(target=visitor.look)
        looking.start()
        for how, share in ((signal.SIGINT, 0.25), (signal.SIGQUIT, 0.5)):
            while is_busy() and len(patients.confirmed) < REQUESTS * share:
                time.sleep(0.05)
            assert is_busy()
            postgres.stop(how)
            time.sleep(AWAY_SECONDS)
            postgres.start()
            started = time.monotonic()
            wait_until_up(port, "/readyz")
            back.append(time.monotonic() - started)
        visitor.gone.set()
        looking.join()

    with web_server(site, port) as server:
        server.start()
        wait_until_up(port, "/appointments/new/")
        all_send(patients, REQUESTS, restart_twice)
        afterwards = [visitor.get(path) for path in LOOKED_AT * 4]
        assert server.lives

    with capsys.disabled():
        print(
            f"\nPostgreSQL away twice for {AWAY_SECONDS} s, {CLIENTS} clients, {REQUESTS} requests: ready again "
            f"after {', '.join(f'{seconds:.1f} s' for seconds in back)}; slowest page {visitor.slowest:.1f} s; "
            f"{dict(sorted(visitor.answers.items()))}; sending: {dict(patients.answers)}"
        )
    assert visitor.answers["/readyz 503"]
    assert visitor.answers["/appointments/new/ 503"]
    allowed = {f"{path} {status}" for path in LOOKED_AT for status in (200, 302, 503)}
    assert set(visitor.answers) <= allowed
    assert not visitor.answers["/healthz 503"]
    assert [answer for answer in patients.answers if not answer.endswith("503")] == []
    assert max(back) < BACK_WITHIN
    assert [answer for answer in afterwards if answer.endswith("503")] == []
    assert_whole_and_once(site, patients, REQUESTS)
