"""Reading an image out of a Parquet file by the number of its row.

A row group is decoded from its start up to the row, and what was decoded last is kept: rows asked
for in their order cost a scan's time, one at random half a row group.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from imnet_data.archives.opened import KeptOpen
from imnet_data.archives.parquet.columns import columns_of, first_line, open_file
from imnet_data.archives.parquet.scan import batches, leaf_of
from imnet_data.errors import ArchiveChanged, NotAnArchive, StoreError
from imnet_data.extras import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.archives.reading import Place

_BATCH_BYTES = 1 << 20
_KEPT_BYTES = 1 << 25  # of decoded rows, a file
_OPEN_AT_MOST = 16


class _Rows:
    """An open Parquet file, with a stretch of one row group decoded."""

    def __init__(self, place: Place) -> None:
        self._lock = threading.Lock()
        self._file = open_file(place.path)
        self._columns = columns_of(place.path, self._file.schema_arrow)
        metadata = self._file.metadata
        rows = (metadata.row_group(at).num_rows for at in range(metadata.num_row_groups))
        self._firsts = list(accumulate(rows, initial=0))
        self._group = -1
        self._stream: Iterator[Any] = iter(())
        self._kept: list[tuple[int, Any]] = []  # first row and batch, one behind another
        self._next = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, row: int) -> tuple[bytes | None, str | None]:
        """A row's picture, None where there is none, and its path where the file has one."""
        if not 0 <= row < self._firsts[-1]:
            return None, None
        with self._lock:
            try:
                first, batch = self._batch(row)
                data: bytes | None = leaf_of(batch, self._columns.image)[row - first].as_py()
                if self._columns.path is None:
                    return data, None
                path = leaf_of(batch, self._columns.path)[row - first].as_py()
            except BaseException:
                self._group = -1  # a stream that failed does not go on
                raise
            return data, path

    def _batch(self, row: int) -> tuple[int, Any]:
        """The decoded batch that a row is in, and that batch's first row."""
        group = bisect_right(self._firsts, row) - 1
        if group != self._group or (self._kept and row < self._kept[0][0]):
            self._begin(group)
        while row >= self._next:
            batch = next(self._stream)
            self._kept.append((self._next, batch))
            self._next += len(batch)
            while len(self._kept) > 1 and sum(one.nbytes for _, one in self._kept) > _KEPT_BYTES:
                del self._kept[0]
        found = next(one for one in reversed(self._kept) if one[0] <= row)
        return found[0], found[1]

    def _begin(self, group: int) -> None:
        columns = self._columns
        leaves = [columns.image, *([columns.path] if columns.path else [])]
        self._kept = []
        self._stream = batches(self._file, group, leaves, _BATCH_BYTES)
        self._next = self._firsts[group]
        self._group = group


_files = KeptOpen(_Rows, at_most=_OPEN_AT_MOST)


def read(place: Place) -> bytes:
    """The bytes of the image in the row that `place.offset` numbers, from 0.

    Raises:
        ArchiveMissing: the file is not there.
        ArchiveChanged: the row is not there, or holds another image, or cannot be decoded.
        NeedsExtra: pyarrow is not installed.
    """
    arrow = needed("pyarrow", extra="parquet")
    row = f"row {place.offset:,}"
    try:
        with _files.reading(place) as rows:
            data, path = rows.read(place.offset)
    except StoreError:
        raise
    except NotAnArchive as error:
        raise ArchiveChanged(place.path, error.reason) from None
    except (OSError, StopIteration, arrow.ArrowException) as error:
        raise ArchiveChanged(
            place.path, f"{row} cannot be decoded ({first_line(error)})"
        ) from error
    if data is None:
        raise ArchiveChanged(place.path, f"{row} is not there, or holds no image")
    if len(data) != place.size:
        raise ArchiveChanged(place.path, f"{row} holds {len(data):,} bytes, and had {place.size:,}")
    if path and place.member not in (None, path.replace("\\", "/").rpartition("/")[2]):
        raise ArchiveChanged(place.path, f"{row} is no longer {place.member}")
    return data
