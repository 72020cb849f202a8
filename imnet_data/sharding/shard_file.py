"""One shard's file: written in order under a temporary name, then given its own.

What goes into it is its format's.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.lasting import written_whole
from imnet_data.sharding.endings import LOOKED_AT
from imnet_data.sharding.folder_files import sync_folder, temporary
from imnet_data.sharding.payload import Payloads, is_copied
from imnet_data.sharding.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.archives.reading import Place

# Written at once: it stays in the processor's cache between reading, hashing and writing.
_BUFFER: Final = 1 << 20


@contextmanager
def new_shard_file(folder: str, name: str, *, digest: bool) -> Iterator[ShardFile]:
    """A file of the folder to fill; at the end it is on the disk, after an error it is not there.

    Raises:
        OSError: it cannot be written.
    """
    with written_whole(os.path.join(folder, name), beside=temporary(folder, name)) as file:
        out = ShardFile(file.fileno(), digest=digest)
        yield out
        out.flush()
    sync_folder(folder)


class ShardFile:
    """What takes bytes and images one after the other, and writes them to an open file."""

    def __init__(self, fd: int, *, digest: bool = False) -> None:
        self._fd = fd
        self._digest = sha256() if digest else None
        self._payloads = Payloads()
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._flushed = 0

    @property
    def position(self) -> int:
        """The byte that comes next."""
        return self._flushed + self._filled

    def record(self, name: str) -> FileRecord:
        """What the file is, now that all is in it, for those who check it later."""
        digest = None if self._digest is None else self._digest.hexdigest()
        return FileRecord(name, self.position, digest)

    def put(self, data: bytes | memoryview) -> None:
        """Append some bytes."""
        view = self._room(len(data))
        view[:] = data
        self._filled += len(data)

    def put_image(self, place: Place, head: Callable[[bytes], bytes]) -> None:
        """Append an image behind a header of one block, made of the image's first bytes.

        Raises:
            ArchiveMissing, ArchiveChanged, DamagedMember: it cannot be read.
        """
        if is_copied(place, digest=self._digest is not None):
            self.put(head(self._payloads.start_of(place)))
            self.flush()
            self._payloads.copy(place, self._fd)
            self._flushed += place.size
            return
        view = self._room(BLOCK + place.size)
        self._payloads.read_into(place, view)
        view[:BLOCK] = head(bytes(view[BLOCK : BLOCK + LOOKED_AT]))
        self._filled += BLOCK + place.size

    def _room(self, size: int) -> memoryview:
        """So many bytes of the buffer behind what is in it."""
        if self._filled + size > len(self._buffer):
            self.flush()
            if size > len(self._buffer):
                self._view.release()
                self._buffer = bytearray(size)
                self._view = memoryview(self._buffer)
        return self._view[self._filled : self._filled + size]

    def flush(self) -> None:
        """Hand on to the system what is in the buffer."""
        filled = self._view[: self._filled]
        if self._digest is not None:
            self._digest.update(filled)
        done = 0
        while done < len(filled):
            done += os.write(self._fd, filled[done:])
        self._flushed += self._filled
        self._filled = 0
