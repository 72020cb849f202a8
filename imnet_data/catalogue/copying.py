"""A catalogue copied to another file or into PostgreSQL, whole, and compared when it is there.

The rows are db/copying.py's business; here it is where both lie, and where the archives do.
"""

from __future__ import annotations

import glob
import os
import shutil
import time
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imnet_data import lasting, seek_indexes
from imnet_data.db import archives as rows
from imnet_data.db import copying, engine, writer
from imnet_data.db.addresses import is_url
from imnet_data.db.errors import StorageError
from imnet_data.db.processes import running
from imnet_data.errors import CatalogueTaken, CopyDiffers
from imnet_data.indexing.synsets import words_of_row
from imnet_data.places import from_uri, to_uri
from imnet_data.progress import Silent
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from imnet_data.db.copying import CopiedTable
    from imnet_data.db.engine import Connection, Row, Storage
    from imnet_data.progress import Progress

_TASK = "imnet-data catalogue copy"
_QUIET_S = 60


@dataclass(frozen=True, slots=True)
class TableCopy:
    """A table that was copied: its rows, and the SHA-256 of their text, the same on both sides."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class CatalogueCopy:
    """What was copied, from where to where, and how long it took."""

    source: str
    target: str
    tables: tuple[TableCopy, ...]
    seconds: float

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)


def copy_catalogue(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    progress: Progress | None = None,
    wait_s: float = 30.0,
) -> CatalogueCopy:
    """Copy a catalogue, a file or a database in PostgreSQL, to where nothing is yet.

    Nobody changes it meanwhile. Every row is read again from both sides and compared; the copy is
    there whole, or not at all. It finds the archives where the first one does.

    Raises:
        NoCatalogue, NotACatalogue, CatalogueTooNew, CatalogueTooOld: of the first.
        CatalogueTaken: something is at the target already.
        CatalogueBusy: somebody else still writes to one of them after `wait_s` seconds.
        CatalogueReadOnly: nothing can be made at the target.
        CopyDiffers: the target does not hold what was written to it.
    """
    hears = Silent() if progress is None else progress
    source, target = _place(source), _place(target)
    started = time.monotonic()
    with storage_errors():
        _refuse_taken(target)
        with closing(engine.open_storage(source, words_of=words_of_row)) as storage:
            with _held(storage, hears, wait_s), engine.reading(storage) as connection:
                there, tables = _copied(storage, connection, target, hears)
            shown = storage.location
    copied = [TableCopy(table.name, *table.read) for table in tables]
    return CatalogueCopy(shown, there, tuple(copied), time.monotonic() - started)


def _place(given: str | os.PathLike[str]) -> str:
    place = os.fspath(given)
    return place if is_url(place) else os.path.abspath(place)


def _refuse_taken(target: str) -> None:
    """Said before the catalogue is held for long; what comes there meanwhile is refused later."""
    if not is_url(target) and os.path.lexists(target):
        raise CatalogueTaken(target)


def _held(storage: Storage, progress: Progress, wait_s: float) -> AbstractContextManager[None]:
    """Keep others from writing; who may only read copies what is there at one moment."""
    if not storage.writable:
        return nullcontext()

    def tell(holder: str) -> None:
        progress.notice(f"waiting for {holder}, which writes to {storage.location}")

    return writer.claim(storage, _TASK, wait_s=wait_s, on_wait=tell)


def _copied(
    storage: Storage, connection: Connection, target: str, progress: Progress
) -> tuple[str, Sequence[CopiedTable]]:
    """Copy rows and seek indexes; gives the target as it may be shown."""
    archives = list(rows.list_archives(connection))
    with _whole(target) as place, copying.filling(place) as (made, there):
        tables = copying.copy_rows(connection, there, progress)
        differ = [table.name for table in tables if table.read != table.there]
        if differ:
            raise CopyDiffers(made.location, differ)
        location = target if made.is_file else made.location
        uris = {row.id: _uri_there(row.uri, storage.location, location) for row in archives}
        moved = {row.id: uris[row.id] for row in archives if uris[row.id] != row.uri}
        copying.change_places(there, moved)
    _copy_seek_indexes(archives, uris, seek_indexes.beside(storage), _beside(storage, location))
    return location, tables


def _uri_there(uri: str, source: str, target: str) -> str:
    return to_uri(from_uri(uri, source), target)


@contextmanager
def _whole(target: str) -> Iterator[str]:
    """Where to make the copy: a database itself, whose transaction it is; beside a file's name."""
    if is_url(target):
        yield target
        return
    _clear_up(target)
    beside = f"{target}.{os.getpid()}.part"
    try:
        try:
            yield beside
        except StorageError as error:
            error.location = target  # nobody asked for a file of the other name
            raise
        lasting.sync(beside)
        _name(beside, target)
        lasting.sync_folder_of(target)
    finally:
        _remove(beside)


def _name(beside: str, target: str) -> None:
    """Give a file its name, unless something has it."""
    try:
        os.link(beside, target)
    except FileExistsError:
        raise CatalogueTaken(target) from None
    except OSError:  # a file system without links
        _refuse_taken(target)
        os.rename(beside, target)


def _clear_up(target: str) -> None:
    """Remove what copies to the same place left behind that were killed."""
    for path in glob.glob(f"{glob.escape(target)}.*.part"):
        writer_pid = path.removeprefix(f"{target}.").removesuffix(".part")
        with suppress(OSError):
            # Another host's processes are not seen here, but that the file was just written to.
            is_old = time.time() - os.stat(path).st_mtime > _QUIET_S
            if writer_pid.isdecimal() and is_old and not running(int(writer_pid)):
                _remove(path)


def _remove(path: str) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            os.unlink(path + ending)


def _beside(storage: Storage, target: str) -> str:
    """Where the copy's seek indexes lie: it is the same catalogue, by its UUID."""
    return seek_indexes.beside_named(engine.catalogue_uuid(storage)) if is_url(target) else target


def _copy_seek_indexes(
    archives: Sequence[Row[Any]], uris: Mapping[int, str], source: str, target: str
) -> None:
    """Let the copy find what compressed tars are read with; `index` makes again what it lacks."""
    for row in archives:
        here = seek_indexes.seek_index_of(row, source)
        there = seek_indexes.seek_index_of(row, target, uri=uris[row.id])
        if here is None or there is None or here == there or not os.path.exists(here):
            continue
        with suppress(OSError):
            os.makedirs(os.path.dirname(there), exist_ok=True)
            with open(here, "rb") as kept, lasting.written_whole(there, lasting=False) as file:
                shutil.copyfileobj(kept, file)
