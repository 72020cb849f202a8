"""Reading a compressed archive at any byte, from the section that holds it.

Decoders are kept where they stand: the next image in order is read without decoding anything twice.
"""

from __future__ import annotations

import threading
from itertools import chain
from typing import TYPE_CHECKING, Final

from imnet_data.archives.compressed.deflate import inflate
from imnet_data.archives.compressed.section_source import codec
from imnet_data.archives.compressed.seek_index import BadSeekIndex, SeekIndex
from imnet_data.archives.compressed.windows import RANDOM, windowed
from imnet_data.archives.kinds import TAR_GZIP
from imnet_data.archives.opened import importing
from imnet_data.errors import SeekIndexMissing
from imnet_data.files.opened import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.reading import Place

# Decoders that stand idle for one archive: that many threads or loaders read it in order at once.
# One for xz holds a window of 8 to 64 MiB, the others less.
_IDLE: Final = 4


class SeekableFile:
    """An open compressed archive with its seek index; any number of threads read at once.

    Raises:
        FileNotFoundError: the archive is not there.
        SeekIndexMissing: its seek index is not, or is damaged.
    """

    def __init__(self, place: Place) -> None:
        self._file = open_file(place.path)
        try:
            self._index = _index_of(place)
        except BaseException:
            self._file.close()
            raise
        with importing:
            self._unpack = inflate if place.container == TAR_GZIP else codec(place.container).unpack
        self._pread = windowed(self._file, RANDOM)
        self._lock = threading.Lock()
        self._idle: list[_Walk] = []

    def read(self, size: int, offset: int) -> bytes:
        """Bytes of the decoded archive; fewer at its end alone.

        Raises:
            Broken: the data is damaged.
        """
        walk = self._walk_before(offset)
        data = walk.read(size, offset)
        with self._lock:
            self._idle.append(walk)
            if len(self._idle) > _IDLE:
                del self._idle[0]
        return data

    def close(self) -> None:
        """Close the files."""
        self._idle.clear()
        self._index.close()
        self._file.close()

    def _walk_before(self, offset: int) -> _Walk:
        """The idle decoder that stands nearest before a byte, or a new one where none is near."""
        at = self._index.at(offset)
        begin = self._index.offset(at)
        with self._lock:
            near = [walk for walk in self._idle if begin <= walk.position <= offset]
            if near:
                best = max(near, key=lambda walk: walk.position)
                self._idle.remove(best)
                return best
        return _Walk(chain.from_iterable(map(self._decoded, range(at, len(self._index)))), begin)

    def _decoded(self, at: int) -> Iterator[bytes]:
        return self._unpack(self._pread, self._index.section(at))


class _Walk:
    """One decoder on its way; `position` is the decoded byte that it gives next."""

    def __init__(self, pieces: Iterator[bytes], position: int) -> None:
        self.position = position
        self._pieces = pieces
        self._piece = b""
        self._used = 0

    def read(self, size: int, offset: int) -> bytes:
        """Bytes from an offset on that is not behind; fewer at the end alone."""
        for _ in self._parts(offset - self.position):
            pass
        return b"".join(self._parts(size))

    def _parts(self, size: int) -> Iterator[bytes]:
        """The next bytes, in parts."""
        while size > 0:
            if self._used == len(self._piece):
                self._piece, self._used = next(self._pieces, b""), 0
                if not self._piece:
                    return
            part = self._piece[self._used : self._used + size]
            self._used += len(part)
            self.position += len(part)
            size -= len(part)
            yield part


def _index_of(place: Place) -> SeekIndex:
    if place.seek_index is None:
        raise SeekIndexMissing(place.path, "none was written")
    try:
        return SeekIndex(place.seek_index)
    except FileNotFoundError:
        raise SeekIndexMissing(place.path, f"{place.seek_index} is not there") from None
    except BadSeekIndex as error:
        raise SeekIndexMissing(place.path, f"{place.seek_index} is damaged: {error}") from None
