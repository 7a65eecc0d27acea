"""Rows of another table inside one query."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, JSONField
from django.db.models.sql.compiler import SQLCompiler


class JSONRows(Aggregate):
    """The group's values as one JSON list, in no certain order. PostgreSQL and SQLite."""

    function = "JSONB_AGG"
    name = "JSONRows"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """SQLite's name for it."""
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)
