"""Every row of a catalogue put into another database, and read again to see that it is the same.

Both sides stream: memory stays flat. What the copy is called, and where it lies, is not known here.
"""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sqlalchemy import bindparam, func, select, update

from .batches import fetched
from .copy_text import blocks, columns_of, key_of
from .engine import is_blank, make_tables, open_blank, translated, writing
from .errors import Failed, Taken
from .ids import marks
from .sql import on_postgres, streaming_cursor
from .tables import archive, metadata, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from sqlalchemy import Connection, Table

    from .copy_text import Block
    from .engine import Storage

# Who writes to the one does not write to the other.
TABLES = tuple(table for table in metadata.tables.values() if table is not writer)

_INDEXES = sorted((one for table in TABLES for one in table.indexes), key=lambda one: str(one.name))


class Hears(Protocol):
    """Who is told how far it has come."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts."""
        ...

    def advance(self, n: int) -> None:
        """So many more rows are done."""
        ...

    def end(self) -> None:
        """The job is done."""
        ...


class Contents(NamedTuple):
    """What a table holds: its rows, and the SHA-256 of its text in the order of its key."""

    rows: int
    digest: str


class CopiedTable(NamedTuple):
    """A table that was copied: what was read of it, and what is there now."""

    name: str
    read: Contents
    there: Contents


@contextmanager
def filling(place: str) -> Iterator[tuple[Storage, Connection]]:
    """The transaction that makes a catalogue's tables where nothing is; whole, or nothing of it.

    Of a file that was not finished a part may stay: whoever names it removes it.

    Raises:
        Taken: a catalogue is there.
        StorageError: as for `open_storage`.
    """
    with closing(open_blank(place)) as storage:
        # The log would have to hold all that comes; a file that is not whole is no catalogue's.
        _set_in_sqlite(storage, "journal_mode = OFF")
        with writing(storage) as connection:
            if not is_blank(connection, storage.location):
                raise Taken(storage.location)
            make_tables(connection)
            yield storage, connection
        _set_in_sqlite(storage, "journal_mode = WAL")


def _set_in_sqlite(storage: Storage, setting: str) -> None:
    """Set what no transaction can, on the one connection that the pool has and hands out next."""
    if storage.is_file:
        with translated(storage.location), closing(storage.engine.raw_connection()) as connection:
            connection.cursor().execute(f"PRAGMA {setting}")


def copy_rows(source: Connection, target: Connection, hears: Hears) -> list[CopiedTable]:
    """Put every row of a catalogue into another's empty tables, and compare what both hold.

    Part of the transaction of either; the copy is made whole by whoever ends the target's.
    """
    rows = sum(_rows_of(source, table) for table in TABLES)
    put = _put_into_postgres if on_postgres(target) else _put_into_sqlite
    # Made over rows that are there, an index costs a third, and lies in one piece.
    for index in _INDEXES:
        index.drop(target)
    with _job(hears, "copying", rows, "rows"):
        read = [put(source, target, table, hears.advance) for table in TABLES]
    with _job(hears, "making the indexes", len(_INDEXES), "indexes"):
        for index in _INDEXES:
            index.create(target)
            hears.advance(1)
    if on_postgres(target):
        _settle_in_postgres(target)
    with _job(hears, "checking", rows * (1 if on_postgres(target) else 2), "rows"):
        return [
            CopiedTable(
                table.name,
                known or _contents(blocks(source, table), hears.advance),
                _contents(blocks(target, table), hears.advance),
            )
            for table, known in zip(TABLES, read, strict=True)
        ]


def change_places(connection: Connection, uris: Mapping[int, str]) -> None:
    """Say where archives are, by their ids, as it is to be said from the copy."""
    if not uris:
        return
    moved = update(archive).where(archive.c.id == bindparam("at")).values(uri=bindparam("now"))
    # One may come to be called as another was: all let go of theirs first. None is called so.
    connection.execute(moved, [{"at": at, "now": f"/./{at}"} for at in uris])
    connection.execute(moved, [{"at": at, "now": uri} for at, uri in uris.items()])


def _rows_of(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _contents(some: Iterable[Block], advance: Callable[[int], None]) -> Contents:
    """What a table holds, told from its text, which is gone through to its end."""
    rows, digest = 0, hashlib.sha256()
    for block in some:
        digest.update(block.text)
        rows += block.rows
        advance(block.rows)
    return Contents(rows, digest.hexdigest())


def _put_into_postgres(
    source: Connection, target: Connection, table: Table, advance: Callable[[int], None]
) -> Contents:
    """COPY a table's text; what was read of it is known then."""
    driver: Any = target.connection.driver_connection
    # Rows of a table that this transaction made may be frozen at once: no later pass over all of
    # them, and a count need not look at them one by one.
    into = f'COPY "{table.name}" ({columns_of(table)}) FROM STDIN (FREEZE)'
    with driver.cursor() as cursor, cursor.copy(into) as copy:

        def put() -> Iterator[Block]:
            for block in blocks(source, table):
                if b"\0" in block.text:
                    said = f"a text in the table {table.name} has a NUL, which it cannot hold"
                    raise Failed("", said)
                copy.write(block.text)
                yield block

        return _contents(put(), advance)


def _put_into_sqlite(
    source: Connection, target: Connection, table: Table, advance: Callable[[int], None]
) -> Contents | None:
    """Put a table's rows in as they are: made of its text they would take longer."""
    columns = columns_of(table)
    reader = streaming_cursor(source)
    reader.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY {key_of(table)}')  # noqa: S608
    cursor: Any = target.connection.cursor()
    into = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks(table.columns.keys())})'  # noqa: S608
    for rows in fetched(reader):
        cursor.executemany(into, rows)
        advance(len(rows))
    return None


def _settle_in_postgres(connection: Connection) -> None:
    """Let new ids begin behind those that are there, and the planner know what is."""
    for table in TABLES:
        if any(column.identity is not None for column in table.columns):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "  # noqa: S608
                f'coalesce(max(id), 1), max(id) IS NOT NULL) FROM "{table.name}"'
            )
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')


@contextmanager
def _job(hears: Hears, what: str, total: int, unit: str) -> Iterator[None]:
    hears.begin(what, total, unit)
    try:
        yield
    finally:
        hears.end()
