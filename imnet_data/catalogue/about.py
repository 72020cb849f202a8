"""What a catalogue is: which kind of database, its schema, its size, who writes to it now.

What it holds is asked of the open catalogue; whether all is well with it is doctor's to say.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.db import engine, server_health, writer
from imnet_data.db.addresses import is_url
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """A catalogue as a thing; `size_bytes` with its indexes, `writers` those at work now."""

    location: str
    kind: str
    uuid: str
    schema: str
    size_bytes: int
    writable: bool
    writers: tuple[str, ...]


def about(place: str | os.PathLike[str]) -> CatalogueInfo:
    """What a catalogue is, whatever its schema: nothing is upgraded or written.

    Raises:
        NoCatalogue, NotACatalogue: nothing is there, or something else.
    """
    given = os.fspath(place)
    with storage_errors():
        at = given if is_url(given) else os.path.abspath(given)
        with closing(engine.open_to_look(at)) as storage:
            kind, size_bytes, writers = (_file if storage.is_file else _server)(storage)
            return CatalogueInfo(
                storage.location, kind, engine.catalogue_uuid(storage), engine.schema_of(storage),
                size_bytes, storage.writable, writers,
            )  # fmt: skip


def _file(storage: Storage) -> tuple[str, int, tuple[str, ...]]:
    size_bytes = 0
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            size_bytes += os.stat(storage.location + ending).st_size
    held_by = writer.holder(storage)
    return "SQLite", size_bytes, () if held_by is None else (held_by.replace("`", ""),)


def _server(storage: Storage) -> tuple[str, int, tuple[str, ...]]:
    with engine.reading(storage) as connection:
        server = server_health.server(connection)
    # Who claims something says so in the name of the connection; who only reads has none.
    writers = dict.fromkeys(name for name in server.ours if ", process " in name)
    return f"PostgreSQL {server.version}", server.size_bytes, tuple(writers)
