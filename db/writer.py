"""Who is writing: a claim in the catalogue itself, so that a second writer can say who holds it.

The database's own lock keeps the catalogue whole; the claim covers the time between two
transactions. On a server claims are locks: postgres_claims.py's.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import Row, delete, insert, select, update

from .engine import Storage, reading, writing
from .errors import Busy, StorageError
from .processes import boot, running, started
from .sql import on_postgres
from .tables import writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sqlalchemy import Connection

_POLL_S = 0.2
# A claim from another host cannot be asked whether it lives; it renews itself with every batch.
_STALE_S = 600


@contextmanager
def claim(
    storage: Storage,
    task: str,
    *,
    wait_s: float = 30.0,
    on_wait: Callable[[str], None] = lambda _: None,
    shared: bool = False,
    of: str | None = None,
) -> Iterator[None]:
    """Be the one writer for as long as the context lasts.

    On a server `shared` lets others that share it write, too; and `of`, an archive's stored name,
    claims that archive alone, for within a shared claim. A file has one writer at a time: both
    change nothing there. A claim whose process is dead on this host is taken over at once.
    `on_wait` hears who holds the catalogue when we have to wait.

    Raises:
        ReadOnly: the catalogue can only be read from here.
        Busy: somebody else still holds it after `wait_s` seconds.
    """
    if not storage.is_file:
        from . import postgres_claims  # noqa: PLC0415 - psycopg is for those who have PostgreSQL

        with postgres_claims.claim(
            storage, task, wait_s=wait_s, on_wait=on_wait, shared=shared, of=of
        ):
            yield
    elif of is not None:
        yield
    else:
        with _claimed_row(storage, task, wait_s, on_wait):
            yield


@contextmanager
def _claimed_row(
    storage: Storage, task: str, wait_s: float, on_wait: Callable[[str], None]
) -> Iterator[None]:
    deadline = time.monotonic() + wait_s
    told = False
    while (held_by := _try(storage, task)) is not None:
        if not told:
            on_wait(held_by)
            told = True
        if time.monotonic() >= deadline:
            raise Busy(storage.location, held_by)
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        with suppress(StorageError), writing(storage) as connection:
            connection.execute(
                delete(writer).where(
                    writer.c.pid == os.getpid(), writer.c.host == socket.gethostname()
                )
            )


def renew(connection: Connection) -> None:
    """Say that the writer still lives; part of each batch's transaction."""
    if not on_postgres(connection):  # a lock lives as long as its connection
        connection.execute(update(writer).values(seen=int(time.time())))


def _try(storage: Storage, task: str) -> str | None:
    """Claim the catalogue, or say who holds it."""
    # Read first: a holder in a long transaction has the lock, and would leave us nameless Busy.
    if (found := holder(storage)) is not None:
        return found
    with writing(storage) as connection:
        row = connection.execute(select(writer)).first()
        if row is not None and _lives(row):
            return _described(row)
        connection.execute(delete(writer))
        connection.execute(
            insert(writer).values(
                id=1,
                host=socket.gethostname(),
                boot=boot(),
                pid=os.getpid(),
                started=started(os.getpid()),
                seen=int(time.time()),
                task=task,
            )
        )
    return None


def holder(storage: Storage) -> str | None:
    """Who is writing now, in words, or None; of several the first to come."""
    if not storage.is_file:
        from . import postgres_claims  # noqa: PLC0415 - as above

        return postgres_claims.holder(storage)
    with reading(storage) as connection:
        row = connection.execute(select(writer)).first()
    return _described(row) if row is not None and _lives(row) else None


def last_claim(storage: Storage) -> tuple[str, bool] | None:
    """Who claimed the catalogue last and never gave it back, and whether they still live."""
    if not storage.is_file:
        held_by = holder(storage)
        return None if held_by is None else (held_by, True)
    with reading(storage) as connection:
        row = connection.execute(select(writer)).first()
    return None if row is None else (_described(row), _lives(row))


def _lives(row: Row[Any]) -> bool:
    if row.host != socket.gethostname():
        return bool(time.time() - row.seen < _STALE_S)
    return bool(row.boot == boot() and row.started == started(row.pid) and running(row.pid))


def _described(row: Row[Any]) -> str:
    return f"`{row.task}` (process {row.pid} on {row.host})"
