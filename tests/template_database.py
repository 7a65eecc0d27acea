"""A migrated database, made once and copied for each process that runs tests: migrating takes longer than most tests.

SQLite's lies in `.pytest_cache/`, PostgreSQL's beside the tests' databases. Both are named after the migrations and the
pinned packages, so a changed migration makes a new one.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".pytest_cache" / "database"


def use() -> None:
    """From here on this process's test database is a copy."""
    if connection.vendor == "sqlite":
        _copy_into_memory(_sqlite_file())
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = _postgres_name()


def _key() -> str:
    """Changes with whatever a migrated database depends on."""
    rooms = ("appointments", "articles", "common")
    files = [
        ROOT / "requirements.txt",
        *sorted(path for room in rooms for path in (ROOT / room / "migrations").glob("*.py")),
    ]
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
    command = [sys.executable, "-m", "django", "migrate", "--settings=tests.settings", "--verbosity=0"]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})


def _sqlite_file() -> Path:
    name = _key()
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


def _postgres_name() -> str:
    """Made by connecting to the server's own database; nobody may be connected to a template while it is copied."""
    name = f"migrated_{_key()}"
    with _alone("postgres"), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "unfinished_{name}"')
            url, _slash, _database = os.environ["DATABASE_URL"].rpartition("/")
            _migrate(f"{url}/unfinished_{name}")
            cursor.execute(f'ALTER DATABASE "unfinished_{name}" RENAME TO "{name}"')
    return name
