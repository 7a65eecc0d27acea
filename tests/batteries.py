"""Attack tools that others wrote, let loose on a demonstration of the site: `python -m tests.batteries [NAME ...]`.

bandit (the code), wapiti and sqlmap (forms and query parameters; installed into an environment of their own), nikto if
it is at hand, and lists of hostile text in a real browser (`tests.batteries_browser`; SHARED_DATA names their folder).
Prints a table. The exit code is 1 if there is a finding that docs/security.md does not explain. Takes about a quarter
of an hour; --minutes bounds each of the tools.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import requests

from tests import batteries_browser
from tests.browser.conftest import CHROMIUM

PROJECT = Path(__file__).parents[1]
THEIR_PACKAGES = ("wapiti3==3.2.3", "sqlmap==1.10.10")
CODE = ("clinic", "articles", "appointments", "common", "manage.py")
# Those that need a server of wapiti's makers (ssrf, xxe, log4shell, ...) or attack other software are left out.
WAPITI_MODULES = (
    "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,upload,xss"
)
ABOUT_YOU = (
    "visit_for=me&patient_name=Harold&birth_date_0=9&birth_date_1=14&birth_date_2=1954&been_before=no"
    "&phone=7325550142&email=harold@example.com&zip_code=08753"
)
LIST = "/admin/appointments/appointmentrequest/"
# Address, what is posted ("" for a GET), and who asks: every form and every query parameter of the site's own pages.
SQL_TARGETS = (
    ("/?p=12", "", "visitor"),
    ("/conditions/search/?q=heel", "", "visitor"),
    ("/conditions/suggest/?q=heel", "", "visitor"),
    ("/appointments/new/?about=heel-pain", "", "visitor"),
    ("/appointments/new/?expired=1", "flags=none", "visitor"),
    ("/appointments/new/about-you/", ABOUT_YOU, "visitor"),
    ("/appointments/new/visit/", "reason=heel-pain&details=Hurts&office=toms-river&days=1&time_of_day=any", "visitor"),
    ("/appointments/new/contact/", "best_way=call&voicemail=yes&language=en&insurance=Aetna&consent=on", "visitor"),
    ("/appointments/message/?office=toms-river", "", "visitor"),
    (
        "/appointments/message/",
        "office=toms-river&about=bill&name=Harold&phone=7325550142&email=harold@example.com&message=Hello&best_way=call",
        "visitor",
    ),
    ("/conditions/heel-pain/question/", "text=Why", "visitor"),
    ("/accounts/login/?next=/desk/", "login=manager&password=wrong", "visitor"),
    ("/accounts/password/reset/", "email=harold@example.com", "visitor"),
    (f"{LIST}?tab=call&office=toms-river&page=1", "", "manager"),
    (f"{LIST}search/", "words=Harold", "manager"),
    (f"{LIST}export/?tab=call&office=toms-river", "", "manager"),
    (f"{LIST}1/note/", "note-text=Hello", "manager"),
    ("/admin/appointments/auditentry/?action=list&actor=manager&office=toms-river", "", "manager"),
    ("/cms/snippets/articles/article/?q=heel&ordering=title", "", "editor"),
)
# Findings that docs/security.md explains, under "Batteries".
EXPLAINED = (
    r"Secure flag is not set in the cookie",  # the demonstration speaks plain HTTP
)


@dataclass
class Battery:
    """What one of them did. A finding is a line; what docs/security.md explains is only counted."""

    name: str
    did: str = ""
    findings: list[str] = field(default_factory=list)
    explained: int = 0
    skipped: str = ""


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    url: str
    passwords: dict[str, str]

    def browser(self, username: str) -> tuple[requests.Session, str]:
        """One that has signed in, or that of a visitor who has filled in the form; and its token for forms."""
        session = requests.Session()
        token = self._token(session, "/accounts/login/")
        if username == "visitor":
            session.post(f"{self.url}/appointments/new/", {"flags": "none", "csrfmiddlewaretoken": token})
            for path, data, _who in SQL_TARGETS:
                if path.startswith("/appointments/new/") and data:
                    session.post(f"{self.url}{path}", {**dict(parse_qsl(data)), "csrfmiddlewaretoken": token})
        else:
            login = {"login": username, "password": self.passwords[username], "csrfmiddlewaretoken": token}
            session.post(f"{self.url}/accounts/login/", login)
            token = self._token(session, "/desk/")
        return session, token

    def refuses_without_token(self, path: str) -> bool:
        """Whether a form that comes with a good cookie and a wrong token is turned away."""
        session, _token = self.browser("visitor")
        answer = session.post(f"{self.url}{path}", {"csrfmiddlewaretoken": "x" * 64}, allow_redirects=False)
        return answer.status_code == 403

    def _token(self, session: requests.Session, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(f"{self.url}{path}").text)
        return found[1] if found else ""


@contextlib.contextmanager
def demonstration(folder: Path, port: int) -> Iterator[Demo]:
    """Web server and worker with starter data, without the limits that would shut an attacker out."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment |= {"DEMO": "1", "VAR_DIR": str(folder), "PORT": str(port), "FASTEST_SECONDS": "0"}
    environment |= {
        "MOST_SENT_PER_ADDRESS": "1000000",
        "MOST_SENT_PER_PHONE": "1000000",
        "MOST_DRAFTS_PER_ADDRESS": "0",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "collectstatic", "--noinput", "-v", "0"], cwd=PROJECT, env=environment, check=True)
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [*manage, "demo"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            if not process.stdout or not any("Ctrl-C stops it" in line for line in process.stdout):
                sys.exit(f"The demonstration did not start: {(folder / 'log').read_text()}")
            logins = (folder / "demo-logins.txt").read_text().splitlines()
            demo = Demo(f"http://127.0.0.1:{port}", dict(line.split() for line in logins))
            open_questions = (
                "from articles.models import Article; Article.objects.update(questions_open=True)"  # readers may ask
            )
            subprocess.run(
                [*manage, "shell", "-v", "0", "-c", open_questions], cwd=PROJECT, env=environment, check=True
            )
            yield demo
        finally:
            process.terminate()


def their_programs(folder: Path) -> Path:
    """The folder of wapiti's and sqlmap's programs, installed if they are not there yet."""
    if not (folder / "bin" / "wapiti").exists():
        venv.create(folder, with_pip=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *THEIR_PACKAGES]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return folder / "bin"


def bandit() -> Battery:
    """The code, with no test left out; those that pyproject.toml skips with a reason count as explained."""
    battery = Battery("bandit")
    command = [str(Path(sys.executable).with_name("bandit")), "-q", "-f", "json", "-r", *CODE]
    report = json.loads(subprocess.run(command, cwd=PROJECT, capture_output=True, text=True).stdout)
    skipped = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["bandit"]["skips"]
    for found in report["results"]:
        if found["test_id"] in skipped:
            battery.explained += 1
        else:
            battery.findings.append(f"{found['test_id']} {found['filename']}:{found['line_number']}")
    battery.did = f"{report['metrics']['_totals']['loc']:,} lines"
    return battery


def wapiti(demo: Demo, programs: Path, folder: Path, seconds: int) -> Battery:
    """Crawls and attacks, once as a visitor and once as the manager at the desk."""
    battery, pages = Battery("wapiti"), 0
    for who, start in (("visitor", "/"), ("manager", LIST)):
        session, _token = demo.browser(who)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        report = folder / f"wapiti-{who}.json"
        command: list[str | Path] = [
            programs / "wapiti",
            "-u",
            demo.url + start,
            "--scope",
            "domain",
            "-m",
            WAPITI_MODULES,
        ]
        command += ["-f", "json", "-o", report, "--flush-session", "--no-bugreport", "-v", "0", "-d", "4", "-t", "20"]
        command += ["--max-scan-time", str(seconds), "--max-attack-time", str(max(10, seconds // 10)), "-S", "normal"]
        command += ["--store-session", folder / f"session-{who}", "-H", f"Cookie: {cookies}", "--drop-set-cookie"]
        command += ["-x", f"{demo.url}/accounts/logout/", "-x", f"{demo.url}/cms/logout/"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if not report.exists():
            battery.findings.append(f"no report as {who}: {(done.stderr or done.stdout)[-300:]}")
            continue
        told = json.loads(report.read_text())
        pages += int(told["infos"].get("crawled_pages_nbr", 0))
        for kind in ("vulnerabilities", "anomalies"):
            for name, found in told[kind].items():
                for one in found:
                    line = f"{name}: {one['method']} {one['path']} {one.get('parameter') or ''} ({one['info']})"
                    untrue = "CSRF token" in line and demo.refuses_without_token(one["path"])
                    if untrue or any(re.search(pattern, line) for pattern in EXPLAINED):
                        battery.explained += 1
                    else:
                        battery.findings.append(line)
    battery.did = f"{pages} pages as visitor and manager; {WAPITI_MODULES.replace(',', ' ')}"
    return battery


def sqlmap(demo: Demo, programs: Path, folder: Path, seconds: int) -> Battery:
    """Every form and query parameter, as whoever may see it."""
    battery = Battery("sqlmap")
    browsers = {who: demo.browser(who) for who in {who for _path, _data, who in SQL_TARGETS}}
    each, ended = seconds // len(SQL_TARGETS), 0
    for path, data, who in SQL_TARGETS:
        session, token = browsers[who]
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        command: list[str | Path] = [
            programs / "sqlmap",
            "-u",
            demo.url + path,
            "--smart",
            "--batch",
            "--flush-session",
        ]
        command += ["--disable-coloring", "--cookie", cookies, "--output-dir", folder / "sqlmap", "--skip-waf"]
        command += ["--ignore-code", "*", "--timeout", "20", "--retries", "1", "--param-exclude", "csrfmiddlewaretoken"]
        command += ["--time-limit", str(each), "--answers", "redirect=N,follow=N"]
        if data:
            command += ["--data", f"{data}&csrfmiddlewaretoken={token}"]
        started = time.monotonic()
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout
        ended += time.monotonic() - started >= each  # sqlmap leaves without a word
        if re.search(r"is vulnerable|identified the following injection|might be injectable", said):
            battery.findings.append(f"{path}: {' '.join(said.split())[-300:]}")
        if "testing" not in said:
            battery.findings.append(f"{path} was not tested: {' '.join(said.split())[-300:]}")
    battery.did = f"{len(SQL_TARGETS)} forms and addresses with parameters; {ended} cut off by time"
    return battery


def nikto(demo: Demo, folder: Path, seconds: int) -> Battery:
    """If somebody has installed it."""
    battery = Battery("nikto")
    program = shutil.which("nikto")
    if not program:
        battery.skipped = "not installed (not in Debian's main archive)"
        return battery
    report = folder / "nikto.txt"
    command: list[str | Path] = [
        program,
        "-h",
        demo.url,
        "-maxtime",
        str(seconds),
        "-ask",
        "no",
        "-nocheck",
        "-Format",
        "txt",
        "-o",
        report,
    ]
    subprocess.run(command, capture_output=True)
    lines = [line for line in report.read_text().splitlines() if line.startswith("+ ") and " /" in line]
    battery.findings = [line for line in lines if not any(re.search(pattern, line) for pattern in EXPLAINED)]
    battery.explained = len(lines) - len(battery.findings)
    battery.did = demo.url
    return battery


def texts(demo: Demo, every: int) -> Battery:
    """In Chromium."""
    battery = Battery("hostile texts")
    data = os.environ.get("SHARED_DATA")
    if not data:
        battery.skipped = "SHARED_DATA does not name the folder with blns.json and xss-payload-list.txt"
    elif not CHROMIUM:
        battery.skipped = "no Chromium: apt install chromium"
    else:
        hostile = batteries_browser.hostile_texts(Path(data), every)
        battery.did, battery.findings = batteries_browser.run(demo.url, demo.passwords, hostile)
    return battery


def show(batteries: list[Battery]) -> None:
    """The table."""
    print(f"\n{'':<14} {'findings':>8} {'explained':>9}  what it did")
    for battery in batteries:
        did = f"SKIPPED: {battery.skipped}" if battery.skipped else battery.did
        print(f"{battery.name:<14} {len(battery.findings):>8} {battery.explained:>9}  {did}")
        for finding in sorted(set(battery.findings)):
            print(f"    {finding}")


def main() -> int:
    """1 if something was found that is not explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ("bandit", "wapiti", "sqlmap", "nikto", "texts")
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all without any")
    parser.add_argument("--minutes", type=float, default=4, help="for each of wapiti's two rounds, sqlmap and nikto")
    parser.add_argument("--every", type=int, default=2, help="one in so many of the hostile texts")
    parser.add_argument("--programs", type=Path, help="where wapiti and sqlmap are or shall be kept")
    parser.add_argument("--port", type=int, default=0, help="of the demonstration; 0 takes a free one")
    options = parser.parse_args()
    wanted = options.only or names
    seconds = int(options.minutes * 60)
    done = [bandit()] if "bandit" in wanted else []
    with tempfile.TemporaryDirectory(prefix="batteries-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        if set(wanted) - {"bandit"}:
            port = options.port or free_port()
            (folder / "var").mkdir()
            demo = stack.enter_context(demonstration(folder / "var", port))
            programs = options.programs or folder / "programs"
            rounds: dict[str, Callable[[], Battery]] = {
                "wapiti": lambda: wapiti(demo, their_programs(programs), folder, seconds),
                "sqlmap": lambda: sqlmap(demo, their_programs(programs), folder, seconds),
                "nikto": lambda: nikto(demo, folder, seconds),
                "texts": lambda: texts(demo, options.every),
            }
            for battery, run in rounds.items():
                if battery in wanted:
                    started = time.monotonic()
                    done.append(run())
                    done[-1].did += f" ({time.monotonic() - started:.0f} s)"
    show(done)
    return any(battery.findings for battery in done)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
