"""What is PostgreSQL's own: how it is connected to, what a database holds, the writers' lock.

What both databases have alike is engine.py's. Imported only where a catalogue is in PostgreSQL:
this module needs psycopg.
"""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import QueuePool, create_engine, event
from sqlalchemy.exc import DisconnectionError

from .addresses import for_driver
from .errors import Denied, Failed, Foreign, NoDatabase
from .postgres_cursors import Connection as DriverConnection
from .postgres_cursors import driver_of
from .postgres_errors import refused
from .postgres_locks import connection_name
from .tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

# A connection that lay unused for longer is asked whether it still stands: a laptop slept, a
# firewall forgot it, the server was started anew.
_IDLE_S: Final = 30

# -- connecting


def engine(url: str, location: str, *, read_only: bool = False) -> Engine:
    """The engine of a database; `location` stands for its URL in errors."""
    given = _parameters(url, location)
    lost_at = -math.inf

    def note_lost() -> None:
        nonlocal lost_at
        lost_at = time.monotonic()

    def connect() -> DriverConnection:
        made = _connect(given, location)
        made.on_lost = note_lost
        return made

    def settle(connection: DriverConnection, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.get("since", math.inf)
        if connection.closed or not _stands(connection, since, lost_at):
            raise DisconnectionError  # and the pool makes another one
        connection.autocommit = False
        connection.isolation_level = None
        connection.read_only = True if read_only else None

    made = create_engine(
        "postgresql+psycopg://", creator=connect, poolclass=QueuePool, use_native_hstore=False
    )
    event.listen(made, "checkin", _note_checkin)
    event.listen(made, "checkout", settle)
    return made


def _parameters(url: str, location: str) -> dict[str, Any]:
    """What libpq reads in the URL, and what we ask for where nobody else has."""
    try:
        given: dict[str, Any] = conninfo_to_dict(for_driver(url))
    except psycopg.Error as error:
        raise refused(location, error) from None
    for name, variable, value in (
        ("application_name", "PGAPPNAME", connection_name()),
        ("connect_timeout", "PGCONNECT_TIMEOUT", 10),
        ("keepalives_idle", "", 60),
    ):
        if variable not in os.environ:
            given.setdefault(name, value)
    return given | {"client_encoding": "utf8"}


def _connect(given: dict[str, Any], location: str) -> DriverConnection:
    try:
        made = DriverConnection.connect(autocommit=True, **given)
    except psycopg.Error as error:
        # Without its cause: a traceback of psycopg's has the parameters in it.
        raise refused(location, error) from None
    settings = {
        "cursor_tuple_fraction": 1,  # who streams rows wants all of them
        "jit": "off",  # a tenth of a second before each of a walk's statements
        # A host that lost its power leaves a lock behind for as long as the server does not ask.
        "tcp_keepalives_idle": 60,
        "tcp_keepalives_interval": 10,
        # Whoever was killed in the middle of a long statement is to be noticed before its end.
        "client_connection_check_interval": 5000 if made.info.server_version >= 140_000 else None,
    }
    sets = [f"SET {name} = {value}" for name, value in settings.items() if value is not None]
    made.execute("; ".join(sets).encode())
    made.autocommit = False
    return made


def _note_checkin(_: object, record: ConnectionPoolEntry) -> None:
    record.info["since"] = time.monotonic()


def _stands(connection: DriverConnection, since: float, lost_at: float) -> bool:
    """Whether a connection that lay unused since some time still stands, asked where it may not."""
    if since > lost_at and time.monotonic() - since < _IDLE_S:
        return True
    try:
        connection.execute(b"SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return not connection.closed


# By the driver's own settings, which go with the next BEGIN: SQLAlchemy would ask the server for
# them back, also over a connection that broke.


def to_read(connection: Connection) -> None:
    """Let the next transaction see one state, as in SQLite."""
    driver = driver_of(connection)
    driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    driver.read_only = True


def to_write(connection: Connection) -> None:
    """Let the next transaction see, once it has the lock, what the last writer left."""
    driver_of(connection).isolation_level = psycopg.IsolationLevel.READ_COMMITTED


# -- what a database holds


class Seen(NamedTuple):
    """What is in a database: whether nothing is, and whether this role may change a catalogue."""

    blank: bool
    writable: bool


_SEE: Final = """
WITH mine AS (
    SELECT oid, relname, pg_table_is_visible(oid) AS visible FROM pg_class
    WHERE relkind = 'r' AND relname = ANY($1)
    AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('catalogue'))
)
SELECT current_schema() AS schema,
    (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('catalogue')
        AND attname IN ('uuid', 'made_by', 'changes')) AS columns,
    count(*) FILTER (WHERE relname IN ('alembic_version', 'image', 'archive')) AS core,
    coalesce(bool_and(visible), true) AS visible,
    NOT pg_is_in_recovery() AND NOT current_setting('default_transaction_read_only')::boolean
        AND coalesce(bool_and(
        has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
        AND has_table_privilege(oid, 'DELETE')) FILTER (WHERE relname <> 'alembic_version'),
        has_schema_privilege(current_schema(), 'CREATE')) AS writable,
    EXISTS (SELECT 1 FROM pg_class
        WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relkind IN ('r', 'p', 'v', 'm', 'f')) AS taken,
    (SELECT min(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'alembic_version' AND NOT has_schema_privilege(n.oid, 'USAGE')
        AND n.nspname = ANY(regexp_split_to_array(current_setting('search_path'), '[", ]+'))
    ) AS hidden
FROM mine
"""


def see(connection: Connection, location: str) -> Seen:
    """What is in the database, and what this role may do there.

    Raises:
        Foreign: something else is in it.
        NoDatabase: its search_path names no schema that is there.
    """
    names = [*metadata.tables, "alembic_version"]
    row = psycopg.RawCursor(driver_of(connection)).execute(_SEE.encode(), [names]).fetchone()
    assert row is not None
    schema, columns, core, visible, writable, taken, hidden = row
    if columns == 3 and core == 3:
        if not visible:
            raise Foreign(location, f'a table of the schema "{schema}" hides one of the catalogue')
        return Seen(blank=False, writable=writable)
    if hidden is not None:
        raise Denied(location, f"permission denied for schema {hidden}")
    if schema is None:
        raise NoDatabase(location, "no schema of its search_path is there")
    if taken:
        raise Foreign(location, f'its schema "{schema}" has tables of another program')
    return Seen(blank=True, writable=bool(writable))


def is_blank(connection: Connection, location: str) -> bool:
    """Whether nothing is in the database yet.

    Raises:
        Foreign, NoDatabase: as for `see`.
    """
    return see(connection, location).blank


def prepare_making(engine: Engine) -> None:
    """Nothing has to be settled before the transaction that makes the tables."""


def mark(connection: Connection) -> None:
    """Refuse to make a catalogue where the names that archives have cannot be held.

    Raises:
        Failed: the database's encoding is not UTF-8.
    """
    encoding = driver_of(connection).info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Failed("", f"its encoding is {encoding}; a catalogue needs UTF8")
