"""Requests sent through the real web server while its processes are killed with -9 and started again.

16 clients send CRASH_REQUESTS requests (120 unless told: 3,200 for the whole proof). Every twentieth patient walks
through the whole form, ten pages of it; the drafts of the others stand in the database, and they see "check your
answers" and press the button. Whoever gets no confirmation goes back and tries again, as people do.
"""

import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException

import pytest

from bench.requests import Browser, WrongAnswer
from tests.clinic.conftest import Site
from tests.conftest import ABOUT_YOU, CONTACT, VISIT
from tests.crash.conftest import Process, fill_in, free_port, inside, wait_until_up, web_server
from tests.crash.inside import cookie

pytestmark = pytest.mark.slow

CLIENTS = 16
REQUESTS = int(os.environ.get("CRASH_REQUESTS", "120"))
WHOLE_FORM = 20  # one in so many
UP_SECONDS = 2
CONFIRMED_BY_ONE = 40  # at most, before it is killed: a quick machine would else be done before the third kill
GIVE_UP_SECONDS = 3600
CHECK = "/appointments/check/"
PHONES = ("tel:+17325579900", "tel:+19734503035")


@dataclass
class Patients:
    """What they have seen, all together."""

    port: int
    end: float = field(default_factory=lambda: time.monotonic() + GIVE_UP_SECONDS)
    confirmed: dict[int, str] = field(default_factory=dict)  # the reference each was told
    answers: Counter[str] = field(default_factory=Counter)  # other than what was hoped for

    def send(self, number: int) -> None:
        """Until it is confirmed."""
        browser = Browser(self.port, f"198.51.{number // 250}.{number % 250}")
        if number % WHOLE_FORM == 0:
            self._walk(browser, number)
        else:
            browser.cookies["__Host-request-draft"] = cookie(number)
        while number not in self.confirmed:
            with self._patience(browser):
                status, location = browser.ask("GET", CHECK)
                if status == 200:
                    status, location = browser.ask("POST", CHECK, {})
                if status == 302 and location.startswith("/appointments/sent/"):
                    self.confirmed[number] = location.split("/")[3]
                else:
                    told = "" if all(phone in browser.page for phone in PHONES) else " without the phones"
                    raise WrongAnswer(f"{status}{told}")
        browser.connection.close()

    def _walk(self, browser: Browser, number: int) -> None:
        """Through the form. Who is thrown out goes back to its start."""
        phone, email = f"(732) 555-{number % 10000:04}", f"harold{number}@example.com"
        about_you = {**ABOUT_YOU, "patient_name": f"Harold Sample {number}", "phone": phone, "email": email}
        filled = False
        while not filled:
            with self._patience(browser):
                fill_in(browser, about_you, {**VISIT, "details": f"Left heel, worse, {number}"}, CONTACT)
                filled = True

    @contextlib.contextmanager
    def _patience(self, browser: Browser) -> Iterator[None]:
        """What went wrong is written down, and a moment later tried again."""
        try:
            yield
        except (OSError, HTTPException, WrongAnswer) as problem:
            if time.monotonic() > self.end:
                raise TimeoutError(f"Only {len(self.confirmed)} confirmed") from problem
            self.answers[str(problem) if isinstance(problem, WrongAnswer) else type(problem).__name__] += 1
            browser.connection.close()
            time.sleep(0.25)


def all_send(patients: Patients, count: int, meanwhile: Callable[[Callable[[], bool]], None]) -> None:
    """`meanwhile` is called beside them, with a function that says whether any is still at it."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        sending = [pool.submit(patients.send, number) for number in range(count)]
        meanwhile(lambda: not all(future.done() for future in sending))
        for future in sending:
            future.result()


def fill_with_drafts(site: Site, count: int) -> None:
    """Of those who don't walk through the form."""
    inside(site, "drafts", given=[number for number in range(count) if number % WHOLE_FORM])


def assert_whole_and_once(site: Site, patients: Patients, count: int) -> None:
    """Every confirmed request is there with all that belongs to it, and nothing else is."""
    told = inside(site, "tell", "requests")
    there = {number: reference for reference, (number, _wrong) in told["requests"].items()}
    assert there == patients.confirmed
    assert len(told["requests"]) == count, "some are there twice"
    assert {reference: wrong for reference, (_number, wrong) in told["requests"].items() if wrong} == {}
    assert told["audited"] == count
    assert told["drafts left"] == 0
    assert "\nWhole.\n" in site.manage("verify_audit")


class Killer:
    """Kills the server about every UP_SECONDS, or when it has confirmed a number of requests, and starts it again.
    Where much else is going on, it lives until it has confirmed one, lest it be killed for ever before.
    """

    def __init__(self, server: Process, patients: Patients) -> None:
        self.server, self.patients, self.kills = server, patients, 0

    def work(self, is_busy: Callable[[], bool]) -> None:
        """Until the patients are done."""
        while is_busy():
            self.server.start()
            wait_until_up(self.patients.port, "/appointments/new/")
            end = time.monotonic() + UP_SECONDS * random.uniform(0.5, 1.5)
            before = len(self.patients.confirmed)
            enough = before + CONFIRMED_BY_ONE * random.uniform(0.5, 1)
            while is_busy() and len(self.patients.confirmed) < enough:
                if time.monotonic() > end and len(self.patients.confirmed) > before:
                    break
                time.sleep(0.01)
            if is_busy():
                self.server.kill()
                self.kills += 1


def test_confirmed_requests_are_whole_and_once_although_the_server_is_killed(production_site: Site, capsys):
    site, port = production_site, free_port()
    fill_with_drafts(site, REQUESTS)
    patients, started = Patients(port), time.monotonic()

    with web_server(site, port) as server:
        killer = Killer(server, patients)
        all_send(patients, REQUESTS, killer.work)

    with capsys.disabled():
        print(
            f"\n{REQUESTS} requests confirmed to {CLIENTS} clients, {killer.kills} kills, "
            f"{time.monotonic() - started:.0f} s; tried again after: {dict(patients.answers)}"
        )
    assert killer.kills >= 3
    assert {answer for answer in patients.answers if not answer.endswith(("Error", "Disconnected", "503"))} == set()
    assert_whole_and_once(site, patients, REQUESTS)
