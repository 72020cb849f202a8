"""An image's bytes on their way into a shard: by the kernel alone, or through a buffer of ours.

The header before a tar's member is looked at either way, as imnet_data/archives does. Those that
lie in a store are asked for ahead, by ahead.py.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from imnet_data.archives.kinds import FOLDER, TAR
from imnet_data.archives.reading import check_head, held_open, read
from imnet_data.archives.tars.headers import BLOCK
from imnet_data.errors import ArchiveChanged, DamagedMember, StoreError
from imnet_data.files.address import is_url
from imnet_data.sharding.ahead import came
from imnet_data.sharding.endings import LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Callable

    from imnet_data.archives.opened import Held
    from imnet_data.archives.reading import Place
    from imnet_data.files.opened import OpenFile

# What a system, or a pair of file systems, answers that cannot do it this way.
_CANNOT: Final = frozenset(
    {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF}
)
_PIECE: Final = 1 << 20
# An image that is smaller costs less through a buffer than by a call of the kernel's own.
_COPIED_FROM: Final = 1 << 16


def is_copied(place: Place, *, digest: bool) -> bool:
    """Whether an image is best copied by the kernel: it is large, and nobody wants its digest."""
    return not digest and place.size >= _COPIED_FROM and lies_open(place)


def lies_open(place: Place) -> bool:
    """Whether the bytes are a range of a file of this machine that needs no looking into."""
    return place.container in (TAR, FOLDER) and not is_url(place.path)


class Payloads:
    """Reads and copies images; the file that the last one lay in stays in hand."""

    def __init__(self) -> None:
        self._path = ""
        self._held: Held[OpenFile] | None = None

    def read_into(self, place: Place, view: memoryview) -> None:
        """Read an image into `view[BLOCK:]`; the block before it is used on the way.

        Raises:
            ArchiveMissing, ArchiveChanged, DamagedMember, SeekIndexMissing: as in `read()`.
            StoreError: it lies in a store, which does not give it.
        """
        if not lies_open(place):
            _decode_into(place, view)
            return
        before = 0 if place.member is None else BLOCK
        try:
            _fill(self._fd(place), view[BLOCK - before :], place, place.offset - before)
        except OSError as error:
            raise _unreadable(place, error) from error
        if before:
            check_head(view[:BLOCK], place)

    def start_of(self, place: Place) -> bytes:
        """The first bytes of an image that lies open, or in a store.

        Raises:
            ArchiveMissing, ArchiveChanged, DamagedMember, StoreError: as in `read_into()`.
        """
        if is_url(place.path):
            return came(place)[:LOOKED_AT]
        before = 0 if place.member is None else BLOCK
        size = before + min(LOOKED_AT, place.size)
        try:
            start = os.pread(self._fd(place), size, place.offset - before)
        except OSError as error:
            raise _unreadable(place, error) from error
        if before:
            if len(start) < before:
                raise _short(place, place.size)
            check_head(start[:before], place)
        return start[before:]

    def copy(self, place: Place, out: int) -> None:
        """Append an image that lies open to the file `out`, without its bytes passing through us.

        Raises:
            ArchiveMissing, ArchiveChanged: as in `read()`.
            OSError: it cannot be written.
        """
        fd, at, left = self._fd(place), place.offset, place.size
        while left:
            done = _moved(fd, out, at, left)
            if not done:
                raise _short(place, left)
            at += done
            left -= done

    def _fd(self, place: Place) -> int:
        # A file that stays in hand is not looked at again: what is written over in its place is
        # told by the header before each member, and what is put in its place is another file.
        if self._held is None or self._path != place.path:
            self._held = held_open(place)
            self._path = place.path
        fd = self._held.thing.fd
        assert fd is not None, "it lies in a store"
        return fd


def _decode_into(place: Place, view: memoryview) -> None:
    try:
        data = came(place, last=True) if is_url(place.path) else read(place)
    except StoreError:  # which says nothing of the image
        raise
    except OSError as error:
        raise _unreadable(place, error) from error
    if len(data) != place.size:
        raise ArchiveChanged(place.path, f"{_told(place)} has {len(data):,} bytes there")
    view[BLOCK:] = data


def _moved(fd: int, out: int, at: int, left: int) -> int:
    """Copy some bytes in the first way that can; which that is, is kept for the next time."""
    while True:
        try:
            return _ways[0](fd, out, at, left)
        except OSError as error:
            if error.errno not in _CANNOT or len(_ways) == 1:
                raise
            _ways.pop(0)


def _by_range(fd: int, out: int, at: int, left: int) -> int:
    return os.copy_file_range(fd, out, left, at)


def _by_sendfile(fd: int, out: int, at: int, left: int) -> int:
    return os.sendfile(out, fd, at, left)


def _by_hand(fd: int, out: int, at: int, left: int) -> int:
    return os.write(out, os.pread(fd, min(left, _PIECE), at))


# The best first; a process writes to one file system, and most often reads from one.
_ways: list[Callable[[int, int, int, int], int]] = [
    *([_by_range] if hasattr(os, "copy_file_range") else []),
    *([_by_sendfile] if hasattr(os, "sendfile") else []),
    _by_hand,
]


def _fill(fd: int, view: memoryview, place: Place, at: int) -> None:
    done = os.preadv(fd, [view], at)
    while done < len(view):
        more = os.preadv(fd, [view[done:]], at + done)
        if not more:
            raise _short(place, len(view) - done)
        done += more


def _short(place: Place, missing: int) -> ArchiveChanged:
    return ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")


def _unreadable(place: Place, error: OSError) -> DamagedMember:
    return DamagedMember(place.path, _told(place), error.strerror or str(error))


def _told(place: Place) -> str:
    return place.member or f"the image at byte {place.offset:,}"
