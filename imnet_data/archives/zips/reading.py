"""Reading one image out of a zip by its place: one read of the file gets header and data.

Safe in threads and after a fork, since no file position is used.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from imnet_data.archives.kinds import ZIP
from imnet_data.archives.opened import KeptOpen
from imnet_data.archives.zips.members import check_header_before, header_room, read_member
from imnet_data.errors import ArchiveChanged

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place


class _Zip:
    """An open zip."""

    def __init__(self, place: Place) -> None:
        self._fd = os.open(place.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self.read_at = partial(os.pread, self._fd)

    def close(self) -> None:
        """Close it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


_zips = KeptOpen(_Zip)


def read(place: Place) -> bytes:
    """The bytes of a place in a zip of either kind.

    Raises:
        ArchiveMissing: the file is not there.
        ArchiveChanged: its size is another than when it was indexed, or it holds something else.
        DamagedMember: the data is deflated and damaged.
    """
    held = _zips.get(place)
    if place.container == ZIP:
        return _read_stored(held.thing, place)
    return read_member(held.thing.read_at, place)


def _read_stored(opened: _Zip, place: Place) -> bytes:
    room = header_room(place.offset)
    block = opened.read_at(room + place.size, place.offset - room)
    missing = room + place.size - len(block)
    if missing:
        raise ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")
    check_header_before(opened.read_at, place, block[:room])
    return block[room:]
