"""Where the data of a zip's members begins, told by reading few of their local headers.

A list of contents has the local header's byte, but not how many extra bytes the header holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives.zips.members import LOCAL_SIZE, SIZES_FOLLOW, local_header

if TYPE_CHECKING:
    import numpy.typing as npt

    from imnet_data.archives.zips.directory import Entries
    from imnet_data.archives.zips.end import End, ReadAt

    Int64s = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

_MOST_ROOM = 1 << 17  # extra bytes and a data descriptor take less
_NONE = -1


class DataStarts:
    """Tells data's first bytes, window after window of one archive.

    Between a member's data and the next one's header lies nothing in a sound archive, so the room
    that a header takes is known without reading it; what part of that room its extra bytes are is
    learnt from the first member of the same shape, and one header in thousands is read. In an
    archive that has lost or gained bytes every header is looked for.
    """

    def __init__(self, read_at: ReadAt, end: End) -> None:
        self._read_at = read_at
        self._end = end
        self._extra: dict[int, int] = {}

    def headers(self, entries: Entries, bases: list[str], todo: Bools) -> Int64s:
        """The local headers' bytes; -1 where a header was looked for and isn't there."""
        if not self._end.doubtful:
            return entries.offsets
        found = np.full(len(entries), _NONE, np.int64)
        for at in np.flatnonzero(todo).tolist():
            found[at], _ = self._locate(entries, bases, at)
        return found

    def data(self, entries: Entries, bases: list[str], todo: Bools) -> Int64s:
        """The data's first bytes; -1 where a header was looked for and isn't there."""
        starts = np.full(len(entries), _NONE, np.int64)
        odd = np.flatnonzero(todo)
        if not self._end.doubtful:
            heads = entries.offsets + LOCAL_SIZE + entries.records["name"]
            extra = self._extra_by_shape(entries, bases, odd, heads)
            starts[odd] = np.where(extra == _NONE, _NONE, heads[odd] + extra)
            odd = odd[extra == _NONE]
        for at in odd.tolist():
            _, starts[at] = self._locate(entries, bases, at)
        return starts

    def _extra_by_shape(
        self, entries: Entries, bases: list[str], rows: Int64s, heads: Int64s
    ) -> Int64s:
        """How many extra bytes the headers of these rows have, as far as their shapes tell."""
        shapes, first, inverse = np.unique(
            _shapes(entries, heads)[rows], return_index=True, return_inverse=True
        )
        for shape, at in zip(shapes.tolist(), rows[first].tolist(), strict=True):
            if shape != _NONE and shape not in self._extra:
                header, data = self._locate(entries, bases, at)
                if header != _NONE:
                    self._extra[shape] = data - int(heads[at])
        known = [self._extra.get(shape, _NONE) for shape in shapes.tolist()]
        found: Int64s = np.array(known, np.int64)[inverse]
        return found

    def _locate(self, entries: Entries, bases: list[str], at: int) -> tuple[int, int]:
        """The bytes where a member's header and its data begin; -1 twice where they don't."""
        listed = int(entries.offsets[at])
        for offset in {listed, listed + self._end.drift}:
            header = local_header(self._read_at, offset) if offset >= 0 else None
            if header is not None and header.is_of(bases[at], int(entries.sizes[at])):
                return offset, offset + header.length
        return _NONE, _NONE


def _shapes(entries: Entries, heads: Int64s) -> Int64s:
    """Members' shapes as numbers: those of one have local headers with as many extra bytes.

    -1 where a member stands alone: the last of a window, and those that lie in another order than
    they are listed in.
    """
    room = np.full(len(entries), _NONE, np.int64)
    room[:-1] = entries.offsets[1:] - heads[:-1] - entries.packed[:-1]
    records = entries.records
    flags = (records["flags"] & SIZES_FOLLOW).astype(np.int64)
    shapes = room | records["extra"].astype(np.int64) << 17 | flags << 33
    return np.where((room >= 0) & (room < _MOST_ROOM), shapes, _NONE)
