"""Where the seek indexes of a catalogue's compressed tars lie: in a folder beside it.

Those of a catalogue on a server lie in a folder of this machine, or in one that is named for all.
What is in one is archives/seek_index.py's. It costs a pass over its archive to make one, and
nothing else hangs on it: one that is gone is made again, one too many is removed.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from imnet_data.archives.compressed.seek_index import is_sound
from imnet_data.archives.kinds import COMPRESSED_TARS
from imnet_data.db import archives as rows
from imnet_data.db.engine import catalogue_uuid, reading
from imnet_data.fetching.user_files import cache_file
from imnet_data.files.status import status

if TYPE_CHECKING:
    from imnet_data.db.engine import Storage
    from imnet_data.progress import Progress

_ENDING = ".seek"

# The folder for the seek indexes of catalogues on servers, such as one that several machines see.
CHOSEN: Final = "IMNET_DATA_SEEK_INDEXES"

# Several may index at once on a server: what another one writes now is not tidied away.
_YOUNG_S: Final = 24 * 60 * 60


def beside(storage: Storage) -> str:
    """The path that stands for the catalogue here: its own, or one named by what it is.

    Of a catalogue on a server below `$IMNET_DATA_SEEK_INDEXES`, else in the user's cache.
    """
    return storage.location if storage.is_file else beside_named(catalogue_uuid(storage))


def beside_named(uuid: str) -> str:
    """What `beside` gives of a catalogue on a server, by its UUID."""
    folder = os.environ.get(CHOSEN) or cache_file("seek")
    return os.path.join(os.path.abspath(folder), uuid)


def seek_index_path(
    catalogue: str, *, container: str, uri: str, size: int, signature: str
) -> str | None:
    """The absolute path of an archive's seek index; None where its container needs none.

    `catalogue` is as `beside` gives it.

    `size` and `signature` tell the archive's state, so that another one's index is never taken for
    its own; what stands in a signature behind its first word is no part of that.

    >>> path = seek_index_path("/d/a.db", container="tar.gz", uri="v.tgz", size=9, signature="1 x")
    >>> path[:15], path[-5:]
    ('/d/a.db.seek/v.', '.seek')
    """
    if container not in COMPRESSED_TARS:
        return None
    told = f"{uri}\0{size}\0{signature.partition(' ')[0]}".encode(errors="surrogatepass")
    digest = hashlib.sha256(told).hexdigest()[:20]
    name = re.sub(r"[^A-Za-z0-9._-]", "_", uri.rpartition("/")[2])[:80]
    return os.path.join(_folder(catalogue), f"{name}-{digest}{_ENDING}")


def seek_index_of(
    row: Any, catalogue: str, *, uri: str | None = None, signature: str | None = None
) -> str | None:
    """The path of the seek index of an archive's row, or what it would be under another uri."""
    return seek_index_path(
        catalogue,
        container=row.container,
        uri=row.uri if uri is None else uri,
        size=row.size,
        signature=row.signature if signature is None else signature,
    )


def move(row: Any, catalogue: str, *, uri: str, signature: str) -> None:
    """Let the seek index of an archive's row go with it to another uri, where it is signed so."""
    old = seek_index_of(row, catalogue)
    new = seek_index_of(row, catalogue, uri=uri, signature=signature)
    if old is not None and new is not None:
        with suppress(FileNotFoundError):
            os.replace(old, new)


def make_if_gone(path: str, kind: str, seek_index: str | None, progress: Progress) -> None:
    """Make an unchanged archive's seek index again where it is not there, or damaged."""
    if seek_index is None or is_sound(seek_index):
        return
    from imnet_data.archives.compressed.tars import write_seek_index  # noqa: PLC0415 - decoders: for few

    what = f"reading {os.path.basename(path)} for its seek index"
    progress.begin(what, status(path).size, "bytes")
    try:
        write_seek_index(path, kind, seek_index, advance=progress.advance)
    finally:
        progress.end()


def tidy(storage: Storage) -> None:
    """Remove the seek indexes that are no archive's any more; to be called by a writer."""
    here = beside(storage)
    with reading(storage) as connection:
        kept = {seek_index_of(row, here) for row in rows.list_archives(connection)}
    folder = _folder(here)
    before = time.time() - _YOUNG_S
    with suppress(OSError):  # none is there, or they cannot be removed: nothing is lost
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if path in kept or not name.endswith((_ENDING, ".part")):
                continue
            if storage.is_file or os.stat(path).st_mtime < before:
                os.unlink(path)
        os.rmdir(folder)


def _folder(catalogue: str) -> str:
    return f"{os.path.abspath(catalogue)}{_ENDING}"
