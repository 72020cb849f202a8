"""Reading an image's bytes where they lie: one pread of a file that stays open.

Files are opened once a process and kept, the least used closed; safe across fork and threads.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass

from imnet_data.archives.headers import BLOCK, heads
from imnet_data.errors import ArchiveChanged, ArchiveMissing

_OPEN_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Place:
    """A byte range of a file. `file_size` is the file's size when it was indexed, in bytes.

    `member` is the base name in the tar header right before the range, None where there is none.
    """

    path: str
    offset: int
    size: int
    file_size: int
    member: str | None = None


class _Opened:
    """An open file; it is closed when neither the table nor a thread that reads holds it."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        status = os.fstat(self.fd)
        self.identity = (status.st_dev, status.st_ino)

    def __del__(self) -> None:
        if hasattr(self, "fd"):
            os.close(self.fd)


class _Files:
    """Open files of this process, by path."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Opened] = OrderedDict()

    def read(self, place: Place) -> bytes:
        # Asked anew each time, in a microsecond: the file may have been replaced or removed.
        try:
            status = os.stat(place.path)
            if status.st_size != place.file_size:
                raise ArchiveChanged(
                    place.path, f"it has {status.st_size:,} bytes, and had {place.file_size:,}"
                )
            opened = self._get(place.path, (status.st_dev, status.st_ino))
        except (FileNotFoundError, NotADirectoryError):
            raise ArchiveMissing(place.path) from None
        return _pread(opened.fd, place)

    def _get(self, path: str, identity: tuple[int, int]) -> _Opened:
        with self._lock:
            found = self._open.get(path)
            if found is None or found.identity != identity:
                found = self._open[path] = _Opened(path)
            self._open.move_to_end(path)
            if len(self._open) > _OPEN_AT_MOST:
                self._open.popitem(last=False)
            return found


_files = _Files()


def _start_anew() -> None:
    """In a forked child: the parent's lock may be held, and its file positions are its own."""
    global _files  # noqa: PLW0603 - one a process is the point
    _files = _Files()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def read(place: Place) -> bytes:
    """The bytes of a place.

    The header before a tar's member is read along and must still be its own: a tar rewritten at
    the same size would give another picture's bytes, and with them another picture's label.

    Raises:
        ArchiveMissing: the file is not there.
        ArchiveChanged: its size is another than when it was indexed, or it holds something else.
    """
    return _files.read(place)


def _pread(fd: int, place: Place) -> bytes:
    if place.member is None:
        return _range(fd, place, place.offset, place.size)
    data = _range(fd, place, place.offset - BLOCK, place.size + BLOCK)
    if not heads(data[:BLOCK], place.member, place.size):
        raise ArchiveChanged(place.path, f"{place.member} is no longer at byte {place.offset:,}")
    return data[BLOCK:]


def _range(fd: int, place: Place, offset: int, size: int) -> bytes:
    data = os.pread(fd, size, offset)
    if len(data) == size:
        return data
    parts = [data]
    missing = size - len(data)
    while missing:
        part = os.pread(fd, missing, offset + size - missing)
        if not part:
            raise ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
