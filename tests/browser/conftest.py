"""The demonstration as `make run` starts it, on a port and in a folder of its own, and a real browser."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests import template_database

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The last ones keep Chromium from calling its maker.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

FIRST_HOUR = 9
SECONDS_A_KEY, SECONDS_A_CLICK = 0.3, 1.5
_visits: Counter[date] = Counter()  # how many journeys have asked for a time of that day
# Opens an article for questions, answers one, and prints the two error pages that nobody can ask for.
PREPARE = """
import sys
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone
from articles.models import Article, ReaderQuestion, Reviewer
from clinic.web.errors import server_error

gout = Article.objects.get(slug="gout")
Article.objects.filter(pk=gout.pk).update(questions_open=True)
ReaderQuestion.objects.create(
    article=gout, text="Can I eat cherries?", answer="Yes.\\n\\nThey do no harm.", sent_key="every-page",
    status="published", answered_by=Reviewer.objects.first(), published_at=timezone.now(),
)
for problem in (ValueError(), OperationalError()):
    try:
        raise problem
    except Exception:
        sys.stdout.write(server_error(RequestFactory().get("/conditions/gout/")).content.decode() + "\\0")
"""
SIGNED_IN: dict[tuple[str, str], Any] = {}  # what a browser holds after signing in, by site and user name


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    url: str
    var: Path
    passwords: dict[str, str]
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What a command of its own `manage.py` prints. Raises CalledProcessError."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def mails(self) -> str:
        """All mails that the worker has delivered, as one text."""
        return "\n".join(path.read_text() for path in sorted((self.var / "mail").glob("*")))


def _environment(var: Path, *also: str, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", *also)}
    return {**kept, "DEMO": "1", "VAR_DIR": str(var), **settings}


# Wagtail's way of saying that a text can't be kept as it stands, or that another was kept meanwhile: its page tells.
AUTOSAVE_REFUSED = re.compile(r"status of 400 \(Bad Request\) \(\S+/cms/\S+/(?:add|edit/\d+)/\)$")


@pytest.fixture(scope="session")
def static_files() -> Path:
    """Collected and compressed once, for every demonstration."""
    return template_database.static_files()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, static_files: Path) -> Iterator[Demo]:
    """Web server and worker, stopped at the end."""
    with demonstration(tmp_path_factory.mktemp("var"), static_files, "DATABASE_URL") as started:
        yield started


@contextmanager
def demonstration(var: Path, static_files: Path, *also: str, **settings: str) -> Iterator[Demo]:
    """One in that folder, with these settings, and `also` with those of our own environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (var / "static").symlink_to(static_files)
    # The robot that walks through it is one: faster than people, and all from one address.
    robot = {
        "FASTEST_SECONDS": "0",
        "MOST_SENT_PER_ADDRESS": "1000",
        "MOST_SENT_PER_PHONE": "1000",
        "MOST_DRAFTS_PER_ADDRESS": "0",
    }
    environment = _environment(var, *also, PORT=str(port), **robot, **settings)
    manage = [sys.executable, "manage.py"]
    with (
        (var / "log").open("w") as log,
        subprocess.Popen(
            [*manage, "demo"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout
        if not any("Ctrl-C stops it" in line for line in process.stdout):
            pytest.fail(f"The demonstration did not start:\n{(var / 'log').read_text()}")
        logins = (var / "demo-logins.txt").read_text().splitlines()
        yield Demo(f"http://127.0.0.1:{port}", var, dict(line.split() for line in logins), environment)
        process.terminate()
        assert process.wait(timeout=20) == 0


def untaken(day: date) -> datetime:
    """A time of that day that no other journey of this run has asked for: what is taken is not given twice."""
    at = datetime.combine(day, time(FIRST_HOUR + _visits[day], 15))
    _visits[day] += 1
    return at


def said(at: datetime) -> str:
    """As pages say such a time, for a pattern: "1:15 pm"."""
    return rf"{at:%I:%M}\s{at:%p}".lower().removeprefix("0")


class Hands:
    """Of somebody who is practiced; counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.clicks = page, 0, 0

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def tab_to(self, field: str) -> None:
        for _key in range(40):
            if self.page.evaluate("document.activeElement.id") == field:
                return
            self.press("Tab")
        pytest.fail(f"Tab does not lead to {field}")

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.click(selector)

    @property
    def seconds(self) -> float:
        return self.seconds_of(self.clicks, self.keys)

    @staticmethod
    def seconds_of(clicks: int, keys: int) -> float:
        return keys * SECONDS_A_KEY + clicks * SECONDS_A_CLICK


def behind(demo: Demo, call: str) -> Any:
    """A function of `backstage.py`, run inside the demonstration; returns what it tells."""
    told = demo.manage("shell", "-v", "0", "-c", f"from tests.browser import backstage; backstage.{call}")
    return json.loads(told) if told else None


@pytest.fixture(scope="session")
def error_pages(demo: Demo) -> list[str]:
    """The 500 and the 503 page, made by the demonstration's own code; an article takes questions from now on."""
    return demo.manage("shell", "-v", "0", "-c", PREPARE).split("\0")[:2]


@pytest.fixture(scope="session")
def private_pages(demo: Demo) -> dict[str, str]:
    """The addresses of private pages, by what became of the visit."""
    return dict(behind(demo, "private_pages()"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, demo: Demo) -> Iterator[Callable[..., Page]]:
    """A new browser's page. Keyword arguments are Playwright's for a context.

    The test fails on a script error, a broken policy, a failed request or one to anywhere else.
    """
    contexts = []
    complaints: list[str] = []

    def new(**options: object) -> Page:
        context = chromium.new_context(timezone_id="America/New_York", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error" and not AUTOSAVE_REFUSED.search(f"{message.text} ({message.location['url']})"):
                complaints.append(f"console: {message.text} ({page.url})")

        def watch(request: Request) -> None:
            if not request.url.startswith((demo.url, "data:", "blob:", "about:")):
                complaints.append(f"request to a stranger: {request.url}")

        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", hear)
        page.on("request", watch)
        return page

    yield new
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def sign_in(open_page: Callable[..., Page], demo: Demo) -> Callable[[str], Page]:
    """A browser in which a demonstration login has signed in and stands at its own desk.

    Signed in once for all tests, as long as none signs out: the site takes 30 sign-ins a minute from one address.
    """

    def sign(username: str, **options: object) -> Page:
        page = open_page(**options, storage_state=SIGNED_IN.get((demo.url, username)))
        page.goto(f"{demo.url}/desk/")
        if page.locator("#id_login").count():
            page.fill("#id_login", username)
            page.fill("#id_password", demo.passwords[username])
            page.click("button:has-text('Sign in')")
            page.wait_for_url(lambda url: "/accounts/" not in url)
            SIGNED_IN[demo.url, username] = page.context.storage_state()
        return page

    return sign


def assert_accessible(page: Page, within: str | None = None) -> None:
    """axe finds nothing, at the page's full height (so that nothing hides below the phone bar).

    `within` is a selector, for a page of which only a part is ours.
    """
    expect(page.locator(within or "body").first).to_be_attached()  # the click before this may still be on its way
    page.wait_for_load_state()
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": size["width"], "height": 7000})
    # Without preloading: axe copies stylesheets that import others into a <style>, which our policy blocks and tells.
    results = Axe().run(page, context=within, options={"runOnly": AXE_TAGS, "preload": False})
    page.set_viewport_size(size)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
