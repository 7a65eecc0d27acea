"""Taking a consistent copy of the database while it is written to, and putting one in its place: SQLite, PostgreSQL.

SQLite's copy is made by `VACUUM INTO`, PostgreSQL's by `pg_dump` in the snapshot in which the rows were counted. A
copy is loaded beside the database, looked at there, and only then takes its place; the old one stays beside it.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

COPY = "copy"  # the alias of a loaded copy
SERVER = "server"  # of the server's own database, beside it
NOT_ALLOWED = "42501"  # PostgreSQL's code for a missing right
WAIT_SECONDS = 300
SQLITE_COMPANIONS = ("-wal", "-shm", "-journal")


class CopyFailed(Exception):
    """The text says why, and what to do, to the operator."""


def facts(found: BaseDatabaseWrapper) -> dict[str, Any]:
    """What can be compared afterwards: rows of each table, and the migrations."""
    with found.cursor() as cursor:
        tables = {}
        for table in sorted(found.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {found.ops.quote_name(table)}")  # noqa: S608 the database's own names
            tables[table] = cursor.fetchone()[0]
    applied = MigrationRecorder(found).applied_migrations()
    return {"tables": tables, "migrations": sorted(f"{app}.{name}" for app, name in applied)}


def is_empty() -> bool:
    """Whether the database has no tables yet, or does not exist."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return True
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def wait_long() -> None:
    """SQLite lets in whoever asks at the right moment: where many write, a long command asks for longer than a page."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")


def read_copy(folder: Path, look: Callable[[BaseDatabaseWrapper], dict[str, Any]]) -> tuple[Path, dict[str, Any]]:
    """Write a copy into `folder`; returns its file, and what `look` says of exactly that state."""
    if connection.vendor == "sqlite":
        path = folder / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        with _opened(str(path)) as copy:
            return path, look(copy)
    path = folder / "database.dump"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        wish = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _postgres_program("pg_dump", [*wish, f"--file={path}"], connection.settings_dict["NAME"])
        return path, look(connection)


def _postgres_program(program: str, arguments: list[str], database: str) -> None:
    """Run pg_dump or pg_restore. Raises CopyFailed."""
    version = connection.cursor().connection.server_version // 10_000
    advice = f"apt install postgresql-client-{version}, or put that version's folder first on PATH."
    if not shutil.which(program):
        raise CopyFailed(f"{program} is not on PATH: {advice}")
    command, secrets = DatabaseClient.settings_to_cmd_args_env({**connection.settings_dict, "NAME": database}, [])
    done = subprocess.run(
        [program, *command[1:-1], f"--dbname={database}", *arguments],
        env={**os.environ, **(secrets or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if "version mismatch" in done.stderr or "unsupported version" in done.stderr:
        raise CopyFailed(f"{program} is older than the server or the backup: {advice}")
    if done.returncode:
        raise CopyFailed(f"{program} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def _opened(name: str, alias: str = COPY) -> Iterator[BaseDatabaseWrapper]:
    """The database of that name on the same server or disk, as the connection `alias`."""
    known = connections.databases[DEFAULT_DB_ALIAS]
    options = {key: value for key, value in known["OPTIONS"].items() if key != "init_command"}
    connections.databases[alias] = {**known, "NAME": name, "OPTIONS": options, "CONN_MAX_AGE": 0}
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


def _moment() -> str:
    return timezone.now().astimezone(UTC).strftime("%Y%m%d%H%M%S")


class Loaded:
    """A copy that stands beside the database, open as the connection COPY. `swap` puts it in its place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.swapped = False

    def swap(self) -> str:
        """Take the database's place, which has to be at rest. Returns the old one's new name, "" if there was none."""
        connections.close_all()
        kept = _swap_files(Path(self.name)) if connection.vendor == "sqlite" else _swap_databases(self.name)
        self.swapped = True
        return kept


@contextmanager
def loaded(path: Path) -> Iterator[Loaded]:
    """Load a copy's file beside the database. What was not swapped is gone afterwards."""
    if connection.vendor == "sqlite":
        with _opened(str(path)):
            yield Loaded(str(path))
        return
    name = f"{connection.settings_dict['NAME'][:40]}_restored_{_moment()}"
    _create_database(name)
    copy = Loaded(name)
    try:
        _postgres_program("pg_restore", ["--exit-on-error", "--no-owner", "--no-privileges", str(path)], name)
        with _opened(name):
            yield copy
    finally:
        if not copy.swapped:
            with _server() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


def _swap_files(path: Path) -> str:
    """Rename files of one folder's disk: the old database away, then the new one to its name."""
    place = Path(connection.settings_dict["NAME"])
    kept = ""
    if place.exists():
        old = sqlite3.connect(place, timeout=20)  # waits for writers, and takes in what a crash has left
        try:
            old.execute("BEGIN EXCLUSIVE")
            old.execute("COMMIT")
        finally:
            old.close()
        if any(place.with_name(place.name + end).exists() for end in SQLITE_COMPANIONS):
            raise CopyFailed("The database is in use: stop the web server and the worker first")
        kept = str(place.with_name(f"{place.name}.before-{_moment()}"))
        place.rename(kept)
    path.rename(place)
    return kept


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor on the server's own database, outside any transaction. Raises CopyFailed for a missing right."""
    other = "template1" if connection.settings_dict["NAME"] == "postgres" else "postgres"
    with _opened(other, SERVER) as server:
        try:
            with server.cursor() as cursor:
                yield cursor
        except Exception as problem:
            if getattr(problem.__cause__, "pgcode", "") == NOT_ALLOWED:
                user = connection.settings_dict["USER"]
                raise CopyFailed(
                    f"The database's user may not do this; as the server's administrator run: "
                    f"ALTER ROLE {user} CREATEDB; (and let {user} own the database)"
                ) from problem
            raise


def _create_database(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
            " WHERE datname = current_database()"
        )
        encoding, collate, ctype = cursor.fetchone()
    if not all(re.fullmatch(r"[\w.@-]+", text) for text in (encoding, collate, ctype)):
        raise CopyFailed("The database has a locale with an unexpected name")
    with _server() as cursor:
        cursor.execute(
            f"CREATE DATABASE {connection.ops.quote_name(name)} TEMPLATE template0 ENCODING '{encoding}'"
            f" LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
        )


def _swap_databases(name: str) -> str:
    """Rename databases: whoever is still connected to the old one is disconnected first."""
    place = connection.settings_dict["NAME"]
    was_empty = is_empty()
    connections.close_all()
    kept = f"{place[:40]}_before_{_moment()}"
    quote = connection.ops.quote_name
    with _server() as cursor:
        cursor.execute(f"ALTER DATABASE {quote(place)} ALLOW_CONNECTIONS false")
        try:
            cursor.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [place])
            cursor.execute(f"ALTER DATABASE {quote(place)} RENAME TO {quote(kept)}")
        except Exception:
            cursor.execute(f"ALTER DATABASE {quote(place)} ALLOW_CONNECTIONS true")
            raise
        cursor.execute(f"ALTER DATABASE {quote(name)} RENAME TO {quote(place)}")
        cursor.execute(f"ALTER DATABASE {quote(kept)} ALLOW_CONNECTIONS true")
        if was_empty:
            cursor.execute(f"DROP DATABASE {quote(kept)}")
    return "" if was_empty else f"database {kept}"
