"""Claims on a server: locks of a connection, which end with it wherever its process ran.

Where the catalogue is a file they are rows: writer.py's. This module needs psycopg.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from .engine import reading, translated
from .errors import Busy, ReadOnly
from .postgres_cursors import driver_of
from .postgres_locks import called, claims, holder_of, lock_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from .engine import Storage
    from .postgres_cursors import Connection

_CATALOGUE: Final = "IMNC"
_ARCHIVE: Final = "IMNA"
_TRIES: Final = 3


@contextmanager
def claim(
    storage: Storage,
    task: str,
    *,
    wait_s: float,
    on_wait: Callable[[str], None],
    shared: bool,
    of: str | None,
) -> Iterator[None]:
    """Hold the catalogue, alone or with others that share it, or one archive alone.

    Raises:
        ReadOnly: the catalogue can only be read from here.
        Busy: somebody else still holds it after `wait_s` seconds.
    """
    if not storage.writable:
        raise ReadOnly(storage.location)
    number = _number(of)
    with translated(storage.location), storage.engine.connect() as connection:
        driver = driver_of(connection)
        driver.autocommit = True
        try:
            driver.execute(b"SELECT set_config('application_name', %s, false)", [called(task)])
            _take(driver, number, shared=shared, wait_s=wait_s, on_wait=on_wait)
            with _noted(storage.engine):
                yield
        finally:
            # A connection that ends gives up what it holds, and another one costs little.
            if not _given_up(driver, number, shared=shared):
                connection.invalidate()


@contextmanager
def _noted(engine: Engine) -> Iterator[None]:
    """Let the transactions of this process wait longer while it holds something."""
    claims[engine] = claims.get(engine, 0) + 1
    try:
        yield
    finally:
        claims[engine] -= 1


def holder(storage: Storage) -> str | None:
    """Who holds the catalogue now, in words, or None; of several the first to come."""
    with reading(storage) as connection:
        return holder_of(driver_of(connection), lock_number(_CATALOGUE)) or None


def _number(of: str | None) -> str:
    if of is None:
        return lock_number(_CATALOGUE)
    return lock_number(_ARCHIVE, hashlib.sha256(of.encode(errors="surrogatepass")).digest()[:4])


def _take(
    driver: Connection,
    number: str,
    *,
    shared: bool,
    wait_s: float,
    on_wait: Callable[[str], None],
) -> None:
    kind = "advisory_lock_shared" if shared else "advisory_lock"
    held_by = ""
    for _ in range(_TRIES):  # whoever it was may be gone before we ask who it is
        row = driver.execute(f"SELECT pg_try_{kind}({number})".encode()).fetchone()
        if row == (True,):
            return
        if held_by := holder_of(driver, number):
            break
    held_by = held_by or "another process"
    on_wait(held_by)
    # The server's own queue, and no asking again and again: who waits for all to end has a turn.
    wait = f"SET lock_timeout = {max(int(wait_s * 1000), 1)}"
    try:
        driver.execute(f"{wait}; SELECT pg_{kind}({number}); RESET lock_timeout".encode())
    except psycopg.errors.LockNotAvailable:
        driver.execute(b"RESET lock_timeout")
        raise Busy("", held_by) from None


def _given_up(driver: Connection, number: str, *, shared: bool) -> bool:
    """Whether the connection is as it was before the claim."""
    kind = "advisory_unlock_shared" if shared else "advisory_unlock"
    try:
        row = driver.execute(f"SELECT pg_{kind}({number})".encode()).fetchone()
        driver.execute(b"RESET application_name")
    except psycopg.Error:
        return False
    return row == (True,)
