"""Opening a catalogue: what is there, which schema it has, and how it may be used from here.

Reading and writing rows is selects.py's and bulk.py's, what one database alone has sqlite.py's and
postgres.py's.
"""

from __future__ import annotations

import sqlite3
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - for those outside db/ to name
from sqlalchemy import Engine, insert, select, text
from sqlalchemy import Row as Row  # noqa: PLC0414 - likewise
from sqlalchemy.exc import DBAPIError

from . import sqlite
from .addresses import is_url, shown
from .errors import (
    Denied,
    Foreign,
    Missing,
    NeedsDriver,
    ReadOnly,
    StorageError,
    Taken,
    TooNew,
    TooOld,
)
from .sql import on_postgres
from .tables import SCHEMA, catalogue, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


@dataclass(frozen=True, slots=True)
class Storage:
    """An open catalogue: its engine, where it is (a URL has no password), if it can be written."""

    engine: Engine
    location: str
    writable: bool

    @property
    def is_file(self) -> bool:
        """Whether the catalogue is a file, and no database on a server."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_storage(
    place: str,
    *,
    create: bool = False,
    made_by: str = "",
    words_of: Callable[[int, str], str] | None = None,
) -> Storage:
    """Open the catalogue at a path or URL, upgrading an older one where it can be written.

    `words_of` gives the words of a synset by its id and name, which an upgrade stores.

    Raises:
        Missing: nothing is there, and `create` is false.
        Foreign: what is there is no catalogue.
        TooNew, TooOld: another version's schema.
        ReadOnly: it is to be made where nothing can be written.
        StorageError: whatever a server can have against it.
    """
    storage, blank = _opened(place, create=create)
    try:
        with translated(storage.location):
            if blank:
                _make(storage, made_by, create=create)
            else:
                _settle_schema(storage, words_of)
    except BaseException:
        storage.close()
        raise
    return storage


def open_to_look(place: str) -> Storage:
    """Open a catalogue of whatever schema as it is: nothing is made, upgraded or written.

    `writable` says whether this account could write to it; through this opening it cannot.

    Raises:
        Missing: nothing is there.
        Foreign: what is there is no catalogue.
        Failed: it cannot be read.
    """
    storage, blank = _opened(place, create=False, to_look=True)
    if blank:
        storage.close()
        raise Missing(storage.location)
    return storage


def open_blank(place: str) -> Storage:
    """Open a database with nothing in it, or one in a file that is not there yet.

    Raises:
        Taken: a catalogue is there.
        ReadOnly: nothing can be made there.
        StorageError: as for `open_storage`.
    """
    storage, blank = _opened(place, create=True)
    if blank and storage.writable:
        return storage
    storage.close()
    raise ReadOnly(storage.location) if blank else Taken(storage.location)


def _opened(place: str, *, create: bool, to_look: bool = False) -> tuple[Storage, bool]:
    """What is at a place, and whether nothing is in it yet."""
    if is_url(place):
        return _opened_on_server(place, shown(place), to_look=to_look)
    writable = sqlite.look(place, create=create)
    storage = Storage(sqlite.engine(place, writable=writable and not to_look), place, writable)
    try:
        with translated(place), storage.engine.connect() as connection:
            return storage, sqlite.is_blank(connection, place)
    except BaseException:
        storage.close()
        raise


def _opened_on_server(url: str, location: str, *, to_look: bool) -> tuple[Storage, bool]:
    try:
        from . import postgres  # noqa: PLC0415 - psycopg is for those who have PostgreSQL
    except ImportError as error:
        raise NeedsDriver(location, str(error)) from error
    engine = postgres.engine(url, location, read_only=to_look)
    try:
        with translated(location), engine.connect() as connection:
            seen = postgres.see(connection, location)
    except BaseException:
        engine.dispose()
        raise
    return Storage(engine, location, seen.writable), seen.blank


# -- errors


def _driver_errors() -> tuple[type[Exception], ...]:
    psycopg = sys.modules.get("psycopg")
    return (DBAPIError, sqlite3.Error, *([] if psycopg is None else [psycopg.Error]))


@contextmanager
def translated(location: str) -> Iterator[None]:
    """Turn the database's errors into storage's own."""
    try:
        yield
    except StorageError as error:
        error.location = error.location or location
        raise
    except _driver_errors() as error:
        found = error.orig if isinstance(error, DBAPIError) else error
        assert found is not None
        raise _explained(location, found) from error


def _explained(location: str, error: BaseException) -> StorageError:
    if isinstance(error, sqlite3.Error):
        return sqlite.explained(location, error)
    from .postgres_errors import explained  # noqa: PLC0415 - as above

    return explained(location, error)  # type: ignore[arg-type] # no third driver is here


# -- transactions


def _kind(engine: Engine) -> ModuleType:
    """The module of what is an engine's database's own."""
    if engine.dialect.name == "sqlite":
        return sqlite
    from . import postgres  # noqa: PLC0415 - as above

    return postgres


@contextmanager
def writing(storage: Storage, *, late: bool = False) -> Iterator[Connection]:
    """One write transaction: whole at the end of the context, or undone by an exception.

    With `late`, PostgreSQL lets other writers go on until `lock(connection)` is called: whatever
    changes rows has to call it first.

    Raises:
        ReadOnly: the catalogue can only be read from here.
        Busy: another process kept writing for longer than we waited.
    """
    if not storage.writable:
        raise ReadOnly(storage.location)
    with translated(storage.location), write_transaction(storage.engine, late=late) as connection:
        yield connection


@contextmanager
def write_transaction(engine: Engine, *, late: bool = False) -> Iterator[Connection]:
    """One write transaction of an engine, whose errors are the driver's."""
    with engine.connect() as connection:
        _kind(engine).to_write(connection)
        with connection.begin():
            if not late:
                lock(connection)
            yield connection


def lock(connection: Connection) -> None:
    """Be the one writer until the transaction ends; SQLite's transactions are from their start.

    Raises:
        Busy: another transaction kept writing for longer than we waited.
    """
    if on_postgres(connection):
        from . import postgres_locks  # noqa: PLC0415 - as above

        postgres_locks.lock(connection)


@contextmanager
def reading(storage: Storage) -> Iterator[Connection]:
    """One read transaction: all statements in it see the catalogue at one moment."""
    with translated(storage.location), storage.engine.connect() as connection:
        _kind(storage.engine).to_read(connection)
        yield connection


# -- schemas


def _make(storage: Storage, made_by: str, *, create: bool) -> None:
    if not create:
        raise Missing(storage.location)
    if not storage.writable:
        raise ReadOnly(storage.location)
    kind = _kind(storage.engine)
    kind.prepare_making(storage.engine)
    with writing(storage) as connection:
        # Another process may have made it since we looked.
        if not is_blank(connection, storage.location):
            return
        make_tables(connection)
        connection.execute(insert(catalogue).values(uuid=str(uuid.uuid4()), made_by=made_by))


def is_blank(connection: Connection, location: str) -> bool:
    """Whether nothing is in the database yet.

    Raises:
        Foreign: something is that is no catalogue's.
    """
    return bool(_kind(connection.engine).is_blank(connection, location))


def make_tables(connection: Connection) -> None:
    """Make all tables in a database with nothing in it, without the row that says which this is."""
    _kind(connection.engine).mark(connection)
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": SCHEMA})


def schema_of(storage: Storage) -> str:
    """The schema revision that a catalogue has."""
    with reading(storage) as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        raise Foreign(storage.location, "it does not say which schema it has")
    return str(found)


def _settle_schema(storage: Storage, words_of: Callable[[int, str], str] | None) -> None:
    schema = schema_of(storage)
    if schema == SCHEMA:
        return
    if schema > SCHEMA:
        raise TooNew(storage.location, schema)
    if not storage.writable:
        raise TooOld(storage.location, schema)
    from .migrations.upgrade import UnknownRevision, upgrade  # noqa: PLC0415 - alembic takes 0.2 s to import

    try:
        with translated(storage.location):
            upgrade(storage.engine, words_of=words_of)
    except (UnknownRevision, Denied):  # on a server, who may write rows need not own the tables
        raise TooOld(storage.location, schema) from None


def catalogue_uuid(storage: Storage) -> str:
    """The catalogue's own UUID."""
    with reading(storage) as connection:
        return str(connection.execute(select(catalogue.c.uuid)).scalar_one())
