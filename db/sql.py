"""One text of a statement for both databases, and a driver's cursor that takes it on either.

What is asked stands where it is asked; how rows come by the thousand is batches.py's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.sql.compiler import SQLCompiler

_T = TypeVar("_T")


def on_postgres(connection: Connection) -> bool:
    """Whether the catalogue is in PostgreSQL; for the few places where no SQL serves both."""
    return connection.dialect.name == "postgresql"


def cursor(connection: Connection) -> Any:
    """The driver's own cursor: SQLAlchemy's costs as much again as a statement's parameters.

    It takes SQLite's marks on either database: `?`, numbered `?1`, or `:name` with a mapping. On
    PostgreSQL all rows of a SELECT come at once: where they may be millions, `streaming_cursor`.
    """
    if on_postgres(connection):
        from .postgres_cursors import Cursor, driver_of  # noqa: PLC0415 - psycopg, for those who need it

        return Cursor(driver_of(connection))
    return connection.connection.cursor()


def streaming_cursor(connection: Connection) -> Any:
    """A cursor for one SELECT of however many rows: memory holds what was fetched last.

    It lasts as long as the transaction does, and other statements may run meanwhile.
    """
    if on_postgres(connection):
        from .postgres_cursors import StreamingCursor, driver_of  # noqa: PLC0415 - as above

        return StreamingCursor(driver_of(connection))
    return connection.connection.cursor()


# -- marks

# What stands between quotes or behind a comment's dashes has no marks, and `::` is a cast.
_MARKS: Final = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | ::
    | \?(?P<number>\d*) | :(?P<name>[A-Za-z_]\w*)""",
    re.VERBOSE,
)


class Translated(NamedTuple):
    """A statement with PostgreSQL's marks, and the names of its values in their order, if named."""

    sql: str
    names: tuple[str, ...]

    def values(self, given: Sequence[Any] | Mapping[str, Any] | None) -> Sequence[Any] | None:
        """The values in the order of the marks."""
        if not self.names:
            return given or None  # type: ignore[return-value] # a statement without names has no mapping
        return [given[name] for name in self.names]  # type: ignore[call-overload, index]


@lru_cache(maxsize=512)
def translated(sql: str) -> Translated:
    """A statement with SQLite's marks as one with PostgreSQL's.

    >>> translated("SELECT '?' WHERE a = ? AND b = ?")
    Translated(sql="SELECT '?' WHERE a = $1 AND b = $2", names=())
    >>> translated("SELECT :low + :high - :low")
    Translated(sql='SELECT $1 + $2 - $1', names=('low', 'high'))
    """
    names: dict[str, int] = {}
    highest = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal highest
        if (name := found["name"]) is not None:
            return f"${names.setdefault(name, len(names) + 1)}"
        if (number := found["number"]) is None:
            return found[0]
        place = int(number) if number else highest + 1
        highest = max(highest, place)
        return f"${place}"

    return Translated(_MARKS.sub(mark, sql), tuple(names))


# -- functions of two values, which the databases call by different names


class _OfTwo(FunctionElement[_T], Generic[_T]):
    inherit_cache = True

    def __init__(self, one: ColumnElement[_T] | _T, other: ColumnElement[_T] | _T) -> None:
        one, other = (
            given if isinstance(given, ColumnElement) else literal(given) for given in (one, other)
        )
        self.type = one.type
        super().__init__(one, other)


class least(_OfTwo[_T]):  # noqa: N801 - used and read as a function of SQL
    """The smaller of two values that are both known: a null makes either database differ."""

    inherit_cache = True
    name = "least"


class greatest(_OfTwo[_T]):  # noqa: N801 - likewise
    """The larger of two values that are both known."""

    inherit_cache = True
    name = "greatest"


@compiles(least)
@compiles(greatest)
def _by_name(element: _OfTwo[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **options)})"


@compiles(least, "sqlite")
def _least_in_sqlite(element: least[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"min({compiler.process(element.clauses, **options)})"


@compiles(greatest, "sqlite")
def _greatest_in_sqlite(element: greatest[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)})"
