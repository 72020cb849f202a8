"""A table's rows as text, a line a row in the order of its key: the same bytes from any database.

It is the text of PostgreSQL's COPY, which takes it as it stands. Where it goes is copying.py's.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Integer, LargeBinary, Text

from .sql import on_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection, Table

# Of one block: some hundred KB.
_LINES = 5_000

# COPY's own way with what would end a field or a line, the backslash first.
_ESCAPES = {
    "'\\'": r"'\\'", "char(8)": r"'\b'", "char(9)": r"'\t'", "char(10)": r"'\n'",
    "char(11)": r"'\v'", "char(12)": r"'\f'", "char(13)": r"'\r'",
}  # fmt: skip


class Block(NamedTuple):
    """Some of a table's text, and of how many rows it is."""

    text: bytes
    rows: int


def blocks(connection: Connection, table: Table) -> Iterator[Block]:
    """A table's text, block by block; memory holds one."""
    return (_from_postgres if on_postgres(connection) else _from_sqlite)(connection, table)


def columns_of(table: Table) -> str:
    """A table's columns in the order that the text has: the database's may be another."""
    return ", ".join(_quoted(column) for column in table.columns)


def key_of(table: Table) -> str:
    """What a table's rows are ordered by, for ORDER BY."""
    return ", ".join(_quoted(column) for column in table.primary_key.columns)


def _from_postgres(connection: Connection, table: Table) -> Iterator[Block]:
    driver: Any = connection.connection.driver_connection
    rows = f"SELECT {columns_of(table)} FROM {_name(table)} ORDER BY {key_of(table)}"  # noqa: S608
    lines: list[bytes] = []
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL bytea_output = 'hex'")
        with cursor.copy(f"COPY ({rows}) TO STDOUT") as copy:
            for line in copy:
                lines.append(bytes(line))
                if len(lines) == _LINES:
                    yield Block(b"".join(lines), len(lines))
                    lines.clear()
    if lines:
        yield Block(b"".join(lines), len(lines))


def _from_sqlite(connection: Connection, table: Table) -> Iterator[Block]:
    # SQLite puts a line together in the time in which Python would take its columns over.
    line = f"CAST({_line_of(table)} AS BLOB)"
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT {line} FROM {_name(table)} ORDER BY {key_of(table)}")  # noqa: S608
    while found := cursor.fetchmany(_LINES):
        yield Block(b"".join([row[0] for row in found]), len(found))


def _line_of(table: Table) -> str:
    """An expression for a row's text; numbers go together, which costs half as much."""
    parts = []
    for is_number, some in groupby(table.columns, key=_is_number):
        columns = list(some)
        if is_number:
            marks = "\t".join(["%d"] * len(columns))
            parts.append(f"printf('{marks}', {', '.join(map(_quoted, columns))})")
        else:
            parts += map(_field_of, columns)
    return " || '\t' || ".join(parts) + " || '\n'"


def _is_number(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer) and not column.nullable


def _field_of(column: Column[Any]) -> str:
    name = _quoted(column)
    match column.type:
        case Text():
            text = name
            for meant, written in _ESCAPES.items():
                text = f"replace({text}, {meant}, {written})"
            # Nearly all names are empty: at seven calls a row it shows.
            text = f"CASE WHEN {name} = '' THEN '' ELSE {text} END"
        case LargeBinary():  # hex() of a null is an empty text
            text = rf"CASE WHEN {name} IS NOT NULL THEN '\\x' || lower(hex({name})) END"
        case _:
            text = f"CAST({name} AS TEXT)"
    return rf"coalesce({text}, '\N')"


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'


def _name(table: Table) -> str:
    return f'"{table.name}"'
