"""How many requests it takes: `python -m bench.requests [--postgres] [--rounds 15]` prints a table.

16 clients walk through the whole form as browsers do (pages, cookies, tokens) against the real server with two
workers, with production's settings, and a new database in a temporary folder. Every confirmation is then looked for in
the database. Beside it in the same run, with the same client, server and kind of database: a bare Django view that
saves one row for a POST, and django-appointment's booking for a visitor who is signed in. The clients share the
machine's processors with the server and the database. On a machine that does other work, too, "cpu ms" tells most: what
one costs the web server's processes.
"""

import argparse
import contextlib
import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psutil  # type: ignore[import-untyped]
import psycopg2  # type: ignore[import-untyped]

from tests.with_postgres import cluster

PROJECT = Path(__file__).parents[1]
OTHERS = Path(__file__).parent / "others"
CLIENTS = 16
SITE = "bench.example"
THEIR_PACKAGES = ("django-appointment==3.12.0", "Django==5.2.19", "granian==2.8.7", "psycopg2-binary==2.9.13")
SETTINGS = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "FIELD_KEYS": "1:" + secrets.token_urlsafe(48),
    "DIGEST_KEY": secrets.token_urlsafe(48),
    "BASE_URL": f"https://{SITE}",
    "EMAIL_URL": "smtp://127.0.0.1:1",  # nothing is delivered: no worker runs
    "FROM_EMAIL": f"office@{SITE}",
    "TRUSTED_PROXY_HOPS": "1",  # each journey comes from an address of its own
    "FASTEST_SECONDS": "0",  # the clients are the machines that the time trap is for
    "MOST_DRAFTS_PER_ADDRESS": "0",
}


@dataclass
class Browser:
    """A connection with its cookies."""

    port: int
    address: str = "192.0.2.1"
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, fields: Mapping[str, str | list[str]] | None = None) -> tuple[int, str]:
        """Status, and where it leads; the page is kept."""
        headers = {
            "Host": SITE,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "Referer": f"https://{SITE}{path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**fields, **self.hidden()}, doseq=True)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", "")

    def hidden(self) -> dict[str, str]:
        """The page's token and stamp."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))


class WrongAnswer(Exception):
    """The server said something else than a browser would need to go on."""


def get(browser: Browser, path: str) -> None:
    """A page that has to come."""
    if (status := browser.ask("GET", path)[0]) != 200:
        raise WrongAnswer(f"GET {path}: {status}")


def post(browser: Browser, path: str, fields: Mapping[str, str | list[str]]) -> str:
    """A form that has to be taken; returns where it leads."""
    status, location = browser.ask("POST", path, fields)
    if status != 302:
        raise WrongAnswer(f"POST {path}: {status}")
    return location


# --- our form ---


def fill_in(port: int, number: int) -> Browser:
    """All steps, up to the page with the green button: ten requests, four of them POSTs."""
    browser = Browser(port, f"198.51.{number // 250}.{number % 250}")
    steps: list[tuple[str, Mapping[str, str | list[str]]]] = [
        ("/appointments/new/", {"flags": "none"}),
        (
            "/appointments/new/about-you/",
            {
                "visit_for": "me",
                "patient_name": f"Harold Sample {number}",
                "birth_date_0": "9",
                "birth_date_1": "14",
                "birth_date_2": "1954",
                "been_before": "no",
                "phone": f"(732) 555-{number % 10000:04}",
                "email": f"harold{number}@example.com",
                "zip_code": "08753",
            },
        ),
        (
            "/appointments/new/visit/",
            {
                "reason": "not-sure",
                "details": f"Left heel, worse in the morning, better after a few steps, since week {number}.",
                "office": "toms-river",
                "days": ["1", "3"],
                "time_of_day": "morning",
            },
        ),
        ("/appointments/new/contact/", {"best_way": "call", "voicemail": "yes", "language": "en", "consent": "on"}),
    ]
    get(browser, steps[0][0])
    for path, fields in steps:
        get(browser, post(browser, path, fields))
    return browser


def send(browser: Browser) -> str:
    """The green button; returns the reference."""
    location = post(browser, "/appointments/check/", {})
    return location.rstrip("/").rpartition("/")[2]


# --- the measuring ---


@dataclass
class Result:
    """What came of many clients' work."""

    seconds: float
    waits: list[float]
    made: list[str]
    errors: list[str]
    cpu: float  # seconds that the web server's processes took of the processors

    def row(self, name: str, requests: int, posts: int, kept: set[str] | int) -> str:
        """A line of the table. `kept` is what the database has: the references, or only how many."""
        lost = len(set(self.made) - kept) if isinstance(kept, set) else len(self.made) - kept
        rate = len(self.made) / self.seconds
        waits = quantiles(self.waits, n=100) if len(self.waits) > 1 else [0.0] * 99
        times = f"{waits[49] * 1000:>7.0f} {waits[98] * 1000:>7.0f}"
        cpu = self.cpu / (len(self.made) or 1) * 1000
        done = f"{len(self.made):>6} {len(self.errors):>6} {lost:>5}"
        return f"{name:<44} {done} {rate:>8.1f} {rate * requests:>8.0f} {rate * posts:>7.0f} {times} {cpu:>7.1f}"


HEAD = f"{'':<44}   done errors  lost    per s   HTTP/s  POST/s  p50 ms  p99 ms  cpu ms"


@dataclass
class Server:
    """A running web server."""

    process: psutil.Process
    port: int

    def cpu(self) -> float:
        """Seconds that its processes have taken so far."""
        times = [process.cpu_times() for process in (self.process, *self.process.children(recursive=True))]
        return sum(spent.user + spent.system for spent in times)


def measure(server: Server, work: Callable[[int], tuple[str, float]], count: int) -> Result:
    """Let 16 clients do `work` on the numbers below `count`; it returns what was made and the seconds of the POST."""
    waits, made, errors = [], [], []
    lock = threading.Lock()

    def one(number: int) -> None:
        try:
            what, wait = work(number)
        except (WrongAnswer, OSError, http.client.HTTPException) as problem:
            with lock:
                errors.append(f"{type(problem).__name__}: {problem}")
        else:
            with lock:
                waits.append(wait)
                made.append(what)

    started, spent = time.perf_counter(), server.cpu()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(count)))
    return Result(time.perf_counter() - started, waits, made, errors, server.cpu() - spent)


def timed(act: Callable[[], str]) -> tuple[str, float]:
    """What it returned, and the seconds it took."""
    started = time.perf_counter()
    what = act()
    return what, time.perf_counter() - started


@contextlib.contextmanager
def running(python: str, application: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """granian as in production, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(python).with_name("granian")), "--interface", "wsgi", "--workers", "2", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--no-ws", "--log-level", "warning", application],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as process:
        for _try in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        try:
            yield Server(psutil.Process(process.pid), port)
        finally:
            process.terminate()


def run(python: str, folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """What a command of Django's says."""
    command = [python, "-m", "django", *arguments]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stdout + answer.stderr)
    return answer.stdout


def database(postgres: str | None, name: str, folder: Path) -> str:
    """The address of a new, empty database."""
    if postgres is None:
        return f"sqlite:///{folder / name}.sqlite3"
    connection = psycopg2.connect(postgres)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return postgres.rpartition("/")[0] + "/" + name


def clean_environment(**more: str) -> dict[str, str]:
    """Nothing of the caller's settings."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **more}


def ours(url: str, folder: Path, rounds: int) -> list[tuple[str, float, str]]:
    """The form: whole journeys, then the green button alone. (name, times per second, line) of each."""
    environment = clean_environment(
        **SETTINGS, VAR_DIR=str(folder), DATABASE_URL=url, DJANGO_SETTINGS_MODULE="clinic.settings"
    )
    for command in ("migrate", "load_practice", "load_articles"):
        run(sys.executable, PROJECT, environment, command)
    staff = "from tests.clinic.busy_site import take_requests; take_requests()"
    run(sys.executable, PROJECT, environment, "shell", "-v", "0", "-c", staff)
    run(sys.executable, PROJECT, environment, "collectstatic", "--noinput")
    count = CLIENTS * rounds
    with running(sys.executable, "clinic.wsgi:application", PROJECT, environment) as server:
        for number in range(4):
            fill_in(server.port, 60_000 + number)  # the workers load their parts
        journeys = measure(server, lambda number: timed_send(fill_in(server.port, number)), count)
        with ThreadPoolExecutor(CLIENTS) as pool:
            waiting = list(pool.map(lambda number: fill_in(server.port, number), range(count, 2 * count)))
        sends = measure(server, lambda number: timed_send(waiting[number]), count)
    show = (
        "from appointments.models import AppointmentRequest as R;"
        "print(*R.objects.filter(status='new').values_list('reference', flat=True))"
    )
    kept = set(run(sys.executable, PROJECT, environment, "shell", "-v", "0", "-c", show).split())
    for problem in sorted(set(journeys.errors + sends.errors))[:5]:
        print("   ", problem)
    return [
        ("journey", len(journeys.made) / journeys.seconds, journeys.row("Our form: whole journeys", 10, 5, kept)),
        ("send", len(sends.made) / sends.seconds, sends.row("Our form: the sending POST alone", 1, 1, kept)),
    ]


def timed_send(browser: Browser) -> tuple[str, float]:
    """The green button, timed."""
    return timed(lambda: send(browser))


def bare(url: str, folder: Path, rounds: int) -> list[tuple[str, float, str]]:
    """A view that saves one row for a POST."""
    environment = clean_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="bare_site.settings")
    environment["PYTHONPATH"] = str(OTHERS)
    run(sys.executable, folder, environment, "migrate", "--run-syncdb")
    count = CLIENTS * rounds * 10
    local = threading.local()

    def work(number: int) -> tuple[str, float]:
        if not hasattr(local, "browser"):
            local.browser = Browser(server.port)
        return timed(lambda: post(local.browser, "/", {"name": f"Harold Sample {number}", "text": "Left heel."}))

    with running(sys.executable, "bare_site.wsgi:application", OTHERS, environment) as server:
        post(Browser(server.port), "/", {"name": "first", "text": ""})
        result = measure(server, work, count)
    show = "from bare_site.models import Row; print(Row.objects.count() - 1)"
    kept = int(run(sys.executable, folder, environment, "shell", "-v", "0", "-c", show))
    return [("bare", len(result.made) / result.seconds, result.row("A bare Django view, one row a POST", 1, 1, kept))]


def theirs(url: str, folder: Path, rounds: int) -> list[tuple[str, float, str]]:
    """django-appointment: a signed-in visitor picks a time and books it."""
    home = folder / "their-venv"
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *THEIR_PACKAGES], check=True, stderr=subprocess.DEVNULL)
    environment = clean_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="appointment_site.settings")
    environment["PYTHONPATH"] = str(OTHERS)
    run(python, folder, environment, "migrate", "auth")  # its own tables come without migrations, and refer to these
    run(python, folder, environment, "migrate", "--run-syncdb")
    count = CLIENTS * rounds
    ids = run(
        python,
        folder,
        environment,
        "shell",
        "-v",
        "0",
        "-c",
        f"from appointment_site.fill import fill; fill({count * 2})",
    )
    sessions = ids.split()
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 their form compares with the server's day

    def pick(number: int) -> tuple[Browser, str]:
        browser = Browser(server.port, cookies={"sessionid": sessions[number]})
        get(browser, "/request/1/")
        day, hour = tomorrow + timedelta(days=number // 16), 8 + number % 16 // 2
        times = {"start_time": f"{hour}:{number % 2 * 30:02}", "end_time": f"{hour}:{number % 2 * 30 + 29:02}"}
        path = post(
            browser, "/request-submit/", {"date": day.isoformat(), **times, "service": "1", "staff_member": "1"}
        )
        get(browser, path)
        return browser, path

    def book(browser: Browser, path: str) -> tuple[str, float]:
        details = {
            "name": "Harold Sample",
            "email": "harold@example.com",
            "phone_0": "US",
            "phone_1": "7325550142",
            "address": "08753",
            "additional_info": "Left heel.",
            "payment_type": "full",
        }
        return timed(lambda: post(browser, path, details))

    def journey(number: int) -> tuple[str, float]:
        return book(*pick(number))

    with running(python, "appointment_site.wsgi:application", OTHERS, environment) as server:
        journeys = measure(server, journey, count)
        with ThreadPoolExecutor(CLIENTS) as pool:
            waiting = list(pool.map(pick, range(count, 2 * count)))
        sends = measure(server, lambda number: book(*waiting[number]), count)
    show = "from appointment.models import Appointment as A; print(A.objects.count())"
    kept = int(run(python, folder, environment, "shell", "-v", "0", "-c", show))
    for problem in sorted(set(journeys.errors + sends.errors))[:5]:
        print("   ", problem)
    return [
        (
            "their journey",
            len(journeys.made) / journeys.seconds,
            journeys.row("django-appointment: pick a time and book", 4, 2, kept - len(sends.made)),
        ),
        (
            "their send",
            len(sends.made) / sends.seconds,
            sends.row("django-appointment: the booking POST alone", 1, 1, kept - len(journeys.made)),
        ),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--rounds", type=int, default=15, help="requests of each client")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        postgres = stack.enter_context(cluster(fast=False)) if arguments.postgres else None
        print(f"{'PostgreSQL' if postgres else 'SQLite'}, {CLIENTS} clients, {os.cpu_count()} processors,", end=" ")
        print(f"of which {os.getloadavg()[0]:.1f} were wanted by others before we began", flush=True)
        print(HEAD, flush=True)
        rate = {}
        for part in (ours, bare, theirs):
            for what, per_second, line in part(database(postgres, part.__name__, folder), folder, arguments.rounds):
                rate[what] = per_second
                print(line, flush=True)
    for words, above, below in (
        ("our sending POST to the bare view", rate["send"], rate["bare"]),
        ("our sending POST to their booking POST", rate["send"], rate["their send"]),
        ("our whole journeys to theirs", rate["journey"], rate["their journey"]),
        ("HTTP requests on our journeys to those on theirs", rate["journey"] * 10, rate["their journey"] * 4),
    ):
        print(f"{words:<50} {above / below if below else float('nan'):.2f}")


if __name__ == "__main__":
    main()
