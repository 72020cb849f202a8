"""PostgreSQL's cursors as sql.py hands them out: SQLite's marks, and rows that come by the page.

Imported only where a catalogue is in PostgreSQL: this module needs psycopg.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg.pq import TransactionStatus

from .sql import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection as SqlConnection

_PAGE = 10_000

_numbers = count(1)


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that numbers its transactions: a cursor has to know whether its own is over."""

    transaction_number = 0
    # The transaction that has the lock of the writers.
    locked_in = -1
    # Called when the connection is found to be lost: the others of its pool may be, too.
    on_lost: Callable[[], None] | None = None

    def commit(self) -> None:
        """Commit."""
        self.transaction_number += 1
        super().commit()

    def rollback(self) -> None:
        """Roll back; with a lost connection the server has done so."""
        self.transaction_number += 1
        try:
            super().rollback()
        except psycopg.OperationalError:
            # The error that it was lost with is on its way; this one would only hide it.
            if not self.closed:
                raise
            if self.on_lost is not None:
                self.on_lost()


def driver_of(connection: SqlConnection) -> Connection:
    """The driver's connection under one of SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, Connection)
    return driver


class Cursor(psycopg.RawCursor[tuple[Any, ...]]):
    """A cursor whose statements have SQLite's marks; a SELECT's rows are all held here."""

    def execute(  # type: ignore[override] # text alone is what comes here
        self, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None, **options: Any
    ) -> Self:
        """Run a statement."""
        text = translated(query)
        return super().execute(text.sql, text.values(params), **options)

    def executemany(  # type: ignore[override] # likewise
        self, query: str, params_seq: Iterable[Sequence[Any] | Mapping[str, Any]], **options: Any
    ) -> None:
        """Run a statement once for each set of values."""
        text = translated(query)
        values = (text.values(given) or () for given in params_seq)
        super().executemany(text.sql, values, **options)


class StreamingCursor:
    """A SELECT whose rows stay on the server until they are fetched.

    psycopg's own asks the server four times for what often is one page, and complains about one
    that was not closed; this one asks twice, and ends with its last row or its transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = Cursor(connection)
        self._name = f"imnet_{next(_numbers)}"
        self._transaction = -1

    def execute(self, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> Self:
        """Begin a SELECT; another one of this cursor's ends."""
        self.close()
        self._cursor.execute(
            f"DECLARE {self._name} NO SCROLL CURSOR FOR {query}", params, prepare=False
        )
        self._transaction = self._connection.transaction_number
        return self

    def fetchmany(self, size: int = _PAGE) -> list[tuple[Any, ...]]:
        """Up to so many of the rows that are left."""
        if not self._is_open:
            return []
        self._cursor.execute(f"FETCH FORWARD {size} FROM {self._name}", prepare=False)
        rows = self._cursor.fetchall()
        if len(rows) < size:
            self.close()
        return rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return list(self)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while rows := self.fetchmany():
            yield from rows

    def close(self) -> None:
        """Let the server forget the rest, where it has not yet."""
        # Whoever drops a half-read generator may come here at any time, also in the middle of
        # another statement of this connection, or in a later transaction: then nothing is sent.
        if self._is_open and not self._connection.lock.locked():
            self._cursor.execute(f"CLOSE {self._name}", prepare=False)
        self._transaction = -1

    @property
    def _is_open(self) -> bool:
        return (
            self._transaction == self._connection.transaction_number
            and self._connection.info.transaction_status == TransactionStatus.INTRANS
        )
