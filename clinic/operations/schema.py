"""Whether the tables are those that this code works with: asked by /readyz, and of a backup before it is restored."""

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.loader import MigrationLoader

Names = set[tuple[str, str]]  # app, migration

OURS = {"appointments", "articles", "clinic", "common"}


def differences() -> tuple[Names, Names]:
    """Migrations that the database lacks, and those that it has of a later version of the code. Raises Error."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    return set(loader.graph.nodes) - applied, later_than_code(applied, loader)


def later_than_code(applied: Iterable[tuple[str, str]], loader: MigrationLoader | None = None) -> Names:
    """Those of them that the code does not have, because it is older.

    Of others' packages only what comes after their last one: once a migration is squashed, its own file goes.
    """
    loader = loader or MigrationLoader(None)
    last: dict[str, str] = {}
    for app, name in loader.disk_migrations:
        last[app] = max(last.get(app, ""), name)
    strange = set(applied) - set(loader.disk_migrations)
    return {(app, name) for app, name in strange if app in OURS or (app in last and name > last[app])}


def problem() -> str:
    """In words for whoever watches, who may be anybody: no names. "" when the tables are the code's. Raises Error."""
    missing, later = differences()
    if later:
        return f"the database is of a later version than the code, by {_migrations(later)}: docs/operating.md, Upgrade"
    if missing:
        return f"the database is of an earlier version than the code, by {_migrations(missing)}: run migrate"
    return ""


def _migrations(names: Names) -> str:
    return f"{len(names)} migration{'' if len(names) == 1 else 's'}"
