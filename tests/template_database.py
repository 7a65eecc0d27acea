"""What takes longer than most tests, made once: a migrated database, copied for each process that runs tests and for
each site of theirs, and the collected static files.

SQLite's lies in `.pytest_cache/`, PostgreSQL's beside the tests' databases. All are named after what they are made of,
so a changed migration, style sheet or pinned package makes a new one.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[1]
ROOMS = ("appointments", "articles", "clinic", "common")
# Whoever copies it has FIELD_KEYS of their own.
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
from common.models import KeyCheck
call_command("migrate", verbosity=0)
KeyCheck.objects.all().delete()
"""
FOLDER = ROOT / ".pytest_cache" / "database"


def use() -> None:
    """From here on this process's test database is a copy."""
    if connection.vendor == "sqlite":
        _copy_into_memory(sqlite_file())
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = postgres_name()


def static_files() -> Path:
    """The folder of the collected and compressed ones."""
    found = (path for room in ROOMS for path in (ROOT / room).glob("**/static/**/*") if path.is_file())
    path = FOLDER / f"static-{_key(found)}"
    with _alone("static"):
        if not path.exists():
            for old in FOLDER.glob("static-*"):
                shutil.rmtree(old)
            unfinished = FOLDER / "unfinished-static"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
            known = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(unfinished)}
            subprocess.run(command, check=True, cwd=ROOT, env=known)
            unfinished.rename(path)
    return path / "static"


def _migrations() -> Iterator[Path]:
    return (path for room in ROOMS for path in (ROOT / room / "migrations").glob("*.py"))


def _key(made_of: Iterable[Path]) -> str:
    """Changes with these files, and with the packages."""
    files = [ROOT / "requirements.txt", ROOT / "tests/settings.py", *sorted(made_of)]
    text = b"\0".join(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() for path in files)
    return hashlib.sha256(text).hexdigest()[:16]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process makes it, the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(url: str) -> None:
    known = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", MIGRATE], check=True, cwd=ROOT, env=known)


def sqlite_file() -> Path:
    """SQLite's."""
    name = _key(_migrations())
    path = FOLDER / f"{name}.sqlite3"
    with _alone("sqlite"):
        if not path.exists():
            for old in FOLDER.glob("*.sqlite3"):
                old.unlink()
            unfinished = FOLDER / f"{name}.unfinished"
            unfinished.unlink(missing_ok=True)
            _migrate(f"sqlite:///{unfinished}")
            unfinished.rename(path)
    return path


def _copy_into_memory(path: Path) -> None:
    create = connection.creation._create_test_db  # type: ignore[attr-defined]

    def create_and_copy(*args: Any, **kwargs: Any) -> str:
        name: str = create(*args, **kwargs)
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        source = sqlite3.connect(path)
        source.backup(connection.connection)
        source.close()
        return name

    connection.creation._create_test_db = create_and_copy  # type: ignore[attr-defined]


def postgres_name() -> str:
    """PostgreSQL's. Made by connecting to the server's own database; nobody may be connected to a template while it is
    copied.
    """
    name = f"migrated_{_key(_migrations())}"
    with _alone("postgres"), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "unfinished_{name}"')
            url, _slash, _database = os.environ["DATABASE_URL"].rpartition("/")
            _migrate(f"{url}/unfinished_{name}")
            cursor.execute(f'ALTER DATABASE "unfinished_{name}" RENAME TO "{name}"')
    return name
