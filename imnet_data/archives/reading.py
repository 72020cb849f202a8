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


@dataclass(frozen=True, slots=True)
class _Opened:
    fd: int
    device: int
    inode: int


class _Files:
    """Open files of this process, by path."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Opened] = OrderedDict()

    def read(self, place: Place) -> bytes:
        with self._lock:
            # Asked anew each time, in a microsecond: the file may have been replaced or removed.
            try:
                status = os.stat(place.path)
            except (FileNotFoundError, NotADirectoryError):
                raise ArchiveMissing(place.path) from None
            if status.st_size != place.file_size:
                raise ArchiveChanged(
                    place.path, f"it has {status.st_size:,} bytes, and had {place.file_size:,}"
                )
            # Under the lock, or another thread might close the file between the two.
            return _pread(self._get(place.path, status), place)

    def _get(self, path: str, status: os.stat_result) -> int:
        found = self._open.get(path)
        if found is not None and (found.device, found.inode) == (status.st_dev, status.st_ino):
            self._open.move_to_end(path)
            return found.fd
        if found is not None:
            os.close(self._open.pop(path).fd)
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self._open[path] = _Opened(fd, status.st_dev, status.st_ino)
        if len(self._open) > _OPEN_AT_MOST:
            _, oldest = self._open.popitem(last=False)
            os.close(oldest.fd)
        return fd


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
