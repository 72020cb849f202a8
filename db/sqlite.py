"""What is SQLite's own: its file, how it is connected to and begun with, and its errors.

What both databases have alike is engine.py's.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import QueuePool, create_engine, event
from sqlalchemy.exc import DisconnectionError

from .errors import Busy, Failed, Foreign, Full, Missing, ReadOnly, StorageError
from .tables import APPLICATION_ID

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

_HEADER = b"SQLite format 3\0"
_WAIT_MS = 30_000

# The execution option by which a connection asks for SQLite's kind of BEGIN.
_BEGIN = "sqlite_begin"


def look(path: str, *, create: bool) -> bool:
    """Refuse what SQLite should not even try, and say whether the catalogue can be written.

    Raises:
        Missing, Foreign, Failed, ReadOnly: as for engine.open_storage.
    """
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
            start = opened.read(len(_HEADER))
    except OSError as error:
        raise Failed(path, error.strerror or str(error)) from None
    if start and start != _HEADER:  # an empty file is a database with nothing in it
        raise Foreign(path, "it is no SQLite database")
    # SQLite's log comes to lie in the folder.
    return os.access(path, os.W_OK) and os.access(folder, os.W_OK | os.X_OK)


def is_blank(connection: Connection, location: str) -> bool:
    """Whether nothing is in the database yet: whoever began to make it never came to the end.

    SQLite is asked, not the file's first page: until a checkpoint that page still lies in the log.

    Raises:
        Foreign: something else is in it.
    """
    application = connection.exec_driver_sql("PRAGMA application_id").scalar()
    if application == APPLICATION_ID:
        return False
    if application or connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first():
        raise Foreign(location, "it is a SQLite database of another program")
    return True


def prepare_making(engine: Engine) -> None:
    """What has to be settled before the transaction that makes the tables."""
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def mark(connection: Connection) -> None:
    """Let the file say that it is a catalogue; part of the transaction that makes the tables."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def explained(location: str, error: BaseException) -> StorageError:
    """An error of SQLite's as one of storage's."""
    words = str(error)
    low = words.lower()
    if "locked" in low or "busy" in low:
        return Busy(location, "another process")
    if "readonly" in low or "read-only" in low:
        return ReadOnly(location)
    if "not a database" in low or "no such table" in low:
        return Foreign(location, words)
    if "disk is full" in low:
        return Full(location, words)
    return Failed(location, words)


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


def engine(path: str, *, writable: bool) -> Engine:
    """The engine of a file."""
    made = create_engine(
        "sqlite://", creator=lambda: _connect(path, writable=writable), poolclass=QueuePool
    )

    def refuse_outdated(connection: _Connection, *_: object) -> None:
        """An 'immutable' connection never looks whether the file changed: make another then."""
        if connection.settled is not None and connection.settled != _settled(path):
            raise DisconnectionError

    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    event.listen(made, "checkout", refuse_outdated)
    return made


def to_read(connection: Connection) -> None:
    """Let the next transaction see one state."""
    connection.execution_options(**{_BEGIN: "DEFERRED"})


def to_write(connection: Connection) -> None:
    """Let the next transaction have the lock from its beginning."""
    connection.execution_options(**{_BEGIN: "IMMEDIATE"})


def _begin(connection: Connection) -> None:
    """Begin as the connection's option says: a writer takes the lock at once, not midway."""
    kind = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA cache_size = -65536")  # KiB: the upper pages of the key index stay in
    cursor.execute("PRAGMA temp_store = FILE")  # big sorts go to disk: memory stays flat
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()
