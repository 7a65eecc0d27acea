"""The cache that all processes share, in the database. A write that fails is an error, not a limit that is reached."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import InternalError, OperationalError, connections, router


class SharedCache(DatabaseCache):
    """Django's own, but for one thing: a full disk or a locked database raises.

    Django's takes every failure for a race that another process has won. Who counts visitors by it would tell them "too
    many" while the disk is full, and wait once more for each place they try.
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Raises OperationalError."""
        problems: list[OperationalError | InternalError] = []

        def note(execute: Any, *arguments: Any) -> Any:
            try:
                return execute(*arguments)
            except (OperationalError, InternalError) as problem:  # the latter from a PostgreSQL that only reads
                problems.append(problem)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(note):
            done = super()._base_set(mode, key, value, timeout)  # type: ignore[misc]
        if problems:
            raise OperationalError("The shared cache can't be written") from problems[0]
        return bool(done)
