"""Reading an image's bytes where they lie: one pread of a file that stays open, or one request.

Containers that are not read so are decoding.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imnet_data.archives import decoding
from imnet_data.archives.kinds import DIRECT, FOLDER, TAR
from imnet_data.archives.opened import Held, KeptOpen, opened, read_alone
from imnet_data.archives.tars.headers import BLOCK, heads
from imnet_data.errors import ArchiveChanged
from imnet_data.files.address import is_url

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from imnet_data.files.opened import OpenFile

_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image's bytes are; `file_size` is the file's size when it was indexed, in bytes.

    `member` is the base name that stands with the image in the container, None where there is
    none. `container` is one of kinds.py's: of a direct one, `offset` and `size` are a range of
    bytes of the file. `seek_index` is the file that a compressed tar is read with.
    """

    path: str
    offset: int
    size: int
    file_size: int
    member: str | None = None
    container: str = TAR
    seek_index: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether the image is a range of bytes of the file; else reading decodes."""
        return self.container in DIRECT


_files = KeptOpen(opened)


def held_open(place: Place) -> Held[OpenFile]:
    """The open file of a place in a tar or a folder, for who copies its bytes on.

    Hold what is returned for as long as its `thing` is used: it is closed when nobody does.

    Raises:
        ArchiveMissing, ArchiveChanged: as in `read()`.
    """
    return _files.get(place)


def while_open(place: Place) -> AbstractContextManager[OpenFile]:
    """The open file of a place in a tar or a folder, for who reads several ranges of it.

    Raises:
        ArchiveMissing, ArchiveChanged: as in `read()`; ArchiveReplaced, from what is done with it.
    """
    return _files.reading(place)


def check_head(block: bytes | memoryview, place: Place) -> None:
    """That the block before a tar's member is still its header.

    Raises:
        ArchiveChanged: it is another's.
    """
    assert place.member is not None
    if not heads(bytes(block), place.member, place.size):
        raise ArchiveChanged(place.path, f"{place.member} is no longer at byte {place.offset:,}")


def read(place: Place) -> bytes:
    """The bytes of a place.

    The header before a tar's member is read along and must still be its own: a tar rewritten at
    the same size would give another picture's bytes, and with them another picture's label.

    Raises:
        ArchiveMissing: the file is not there.
        ArchiveChanged: its size is another than when it was indexed, or it holds something else.
        StoreError: it lies in a store, which does not give it.
    """
    if place.container not in (TAR, FOLDER):
        return decoding.read(place)
    if is_url(place.path):
        return _request(place)
    held = _files.get(place)
    fd = held.thing.fd
    assert fd is not None
    return _pread(fd, place)


def _request(place: Place) -> bytes:
    """In one request, the header with it."""
    if place.container == FOLDER:
        return read_alone(place)
    before = 0 if place.member is None else BLOCK
    with while_open(place) as file:
        data = file.read_at(before + place.size, place.offset - before)
    return without_head(data, place)


def without_head(data: bytes, place: Place) -> bytes:
    """An image's bytes, out of those that begin with the block of its header, if it has one.

    Raises:
        ArchiveChanged: it is another's header, or they end too early.
    """
    before = 0 if place.member is None else BLOCK
    missing = before + place.size - len(data)
    if missing:
        raise ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")
    if before:
        check_head(data[:BLOCK], place)
    return data[before:]


def _pread(fd: int, place: Place) -> bytes:
    if place.member is None:
        return _range(fd, place, place.offset, place.size)
    if place.offset % _PAGE == 0:  # the header lies in a page before: one request to the disk
        data = _range(fd, place, place.offset - BLOCK, place.size + BLOCK)
        check_head(data[:BLOCK], place)
        return data[BLOCK:]
    # Asked for by itself it is in memory by then, and a copy of the image costs ten times as much.
    data = _range(fd, place, place.offset, place.size)
    check_head(os.pread(fd, BLOCK, place.offset - BLOCK), place)
    return data


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
