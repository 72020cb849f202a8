"""Opening a catalogue: what the file is, which schema it has, and how it may be used from here.

Reading and writing rows is selects.py's and bulk.py's.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - for those outside db/ to name
from sqlalchemy import Engine, QueuePool, create_engine, event, insert, select, text
from sqlalchemy import Row as Row  # noqa: PLC0414 - likewise
from sqlalchemy.exc import DatabaseError, DisconnectionError

from .errors import Busy, Failed, Foreign, Missing, ReadOnly, StorageError, TooNew, TooOld
from .tables import APPLICATION_ID, SCHEMA, catalogue, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

_SQLITE_HEADER = b"SQLite format 3\0"
_WAIT_MS = 30_000

# The execution option by which a connection asks for SQLite's kind of BEGIN.
BEGIN = "sqlite_begin"


@dataclass(frozen=True, slots=True)
class Storage:
    """An open catalogue: its engine, where it is, and whether it can be written."""

    engine: Engine
    location: str
    writable: bool

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_storage(path: str, *, create: bool = False, made_by: str = "") -> Storage:
    """Open the catalogue at a path, upgrading an older one where it can be written.

    Raises:
        Missing: no file is there, or one with nothing in it, and `create` is false.
        Foreign: the file is no catalogue.
        TooNew, TooOld: another version's schema.
        ReadOnly: it is to be made in a folder that cannot be written.
    """
    writable = _look(path, create=create)
    storage = Storage(_engine(path, writable=writable), path, writable)
    try:
        with translated(path):
            if _is_blank(storage):
                _make(storage, made_by, create=create)
            else:
                _settle_schema(storage)
    except BaseException:
        storage.close()
        raise
    return storage


def open_to_look(path: str) -> Storage:
    """Open a catalogue of whatever schema as it is: nothing is made, upgraded or written.

    `writable` says whether this account could write to it; through this opening it cannot.

    Raises:
        Missing: no file is there, or one with nothing in it.
        Foreign: the file is no catalogue.
        Failed: it cannot be read.
    """
    writable = _look(path, create=False)
    storage = Storage(_engine(path, writable=False), path, writable)
    try:
        with translated(path):
            blank = _is_blank(storage)
    except BaseException:
        storage.close()
        raise
    if blank:
        storage.close()
        raise Missing(path)
    return storage


@contextmanager
def translated(location: str) -> Iterator[None]:
    """Turn the database's errors into storage's own."""
    try:
        yield
    except DatabaseError as error:
        raise _explained(location, str(error.orig)) from error
    except sqlite3.Error as error:
        raise _explained(location, str(error)) from error


def _explained(location: str, words: str) -> StorageError:
    low = words.lower()
    if "locked" in low or "busy" in low:
        return Busy(location, "another process")
    if "readonly" in low or "read-only" in low:
        return ReadOnly(location)
    if "not a database" in low or "no such table" in low:
        return Foreign(location, words)
    return Failed(location, words)


def _look(path: str, *, create: bool) -> bool:
    """Refuse what SQLite should not even try, and say whether the catalogue can be written."""
    file = Path(path)
    folder = file.absolute().parent
    if not file.exists():
        if not create:
            raise Missing(path)
        if not folder.is_dir():
            raise Failed(path, "its folder does not exist")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ReadOnly(path)
        return True
    if file.is_dir():
        raise Foreign(path, "it is a folder")
    try:
        with file.open("rb") as opened:
            start = opened.read(len(_SQLITE_HEADER))
    except OSError as error:
        raise Failed(path, error.strerror or str(error)) from None
    if start and start != _SQLITE_HEADER:  # an empty file is a database with nothing in it
        raise Foreign(path, "it is no SQLite database")
    # SQLite's log comes to lie in the folder.
    return os.access(path, os.W_OK) and os.access(folder, os.W_OK | os.X_OK)


def _is_blank(storage: Storage) -> bool:
    """Whether nothing is in the database yet: whoever began to make it never came to the end.

    SQLite is asked, not the file's first page: until a checkpoint that page still lies in the log.
    """
    with storage.engine.connect() as connection:
        application = connection.exec_driver_sql("PRAGMA application_id").scalar()
        if application == APPLICATION_ID:
            return False
        if application or connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first():
            raise Foreign(storage.location, "it is a SQLite database of another program")
    return True


class _Connection(sqlite3.Connection):
    """A connection that knows which state of the file it took for settled, if any."""

    settled: tuple[int, int] | None = None


def _settled(path: str) -> tuple[int, int] | None:
    """What tells one settled state of the file from the next; None while a log lies beside it."""
    if Path(f"{path}-wal").exists():
        return None
    state = Path(path).stat()
    return state.st_mtime_ns, state.st_size


def _connect(path: str, *, writable: bool) -> _Connection:
    settled = None if writable else _settled(path)
    if writable:
        query = "mode=rwc"
    elif settled is None:
        query = "mode=ro"  # somebody is writing: their log and its index are there to be read
    else:
        # Without a log, SQLite still wants to make one beside the file; 'immutable' spares it that.
        query = "mode=ro&immutable=1"
    address = f"file:{quote(str(Path(path).absolute()))}?{query}"
    connection = sqlite3.connect(
        address,
        uri=True,
        timeout=_WAIT_MS / 1000,
        check_same_thread=False,
        isolation_level=None,
        factory=_Connection,
    )
    connection.settled = settled
    return connection


def _engine(path: str, *, writable: bool) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: _connect(path, writable=writable), poolclass=QueuePool
    )

    def refuse_outdated(connection: _Connection, *_: object) -> None:
        """An 'immutable' connection never looks whether the file changed: make another then."""
        if connection.settled is not None and connection.settled != _settled(path):
            raise DisconnectionError

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkout", refuse_outdated)
    return engine


def _begin(connection: Connection) -> None:
    """Begin as the connection's option says: a writer takes the lock at once, not midway."""
    kind = connection.get_execution_options().get(BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def writing(storage: Storage) -> Iterator[Connection]:
    """One write transaction: whole at the end of the context, or undone by an exception.

    Raises:
        ReadOnly: the catalogue can only be read from here.
        Busy: another process kept writing for longer than we waited.
    """
    if not storage.writable:
        raise ReadOnly(storage.location)
    with translated(storage.location), storage.engine.connect() as plain:
        connection = plain.execution_options(**{BEGIN: "IMMEDIATE"})
        with connection.begin():
            yield connection


@contextmanager
def reading(storage: Storage) -> Iterator[Connection]:
    """One read transaction: all statements in it see the catalogue at one moment."""
    with translated(storage.location), storage.engine.connect() as connection:
        yield connection


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA cache_size = -65536")  # KiB: the upper pages of the key index stay in
    cursor.execute("PRAGMA temp_store = FILE")  # big sorts go to disk: memory stays flat
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _make(storage: Storage, made_by: str, *, create: bool) -> None:
    if not create:
        raise Missing(storage.location)
    if not storage.writable:
        raise ReadOnly(storage.location)
    with closing(storage.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    with writing(storage) as connection:
        # Another process may have made it since we looked.
        if connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID:
            return
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": SCHEMA})
        connection.execute(insert(catalogue).values(uuid=str(uuid.uuid4()), made_by=made_by))


def schema_of(storage: Storage) -> str:
    """The schema revision that a catalogue has."""
    with storage.engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        raise Foreign(storage.location, "it does not say which schema it has")
    return str(found)


def _settle_schema(storage: Storage) -> None:
    schema = schema_of(storage)
    if schema == SCHEMA:
        return
    if schema > SCHEMA:
        raise TooNew(storage.location, schema)
    if not storage.writable:
        raise TooOld(storage.location, schema)
    from .migrations.upgrade import UnknownRevision, upgrade  # noqa: PLC0415 - alembic takes 0.2 s to import

    try:
        upgrade(storage.engine)
    except UnknownRevision:
        raise TooOld(storage.location, schema) from None


def catalogue_uuid(storage: Storage) -> str:
    """The catalogue's own UUID."""
    with storage.engine.connect() as connection:
        return str(connection.execute(select(catalogue.c.uuid)).scalar_one())
