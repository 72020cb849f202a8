"""A statement over the image table written out once for the driver, with its own values.

The ids of 20,000 classes may stand in it; what is asked is selects.py's and the stretches'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

if TYPE_CHECKING:
    from sqlalchemy import Select


class Written:
    """A statement for SQLite, whose table is walked.

    An index on what is asked for would have every id fetched and sorted, for each stretch again.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        sql, self._values = _compiled(statement, SQLiteDialect(paramstyle="named"))
        # SQLAlchemy has no words for this hint of SQLite's.
        self._sql = sql.replace("FROM image", "FROM image NOT INDEXED", 1)

    def run(self, cursor: Any, **values: int) -> Any:
        """The cursor, over its rows."""
        cursor.execute(self._sql, self._values | values)
        return cursor


class WrittenForServer(Written):
    """One for PostgreSQL, whose planner knows how many rows are asked for."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._sql, self._values = _compiled(statement, PGDialect(paramstyle="named"))  # type: ignore[no-untyped-call]


def _compiled(statement: Select[*tuple[Any, ...]], dialect: Any) -> tuple[str, dict[str, Any]]:
    options = {"render_postcompile": True}
    compiled = statement.compile(dialect=dialect, compile_kwargs=options)
    return str(compiled), dict(compiled.params)
