"""Locks of a catalogue in PostgreSQL: the one that writers' transactions take, and who has which.

Claims, which are locks too, are postgres_claims.py's. This module needs psycopg.
"""

from __future__ import annotations

import os
import re
import socket
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import psycopg

from .errors import Busy
from .postgres_cursors import driver_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from .postgres_cursors import Connection as DriverConnection

_WAIT_S: Final = 30
# Who claimed the catalogue is in the middle of hours of work: others' long loads are waited for.
_CLAIMED_WAIT_S: Final = 600

# The tables' own schema, or before they are made the one where they will be. An advisory lock's
# number is a word of four letters and that schema's: two catalogues of one database do not meet.
_WRITERS: Final = "IMNT"
_NAMESPACE: Final = (
    "coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('catalogue')), "
    "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)"
)


def lock_number(word: str, of: bytes = b"") -> str:
    """The SQL of an advisory lock's number: "IMNT" is the writers', others are of claims.

    `of` are up to four bytes that tell one such lock of a catalogue from another.
    """
    low = f"({_NAMESPACE}::bigint # {int.from_bytes(of)})"
    return f"(({int.from_bytes(word.encode())}::bigint << 32) | {low})"


# How many claims this process has by each engine.
claims: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


def lock(connection: Connection) -> None:
    """Be the one that writes until the transaction ends; costs nothing when asked again in it.

    Raises:
        Busy: another transaction kept writing for longer than we waited.
    """
    driver = driver_of(connection)
    if driver.locked_in == driver.transaction_number:
        return
    number = lock_number(_WRITERS)
    wait_s = _CLAIMED_WAIT_S if claims.get(connection.engine) else _WAIT_S
    wait = f"SET LOCAL lock_timeout = '{wait_s}s'"
    try:
        driver.execute(f"{wait}; SELECT pg_advisory_xact_lock({number})".encode())
    except psycopg.errors.LockNotAvailable:
        driver.rollback()
        raise Busy("", holder_of(driver, number) or "another process") from None
    driver.locked_in = driver.transaction_number


_HOLDERS: Final = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pg_locks.pid <> pg_backend_pid()
AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND (classid::bigint << 32) | objid::bigint = {number} ORDER BY backend_start LIMIT 1
"""


def holder_of(driver: DriverConnection, number: str) -> str:
    """Who else has a lock, in words; empty where nobody has. Of several the first to come."""
    found = driver.execute(_HOLDERS.format(number=number).encode()).fetchone()
    if found is None:
        return ""
    name = _NAME.fullmatch(found[0])
    said = name.expand(r"`\g<task>` (process \g<pid> on \g<host>)") if name else found[0]
    return str(said)


# -- names

_NAME: Final = re.compile(r"(?P<task>.+), process (?P<pid>\d+) on (?P<host>.*)", re.DOTALL)
_NAME_BYTES: Final = 63  # the server cuts off what is longer


def called(task: str) -> str:
    """The name of a connection that holds something, by which others learn who does."""
    return _cut(f"{task}, {_process()}")


def connection_name() -> str:
    """The name of a connection that holds nothing but the lock of a transaction."""
    return _cut(f"imnet-data ({_process()})")


def _process() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _cut(name: str) -> str:
    return name.encode(errors="replace")[:_NAME_BYTES].decode(errors="ignore")
