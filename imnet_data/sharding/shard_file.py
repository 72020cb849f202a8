"""One shard's file: written in order under a temporary name, then given its own.

What goes into it is its format's.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Self

from imnet_data.archives.tars.headers import BLOCK
from imnet_data.sharding.endings import LOOKED_AT
from imnet_data.sharding.folder_files import sync_folder, temporary
from imnet_data.sharding.payload import Payloads, lies_open
from imnet_data.sharding.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from imnet_data.archives.reading import Place

# Written at once: it stays in the processor's cache between reading, hashing and writing.
_BUFFER: Final = 1 << 20
# An image that is smaller costs less through the buffer than by a call of its own.
_COPIED_FROM: Final = 1 << 16


class ShardFile:
    """A file that takes bytes and images one after the other; use it in a `with`.

    At its end it is on the disk under its own name, or after an error not at all. `record` is
    there then.
    """

    record: FileRecord

    def __init__(self, folder: str, name: str, *, digest: bool) -> None:
        self._folder = folder
        self._name = name
        self._temporary = temporary(folder, name)
        self._digest = sha256() if digest else None
        self._payloads = Payloads()
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._flushed = 0
        self._fd = -1

    def __enter__(self) -> Self:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
        self._fd = os.open(self._temporary, flags, 0o666)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._flush()
                os.fsync(self._fd)
        except BaseException:
            kind = BaseException
            raise
        finally:
            os.close(self._fd)
            if kind is not None:
                with suppress(OSError):
                    os.unlink(self._temporary)
        if kind is None:
            os.rename(self._temporary, os.path.join(self._folder, self._name))
            sync_folder(self._folder)
            digest = None if self._digest is None else self._digest.hexdigest()
            self.record = FileRecord(self._name, self._flushed, digest)

    @property
    def position(self) -> int:
        """The byte that comes next."""
        return self._flushed + self._filled

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
        if self._digest is None and place.size >= _COPIED_FROM and lies_open(place):
            self.put(head(self._payloads.start_of(place)))
            self._flush()
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
            self._flush()
            if size > len(self._buffer):
                self._view.release()
                self._buffer = bytearray(size)
                self._view = memoryview(self._buffer)
        return self._view[self._filled : self._filled + size]

    def _flush(self) -> None:
        filled = self._view[: self._filled]
        if self._digest is not None:
            self._digest.update(filled)
        done = 0
        while done < len(filled):
            done += os.write(self._fd, filled[done:])
        self._flushed += self._filled
        self._filled = 0
