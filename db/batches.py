"""Rows by the thousand: put in some hundreds a statement, read some thousands at a time.

Which rows, and of what, each table's own module says.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from .ids import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Select

# A row a statement would cost three times as much.
_ROWS_A_STATEMENT = 200
_FETCH = 10_000


def put_in(cursor: Any, into: str, rows: Iterable[Sequence[Any]], *, behind: str = "") -> int:
    """Put rows in, behind `INSERT … VALUES ` and before what `behind` says; how many went in.

    `rows` may read the same connection: they are asked for some hundreds at a time.
    """
    inserted = 0
    waiting = iter(rows)
    while part := list(islice(waiting, _ROWS_A_STATEMENT)):
        one = f"({marks(part[0])})"
        values = list(chain.from_iterable(part))
        cursor.execute(f"{into}{','.join([one] * len(part))} {behind}", values)
        inserted += cursor.rowcount
    return inserted


def streamed(connection: Connection, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    """A statement's rows, some thousands at a time, however many there are."""
    # Of the statement, not of the connection, which would have them for whatever comes after.
    options = {"stream_results": True, "yield_per": _FETCH}
    with connection.execute(statement, execution_options=options) as found:
        yield from found.partitions()


def fetched(cursor: Any) -> Iterator[Sequence[tuple[Any, ...]]]:
    """What is left of a driver's cursor, some thousands at a time."""
    while rows := cursor.fetchmany(_FETCH):
        yield rows
