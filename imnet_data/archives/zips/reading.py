"""Reading one image out of a zip by its place: one read of the file gets header and data.

Safe in threads and after a fork, since no file position is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.archives.kinds import ZIP
from imnet_data.archives.opened import KeptOpen, opened
from imnet_data.archives.zips.members import check_header_before, header_room, read_member
from imnet_data.errors import ArchiveChanged

if TYPE_CHECKING:
    from imnet_data.archives.reading import Place
    from imnet_data.files.opened import OpenFile


_zips = KeptOpen(opened)


def read(place: Place) -> bytes:
    """The bytes of a place in a zip of either kind.

    Raises:
        ArchiveMissing: the file is not there.
        ArchiveChanged: its size is another than when it was indexed, or it holds something else.
        DamagedMember: the data is deflated and damaged.
    """
    with _zips.reading(place) as file:
        if place.container == ZIP:
            return _read_stored(file, place)
        return read_member(file.read_at, place)


def _read_stored(file: OpenFile, place: Place) -> bytes:
    room = header_room(place.offset)
    block = file.read_at(room + place.size, place.offset - room)
    missing = room + place.size - len(block)
    if missing:
        raise ArchiveChanged(place.path, f"it ends {missing:,} bytes before the image does")
    check_header_before(file.read_at, place, block[:room])
    return block[room:]
