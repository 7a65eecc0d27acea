"""Mails owed for CRASH_REQUESTS requests (80 unless told), through a mail server that fails half the time, by a worker
that is killed.

A mail counts as taken when the server has said so after its last line: a server that says nothing has taken nothing.
What a worker that is killed between that answer and its own note sends again is a duplicate: one for each kill at most.
"""

import asyncio
import email
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.clinic.conftest import ROOT, Site
from tests.conftest import NEW_YORK
from tests.crash.conftest import Process, background, free_port, inside

pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("CRASH_REQUESTS", "80"))
VISITS = 30
KILLS = 3  # at random moments; one more at the worst
TIMEOUT = 2  # seconds, EMAIL_TIMEOUT
SOONER = {"EMAIL_TIMEOUT": str(TIMEOUT), "MAIL_WAIT_MINUTES": "0.01,0.02,0.03"}
STAGES = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "end")
WAYS = ("drop",) * 5 + ("refuse",) * 4 + ("hang",)


class BadServer:
    """Half of all connections go wrong (`bad`): at one of six stages dropped, refused, or left hanging."""

    def __init__(self) -> None:
        self.lots = random.Random()
        self.bad = 0.5  # of all connections
        self.connections = 0
        self.faults: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()  # by Message-ID
        self.just_taken = threading.Event()
        self.hold_next = False  # keep the answer to the next mail taken until its sender is dead

    def fault(self) -> tuple[str, str]:
        """The stage and the way in which the next connection goes wrong."""
        self.connections += 1
        if self.lots.random() >= self.bad:
            return "", ""
        fault = self.lots.choice(STAGES), self.lots.choice(WAYS)
        self.faults[fault[1]] += 1
        return fault

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail, unless this is the stage that fails."""
        assert isinstance(server, Connection)
        if answer := await server.goes_wrong("end"):
            return answer
        self.taken[email.message_from_bytes(envelope.content or b"")["Message-ID"]] += 1  # type: ignore[arg-type]
        if self.hold_next:
            self.hold_next = False
            self.just_taken.set()
            await asyncio.sleep(TIMEOUT / 2)
        return "250 OK"


class Connection(SMTP):
    """One sender's connection to the bad server."""

    def __init__(self, handler: BadServer) -> None:
        super().__init__(handler)
        self.stage, self.way = handler.fault()

    def connection_made(self, transport: Any) -> None:
        """Some don't even get a greeting."""
        super().connection_made(transport)
        if self.stage == "connect" and self.way != "hang":
            transport.abort()

    async def goes_wrong(self, stage: str) -> str:
        """The refusal, if this is the stage and that is the way; empty if all is well."""
        if stage != self.stage:
            return ""
        if self.way == "hang":
            await asyncio.sleep(TIMEOUT + 1)
        if self.way != "refuse":
            self.transport.abort()
        return "451 not now"

    async def smtp_EHLO(self, hostname: str) -> None:
        if answer := await self.goes_wrong("connect") or await self.goes_wrong("EHLO"):
            await self.push(answer)
        else:
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if answer := await self.goes_wrong("MAIL"):
            await self.push(answer)
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if answer := await self.goes_wrong("RCPT"):
            await self.push(answer)
        else:
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if answer := await self.goes_wrong("DATA"):
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


@pytest.fixture
def server() -> Iterator[tuple[BadServer, int]]:
    """The bad server, and its port."""
    bad, port = BadServer(), free_port()

    class Listener(Controller):
        def factory(self) -> Connection:
            return Connection(bad)

    listener = Listener(bad, hostname="127.0.0.1", port=port)
    listener.start()
    yield bad, port
    listener.stop()


def kill_at_random(worker: Process, bad: BadServer) -> None:
    """In the middle of its work: after some more connections, at whatever it does a moment later."""
    until = bad.connections + random.randint(5, 60)
    while bad.connections < until:
        assert worker.lives
        time.sleep(0.001)
    time.sleep(random.random() / 20)
    worker.kill()


def kill_between_taken_and_noted(worker: Process, bad: BadServer) -> None:
    """The server has taken a mail, and the worker will never hear of it."""
    bad.just_taken.clear()
    bad.hold_next = True
    assert bad.just_taken.wait(60)
    worker.kill()


def test_no_mail_is_lost_and_none_comes_twice_but_for_a_kill(production_site: Site, server, capsys):
    bad, port = server
    site = production_site
    site.settings |= {**SOONER, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    inside(site, "requests", str(REQUESTS))
    started = time.monotonic()

    with background(site, sys.executable, str(ROOT / "manage.py"), "worker", "--every", "0.2") as worker:
        for kill in [*[kill_at_random] * KILLS, kill_between_taken_and_noted]:
            worker.start()
            kill(worker, bad)
        worker.start()
        mails = wait_until_all_are_sent(site)

    twice = sum(count - 1 for count in bad.taken.values())
    with capsys.disabled():
        print(
            f"\n{REQUESTS} requests, {len(mails)} mails, {bad.connections} connections, gone wrong {dict(bad.faults)}, "
            f"{KILLS + 1} kills: {sum(message not in bad.taken for message, _sent in mails)} lost, {twice} twice, "
            f"{time.monotonic() - started:.0f} s"
        )
    assert len(mails) >= REQUESTS * 5 / 4
    assert [message for message, _sent in mails if message not in bad.taken] == [], "counted as sent, never taken"
    assert set(bad.taken) == {message for message, _sent in mails}
    assert max(bad.taken.values()) <= 1 + KILLS
    assert 1 <= twice <= KILLS + 1


def test_two_workers_send_each_mail_once(production_site: Site, server):
    bad, port = server
    bad.bad = 0
    site = production_site
    site.settings |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    inside(site, "requests", str(REQUESTS // 4))
    command = (sys.executable, str(ROOT / "manage.py"), "worker", "--every", "0.2")

    with background(site, *command) as one, background(site, *command) as other:
        one.start()
        other.start()
        mails = wait_until_all_are_sent(site)

    assert bad.taken == Counter(message for message, _sent in mails)


def test_each_patient_is_reminded_once_although_a_worker_is_killed(production_site: Site, server):
    bad, port = server
    bad.bad = 0
    site = production_site
    site.settings |= {**SOONER, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    visit = (datetime.now(NEW_YORK) + timedelta(days=7)).replace(hour=10, minute=0)
    inside(site, "visits", str(VISITS), visit.isoformat())
    at = ("at", (visit - timedelta(days=1)).isoformat())
    worker = (sys.executable, "-m", "tests.crash.inside", *at, "worker", "--every", "0.2")

    with background(site, *worker) as victim, background(site, *worker) as other:
        for kill in range(1, KILLS + 1):
            victim.start()
            wait_until_taken(bad, kill * VISITS // (2 * KILLS))
            victim.kill()
        other.start()
        victim.start()
        wait_until_all_are_sent(site)

    reminded = dict(inside(site, "tell", "reminded"))
    assert (len(reminded), len(set(reminded.values()))) == (VISITS, VISITS), "owed once to each"
    taken = [bad.taken[message] for message in reminded]
    assert min(taken) == 1
    assert sum(taken) <= VISITS + KILLS, "what was taken and not yet noted, once more for each kill"


def wait_until_taken(bad: BadServer, count: int) -> None:
    """The server has taken so many mails."""
    end = time.monotonic() + 120
    while len(bad.taken) < count:
        assert time.monotonic() < end, f"{len(bad.taken)} of {count} mails"
        time.sleep(0.001)


def wait_until_all_are_sent(site: Site) -> list[tuple[str, bool]]:
    """All mails, once none waits."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        mails: list[tuple[str, bool]] = inside(site, "tell", "mails")
        if all(sent for _message, sent in mails):
            return mails
        time.sleep(1)
    pytest.fail(f"{sum(not sent for _message, sent in mails)} mails still wait")
